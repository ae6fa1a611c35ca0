import { askingFor, type RefusalValue, refuse } from '../errors/refusal-value.ts'
import type { ClaimSet } from '../options/issuer-options.ts'
import type { AuthenticationSettings } from './policy.ts'

/** By how much `auth_time` may be ahead of the clock here. */
const clockDifferenceSeconds = 5

/**
 * Nothing when the user authenticated as required and the scope is enough, else one refusal for
 * both (RFC 9470 section 3): it asks for all that is required, whichever part is lacking.
 *
 * @param claims - of the JWT (RFC 9470 section 6.1) or of the introspection response (section 6.2)
 * @param lacking - why the scope is not enough
 */
export function judgeAuthentication(
  claims: ClaimSet,
  required: AuthenticationSettings | undefined,
  clock: () => number,
  lacking: RefusalValue | undefined,
): RefusalValue | undefined {
  // What no scope can grant is out of reach of a better authentication, too.
  if (required === undefined || lacking?.reason === 'illegal_scope') {
    return lacking
  }
  const { acrValues, maxAgeSeconds } = required
  if (
    (acrValues === undefined || isOneOf(acrValues, claims['acr'])) &&
    (maxAgeSeconds === undefined || isWithin(maxAgeSeconds, claims['auth_time'], clock()))
  ) {
    return lacking
  }
  const refusal = Object.freeze({ ...refuse('insufficient_authentication'), ...required })
  return lacking?.scopes ? askingFor(lacking.scopes, refusal) : refusal
}

/** RFC 9470 section 3: any one of the values will do. */
function isOneOf(acrValues: readonly string[], acr: unknown): boolean {
  return typeof acr === 'string' && acrValues.includes(acr)
}

/** Asked so that a time which is no number refuses, whatever it is. */
function isWithin(maxAgeSeconds: number, authTime: unknown, nowMs: number): boolean {
  const age = typeof authTime === 'number' ? nowMs / 1000 - authTime : Number.NaN
  return age <= maxAgeSeconds && age >= -clockDifferenceSeconds
}
