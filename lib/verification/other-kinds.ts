/**
 * Claims of ID tokens (OpenID Connect Core section 3.3.2.11, and `s_hash` of FAPI) and of
 * security events (RFC 8417): no access token has them.
 */
export const otherKinds: readonly string[] = ['at_hash', 'c_hash', 's_hash', 'events']

/** Keycloak's `typ` claim, in lower case, where the token is none for access. */
export const otherTypes: ReadonlySet<unknown> = new Set(['id', 'refresh', 'offline', 'logout'])
