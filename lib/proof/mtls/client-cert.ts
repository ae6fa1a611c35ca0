import { decodeBase64 } from './base64.ts'
import { derThumbprint } from './der-thumbprint.ts'

/**
 * The thumbprint of the certificate in a `Client-Cert` field: an Item that is a Byte Sequence (RFC
 * 9440 section 2.2, RFC 8941 section 3.3.5), without parameters, of which none are defined.
 */
export function clientCertThumbprint(value: string): string | undefined {
  const isByteSequence = value.length > 2 && value.startsWith(':') && value.endsWith(':')
  return isByteSequence ? derThumbprint(decodeBase64(value.slice(1, -1))) : undefined
}
