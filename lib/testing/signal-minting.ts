import { randomUUID } from 'node:crypto'
import { checkMembers, type Members } from './check-members.ts'
import { checkSigning, signing } from './check-signing-options.ts'
import type { ClaimDefaults } from './claims.ts'
import type { KeyRing } from './key-ring.ts'
import { signToken } from './sign-token.ts'
import type { LogoutTokenOptions, SecurityEventOptions } from './signal-options.ts'

/** Makes what tells a resource server that something was revoked. */
export interface SignalMinting {
  logoutToken(options?: LogoutTokenOptions): string
  securityEvent(options?: SecurityEventOptions): string
}

const logout: Members<LogoutTokenOptions> = {
  ...signing,
  subject: true,
  session: true,
  audience: true,
  issuedSecondsAgo: true,
}
const event: Members<SecurityEventOptions> = {
  ...signing,
  event: true,
  payload: true,
  subject: true,
  audience: true,
  issuedSecondsAgo: true,
}

/** Security event tokens of one server, with its keys. */
export function signalMinting(
  { issuer, resource, now }: ClaimDefaults,
  keys: KeyRing,
): SignalMinting {
  const common = (audience: string | readonly string[], issuedSecondsAgo = 0) => ({
    iss: issuer,
    aud: audience,
    iat: now() - issuedSecondsAgo,
    jti: randomUUID(),
  })
  return {
    logoutToken(options = {}) {
      checkMembers('logoutToken()', options, logout)
      checkSigning('logoutToken()', options)
      const { subject: sub, session: sid, audience, issuedSecondsAgo } = withUser(options)
      const claims = {
        ...common(audience ?? 'test-client', issuedSecondsAgo),
        sub,
        sid,
        events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      }
      return signToken('logout+jwt', claims, options, keys)
    },
    securityEvent(options = {}) {
      checkMembers('securityEvent()', options, event)
      checkSigning('securityEvent()', options)
      const alice = { format: 'iss_sub', iss: issuer, sub: 'alice' }
      const claims = {
        ...common(options.audience ?? resource, options.issuedSecondsAgo),
        sub_id: 'subject' in options ? options.subject : alice,
        events: { [options.event ?? sessionRevoked]: options.payload ?? {} },
      }
      return signToken('secevent+jwt', claims, options, keys)
    },
  }
}

const sessionRevoked = 'https://schemas.openid.net/secevent/caep/event-type/session-revoked'

function withUser(options: LogoutTokenOptions): LogoutTokenOptions {
  return { subject: 'alice', ...options }
}
