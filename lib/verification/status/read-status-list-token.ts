import type { Algorithm } from '../../jws/algorithms.ts'
import { type CompactJws, type JoseHeader, parseCompact } from '../../jws/compact.ts'
import { verifySignatureInPool } from '../../jws/verify-signature.ts'
import type { JwtSettings } from '../../options/issuer-options.ts'
import type { IssuerKeys, TrustedKey } from '../jwt/issuer-keys.ts'
import { goodUntilMs } from '../jwt/judge-claims.ts'
import { notAccepted } from '../jwt/judge-header.ts'
import type { Issuer } from '../verifier.ts'
import { judgeListClaims } from './judge-list-claims.ts'
import type { StatusList } from './status-list.ts'
import type { StatusListFault } from './status-list-failure.ts'
import { unpackStatusList } from './unpack-status-list.ts'

/** A status list that the issuer signed, and what it says of its own life. */
export interface SignedStatusList {
  readonly list: StatusList
  /** It is good no longer than the key that signed it. */
  readonly key: TrustedKey
  /** In seconds since the epoch. */
  readonly issuedAt: number
  /** How long it may be kept before it is asked for again. */
  readonly ttlMs: number
  /** When it must not be relied upon any more. */
  readonly untilMs: number
}

/**
 * The list in a status list token (draft-ietf-oauth-status-list section 8.3, steps 3 to 5), or what
 * is wrong with it. The cheap comes first, and nothing is unpacked that the issuer did not sign.
 *
 * @param uri - where it was fetched from
 */
export async function readStatusListToken(
  text: string,
  uri: string,
  { settings }: Issuer,
  keys: IssuerKeys,
  clock: () => number,
): Promise<SignedStatusList | StatusListFault> {
  const jwt = settings.jwt as JwtSettings
  const jws = parseCompact(text)
  const claims = jws?.payload()
  if (jws === undefined || claims === undefined) return 'malformed'
  const fault = judgeListHeader(jws.header, jwt) ?? judgeListClaims(claims, uri, settings, clock())
  if (fault !== undefined) return fault
  const candidates = await keys.candidates(jws.header)
  if ('verdict' in candidates) {
    return candidates.verdict === 'refused' ? 'unknown_key' : 'keys_unreachable'
  }
  const key = await signerAmong(candidates, jws)
  if (key === undefined) return 'wrong_signature'
  const list = await unpackStatusList(claims['status_list'])
  if (list === undefined) return 'malformed_list'
  const { exp, ttl, iat } = claims as { exp?: number; ttl?: number; iat: number }
  return {
    list,
    key,
    issuedAt: iat,
    ttlMs: (ttl ?? Number.POSITIVE_INFINITY) * 1000,
    untilMs: goodUntilMs(exp ?? Number.POSITIVE_INFINITY, jwt.clockToleranceMs),
  }
}

/** In the thread pool: a list is long, and nobody but those who wait for it is held up. */
async function signerAmong(
  candidates: readonly TrustedKey[],
  jws: CompactJws,
): Promise<TrustedKey | undefined> {
  const algorithm = jws.header.alg as Algorithm
  for (const candidate of candidates) {
    if (await verifySignatureInPool(algorithm, candidate.key, jws)) return candidate
  }
  return undefined
}

function judgeListHeader(header: JoseHeader, jwt: JwtSettings): StatusListFault | undefined {
  // The type keeps other JWTs of the issuer from passing as lists.
  if (header['typ'] !== 'statuslist+jwt') return 'wrong_type'
  if (notAccepted.some((name) => Object.hasOwn(header, name))) return 'unsupported_header'
  const { kid } = header
  if (kid !== undefined && typeof kid !== 'string') return 'unsupported_header'
  // What the issuer may not sign its tokens with, it may not sign its lists with.
  return jwt.algorithms.has(header.alg as Algorithm) ? undefined : 'unsupported_algorithm'
}
