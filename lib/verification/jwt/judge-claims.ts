import { type RefusalValue, refuse } from '../../errors/refusal-value.ts'
import type { ClaimSet, IssuerSettings, JwtSettings } from '../../options/issuer-options.ts'
import { clientIdOf } from '../principal.ts'
import { judgeKind } from './judge-kind.ts'

/**
 * Refuses claims that cannot be those of a good access token for this resource server now. It
 * comes before the signature check, so that it also answers while no key can be had.
 */
export function judgeClaims(
  claims: ClaimSet,
  issuer: IssuerSettings,
  settings: JwtSettings,
  now: number,
): RefusalValue | undefined {
  return (
    judgeTypes(claims) ??
    // RFC 9068 section 4: character by character.
    (claims['iss'] === issuer.issuer ? undefined : refuse('wrong_issuer')) ??
    judgeKind(claims, issuer, settings.profile) ??
    judgeRecipient(claims, issuer) ??
    judgeTime(claims, settings.clockToleranceMs, now)
  )
}

const stringClaims = ['iss', 'sub', 'client_id', 'jti']
const numberClaims = ['exp', 'iat', 'nbf']

/** RFC 7519 section 4.1: claims are checked by type as well as by value. */
function judgeTypes(claims: ClaimSet): RefusalValue | undefined {
  if (claims['iss'] === undefined || claims['exp'] === undefined) {
    return refuse('missing_claim')
  }
  for (const name of stringClaims) {
    const value = claims[name]
    if (typeof value !== 'string' && value !== undefined) {
      return refuse('malformed_claim')
    }
  }
  for (const name of numberClaims) {
    const value = claims[name]
    // JSON.parse gives Infinity for 1e999: a token that never expires.
    if (!Number.isFinite(value) && value !== undefined) {
      return refuse('malformed_claim')
    }
  }
  return undefined
}

function judgeRecipient(claims: ClaimSet, issuer: IssuerSettings): RefusalValue | undefined {
  const { audiences, clients } = issuer
  if (audiences) {
    const audience = audienceOf(claims['aud'])
    if (!audience) {
      return refuse(claims['aud'] === undefined ? 'missing_claim' : 'malformed_claim')
    }
    // RFC 9068 section 4, RFC 9700 section 2.3: it must name this resource server.
    if (!audience.some((one) => audiences.includes(one))) {
      return refuse('wrong_audience')
    }
  }
  if (clients) {
    const clientId = clientIdOf(claims)
    if (clientId === undefined || !clients.has(clientId)) {
      return refuse('wrong_client')
    }
  }
  return undefined
}

/** RFC 7519 section 4.1.3: a string or an array of strings. */
function audienceOf(aud: unknown): readonly string[] | undefined {
  if (typeof aud === 'string') {
    return [aud]
  }
  return Array.isArray(aud) && aud.every((one) => typeof one === 'string') ? aud : undefined
}

function judgeTime(claims: ClaimSet, toleranceMs: number, now: number): RefusalValue | undefined {
  // RFC 9068 section 4: the current time MUST be before `exp`.
  // Asked so that a clock that gives no number refuses, too.
  if (!(now < goodUntilMs(claims['exp'] as number, toleranceMs))) {
    return refuse('expired')
  }
  // RFC 7519 section 4.1.5.
  const notBefore = claims['nbf'] as number | undefined
  if (notBefore !== undefined && !(now >= notBefore * 1000 - toleranceMs)) {
    return refuse('not_yet_valid')
  }
  return undefined
}

/** The moment at which a token with this `exp` stops being accepted. */
export function goodUntilMs(exp: number, toleranceMs: number): number {
  return exp * 1000 + toleranceMs
}
