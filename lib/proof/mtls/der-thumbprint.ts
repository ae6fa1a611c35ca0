import { hash, X509Certificate } from 'node:crypto'

/** The SHA-256 thumbprint of octets that are one X.509 certificate in DER, and nothing besides. */
export function derThumbprint(der: Buffer | undefined): string | undefined {
  return der && isCertificate(der) ? hash('sha256', der, 'base64url') : undefined
}

function isCertificate(der: Buffer): boolean {
  try {
    // OpenSSL reads PEM too, and does not mind what follows.
    return new X509Certificate(der).raw.equals(der)
  } catch {
    return false
  }
}
