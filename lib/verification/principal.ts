import type { ClaimSet, Principal } from '../options/issuer-options.ts'

const clientIdClaims = ['client_id', 'azp', 'cid', 'appid']

/** The client that the token was issued to, under the names that servers use for it. */
export function clientIdOf(claims: ClaimSet): string | undefined {
  for (const name of clientIdClaims) {
    const value = claims[name]
    if (typeof value === 'string') {
      return value
    }
  }
  return undefined
}

/**
 * Who acts. The marks of a client come first, whatever else is claimed: a client may register an
 * identifier that looks like somebody's `sub` (RFC 9700 section 4.15).
 */
export function principalOf(claims: ClaimSet, clientId: string | undefined): Principal {
  const subject = claims['sub'] ?? undefined
  if (
    subject === undefined ||
    subject === clientId ||
    claims['gty'] === 'client-credentials' ||
    claims['idtyp'] === 'app'
  ) {
    return 'client'
  }
  return (claims['auth_time'] ?? undefined) !== undefined ||
    claims['idtyp'] === 'user' ||
    // RFC 7662 section 2.2: a resource owner who authorized this token.
    typeof claims['username'] === 'string'
    ? 'user'
    : 'unknown'
}
