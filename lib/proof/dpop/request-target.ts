import { hasDotSegment, normalisedPath, normalisedUri } from './normalised-uri.ts'

/** Says which URI a proof and a request both mean; `undefined` when they do not mean the same. */
export type MatchTarget = (htu: string, requestTarget: string) => string | undefined

/**
 * Compares the `htu` of proofs with where requests go, as the public sees it: one of the public
 * URLs, then the path of the request. What the client says of the host is never asked (RFC 9449
 * section 4.3, check 9).
 */
export function targetMatcher(publicUrls: readonly string[]): MatchTarget {
  const bases = publicUrls.map((url) => (normalisedUri(url) as string).replace(/\/$/, ''))
  const isServed = (path: string, uri: string) => bases.some((base) => isBelow(base, path, uri))
  return function matchTarget(htu, requestTarget) {
    const path = pathOf(requestTarget)
    if (path === undefined) {
      return undefined
    }
    if (isServed(path, htu)) {
      return htu
    }
    const uri = normalisedUri(htu)
    return uri !== undefined && isServed(path, uri) ? uri : undefined
  }
}

function isBelow(base: string, path: string, uri: string): boolean {
  return (
    (uri.length === base.length + path.length && uri.startsWith(base) && uri.endsWith(path)) ||
    // A proxy that strips the prefix sends `/` for the prefix itself.
    (path === '/' && uri === base)
  )
}

/**
 * The path of a request target in origin or absolute form (RFC 9112 section 3.2), normalised;
 * `undefined` for all that a router may take for another path than RFC 3986 does.
 */
function pathOf(target: string): string | undefined {
  if (usual.test(target)) {
    return target
  }
  const [, origin, absolute] = forms.exec(target) ?? []
  const path = origin ?? absolute
  const normalised = path === undefined ? undefined : normalisedPath(path || '/')
  // A router takes dot segments for names: what it routes is not what the proof was made for.
  return normalised === undefined || hasDotSegment(normalised) ? undefined : normalised
}

/** A path that is normalised already, and has neither a query nor a dot. */
const usual = /^\/[A-Za-z0-9\-_~/]*$/

// Neither `#`, a backslash nor white space, in the query either: with one of them, parsers of URLs find
// a host in `//user@host/path`, and escape. Nor, in the absolute form, anything that they would escape.
const forms =
  /^(?:(\/[^?#\\]*)|https?:\/\/(?:[A-Za-z0-9\-.]+|\[[0-9A-Fa-f:.]+\])(?::\d{0,5})?((?:\/[A-Za-z0-9\-._~/!$&()*+,;=:@%]*)?))(?:\?[^#\\\s]*)?$/i
