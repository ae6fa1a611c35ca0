import { createHmac, createPrivateKey, KeyObject, sign } from 'node:crypto'
import { type Algorithm, algorithms, isAlgorithm } from '../jws/algorithms.ts'
import { encodeBase64url } from '../jws/base64url.ts'
import { signJws } from '../jws/sign-jws.ts'
import type { KeyRing } from './key-ring.ts'
import type { SigningOptions } from './token-options.ts'

type Members = Readonly<Record<string, unknown>>

/** A JWT in compact serialization, signed as asked: well, by somebody else, or not at all. */
export function signToken(
  type: string,
  claims: Members,
  options: SigningOptions,
  keys: KeyRing,
): string {
  const { algorithm = keys.algorithm, signedBy = 'own', rawHeader } = options
  const published = keys.signing(isAlgorithm(algorithm) ? algorithm : keys.algorithm)
  const key = privateKey(signedBy, published.algorithm, keys)
  const kid = (typeof signedBy === 'object' && 'kid' in signedBy && signedBy.kid) || published.kid
  // JSON.stringify leaves out members that are undefined.
  const header = { alg: algorithm, typ: type, kid, ...options.header }
  const payload = options.rawPayload ?? JSON.stringify({ ...claims, ...options.claims })

  if (rawHeader === undefined && isAlgorithm(algorithm)) {
    return signJws({ header, payload, key, algorithm })
  }
  const head = encodeBase64url(rawHeader ?? JSON.stringify(header))
  const input = `${head}.${encodeBase64url(payload)}`
  const secret = options.secret ?? published.publicKey.export({ format: 'pem', type: 'spki' })
  return `${input}.${encodeBase64url(signature(input, algorithm, key, secret))}`
}

function privateKey(
  signedBy: NonNullable<SigningOptions['signedBy']>,
  algorithm: Algorithm,
  keys: KeyRing,
): KeyObject {
  if (signedBy === 'own') return keys.signing(algorithm).privateKey
  if (signedBy === 'foreign') return keys.foreign(algorithm).privateKey
  return signedBy instanceof KeyObject
    ? signedBy
    : createPrivateKey({ key: signedBy, format: 'jwk' })
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
