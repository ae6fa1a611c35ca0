const wellKnown = '/.well-known/oauth-protected-resource'

/**
 * Where the metadata of a resource is: the well-known path inserted between host and path, a
 * trailing slash after the host removed (RFC 9728 section 3.1). Made from `resource` alone, never
 * from what a client sent.
 */
export function metadataUrl(resource: string): URL {
  const url = new URL(resource)
  const path = url.pathname === '/' ? '' : url.pathname
  // Not `search`, which does not tell an empty query from none: they are two identifiers.
  const query = url.href.slice(url.origin.length + url.pathname.length)
  return new URL(`${wellKnown}${path}${query}`, url.origin)
}
