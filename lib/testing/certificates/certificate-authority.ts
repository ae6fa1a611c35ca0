import { createPrivateKey } from 'node:crypto'
import { type CertificateOptions, checkCertificateOptions } from './certificate-options.ts'
import { type TestCertificate, testCertificate } from './test-certificate.ts'

/** A certificate authority of a test. */
export interface CertificateAuthority extends TestCertificate {
  /**
   * A certificate that it signed. Without options it is good for a server on loopback, and for a
   * client.
   */
  issue(options?: CertificateOptions): TestCertificate
}

/** A new certificate authority, which nobody trusts until they are given its `pem` as `ca`. */
export function certificateAuthority(options: CertificateOptions = {}): CertificateAuthority {
  checkCertificateOptions('certificateAuthority()', options)
  const { commonName = 'test certificate authority' } = options
  const own = testCertificate({ ...options, commonName }, true)
  const issuer = { commonName, privateKey: createPrivateKey(own.key) }
  return {
    ...own,
    issue(options = {}) {
      checkCertificateOptions('issue()', options)
      return testCertificate({ ...loopback, ...options }, false, issuer)
    },
  }
}

const loopback = {
  commonName: 'localhost',
  subjectAltNames: ['DNS:localhost', 'IP:127.0.0.1', 'IP:::1'],
  extendedKeyUsage: ['serverAuth', 'clientAuth'] as const,
}
