import { hash, type KeyObject } from 'node:crypto'
import { bitString, boolean, objectIdentifier, octetString, sequence, tagged } from './der.ts'
import { subjectAltName } from './subject-alt-name.ts'

/** What a certificate may be used for at either end of a connection. */
export type ExtendedKeyUsage = 'clientAuth' | 'serverAuth'

/** What the extensions say. */
export interface ExtensionContent {
  readonly isAuthority: boolean
  readonly publicKey: KeyObject
  readonly issuerKey: KeyObject
  readonly extendedKeyUsage: readonly ExtendedKeyUsage[]
  readonly subjectAltNames: readonly string[]
}

/** RFC 5280 section 4.2.1.12. */
const usages: Readonly<Record<ExtendedKeyUsage, string>> = {
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
}

/** The extensions of a certificate (RFC 5280 section 4.2.1). */
export function extensions(content: ExtensionContent): Buffer {
  const { isAuthority, extendedKeyUsage, subjectAltNames } = content
  const all = [
    extension('2.5.29.14', octetString(keyIdentifier(content.publicKey))),
    extension('2.5.29.35', sequence(tagged(0, keyIdentifier(content.issuerKey)))),
    // basicConstraints. A value that is the default is left out (X.690 section 11.5).
    extension('2.5.29.19', isAuthority ? sequence(boolean(true)) : sequence(), true),
    extension('2.5.29.15', keyUsage(isAuthority), true),
  ]
  if (extendedKeyUsage.length > 0) {
    const purposes = extendedKeyUsage.map((usage) => objectIdentifier(usages[usage]))
    all.push(extension('2.5.29.37', sequence(...purposes)))
  }
  if (subjectAltNames.length > 0) {
    all.push(extension('2.5.29.17', subjectAltName(subjectAltNames)))
  }
  return sequence(...all)
}

function extension(identifier: string, value: Buffer, critical = false): Buffer {
  const mark = critical ? [boolean(true)] : []
  return sequence(objectIdentifier(identifier), ...mark, octetString(value))
}

/** RFC 5280 section 4.2.1.3: bit 0 is digitalSignature, 5 and 6 are keyCertSign and cRLSign. */
function keyUsage(isAuthority: boolean): Buffer {
  return isAuthority ? bitString(Buffer.of(0b0000_0110), 1) : bitString(Buffer.of(0b1000_0000), 7)
}

/** Tells certificate authorities of one name apart (RFC 7093 section 2, method 4). */
function keyIdentifier(key: KeyObject): Buffer {
  return hash('sha256', key.export({ format: 'der', type: 'spki' }), 'buffer').subarray(0, 20)
}
