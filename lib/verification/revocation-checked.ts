import { andThen } from '../and-then.ts'
import { refuse } from '../errors/refusal-value.ts'
import { verifiedClaims } from '../verified-claims.ts'
import type { AccessToken } from './access-token.ts'
import type { IntrospectAt } from './introspection/introspectors.ts'
import type { Credentials, Issuer, Verdict } from './verifier.ts'

/**
 * The verdict on a JWT that its issuer, too, was asked about: its keys cannot tell whether it was
 * revoked (FAPI 2.0 Security Profile section 5.3.4). Only what they accepted is asked about, and what
 * a status list told of is not: that was looked at already, and is at each use.
 */
export function revocationChecked(
  introspect: IntrospectAt,
): (verified: Verdict, issuer: Issuer, credentials: Credentials) => Verdict | Promise<Verdict> {
  return (verified, issuer, credentials) => {
    if (verified.verdict !== 'accepted' || isListed(verified.token, issuer)) {
      return verified
    }
    if (!issuer.settings.introspection) {
      return refuse('status_missing')
    }
    return andThen(introspect(issuer, credentials, verified.token), (told) =>
      told.verdict === 'accepted'
        ? // It stays a JWT: its own `exp` ends it, if the answer does not before.
          { ...told, goodUntilMs: Math.min(told.goodUntilMs, verified.goodUntilMs) }
        : told,
    )
  }
}

/** Whether the token has a status that was looked up, for else it would not have been accepted. */
function isListed(token: AccessToken, { settings }: Issuer): boolean {
  const lists = settings.jwt?.statusList
  return lists !== undefined && lists !== 'ignore' && Object.hasOwn(verifiedClaims(token), 'status')
}
