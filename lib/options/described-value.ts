/** What may hold a secret, or hold something that does: only its kind is ever told. */
const secret =
  /(^|\.)(clientSecret|client|clientCertificate|cert|key|passphrase|token|proxy|ca|jwks|decryptionKeys|opaquePrefixes|nonceSecret|secret)\b/

/** What operators may read under `client`, which is secret otherwise; if it looks like a name. */
const harmless = /\.client\.(method|encoding|algorithm)$/
const name = /^[\w-]{1,27}$/

/**
 * What was given, for a message: its kind, and the value itself only when it is short, printable
 * and nothing that the option at that path could keep secret.
 */
export function describedValue(value: unknown, path: string): string {
  const mayQuote = !secret.test(path) || (harmless.test(path) && name.test(String(value)))
  if (mayQuote && typeof value === 'string' && isQuotable(value)) {
    return JSON.stringify(value)
  }
  return mayQuote && typeof value === 'number' ? String(value) : describedKind(value)
}

/** Of what kind it is, for where any string may be a secret. */
export function describedKind(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
    case 'boolean':
      return String(value)
    case 'string':
      return value === '' ? 'an empty string' : 'a string'
    case 'object':
      return value === null ? 'null' : describedObject(value)
    default:
      return `a ${typeof value}`
  }
}

function describedObject(value: object): string {
  if (Array.isArray(value)) {
    return value.length === 0 ? 'an empty array' : 'an array'
  }
  return typeof (value as { then?: unknown }).then === 'function' ? 'a promise' : 'an object'
}

/**
 * A URL with user information holds a password, one with a query perhaps a key, and what looks
 * like a JWT is perhaps a token.
 */
function isQuotable(text: string): boolean {
  return /^[\x20-\x7E]{1,80}$/.test(text) && !/[@?]|^eyJ/.test(text)
}
