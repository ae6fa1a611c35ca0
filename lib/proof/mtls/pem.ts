import { decodeBase64 } from './base64.ts'
import { derThumbprint } from './der-thumbprint.ts'

const begin = '-----BEGIN CERTIFICATE-----'
const end = '-----END CERTIFICATE-----'

/** The thumbprint of the one certificate in a PEM text (RFC 7468 section 5). */
export function pemThumbprint(text: string, lineBreak: RegExp): string | undefined {
  if (!text.startsWith(begin) || !text.endsWith(end)) {
    return undefined
  }
  const lines = text.slice(begin.length, -end.length).split(lineBreak)
  // The boundaries have lines of their own. A second certificate's are no base64.
  return lines.length > 2 && lines[0] === '' && lines.at(-1) === ''
    ? derThumbprint(decodeBase64(lines.join('')))
    : undefined
}

/** The same of PEM whose line breaks became spaces or tabs, as header fields cannot hold them. */
export function spacedPemThumbprint(value: string): string | undefined {
  return pemThumbprint(value, /[ \t]+/)
}
