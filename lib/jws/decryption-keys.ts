import type { JsonWebKey, KeyObject } from 'node:crypto'
import { contentKeyOctets, importDecryptionKey } from './decryption-key.ts'

/** The header of a JWE, as far as it chooses the key. */
export interface JweHeader {
  readonly alg: string
  readonly enc: string
  readonly kid: string | undefined
  readonly epk: unknown
}

/** Several keys fit only while keys are rolled over; each costs a private-key operation. */
const mostCandidates = 3

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
  const made = importDecryptionKey(key)
  const direct = alg === 'dir'
  if (!made?.serves.has(alg) || (key['use'] !== undefined && key['use'] !== 'enc')) return false
  // A key for direct use may name the content encryption instead (RFC 7520 section 5.6).
  const named = key['alg']
  if (named !== undefined && named !== alg && !(direct && named === enc)) return false
  if (Array.isArray(key['key_ops']) && !key['key_ops'].some((op) => decrypting.has(op)))
    return false
  if (direct) return made.keyObject.symmetricKeySize === contentKeyOctets.get(enc)
  return !alg.startsWith('ECDH') || isOnCurveOf(key, epk)
}

const decrypting: ReadonlySet<unknown> = new Set([
  'decrypt',
  'unwrapKey',
  'deriveKey',
  'deriveBits',
])

/** RFC 7518 section 4.6.1.1: the ephemeral key is public, and on the same curve as ours. */
function isOnCurveOf(key: JsonWebKey, epk: unknown): boolean {
  if (typeof epk !== 'object' || epk === null) return false
  const { kty, crv, key_ops: operations } = epk as Record<string, unknown>
  if (kty !== key.kty || crv !== key.crv || operations !== undefined) return false
  return Object.values(epk).every((member) => typeof member === 'string')
}

function keyObjects(keys: readonly JsonWebKey[]): readonly KeyObject[] {
  return keys.slice(0, mostCandidates).flatMap((key) => importDecryptionKey(key)?.keyObject ?? [])
}
