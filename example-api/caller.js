// @ts-check

/**
 * A name for who is calling, to compare with. A client could be registered under an identifier
 * that looks like somebody's subject (RFC 9700 section 4.15), hence the prefix.
 *
 * @param {import('scopegate').Auth} auth
 */
export function callerOf(auth) {
  return auth.principal === 'client' ? `client:${auth.clientId}` : `user:${auth.subject}`
}
