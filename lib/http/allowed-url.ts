/**
 * The URL when it may be asked: https anywhere, http on loopback or a listed host only. A URL
 * with user information is never one: credentials do not belong there (RFC 9110 section 4.2.4).
 *
 * @param insecureHosts - `name` (any port) or `name:port`
 */
export function allowedUrl(url: string, insecureHosts: readonly string[]): URL | undefined {
  if (!URL.canParse(url)) return undefined
  const parsed = new URL(url)
  if (parsed.username !== '' || parsed.password !== '') return undefined
  if (parsed.protocol === 'https:') return parsed
  if (parsed.protocol !== 'http:') return undefined
  return isLoopback(parsed.hostname) || isListed(parsed, insecureHosts) ? parsed : undefined
}

/** The host parser has made every spelling of an IP address canonical (WHATWG URL section 3.5). */
function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') || // RFC 6761 section 6.3
    /^127\.\d+\.\d+\.\d+$/.test(hostname) ||
    hostname === '[::1]'
  )
}

/** Whether plain http is allowed to the host of the URL by name. */
export function isListed({ hostname, port }: URL, insecureHosts: readonly string[]): boolean {
  const withPort = `${hostname}:${port === '' ? '80' : port}`
  return insecureHosts.some((listed) => {
    const host = listed.toLowerCase()
    return host === hostname || host === withPort
  })
}
