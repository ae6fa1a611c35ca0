import { tokenDigest } from '../cache/token-digest.ts'
import { parseCompact } from '../jws/compact.ts'

/**
 * What one token is revoked by, as a 32-character latin1 string. Of a JWT it is the SHA-256 of what was
 * signed: whoever holds an ECDSA signature (r, s) can make (r, n - s) of it, which verifies as well, and
 * the token with it is not the same text.
 */
export function tokenIdentity(token: string): string {
  return tokenDigest(parseCompact(token) ? token.slice(0, token.lastIndexOf('.')) : token)
}
