import { type RefusalValue, refuse } from '../../errors/refusal-value.ts'
import type { IntrospectedAudience } from '../../options/introspection-options.ts'
import type { ClaimSet } from '../../options/issuer-options.ts'
import type { Issuer } from '../verifier.ts'
import { judgeAudience } from './judge-audience.ts'
import { judgeKind } from './judge-kind.ts'

/**
 * Refuses a token that is not active by what its issuer says of it. The authorization server has
 * checked all of this (RFC 7662 section 4); it is checked again where the answer tells (RFC 9700
 * section 2.3). A member that is `null` counts as absent, except `cnf`.
 */
export function judgeActive(
  claims: ClaimSet,
  { settings: issuer }: Issuer,
  audience: IntrospectedAudience,
  now: number,
): RefusalValue | undefined {
  // RFC 7662 section 2.2: a JSON boolean; a string, a number or nothing does not make it active.
  if (claims['active'] !== true) return refuse('inactive')
  return (
    judgeTypes(claims) ??
    judgeKind(claims, issuer.accessClaims) ??
    judgeIssuer(claims, issuer.issuer) ??
    judgeAudience(claims, issuer.audiences, audience) ??
    judgeTime(claims, issuer.jwt?.clockToleranceMs ?? 5000, now)
  )
}

/**
 * The moment, in milliseconds, up to which the answer may be rested on (RFC 7662 section 4: not
 * beyond `exp`, without tolerance). `Infinity` without `exp`: the cache has bounds of its own.
 */
export function answerGoodUntilMs(claims: ClaimSet): number {
  const exp = expiry(claims)
  return exp === undefined ? Number.POSITIVE_INFINITY : exp * 1000
}

/** Some servers write 0 for a token that never expires: to them it is active, so 0 is no time. */
export function expiry(claims: ClaimSet): number | undefined {
  const exp = claims['exp']
  return typeof exp === 'number' && exp !== 0 ? exp : undefined
}

const types: Readonly<Record<string, 'string' | 'number'>> = Object.freeze({
  iss: 'string',
  sub: 'string',
  client_id: 'string',
  jti: 'string',
  token_type: 'string',
  exp: 'number',
  nbf: 'number',
  iat: 'number',
})

/** RFC 7662 section 2.2: the types of the members that are judged here or rested on later. */
function judgeTypes(claims: ClaimSet): RefusalValue | undefined {
  for (const [name, type] of Object.entries(types)) {
    const value = claims[name] ?? undefined
    // JSON.parse gives Infinity for 1e999: a token that never expires.
    const fits = type === 'number' ? Number.isFinite(value) : typeof value === 'string'
    if (value !== undefined && !fits) return refuse('malformed_claim')
  }
  return undefined
}

function judgeIssuer(claims: ClaimSet, issuer: string): RefusalValue | undefined {
  const iss = claims['iss'] ?? issuer
  return iss === issuer ? undefined : refuse('wrong_issuer')
}

function judgeTime(claims: ClaimSet, toleranceMs: number, now: number): RefusalValue | undefined {
  const exp = expiry(claims)
  // Also where the server still says active: between its clock and ours, the earlier end counts.
  if (exp !== undefined && !(now < exp * 1000 + toleranceMs)) return refuse('expired')
  const nbf = claims['nbf']
  if (typeof nbf === 'number' && !(now >= nbf * 1000 - toleranceMs)) return refuse('not_yet_valid')
  return undefined
}
