import { LRUCache } from 'lru-cache'
import type { ForwardedCertificateSettings } from '../../options/mtls-options.ts'
import { base64DerThumbprint } from './base64-der.ts'
import { clientCertThumbprint } from './client-cert.ts'
import { escapedPemThumbprint } from './escaped-pem.ts'
import { spacedPemThumbprint } from './pem.ts'
import { xfccThumbprint } from './xfcc.ts'

type Format = ForwardedCertificateSettings['format']

/** Each takes exactly its form; placeholders for "no certificate" are as little of it as lies are. */
const readers: Readonly<Record<Format, (value: string) => string | undefined>> = {
  rfc9440: clientCertThumbprint,
  xfcc: xfccThumbprint,
  'escaped-pem': escapedPemThumbprint,
  pem: spacedPemThumbprint,
  'base64-der': base64DerThumbprint,
}

/** Clients come back with the same certificate. Only what trusted proxies wrote comes here. */
const known = new LRUCache<string, string>({ max: 500 })
const longestKept = 16_384

/** The thumbprint of the certificate in a header field that a trusted proxy wrote, if it is one. */
export function forwardedCertificate(value: string, format: Format): string | undefined {
  const key = `${format} ${value}`
  const seen = known.get(key)
  if (seen !== undefined) {
    return seen
  }
  const thumbprint = readers[format](value)
  if (thumbprint !== undefined && key.length <= longestKept) {
    known.set(key, thumbprint)
  }
  return thumbprint
}
