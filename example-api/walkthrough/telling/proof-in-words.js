// @ts-check
import { shortened, shortenedValue } from './shortened.js'

/**
 * What a DPoP proof says (RFC 9449 section 4.2), without what could be used by whoever reads it.
 *
 * @param {string} proof
 */
export function proofInWords(proof) {
  const [header, claims] = proof
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()))
  const { htm, htu, ath, nonce } = claims
  return [
    `a proof for ${htm} ${shortened(htu)}`,
    `with the key ${shortenedValue('key', header.jwk.x)}`,
    ...(ath ? ['for this token'] : []),
    nonce ? `nonce ${shortenedValue('nonce', nonce)}` : 'no nonce',
  ].join(', ')
}
