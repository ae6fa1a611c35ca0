/**
 * Whether an address of a token is one of those that are configured, or below one that ends in `/`:
 * by names of letters, digits and `-._~` alone, of which none is a dot segment. What is left has one
 * reading: no query, no user information, nothing that a server could decode into another path.
 */
export function isListedUri(uri: string, listed: readonly string[]): boolean {
  return listed.some((one) =>
    one.endsWith('/') ? uri.startsWith(one) && isPlainPath(uri.slice(one.length)) : uri === one,
  )
}

function isPlainPath(path: string): boolean {
  return path.split('/').every((name) => /^(?!\.{1,2}$)[A-Za-z0-9\-._~]+$/.test(name))
}
