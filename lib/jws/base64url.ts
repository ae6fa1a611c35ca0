/**
 * The octets that `text` encodes, or `undefined` unless `text` is their one and only base64url
 * spelling (RFC 7515 section 2): no padding, no other character, no bits left over.
 */
export function decodeBase64url(text: string): Buffer | undefined {
  const octets = Buffer.from(text, 'base64url')
  // Node skips what it does not know and reads `+` and `/` too. To encode again and compare is the
  // complete check, and costs less than looking at each character.
  return octets.toString('base64url') === text ? octets : undefined
}

/** Strings are encoded as UTF-8. */
export function encodeBase64url(octets: Uint8Array | string): string {
  const buffer =
    typeof octets === 'string'
      ? Buffer.from(octets)
      : Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength)
  return buffer.toString('base64url')
}
