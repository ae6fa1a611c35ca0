/**
 * The http or https URI without query and fragment, normalised by syntax and scheme (RFC 3986
 * sections 6.2.2 and 6.2.3): two are equivalent exactly when they are the same string then.
 * `undefined` for everything else. Not `URL`, which repairs what is no URI.
 */
export function normalisedUri(uri: string): string | undefined {
  const [, scheme, host, port, path] = absolute.exec(uri) ?? []
  if (scheme === undefined || host === undefined) {
    return undefined
  }
  const normalised = normalisedPath(path as string)
  if (normalised === undefined) {
    return undefined
  }
  const lowerScheme = scheme.toLowerCase()
  const isDefault = !port || port === (lowerScheme === 'https' ? '443' : '80')
  const authority = isDefault ? host : `${host}:${port}`
  return `${lowerScheme}://${authority.toLowerCase()}${withoutDotSegments(normalised) || '/'}`
}

// RFC 3986 section 3.2.2; no user information (RFC 9110 section 4.2.4), no escapes in the host.
const absolute =
  /^(https?):\/\/([A-Za-z0-9\-._~!$&'()*+,;=]+|\[[0-9A-Fa-f:.]+\])(?::(\d{0,5}))?((?:\/[\x21\x22\x24-\x3e\x40-\x7e]*)?)(?:[?#][\x21-\x7e]*)?$/i

const plain = /^[A-Za-z0-9\-._~/!$&'()*+,;=:@]*$/

/**
 * The path with each character in its one spelling; `undefined` when it holds others than visible
 * ASCII, or an incomplete escape. An escaped slash stays one: it separates nothing.
 */
export function normalisedPath(path: string): string | undefined {
  if (plain.test(path)) {
    return path
  }
  if (!/^(?:[\x21-\x24\x26-\x7e]|%[0-9A-Fa-f]{2})*$/.test(path)) {
    return undefined
  }
  return path.replace(/%..|[^A-Za-z0-9\-._~/!$&'()*+,;=:@%]/g, (one) => {
    const code = one.length === 3 ? Number.parseInt(one.slice(1), 16) : one.charCodeAt(0)
    const character = String.fromCharCode(code)
    // RFC 3986 section 6.2.2.2: what needs no escape has none; what browsers send bare gets one.
    return /[A-Za-z0-9\-._~]/.test(character)
      ? character
      : `%${code.toString(16).toUpperCase().padStart(2, '0')}`
  })
}

/** Whether a path holds `.` or `..` as a segment, which a router may take for a name. */
export function hasDotSegment(path: string): boolean {
  return /(?:^|\/)\.\.?(?:\/|$)/.test(path)
}

/** RFC 3986 section 5.2.4, for a path that is empty or begins with a slash. */
function withoutDotSegments(path: string): string {
  if (!hasDotSegment(path)) {
    return path
  }
  const kept: string[] = []
  const segments = path.split('/').slice(1)
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1
    if (segment === '..') {
      kept.pop()
    } else if (segment !== '.') {
      kept.push(segment)
      continue
    }
    if (isLast) {
      kept.push('')
    }
  }
  return `/${kept.join('/')}`
}
