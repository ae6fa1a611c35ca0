import { andThen } from '../and-then.ts'
import type { IntrospectAt } from './introspection/introspectors.ts'
import type { Credentials, Issuer, Verdict } from './verifier.ts'

/**
 * The verdict on a JWT that its issuer, too, was asked about: its keys cannot tell whether it was
 * revoked (FAPI 2.0 Security Profile section 5.3.4). Only what they accepted is asked about.
 */
export function revocationChecked(
  introspect: IntrospectAt,
): (verified: Verdict, issuer: Issuer, credentials: Credentials) => Verdict | Promise<Verdict> {
  return (verified, issuer, credentials) =>
    verified.verdict === 'accepted'
      ? andThen(introspect(issuer, credentials, verified.token), (told) =>
          told.verdict === 'accepted'
            ? // It stays a JWT: its own `exp` ends it, if the answer does not before.
              { ...told, goodUntilMs: Math.min(told.goodUntilMs, verified.goodUntilMs) }
            : told,
        )
      : verified
}
