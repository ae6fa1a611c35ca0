import { constants } from 'node:crypto'

/** The signature algorithms of scopegate. `none` and HMAC are not in it (RFC 8725 section 3.1). */
export type Algorithm =
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'Ed25519'
  | 'EdDSA'

/** What an algorithm asks of its key, and how `node:crypto` is told to do it. */
export interface AlgorithmRow {
  readonly kty: 'RSA' | 'EC' | 'OKP'
  readonly crv?: 'P-256' | 'P-384' | 'P-521' | 'Ed25519'
  /** `asymmetricKeyType` of a `KeyObject` that fits. */
  readonly keyType: 'rsa' | 'ec' | 'ed25519'
  /** OpenSSL's name of `crv`. */
  readonly namedCurve?: string
  /** Absent where the algorithm brings its own. */
  readonly hash?: 'sha256' | 'sha384' | 'sha512'
  readonly padding?: number
  readonly saltLength?: number
  /** Absent for RSA, where it is the size of the modulus. */
  readonly signatureBytes?: number
}

const ed25519 = Object.freeze({
  kty: 'OKP',
  crv: 'Ed25519',
  keyType: 'ed25519',
  signatureBytes: 64,
} as const)

/**
 * The whole table; nothing else in scopegate enumerates algorithms. `EdDSA` and `Ed25519`
 * (RFC 9864) share one row: they are one algorithm. A name from a token is first asked `isAlgorithm`.
 */
export const algorithms: Readonly<Record<Algorithm, AlgorithmRow>> = Object.freeze({
  RS256: pkcs1('sha256'),
  RS384: pkcs1('sha384'),
  RS512: pkcs1('sha512'),
  PS256: pss('sha256', 32),
  PS384: pss('sha384', 48),
  PS512: pss('sha512', 64),
  ES256: ecdsa('P-256', 'prime256v1', 'sha256', 64),
  ES384: ecdsa('P-384', 'secp384r1', 'sha384', 96),
  ES512: ecdsa('P-521', 'secp521r1', 'sha512', 132),
  Ed25519: ed25519,
  EdDSA: ed25519,
})

/** Whether `name` is an algorithm of the table, spelled exactly. */
export function isAlgorithm(name: unknown): name is Algorithm {
  return typeof name === 'string' && Object.hasOwn(algorithms, name)
}

type Hash = 'sha256' | 'sha384' | 'sha512'

/** RFC 7518 section 3.3. */
function pkcs1(hash: Hash): AlgorithmRow {
  return Object.freeze({ kty: 'RSA', keyType: 'rsa', hash, padding: constants.RSA_PKCS1_PADDING })
}

/** RFC 7518 section 3.5: the salt is as long as the hash. */
function pss(hash: Hash, saltLength: number): AlgorithmRow {
  const padding = constants.RSA_PKCS1_PSS_PADDING
  return Object.freeze({ kty: 'RSA', keyType: 'rsa', hash, padding, saltLength })
}

/** RFC 7518 section 3.4: R and S in full length, one after the other. */
function ecdsa(
  crv: 'P-256' | 'P-384' | 'P-521',
  namedCurve: string,
  hash: Hash,
  signatureBytes: number,
): AlgorithmRow {
  return Object.freeze({ kty: 'EC', crv, keyType: 'ec', namedCurve, hash, signatureBytes })
}
