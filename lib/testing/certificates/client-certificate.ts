import type { Members } from '../check-members.ts'
import type { CertificateAuthority } from './certificate-authority.ts'
import {
  type CertificateOptions,
  certificateMembers,
  checkCertificateOptions,
} from './certificate-options.ts'
import { type TestCertificate, testCertificate } from './test-certificate.ts'

export interface ClientCertificateOptions extends CertificateOptions {
  /** @defaultValue the certificate signs itself (RFC 8705 section 2.2) */
  issuedBy?: CertificateAuthority | undefined
}

const members: Members<ClientCertificateOptions> = { ...certificateMembers, issuedBy: true }

/** The certificate of a client, to make connections with and to bind tokens to (RFC 8705). */
export function clientCertificate(options: ClientCertificateOptions = {}): TestCertificate {
  checkCertificateOptions('clientCertificate()', options, members)
  const { issuedBy, ...told } = options
  const content = { ...client, ...told }
  return issuedBy === undefined ? testCertificate(content, false) : issuedBy.issue(content)
}

const client = {
  commonName: 'test-client',
  subjectAltNames: [],
  extendedKeyUsage: ['clientAuth'] as const,
}
