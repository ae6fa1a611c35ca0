import { type RefusalValue, refuse } from '../errors/refusal-value.ts'

/** RFC 9110 section 11.4: credentials = auth-scheme [ 1*SP ( token68 / ... ) ]. */
const anyScheme = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+(?: |$)/

/**
 * What stands behind `Bearer` in an Authorization field, whatever it looks like; `undefined` when
 * the field is for another scheme, which counts as no credentials.
 */
export function parseAuthorization(value: string): string | RefusalValue | undefined {
  // RFC 9110 section 11.1: the scheme is compared case-insensitively.
  if (!value.startsWith('Bearer ') && value.slice(0, 7).toLowerCase() !== 'bearer ') {
    return anyScheme.test(value) && value.toLowerCase() !== 'bearer'
      ? undefined
      : refuse('malformed_credentials')
  }
  let start = 7
  while (value.charCodeAt(start) === 0x20) {
    start += 1
  }
  return value.slice(start)
}
