import { type KeyObject, type VerifyKeyObjectInput, verify } from 'node:crypto'
import { type Algorithm, type AlgorithmRow, algorithms, isAlgorithm } from './algorithms.ts'
import type { CompactJws } from './compact.ts'
import type { VerificationKey } from './verification-key.ts'

/**
 * Whether the signature is that of the key, under this algorithm (RFC 7515 section 5.2, step 8).
 * False too when the header names another algorithm, when the key does not serve it, and for a
 * signature that is malformed or not exactly as long as it must be.
 */
export function verifySignature(
  algorithm: Algorithm,
  key: VerificationKey,
  jws: CompactJws,
): boolean {
  const signature = fittingSignature(algorithm, key, jws)
  if (signature === undefined) return false
  const row = algorithms[algorithm]
  return verify(row.hash, jws.signingInput(), keyInput(row, key.keyObject), signature)
}

/** The same, off the main thread: it costs more in all, but does not hold up other requests. */
export function verifySignatureInPool(
  algorithm: Algorithm,
  key: VerificationKey,
  jws: CompactJws,
): boolean | Promise<boolean> {
  const signature = fittingSignature(algorithm, key, jws)
  if (signature === undefined) return false
  const row = algorithms[algorithm]
  return new Promise((resolve, reject) => {
    verify(
      row.hash,
      jws.signingInput(),
      keyInput(row, key.keyObject),
      signature,
      (error, verified) => (error ? reject(error) : resolve(verified)),
    )
  })
}

function fittingSignature(
  algorithm: Algorithm,
  key: VerificationKey,
  jws: CompactJws,
): Buffer | undefined {
  const row = algorithms[algorithm]
  const { alg } = jws.header
  if (!isAlgorithm(alg) || algorithms[alg] !== row || !key.algorithms.has(algorithm)) {
    return undefined
  }
  const signature = jws.signature()
  return signature?.length === key.signatureBytes ? signature : undefined
}

function keyInput(row: AlgorithmRow, key: KeyObject): KeyObject | VerifyKeyObjectInput {
  if (row.saltLength !== undefined && row.padding !== undefined) {
    return { key, padding: row.padding, saltLength: row.saltLength }
  }
  // RFC 7518 section 3.4: R and S side by side, not DER.
  return row.kty === 'EC' ? { key, dsaEncoding: 'ieee-p1363' } : key
}
