import type { Algorithm } from '../jws/algorithms.ts'
import type { JoseHeader } from '../jws/compact.ts'
import type { ClaimSet, JwtSettings } from '../options/issuer-options.ts'
import { isEventType } from '../options/security-event-types.ts'
import type { TransmitterSettings } from '../options/transmitter-options.ts'
import type { SignalReason } from './signal-refusal.ts'

/** What every security event token has (RFC 8417 section 2.2), found so by `judgeSignal`. */
export type SignalClaims = ClaimSet & {
  readonly jti: string
  readonly iat: number
  readonly events: Readonly<Record<string, ClaimSet>>
}

/**
 * Why header and claims cannot be those of a good security event token for us now. It comes before
 * the signature check, and so before any key is fetched.
 */
export function judgeSignal(
  header: JoseHeader,
  claims: ClaimSet,
  isType: (typ: unknown) => boolean,
  settings: TransmitterSettings,
): SignalReason | undefined {
  // RFC 8417 section 2.3, RFC 8725 section 3.11: the type tells its kind from all others.
  if (!isType(header['typ'])) return 'wrong_type'
  return (
    judgeHeader(header, settings.issuer.jwt as JwtSettings) ??
    // RFC 8417 section 2.2, SSF section 4.1.6: whose word it is, character by character.
    (claims['iss'] === settings.issuer.issuer ? undefined : 'wrong_issuer') ??
    judgeAudience(claims['aud'], settings.audiences) ??
    judgeClaims(claims) ??
    judgeTime(claims, settings)
  )
}

/** RFC 7515 section 4.1.11, RFC 8725 section 3.10: no extension, and no pointer to a key. */
const notAccepted = ['crit', 'b64', 'zip', 'jku', 'x5u', 'jwk']

function judgeHeader(header: JoseHeader, { algorithms }: JwtSettings): SignalReason | undefined {
  if (notAccepted.some((name) => Object.hasOwn(header, name))) return 'unsupported_header'
  if (header['kid'] !== undefined && typeof header['kid'] !== 'string') return 'malformed'
  return algorithms.has(header.alg as Algorithm) ? undefined : 'unsupported_algorithm'
}

/** RFC 8417 section 2.2: a string or an array of those. */
function judgeAudience(aud: unknown, audiences: readonly string[]): SignalReason | undefined {
  const named: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  return named.some((one) => audiences.includes(one as string)) ? undefined : 'wrong_audience'
}

function judgeClaims({ jti, iat, exp, events }: ClaimSet): SignalReason | undefined {
  if (typeof jti !== 'string' || jti === '' || !Number.isFinite(iat)) return 'malformed_claim'
  if (exp !== undefined && !Number.isFinite(exp)) return 'malformed_claim'
  // RFC 8417 section 2.2: a JSON object of event type URIs, with at least one.
  if (!isObject(events)) return 'no_event'
  const all = Object.entries(events)
  const areEvents = all.every(([type, payload]) => isEventType(type) && isObject(payload))
  return all.length > 0 && areEvents ? undefined : 'no_event'
}

/** Old ones tell nothing any more; none is of the future. What expires is heeded (RFC 8417 section 2.2). */
function judgeTime(
  { iat, exp }: ClaimSet,
  { issuer, maxAgeMs, clock }: TransmitterSettings,
): SignalReason | undefined {
  const { clockToleranceMs } = issuer.jwt as JwtSettings
  const now = clock()
  const age = now - (iat as number) * 1000
  if (!(age >= -clockToleranceMs && age <= maxAgeMs + clockToleranceMs)) return 'not_in_time'
  const hasExpired = exp !== undefined && !(now < (exp as number) * 1000 + clockToleranceMs)
  return hasExpired ? 'not_in_time' : undefined
}

export function isObject(value: unknown): value is ClaimSet {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
