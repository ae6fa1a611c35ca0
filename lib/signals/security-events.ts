import { hash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { middleware } from '../express/middleware.ts'
import type {
  SecurityEventsOptions,
  SecurityEventsSettings,
} from '../options/security-events-options.ts'
import { securityEventsSettings } from '../options/security-events-settings.ts'
import { actOnEvents } from './act-on-events.ts'
import { checkApi, type Receiver, receiver } from './receiver.ts'
import type { Revoking } from './revoke-all.ts'

/**
 * Middleware that receives the security events of a transmitter (SSF 1.0, pushed as RFC 8935 says),
 * and has the API refuse the tokens that they revoke. It acknowledges what is done.
 *
 * @throws ConfigurationError for options that are unknown, contradictory or cannot be right
 */
export function securityEvents(api: Revoking, options: SecurityEventsOptions): Receiver {
  checkApi('securityEvents(api, options)', api)
  const settings = securityEventsSettings(options)
  const { answer, close } = receiver(settings, {
    kind: 'security_event',
    doneStatus: 202,
    // RFC 8935 section 2.3.
    problem: ({ error, description }) => ({ err: error, description }),
    refuteRequest(request) {
      if (!isAuthorized(request, settings.authorization)) return 'not_authenticated'
      return isSecurityEvent(request.headers['content-type']) ? undefined : 'wrong_media_type'
    },
    tokenIn: (body) => ('text' in body ? body.text.trim() : undefined),
    // RFC 8417 section 2.3, SSF section 4.1.1. RFC 7515 section 4.1.9: compared without case.
    isType: (typ) => typeof typ === 'string' && /^(?:application\/)?secevent\+jwt$/i.test(typ),
    judge: () => undefined,
    act: actOnEvents(api, settings),
  })
  return Object.assign(
    middleware(function securityEventsMiddleware(request, response, next) {
      answer(request, response, next)
    }),
    { close },
  )
}

/** RFC 8935 section 2.1. */
function isSecurityEvent(type: string | undefined): boolean {
  return /^application\/secevent\+jwt[ \t]*(?:;|$)/i.test(type ?? '')
}

/** RFC 8935 section 2: how the transmitter authenticates is agreed upon; SSF section 6.1.1. */
function isAuthorized(
  { headers: { authorization } }: IncomingMessage,
  expected: SecurityEventsSettings['authorization'],
): boolean {
  if (expected === undefined) return true
  if (typeof expected === 'function') return expected(authorization) === true
  return authorization !== undefined && timingSafeEqual(digestOf(authorization), digestOf(expected))
}

/** Of equal length whatever was sent. */
function digestOf(text: string): Buffer {
  return hash('sha256', text, 'buffer')
}
