import { type RefusalValue, refuse, type Scheme, toldIn } from '../errors/refusal-value.ts'

/** RFC 9110 section 11.4: credentials = auth-scheme [ 1*SP ( token68 / ... ) ]. */
const anyScheme = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+(?: |$)/

/**
 * The scheme of an Authorization field, when it is one that access tokens are taken from;
 * `undefined` when the field is for another, which counts as no credentials.
 */
export function schemeOf(
  value: string,
  accepted: readonly Scheme[],
): Scheme | RefusalValue | undefined {
  for (const scheme of accepted) {
    if (beginsWith(value, scheme)) {
      if (value.charCodeAt(scheme.length) === 0x20) {
        return scheme
      }
      if (value.length === scheme.length) {
        return toldIn([scheme], refuse('malformed_credentials'))
      }
    }
  }
  return anyScheme.test(value) ? undefined : refuse('malformed_credentials')
}

/** RFC 9110 section 11.1: the scheme is compared case-insensitively. */
function beginsWith(value: string, scheme: Scheme): boolean {
  return (
    value.startsWith(scheme) || value.slice(0, scheme.length).toLowerCase() === scheme.toLowerCase()
  )
}

/** What stands behind the scheme, whatever it looks like. */
export function tokenBehind(value: string, scheme: Scheme): string {
  let start = scheme.length + 1
  while (value.charCodeAt(start) === 0x20) {
    start += 1
  }
  return value.slice(start)
}
