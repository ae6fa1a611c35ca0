import type { CompactJws } from '../../jws/compact.ts'

/** What a proof says, unverified (RFC 9449 section 4.2). */
export interface ProofClaims {
  readonly jti: string
  readonly htm: string
  readonly htu: string
  /** In seconds. */
  readonly iat: number
  readonly ath: string
  readonly nonce: string | undefined
  readonly exp: number | undefined
  readonly nbf: number | undefined
}

/**
 * The claims of a proof when all that are required are there and of their types (RFC 9449 section
 * 4.3, check 3).
 */
export function readProofClaims(jws: CompactJws): ProofClaims | undefined {
  const claims = jws.payload()
  if (claims === undefined) {
    return undefined
  }
  const isComplete =
    isText(claims['jti']) &&
    isText(claims['htm']) &&
    isText(claims['htu']) &&
    isText(claims['ath']) &&
    // JSON.parse gives Infinity for 1e999.
    Number.isFinite(claims['iat']) &&
    (claims['nonce'] === undefined || typeof claims['nonce'] === 'string') &&
    (claims['exp'] === undefined || Number.isFinite(claims['exp'])) &&
    (claims['nbf'] === undefined || Number.isFinite(claims['nbf']))
  return isComplete ? (claims as unknown as ProofClaims) : undefined
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}
