import { LRUCache } from 'lru-cache'
import { decodeBase64url } from './base64url.ts'
import { parseJsonObject } from './json.ts'

/** The header of a JWS: integrity-protected once the signature is verified, not judged before. */
export type JoseHeader = Readonly<Record<string, unknown>> & { readonly alg: string }

/** A JWS in compact serialization, unverified. Printing it does not show the token. */
export interface CompactJws {
  /** Deep-frozen; tokens with the same header segment share it. */
  readonly header: JoseHeader
  /** What the signature covers (RFC 7515 section 5.2, step 8). */
  signingInput(): Buffer
  /** The payload, when it is one well-formed JSON object: deep-frozen, the same at each call. */
  payload(): Record<string, unknown> | undefined
  /** The signature, when it is spelled canonically. */
  signature(): Buffer | undefined
}

/**
 * The token taken apart, when it is JWT-shaped: three segments, the first a JSON object with a
 * string `alg`. For every other string `undefined`. Payload and signature are decoded when asked
 * for, and are `undefined` when malformed, as with any character outside base64url (RFC 8725bis
 * section 3.14): such a token is a bad JWT, not an opaque token.
 *
 * @param headerOf - what reads the first segment
 */
export function parseCompact(
  token: string,
  headerOf: (segment: string) => JoseHeader | undefined = readHeader,
): CompactJws | undefined {
  const headerEnd = token.indexOf('.')
  const payloadEnd = token.indexOf('.', headerEnd + 1)
  if (headerEnd < 1 || payloadEnd < 0 || token.includes('.', payloadEnd + 1)) return undefined
  const header = headerOf(token.slice(0, headerEnd))
  return header && new ParsedJws(header, token, headerEnd, payloadEnd)
}

/** An authorization server has a few headers, one per key and token type. */
const headers = new LRUCache<string, JoseHeader>({ max: 200 })
const longestKeptHeader = 512

function readHeader(segment: string): JoseHeader | undefined {
  const known = headers.get(segment)
  if (known !== undefined) return known
  const header = decodeHeader(segment)
  if (header === undefined) return undefined
  // Made anew from octets: a slice would keep the token that it was cut from.
  if (segment.length <= longestKeptHeader) {
    headers.set(Buffer.from(segment, 'latin1').toString('latin1'), header)
  }
  return header
}

/** The header in a segment: one JSON object with a string `alg`. */
export function decodeHeader(segment: string): JoseHeader | undefined {
  const octets = decodeBase64url(segment)
  const header = octets && parseJsonObject(octets)
  return header !== undefined && hasAlgorithm(header) ? header : undefined
}

function hasAlgorithm(header: Record<string, unknown>): header is JoseHeader {
  return typeof header['alg'] === 'string'
}

class ParsedJws implements CompactJws {
  readonly header: JoseHeader
  readonly #token: string
  readonly #headerEnd: number
  readonly #payloadEnd: number
  #payload: { readonly value: Record<string, unknown> | undefined } | undefined

  constructor(header: JoseHeader, token: string, headerEnd: number, payloadEnd: number) {
    this.header = header
    this.#token = token
    this.#headerEnd = headerEnd
    this.#payloadEnd = payloadEnd
  }

  signingInput(): Buffer {
    return Buffer.from(this.#token.slice(0, this.#payloadEnd), 'latin1')
  }

  payload(): Record<string, unknown> | undefined {
    if (this.#payload === undefined) {
      const octets = decodeBase64url(this.#token.slice(this.#headerEnd + 1, this.#payloadEnd))
      this.#payload = { value: octets && parseJsonObject(octets) }
    }
    return this.#payload.value
  }

  signature(): Buffer | undefined {
    return decodeBase64url(this.#token.slice(this.#payloadEnd + 1))
  }
}
