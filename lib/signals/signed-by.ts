import type { UnavailableValue } from '../errors/unavailable-value.ts'
import type { Algorithm } from '../jws/algorithms.ts'
import type { CompactJws } from '../jws/compact.ts'
import { verifySignature } from '../jws/verify-signature.ts'
import type { IssuerKeys } from '../verification/jwt/issuer-keys.ts'

/** Whether one of the keys made the signature, why not, or why that cannot be told now. */
export async function signedBy(
  keys: IssuerKeys,
  jws: CompactJws,
): Promise<true | 'unknown_key' | 'wrong_signature' | UnavailableValue> {
  const first = await attempt(keys, jws)
  if (first !== 'wrong_signature') return first
  // The key may have been replaced under its `kid`, or the token names none: once more.
  const changed = await keys.refreshAfterFailure()
  const second = changed ? await attempt(keys, jws) : first
  return second === 'wrong_signature' ? (keys.undecided(jws.header) ?? second) : second
}

async function attempt(
  keys: IssuerKeys,
  jws: CompactJws,
): Promise<true | 'unknown_key' | 'wrong_signature' | UnavailableValue> {
  const found = await keys.candidates(jws.header)
  if ('verdict' in found) return found.verdict === 'refused' ? 'unknown_key' : found
  const isSigned = found.some(({ key }) => verifySignature(jws.header.alg as Algorithm, key, jws))
  return isSigned || 'wrong_signature'
}
