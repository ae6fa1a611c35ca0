import type { JsonWebKey } from 'node:crypto'
import { decodeBase64url } from './base64url.ts'
import { contentKeyOctets, keyManagementAlgorithms } from './decryption-key.ts'
import { decryptionCandidates, type JweHeader } from './decryption-keys.ts'
import { parseJsonObject } from './json.ts'

/** RFC 8725bis section 3.15: a compressed plaintext may not grow beyond 250 KB. */
const mostInflatedBytes = 250_000

/**
 * The plaintext of a JWE in compact serialization, or `undefined` when it is malformed, uses what is
 * not supported here, or was not encrypted to one of the keys. It says nothing of who made it: what
 * is inside must be signed. Loads `jose` when first called for a well-formed JWE.
 */
export async function decryptJwe(
  token: string,
  keys: readonly JsonWebKey[],
): Promise<Buffer | undefined> {
  const header = readHeader(token)
  if (header === undefined) return undefined
  const candidates = decryptionCandidates(keys, header)
  if (candidates.length === 0) return undefined
  const { compactDecrypt } = await import('jose')
  for (const key of candidates) {
    try {
      const { plaintext } = await compactDecrypt(token, key, {
        keyManagementAlgorithms: [...keyManagementAlgorithms],
        contentEncryptionAlgorithms: [...contentKeyOctets.keys()],
        maxDecompressedLength: mostInflatedBytes,
      })
      return Buffer.from(plaintext.buffer, plaintext.byteOffset, plaintext.byteLength)
    } catch (error) {
      if (!isTokenError(error)) throw error
    }
  }
  return undefined
}

/** Five segments, each spelled canonically, and a header that is complete and asks for nothing odd. */
function readHeader(token: string): JweHeader | undefined {
  const segments = token.split('.', 6).map(decodeBase64url)
  const [first] = segments
  if (segments.length !== 5 || first === undefined || segments.includes(undefined)) return undefined
  const header = parseJsonObject(first)
  if (header === undefined) return undefined
  const { alg, enc, kid, epk, crit, zip } = header
  // RFC 7516 section 4.1.13: no extension is understood here, so any `crit` refuses.
  if (crit !== undefined || (zip !== undefined && zip !== 'DEF')) return undefined
  if (typeof alg !== 'string' || typeof enc !== 'string') return undefined
  if (kid !== undefined && typeof kid !== 'string') return undefined
  return { alg, enc, kid, epk }
}

/** jose blames the token. Anything else is a bug, of ours or of its. */
function isTokenError(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : ''
  return /^ERR_(JWE|JOSE)_/.test(String(code))
}
