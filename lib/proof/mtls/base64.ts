/**
 * The octets that `text` encodes, or `undefined` unless `text` is their one and only base64 spelling
 * (RFC 4648 section 4): padded, no other character, no bits left over.
 */
export function decodeBase64(text: string): Buffer | undefined {
  const octets = Buffer.from(text, 'base64')
  return octets.toString('base64') === text ? octets : undefined
}
