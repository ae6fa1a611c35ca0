import { type KeyObject, randomBytes, sign } from 'node:crypto'
import {
  bitString,
  der,
  integer,
  objectIdentifier,
  sequence,
  tagged,
  time,
  utf8String,
} from './der.ts'
import { type ExtensionContent, extensions } from './extensions.ts'

/** What a certificate says, and who says so. */
export interface CertificateContent extends ExtensionContent {
  readonly subject: string
  readonly issuer: string
  readonly notBefore: Date
  readonly notAfter: Date
  /** The private key of the issuer. */
  readonly signingKey: KeyObject
}

/** A certificate of version 3 in DER, signed (RFC 5280 section 4.1). */
export function x509Certificate(content: CertificateContent): Buffer {
  const { signingKey } = content
  const algorithm = signatureAlgorithm(signingKey)
  const toBeSigned = sequence(
    tagged(0, integer(Buffer.of(2)), true),
    // RFC 5280 section 4.1.2.2: positive, and of at most 20 octets.
    integer(Buffer.concat([Buffer.of(1), randomBytes(15)])),
    algorithm,
    commonName(content.issuer),
    sequence(time(content.notBefore), time(content.notAfter)),
    commonName(content.subject),
    content.publicKey.export({ format: 'der', type: 'spki' }),
    tagged(3, extensions(content), true),
  )
  return sequence(toBeSigned, algorithm, bitString(sign('sha256', toBeSigned, signingKey)))
}

/** RFC 5758 section 3.2, without parameters; RFC 4055 section 5, where they are NULL. */
function signatureAlgorithm(key: KeyObject): Buffer {
  return key.asymmetricKeyType === 'rsa'
    ? sequence(objectIdentifier('1.2.840.113549.1.1.11'), der(0x05))
    : sequence(objectIdentifier('1.2.840.10045.4.3.2'))
}

/** A distinguished name of one attribute (RFC 5280 section 4.1.2.4). */
function commonName(name: string): Buffer {
  const attribute = sequence(objectIdentifier('2.5.4.3'), utf8String(name))
  return sequence(der(0x31, attribute))
}
