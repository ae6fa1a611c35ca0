import {
  createPrivateKey,
  type JsonWebKey,
  KeyObject,
  type SignKeyObjectInput,
  sign,
} from 'node:crypto'
import { type Algorithm, type AlgorithmRow, algorithms } from './algorithms.ts'
import { encodeBase64url } from './base64url.ts'

/** What is to be signed, and with what. */
export interface SigningRequest {
  /** Header members besides `alg`. An `alg` in it is written in place of `algorithm`. */
  readonly header?: Readonly<Record<string, unknown>>
  /** Objects are serialised as JSON, strings as UTF-8. */
  readonly payload: object | string | Buffer
  /** A private key. */
  readonly key: JsonWebKey | KeyObject
  readonly algorithm: Algorithm
}

/**
 * The signed token in compact serialization (RFC 7515 section 5.1).
 * @throws TypeError when the key is not a private key that fits the algorithm.
 */
export function signJws({ header, payload, key, algorithm }: SigningRequest): string {
  const row = algorithms[algorithm]
  const privateKey = key instanceof KeyObject ? key : createPrivateKey({ format: 'jwk', key })
  if (!fits(privateKey, row)) throw new TypeError(`The key is not a private key for ${algorithm}`)
  const octets =
    typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload)
  const head = encodeBase64url(JSON.stringify({ alg: algorithm, ...header }))
  const signingInput = `${head}.${encodeBase64url(octets)}`
  const signature = sign(row.hash, Buffer.from(signingInput, 'latin1'), keyInput(row, privateKey))
  return `${signingInput}.${encodeBase64url(signature)}`
}

/** OpenSSL signs with whatever it is given: an EC key under RS256 gives an ECDSA signature. */
function fits(key: KeyObject, row: AlgorithmRow): boolean {
  return (
    key.type === 'private' &&
    key.asymmetricKeyType === row.keyType &&
    (row.namedCurve === undefined || key.asymmetricKeyDetails?.namedCurve === row.namedCurve)
  )
}

function keyInput(row: AlgorithmRow, key: KeyObject): KeyObject | SignKeyObjectInput {
  if (row.saltLength !== undefined && row.padding !== undefined) {
    return { key, padding: row.padding, saltLength: row.saltLength }
  }
  return row.kty === 'EC' ? { key, dsaEncoding: 'ieee-p1363' } : key
}
