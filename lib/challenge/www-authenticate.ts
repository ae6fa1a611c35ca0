import type { RefusalValue } from '../errors/refusal-value.ts'

/** Where a challenge sends the client: the metadata document, or the realm when there is none. */
export type Protection = { readonly resourceMetadata: string } | { readonly realm: string }

/**
 * The value of a WWW-Authenticate field for the Bearer scheme (RFC 6750 section 3). It always has
 * an auth-param, and each at most once.
 */
export function bearerChallenge(refusal: RefusalValue, protection: Protection): string {
  const params: [string, string][] = [
    'realm' in protection
      ? ['realm', protection.realm]
      : // RFC 9728 section 5.1: the URL of the metadata, not the resource.
        ['resource_metadata', protection.resourceMetadata],
  ]
  // RFC 6750 section 3.1: no error information when nothing was presented.
  if (refusal.error) {
    params.push(['error', refusal.error], ['error_description', refusal.message])
  }
  if (refusal.scopes && refusal.scopes.length > 0) {
    params.push(['scope', refusal.scopes.join(' ')])
  }
  return `Bearer ${params.map(([name, value]) => `${name}="${legal(value)}"`).join(', ')}`
}

/**
 * RFC 6750 section 3 allows no quotes, backslashes, controls or non-ASCII in any attribute, so
 * that escaping never comes up: what is illegal is replaced.
 */
function legal(text: string): string {
  return text.replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, '?')
}
