/**
 * How logs and events name a token: the first 8 bytes of its SHA-256, in hex. Never a key and
 * never compared.
 *
 * @param digest - SHA-256 as a latin1 string
 */
export function fingerprint(digest: string): string {
  return Buffer.from(digest.slice(0, 8), 'latin1').toString('hex')
}
