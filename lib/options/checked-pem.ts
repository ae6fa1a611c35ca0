import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { ConfigurationError } from '../errors/configuration-error.ts'

// The errors of OpenSSL are dropped on purpose: no message or cause rests on key material.

/** @throws ConfigurationError when it is not a PEM certificate, such as the path of one */
export function checkCertificate(pem: string, path: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch {
    throw new ConfigurationError(
      path,
      'must be a certificate in PEM, beginning with -----BEGIN CERTIFICATE-----: the content of the file, not its path.',
    )
  }
}

/** @throws ConfigurationError when a part is unreadable, or the key is another certificate's */
export function checkKeyPair(
  pair: { readonly cert: string; readonly key: string; readonly passphrase?: string | undefined },
  path: string,
): void {
  const certificate = checkCertificate(pair.cert, `${path}.cert`)
  if (!certificate.checkPrivateKey(privateKey(pair, path))) {
    throw new ConfigurationError(
      `${path}.key`,
      'must be the private key of the certificate in `cert`.',
    )
  }
}

function privateKey(
  { key, passphrase }: { readonly key: string; readonly passphrase?: string | undefined },
  path: string,
): KeyObject {
  try {
    return createPrivateKey({ key, format: 'pem', ...(passphrase !== undefined && { passphrase }) })
  } catch {
    throw new ConfigurationError(
      `${path}.key`,
      'must be a private key in PEM: the content of the file, not its path. If it is encrypted, `passphrase` must be right.',
    )
  }
}
