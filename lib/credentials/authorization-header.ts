import { type RefusalValue, refuse } from '../errors/refusal-value.ts'

/** RFC 9110 section 11.4: credentials = auth-scheme [ 1*SP ( token68 / ... ) ]. */
const anyScheme = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+(?: |$)/

/** RFC 9110 section 11.2: token68, the whole of it (RFC 6750 section 2.1: b64token). */
const token68 = /^[A-Za-z0-9\-._~+/]+=*$/

/**
 * The access token of an Authorization field; `undefined` when the field is for another scheme,
 * which counts as no credentials.
 */
export function parseAuthorization(value: string): string | RefusalValue | undefined {
  // RFC 9110 section 11.1: the scheme is compared case-insensitively.
  if (value.length < 7 || value.slice(0, 7).toLowerCase() !== 'bearer ') {
    return anyScheme.test(value) && value.toLowerCase() !== 'bearer'
      ? undefined
      : refuse('malformed_credentials')
  }
  let start = 7
  while (value.charCodeAt(start) === 0x20) {
    start += 1
  }
  return parseToken(value.slice(start))
}

/** One token68, or a refusal. */
export function parseToken(text: string): string | RefusalValue {
  return token68.test(text) ? text : refuse('malformed_credentials')
}
