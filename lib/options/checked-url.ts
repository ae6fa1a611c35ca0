import { allowedUrl } from '../http/allowed-url.ts'
import { mustBe } from './parse-options.ts'

export interface UrlRule {
  /** What the URL is for, to complete "must be an absolute https URL". */
  readonly insecureHosts: readonly string[]
  /** @defaultValue false */
  readonly mayHaveQuery?: boolean
}

/**
 * The URL as it was given, when it is absolute, of https (or of http where that is allowed) and
 * without user information and fragment.
 *
 * @throws ConfigurationError
 */
export function checkedUrl(url: string, rule: UrlRule, path: string): string {
  const { insecureHosts, mayHaveQuery = false } = rule
  // The parser repairs what must be right as it stands, since it is compared and sent as it stands.
  const isExact = /^https?:\/\/[^/?#@]+([/?][^#]*)?$/i.test(url) && isUriText(url)
  if (isExact && (mayHaveQuery || !url.includes('?')) && allowedUrl(url, insecureHosts)) {
    return url
  }
  throw mustBe(
    `an absolute https URL without user information${mayHaveQuery ? '' : ', query'} and fragment (http only on loopback${insecureHosts.length > 0 ? ' or for http.insecureHosts' : ''})`,
    url,
    path,
  )
}

/** Only characters of a URI (RFC 3986 section 2): the parser drops spaces and turns backslashes. */
function isUriText(url: string): boolean {
  return /^(?:[A-Za-z0-9\-._~:/?[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/.test(url)
}
