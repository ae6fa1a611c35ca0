import {
  createPrivateKey,
  createPublicKey,
  hash,
  type KeyObject,
  X509Certificate,
} from 'node:crypto'
import type { Binding } from '../confirmation.ts'
import { keyPair } from '../key-pair.ts'
import type { CertificateOptions } from './certificate-options.ts'
import { x509Certificate } from './x509-certificate.ts'

/** A certificate and its private key, as `node:tls`, `node:https` and `undici` take them. */
export interface TestCertificate extends Binding {
  readonly pem: string
  readonly der: Buffer
  /** The private key, PKCS #8 in PEM. */
  readonly key: string
  /** SHA-256 of `der`, base64url: the `x5t#S256` of tokens that are bound to it. */
  readonly thumbprint: string
  readonly confirmation: { readonly 'x5t#S256': string }
}

/** Who signs a certificate. */
export interface Issuer {
  readonly commonName: string
  readonly privateKey: KeyObject
}

/** A certificate as told, signed by the issuer, or by its own key when there is none. */
export function testCertificate(
  options: CertificateOptions & { commonName: string },
  isAuthority: boolean,
  issuer?: Issuer,
): TestCertificate {
  const { commonName, algorithm = 'ES256', key } = options
  const privateKey = key === undefined ? keyPair(algorithm).privateKey : createPrivateKey(key)
  const publicKey = createPublicKey(privateKey)
  const { commonName: issuerName, privateKey: signingKey } = issuer ?? { commonName, privateKey }
  const der = x509Certificate({
    isAuthority,
    subject: commonName,
    issuer: issuerName,
    notBefore: new Date(options.notBefore ?? 0),
    notAfter: new Date(options.notAfter ?? '9999-12-31T23:59:59Z'),
    publicKey,
    issuerKey: createPublicKey(signingKey),
    signingKey,
    extendedKeyUsage: options.extendedKeyUsage ?? [],
    subjectAltNames: options.subjectAltNames ?? [],
  })
  const thumbprint = hash('sha256', der, 'base64url')
  return {
    pem: new X509Certificate(der).toString(),
    der,
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
    thumbprint,
    confirmation: { 'x5t#S256': thumbprint },
  }
}
