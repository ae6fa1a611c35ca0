import { middleware } from '../express/middleware.ts'
import type { BackchannelLogoutOptions } from '../options/backchannel-logout-options.ts'
import { backchannelLogoutSettings } from '../options/backchannel-logout-settings.ts'
import { issuedUntil } from './issued-until.ts'
import type { SignalClaims } from './judge-signal.ts'
import type { Body } from './read-body.ts'
import { checkApi, type Receiver, receiver } from './receiver.ts'
import { type Revoking, revokeAll } from './revoke-all.ts'
import type { SignalReason } from './signal-refusal.ts'

const logoutType = 'http://schemas.openid.net/event/backchannel-logout'

/**
 * Middleware that receives the logout tokens of an OpenID provider (OpenID Connect Back-Channel
 * Logout 1.0), and has the API refuse the access tokens of the session or user that was logged out.
 *
 * @throws ConfigurationError for options that are unknown, contradictory or cannot be right
 */
export function backchannelLogout(api: Revoking, options: BackchannelLogoutOptions): Receiver {
  checkApi('backchannelLogout(api, options)', api)
  const settings = backchannelLogoutSettings(options)
  const { issuer } = settings.issuer
  const { answer, close } = receiver(settings, {
    kind: 'logout_token',
    doneStatus: 200,
    // Back-Channel Logout section 2.8.
    problem: ({ description }) => ({ error: 'invalid_request', error_description: description }),
    refuteRequest: ({ headers }) =>
      isForm(headers['content-type']) ? undefined : 'wrong_media_type',
    tokenIn: logoutTokenIn,
    isType: (typ) => isLogoutType(typ, settings.untyped),
    judge: judgeLogout,
    async act({ sid, sub, iat }) {
      const bySession = sid !== undefined && (sub === undefined || settings.ends === 'session')
      const selected = bySession
        ? { issuer, session: sid as string }
        : { issuer, subject: sub as string }
      return revokeAll(api, [selected], issuedUntil(undefined, iat))
    },
  })
  return Object.assign(
    middleware(function backchannelLogoutMiddleware(request, response, next) {
      answer(request, response, next)
    }),
    { close },
  )
}

/** Back-Channel Logout section 2.5. */
function isForm(type: string | undefined): boolean {
  return /^application\/x-www-form-urlencoded[ \t]*(?:;|$)/i.test(type ?? '')
}

/** Exactly one, in a form that was read here or by a body parser. */
function logoutTokenIn(body: Exclude<Body, { fault: SignalReason }>): string | undefined {
  const given: readonly unknown[] =
    'text' in body
      ? new URLSearchParams(body.text).getAll('logout_token')
      : [(body.parsed as { logout_token?: unknown }).logout_token]
  const [token] = given
  return given.length === 1 && typeof token === 'string' ? token : undefined
}

/** Back-Channel Logout section 2.4: explicit typing is recommended, and asked for here. */
function isLogoutType(typ: unknown, untyped: boolean): boolean {
  if (typ === undefined) return untyped
  const type = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : undefined
  return type === 'logout+jwt' || (untyped && type === 'jwt')
}

/** Back-Channel Logout section 2.6, steps 4 to 6. */
function judgeLogout({ sub, sid, events, ...others }: SignalClaims): SignalReason | undefined {
  const names = [sub, sid].filter((one) => one !== undefined)
  if (names.length === 0) return 'no_subject'
  if (!names.every((one) => typeof one === 'string' && one !== '')) return 'malformed_claim'
  if (!Object.hasOwn(events, logoutType)) return 'no_event'
  return Object.hasOwn(others, 'nonce') ? 'forbidden_claim' : undefined
}
