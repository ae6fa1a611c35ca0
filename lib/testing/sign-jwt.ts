import { createHmac, createPrivateKey, type JsonWebKey, KeyObject, sign } from 'node:crypto'
import { type Algorithm, algorithms, isAlgorithm } from '../jws/algorithms.ts'
import { encodeBase64url } from '../jws/base64url.ts'
import { signJws } from '../jws/sign-jws.ts'
import type { KeyPair } from './key-pair.ts'
import type { Signer, SigningOptions } from './token-options.ts'

/** The keys that one party signs with, or that somebody signs with in its place. */
export interface SigningKeys {
  /** What is signed with unless the options say otherwise. */
  readonly algorithm: Algorithm
  signing(algorithm: Algorithm): KeyPair
  foreign(algorithm: Algorithm): KeyPair
}

type Members = Readonly<Record<string, unknown>>

/** A JWT in compact serialization, signed as asked: well, by somebody else, or not at all. */
export function signJwt(
  usualHeader: Members,
  claims: Members,
  options: SigningOptions,
  keys: SigningKeys,
): string {
  const { algorithm = keys.algorithm, signedBy = 'own', rawHeader } = options
  const fitting = isAlgorithm(algorithm) ? algorithm : keys.algorithm
  const key = signingKey(signedBy, fitting, keys)
  // JSON.stringify leaves out members that are undefined.
  const header = { alg: algorithm, ...usualHeader, ...options.header }
  const payload = options.rawPayload ?? JSON.stringify({ ...claims, ...options.claims })

  if (rawHeader === undefined && isAlgorithm(algorithm)) {
    return signJws({ header, payload, key, algorithm })
  }
  const head = encodeBase64url(rawHeader ?? JSON.stringify(header))
  const input = `${head}.${encodeBase64url(payload)}`
  const { publicKey } = keys.signing(fitting)
  const secret = options.secret ?? publicKey.export({ format: 'pem', type: 'spki' })
  return `${input}.${encodeBase64url(signature(input, algorithm, key, secret))}`
}

function signingKey(signedBy: Signer, algorithm: Algorithm, keys: SigningKeys): KeyObject {
  if (signedBy === 'own') return keys.signing(algorithm).privateKey
  if (signedBy === 'foreign') return keys.foreign(algorithm).privateKey
  if (signedBy instanceof KeyObject) return signedBy
  const { privateKey } = signedBy as { privateKey?: KeyObject }
  return privateKey ?? createPrivateKey({ key: signedBy as JsonWebKey, format: 'jwk' })
}

/** For what `signJws` has no words for: HMAC, no signature, and headers that are not JSON. */
function signature(
  input: string,
  algorithm: NonNullable<SigningOptions['algorithm']>,
  key: KeyObject,
  secret: string | Buffer,
): Buffer {
  // RFC 7515 appendix A.5
  if (algorithm === 'none') return Buffer.alloc(0)
  if (!isAlgorithm(algorithm)) {
    return createHmac(`sha${algorithm.slice(2)}`, secret)
      .update(input)
      .digest()
  }
  const { hash, padding, saltLength } = algorithms[algorithm]
  return sign(hash, Buffer.from(input), {
    key,
    dsaEncoding: 'ieee-p1363',
    ...(padding !== undefined && { padding }),
    ...(saltLength !== undefined && { saltLength }),
  })
}
