import { decodeBase64url } from '../jws/base64url.ts'
import { parseJsonObject } from '../jws/json.ts'

/** The header of a JWE; nothing in it is proved until it is decrypted. */
export interface EncryptedHeader {
  readonly kid: string | undefined
  /** The replicated claim (RFC 7519 section 5.3). */
  readonly iss: string | undefined
}

/**
 * The header of a token that is an encrypted one by its shape: five base64url segments, the first
 * a JSON object with `alg` and `enc` (RFC 7516 sections 3.1 and 4.1).
 */
export function encryptedHeader(token: string): EncryptedHeader | undefined {
  if (!fiveSegments.test(token)) return undefined
  const octets = decodeBase64url(token.slice(0, token.indexOf('.')))
  const header = octets && parseJsonObject(octets)
  if (typeof header?.['alg'] !== 'string' || typeof header['enc'] !== 'string') return undefined
  return { kid: text(header['kid']), iss: text(header['iss']) }
}

/** An encrypted key is empty in direct encryption. */
const fiveSegments = /^[\w-]+\.[\w-]*\.[\w-]*\.[\w-]*\.[\w-]*$/

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
