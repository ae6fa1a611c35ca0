import type { ClaimSet, IssuerSettings, JwtSettings } from '../../options/issuer-options.ts'
import { goodUntilMs } from '../jwt/judge-claims.ts'
import type { StatusListFault } from './status-list-failure.ts'

/**
 * What is wrong with the claims of a status list token (draft-ietf-oauth-status-list section 5.1,
 * and 8.3, steps 3 and 4), but for the list itself; `undefined` when they are good.
 *
 * @param uri - where it was fetched from, which tokens name
 */
export function judgeListClaims(
  { iss, sub, aud, iat, nbf, exp, ttl }: ClaimSet,
  uri: string,
  { issuer, audiences = [], resource, jwt }: IssuerSettings,
  now: number,
): StatusListFault | undefined {
  const { clockToleranceMs } = jwt as JwtSettings
  const begins = (time: unknown): boolean => isNumber(time) && time * 1000 - clockToleranceMs <= now
  if (iss !== undefined && iss !== issuer) return 'wrong_issuer'
  // RFC 7519 section 4.1.3: who is not named by an audience that is there is not meant.
  const meant: unknown[] = [...audiences, resource]
  if (aud !== undefined && ![aud].flat().some((one) => meant.includes(one))) return 'wrong_audience'
  // One list does not pass for another.
  if (sub !== uri) return 'wrong_subject'
  if (!begins(iat) || (nbf !== undefined && !begins(nbf))) return 'wrong_time'
  if (ttl !== undefined && !(isNumber(ttl) && ttl > 0)) return 'wrong_time'
  if (exp === undefined) return undefined
  if (!isNumber(exp)) return 'wrong_time'
  return now < goodUntilMs(exp, clockToleranceMs) ? undefined : 'expired'
}

/** JSON.parse gives Infinity for 1e999: a list that never expires. */
function isNumber(value: unknown): value is number {
  return Number.isFinite(value)
}
