/** What may hold a secret, or hold something that does: only its kind is ever told. */
const secret =
  /(^|\.)(clientSecret|client|clientCertificate|cert|key|passphrase|token|proxy|ca|jwks|decryptionKeys|opaquePrefixes)\b/

/** What operators may read under `client`, which is secret otherwise; if it looks like a name. */
const harmless = /\.client\.(method|encoding|algorithm)$/
const name = /^[\w-]{1,27}$/

/**
 * What was given, for a message: its kind, and the value itself only when it is short, printable
 * and nothing that the option at that path could keep secret.
 */
export function describedValue(value: unknown, path: string): string {
  if (value === null || value === undefined || value === '') {
    return value === '' ? 'an empty string' : String(value)
  }
  const mayQuote = !secret.test(path) || (harmless.test(path) && name.test(String(value)))
  switch (typeof value) {
    case 'string':
      return mayQuote && isQuotable(value) ? JSON.stringify(value) : 'a string'
    case 'number':
      return mayQuote ? String(value) : 'a number'
    case 'boolean':
      return String(value)
    case 'object':
      if (Array.isArray(value)) {
        return value.length === 0 ? 'an empty array' : 'an array'
      }
      return typeof (value as { then?: unknown }).then === 'function' ? 'a promise' : 'an object'
    default:
      return `a ${typeof value}`
  }
}

/**
 * A URL with user information holds a password, one with a query perhaps a key, and what looks
 * like a JWT is perhaps a token.
 */
function isQuotable(text: string): boolean {
  return /^[\x20-\x7E]{1,80}$/.test(text) && !/[@?]|^eyJ/.test(text)
}
