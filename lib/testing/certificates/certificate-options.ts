import { checkChoice, checkMembers, type Members } from '../check-members.ts'
import type { ExtendedKeyUsage } from './extensions.ts'

/** What every certificate can be told. */
export interface CertificateOptions {
  /** The subject. */
  commonName?: string
  /** What its key signs with. @defaultValue 'ES256' */
  algorithm?: 'ES256' | 'RS256'
  /** The private key in PEM of another certificate, which this one renews. @defaultValue a new key */
  key?: string
  /** @defaultValue 1970, so that it is good under any clock */
  notBefore?: Date | string
  /** @defaultValue the end of 9999, which means never (RFC 5280 section 4.1.2.5) */
  notAfter?: Date | string
  /** Such as `DNS:localhost`, `IP:127.0.0.1`, `URI:https://client.test` and `email:a@client.test`. */
  subjectAltNames?: readonly string[]
  extendedKeyUsage?: readonly ExtendedKeyUsage[]
}

export const certificateMembers: Members<CertificateOptions> = {
  commonName: true,
  algorithm: true,
  key: true,
  notBefore: true,
  notAfter: true,
  subjectAltNames: true,
  extendedKeyUsage: true,
}

/** @throws TypeError for what the call does not know */
export function checkCertificateOptions(
  call: string,
  options: CertificateOptions,
  members: Members<object> = certificateMembers,
): void {
  checkMembers(call, options, members)
  if (options.algorithm !== undefined) {
    checkChoice(`algorithm of ${call}`, options.algorithm, ['ES256', 'RS256'])
  }
  for (const usage of options.extendedKeyUsage ?? []) {
    checkChoice(`extendedKeyUsage of ${call}`, usage, ['clientAuth', 'serverAuth'])
  }
}
