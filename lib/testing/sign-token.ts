import { isAlgorithm } from '../jws/algorithms.ts'
import type { KeyRing } from './key-ring.ts'
import { signJwt } from './sign-jwt.ts'
import type { SigningOptions } from './token-options.ts'

/** A JWT of this `typ`, under the `kid` of the server's key, whoever signed it. */
export function signToken(
  type: string,
  claims: Readonly<Record<string, unknown>>,
  options: SigningOptions,
  keys: KeyRing,
): string {
  const { algorithm = keys.algorithm, signedBy } = options
  const published = keys.signing(isAlgorithm(algorithm) ? algorithm : keys.algorithm)
  const kid = (typeof signedBy === 'object' && 'kid' in signedBy && signedBy.kid) || published.kid
  return signJwt({ typ: type, kid }, claims, options, keys)
}
