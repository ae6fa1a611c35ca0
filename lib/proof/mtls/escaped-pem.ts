import { pemThumbprint } from './pem.ts'

/**
 * The thumbprint of the certificate in a PEM text in percent-encoding (RFC 3986 section 2.1). Some
 * proxies leave `+`, `/` and `=` as they are, so a plus is a plus, and not a space as in forms.
 */
export function escapedPemThumbprint(value: string): string | undefined {
  if (!/^(?:[A-Za-z0-9+/=-]|%[0-9A-Fa-f]{2})+$/.test(value)) {
    return undefined
  }
  const text = value.replace(/%(..)/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  return pemThumbprint(text.replace(/\r?\n$/, ''), /\r?\n/)
}
