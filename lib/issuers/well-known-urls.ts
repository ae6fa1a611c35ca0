/**
 * Where the metadata of an issuer may be, in the order in which it is asked for: RFC 8414 section
 * 3.1 (between host and path), OpenID Connect Discovery section 4 (after the path), and the latter's
 * name in the former's place (RFC 8414 section 5). The issuer's terminating slash is removed first.
 */
export function wellKnownUrls(issuer: string): readonly string[] {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  return [
    ...new Set([
      `${origin}/.well-known/oauth-authorization-server${path}`,
      `${origin}${path}/.well-known/openid-configuration`,
      `${origin}/.well-known/openid-configuration${path}`,
    ]),
  ]
}
