import { createPrivateKey, createSecretKey, type JsonWebKey, type KeyObject } from 'node:crypto'

/** The header of a JWE, as far as it chooses the key. */
export interface JweHeader {
  readonly alg: string
  readonly enc: string
  readonly kid: string | undefined
  readonly epk: unknown
}

/** Several keys fit only while keys are rolled over; each costs a private-key operation. */
const mostCandidates = 3

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
const contentKeyOctets: ReadonlyMap<string, number> = new Map([
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
export const contentEncryptionAlgorithms: readonly string[] = [...contentKeyOctets.keys()]

/**
 * The keys that can have been meant: of those that fit its algorithm, the ones with its `kid`, else
 * the ones without any. Only keys with which the decryption cannot fail for a reason of our own.
 */
export function decryptionCandidates(
  keys: readonly JsonWebKey[],
  header: JweHeader,
): readonly KeyObject[] {
  const fitting = keys.filter((key) => fits(key, header))
  const { kid } = header
  if (kid === undefined) return keyObjects(fitting)
  const named = fitting.filter((key) => key['kid'] === kid)
  return keyObjects(named.length > 0 ? named : fitting.filter((key) => key['kid'] === undefined))
}

function fits(key: JsonWebKey, { alg, enc, epk }: JweHeader): boolean {
  const type = keyTypes.get(alg)
  const direct = alg === 'dir'
  if (type === undefined || (key['use'] !== undefined && key['use'] !== 'enc')) return false
  // A key for direct use may name the content encryption instead (RFC 7520 section 5.6).
  const named = key['alg']
  if (named !== undefined && named !== alg && !(direct && named === enc)) return false
  if (Array.isArray(key['key_ops']) && !key['key_ops'].some((op) => decrypting.has(op)))
    return false
  switch (type.kty) {
    case 'RSA':
      return (
        key.kty === 'RSA' && (keyObjectOf(key).asymmetricKeyDetails?.modulusLength ?? 0) >= 2048
      )
    case 'oct':
      return (
        key.kty === 'oct' &&
        keyObjectOf(key).symmetricKeySize === (direct ? contentKeyOctets.get(enc) : type.octets)
      )
    case 'ECDH':
      return isOnCurveOf(key, epk)
  }
}

const decrypting: ReadonlySet<unknown> = new Set([
  'decrypt',
  'unwrapKey',
  'deriveKey',
  'deriveBits',
])

/** RFC 7518 section 4.6.1.1: the ephemeral key is public, and on the same curve as ours. */
function isOnCurveOf(key: JsonWebKey, epk: unknown): boolean {
  if (typeof epk !== 'object' || epk === null || key.kty === 'RSA' || key.kty === 'oct')
    return false
  const { kty, crv, key_ops: operations } = epk as Record<string, unknown>
  if (kty !== key.kty || crv !== key.crv || operations !== undefined) return false
  return Object.values(epk).every((member) => typeof member === 'string')
}

function keyObjects(keys: readonly JsonWebKey[]): readonly KeyObject[] {
  return keys.slice(0, mostCandidates).map(keyObjectOf)
}

const imported = new WeakMap<JsonWebKey, KeyObject>()

/** Made once a key. */
function keyObjectOf(key: JsonWebKey): KeyObject {
  let made = imported.get(key)
  if (made === undefined) {
    made =
      key.kty === 'oct'
        ? createSecretKey(key.k ?? '', 'base64url')
        : createPrivateKey({ format: 'jwk', key })
    imported.set(key, made)
  }
  return made
}
