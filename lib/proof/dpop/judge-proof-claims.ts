import { type RefusalValue, refuse } from '../../errors/refusal-value.ts'
import type { DpopSettings } from '../../options/dpop-options.ts'
import type { ProofClaims } from './proof-claims.ts'

/** The request and the token that a proof must have been made for. */
export interface ProofPurpose {
  readonly method: string
  /** The URI that both mean; `undefined` when they do not mean the same. */
  readonly target: string | undefined
  /** Of the access token, base64url. */
  readonly ath: string
}

/** Refuses claims that were made for something else, or not just now. */
export function judgeProofClaims(
  claims: ProofClaims,
  purpose: ProofPurpose,
  { windowMs, futureMs }: Pick<DpopSettings, 'windowMs' | 'futureMs'>,
  now: number,
): RefusalValue | undefined {
  // RFC 9449 section 4.3, check 8; methods are case-sensitive (RFC 9110 section 9.1).
  if (claims.htm !== purpose.method) {
    return refuse('wrong_proof_method')
  }
  // RFC 9449 section 4.3, check 9.
  if (purpose.target === undefined) {
    return refuse('wrong_proof_target')
  }
  // RFC 9449 section 4.3, check 12: the hash of this very access token.
  if (claims.ath !== purpose.ath) {
    return refuse('wrong_proof_token')
  }
  // RFC 9449 section 4.3, check 11. Asked so that a clock that gives no number refuses, too.
  const ageMs = now - claims.iat * 1000
  const isInTime =
    ageMs <= windowMs &&
    ageMs >= -futureMs &&
    (claims.exp === undefined || now < claims.exp * 1000) &&
    (claims.nbf === undefined || now >= claims.nbf * 1000 - futureMs)
  return isInTime ? undefined : refuse('proof_not_in_time')
}
