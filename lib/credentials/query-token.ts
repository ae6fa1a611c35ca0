/** Whether the query of a request target holds an `access_token` (RFC 6750 section 2.3). */
export function hasQueryToken(target: string): boolean {
  const start = target.indexOf('?')
  return start >= 0 && new URLSearchParams(target.slice(start + 1)).has('access_token')
}
