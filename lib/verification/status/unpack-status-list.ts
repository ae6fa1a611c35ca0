import { inflate } from 'node:zlib'
import { decodeBase64url } from '../../jws/base64url.ts'
import { type StatusBits, StatusList } from './status-list.ts'

/** Room for 64 million tokens of one bit each; zlib makes a thousandth of a list of nothing. */
export const mostListBytes: number = 8 * 1024 * 1024

/**
 * The list that a `status_list` claim holds (draft-ietf-oauth-status-list section 4.2): unpacked in
 * the thread pool, and never beyond the bound. `undefined` when it is none.
 */
export async function unpackStatusList(claim: unknown): Promise<StatusList | undefined> {
  const { bits, lst } = (claim ?? {}) as { bits?: unknown; lst?: unknown }
  if (!isBits(bits) || typeof lst !== 'string') return undefined
  const packed = decodeBase64url(lst)
  const octets = packed && (await unpacked(packed))
  return octets && new StatusList(octets, bits)
}

function isBits(bits: unknown): bits is StatusBits {
  return bits === 1 || bits === 2 || bits === 4 || bits === 8
}

/** Each chunk is a way to the thread pool and back: a large list would take hundreds. */
const chunkSize = 256 * 1024

/** The ZLIB format of RFC 1950, in which DEFLATE comes. */
function unpacked(packed: Buffer): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => {
    inflate(packed, { maxOutputLength: mostListBytes, chunkSize }, (error, octets) => {
      // Cut short, of another format, or too large: it is all the same, and signed nonsense.
      // Copied: what it came in is larger, and would be kept.
      resolve(error ? undefined : new Uint8Array(octets))
    })
  })
}
