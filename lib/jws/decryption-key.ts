import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type JsonWebKey,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import { decodeBase64url } from './base64url.ts'

/** A key that can decrypt, and the key management algorithms that its kind serves: maybe none. */
export interface DecryptionKey {
  readonly keyObject: KeyObject
  readonly serves: ReadonlySet<string>
}

/** What each key management algorithm needs (RFC 7518 section 4.1). */
const keyTypes: ReadonlyMap<string, { kty: 'RSA' | 'oct' | 'ECDH'; octets?: number }> = new Map([
  ['RSA-OAEP', { kty: 'RSA' }],
  ['RSA-OAEP-256', { kty: 'RSA' }],
  ['RSA-OAEP-384', { kty: 'RSA' }],
  ['RSA-OAEP-512', { kty: 'RSA' }],
  ['ECDH-ES', { kty: 'ECDH' }],
  ['ECDH-ES+A128KW', { kty: 'ECDH' }],
  ['ECDH-ES+A192KW', { kty: 'ECDH' }],
  ['ECDH-ES+A256KW', { kty: 'ECDH' }],
  ['A128KW', { kty: 'oct', octets: 16 }],
  ['A192KW', { kty: 'oct', octets: 24 }],
  ['A256KW', { kty: 'oct', octets: 32 }],
  ['A128GCMKW', { kty: 'oct', octets: 16 }],
  ['A192GCMKW', { kty: 'oct', octets: 24 }],
  ['A256GCMKW', { kty: 'oct', octets: 32 }],
  ['dir', { kty: 'oct' }],
])

/** The length of the content encryption key, in octets (RFC 7518 section 5.1). */
export const contentKeyOctets: ReadonlyMap<string, number> = new Map([
  ['A128GCM', 16],
  ['A192GCM', 24],
  ['A256GCM', 32],
  ['A128CBC-HS256', 32],
  ['A192CBC-HS384', 48],
  ['A256CBC-HS512', 64],
])

/**
 * No passwords: PBES2 would let the sender choose how long we compute (`p2c`, RFC 8725bis section
 * 3.13). No RSA1_5: its failures tell the plaintext to whoever can time them.
 */
export const keyManagementAlgorithms: readonly string[] = [...keyTypes.keys()]

const imported = new WeakMap<JsonWebKey, DecryptionKey>()

/** The key, made once; `undefined` when it is no sound private or shared key that can be read. */
export function importDecryptionKey(jwk: JsonWebKey): DecryptionKey | undefined {
  let made = imported.get(jwk)
  if (made === undefined) {
    const keyObject = keyObjectOf(jwk)
    if (keyObject === undefined) return undefined
    made = { keyObject, serves: served(keyObject, jwk.crv) }
    imported.set(jwk, made)
  }
  return made
}

function keyObjectOf(jwk: JsonWebKey): KeyObject | undefined {
  try {
    if (jwk.kty !== 'oct') {
      const key = createPrivateKey({ format: 'jwk', key: jwk })
      return isSound(key) ? key : undefined
    }
    const octets = typeof jwk.k === 'string' ? decodeBase64url(jwk.k) : undefined
    return octets?.length ? createSecretKey(octets) : undefined
  } catch {
    // The error is dropped on purpose: no cause rests on key material.
    return undefined
  }
}

/** Whether the private part belongs to the public one, which Node does not ask. */
function isSound(key: KeyObject): boolean {
  if (key.asymmetricKeyType === 'x25519' || key.asymmetricKeyType === 'x448') return true
  const digest = key.asymmetricKeyType?.startsWith('ed') ? null : 'sha256'
  const data = Buffer.alloc(0)
  return verify(digest, data, createPublicKey(key), sign(digest, data, key))
}

function served(key: KeyObject, crv: unknown): ReadonlySet<string> {
  const kty = kindOf(key, crv)
  const octets = key.symmetricKeySize
  const names = keyManagementAlgorithms.filter((name) => {
    const type = keyTypes.get(name)
    return type?.kty === kty && (type?.octets === undefined || type.octets === octets)
  })
  return new Set(names)
}

/** RFC 7518 section 4.3: RSA of 2048 bits or more. Section 6.2.1.1 and RFC 8037: the curves. */
function kindOf(key: KeyObject, crv: unknown): 'RSA' | 'oct' | 'ECDH' | undefined {
  const { symmetricKeySize: octets, asymmetricKeyType: type, asymmetricKeyDetails: details } = key
  if (octets !== undefined) return contentLengths.has(octets) ? 'oct' : undefined
  if (type === 'rsa') return (details?.modulusLength ?? 0) >= 2048 ? 'RSA' : undefined
  return curves.has(crv) ? 'ECDH' : undefined
}

const contentLengths: ReadonlySet<number> = new Set(contentKeyOctets.values())
const curves: ReadonlySet<unknown> = new Set(['P-256', 'P-384', 'P-521', 'X25519'])
