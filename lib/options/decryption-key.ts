import type { JsonWebKey, KeyObject } from 'node:crypto'
import { ConfigurationError } from '../errors/configuration-error.ts'
import { importDecryptionKey, keyManagementAlgorithms } from '../jws/decryption-key.ts'
import { frozenCopy } from './frozen-copy.ts'

/**
 * A frozen copy of a key that can decrypt: a private one, or a shared one (`oct`), by one of the
 * algorithms that are accepted.
 *
 * @throws ConfigurationError, which never quotes the key
 */
export function checkedDecryptionKey(given: unknown, path: string): JsonWebKey {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new ConfigurationError(path, 'must be a JSON Web Key that can decrypt.')
  }
  // Copied first: what is checked is what is used.
  const jwk = frozenCopy(given as JsonWebKey)
  if (jwk['use'] !== undefined && jwk['use'] !== 'enc') {
    throw new ConfigurationError(path, 'must be a key for encryption: its `use` says otherwise.')
  }
  const algorithm = jwk['alg']
  if (algorithm !== undefined && !accepted.has(algorithm)) {
    throw new ConfigurationError(
      path,
      'must have an `alg` of RSA-OAEP, ECDH-ES, AES key wrapping or `dir`, or none. Passwords (PBES2) and RSA1_5 are not accepted.',
    )
  }
  const key = importDecryptionKey(jwk)
  if (key === undefined) {
    throw new ConfigurationError(
      path,
      'must be a private or shared JSON Web Key that can be read, its parts belonging together.',
    )
  }
  if (key.serves.size === 0) {
    throw new ConfigurationError(
      path,
      `must be an RSA key of 2048 bits or more, a key on P-256, P-384, P-521 or X25519, or a shared key of 16, 24, 32, 48 or 64 octets, not ${kindOf(key.keyObject, jwk)}. Make a new one, and give its public part to the authorization server.`,
    )
  }
  if (algorithm !== undefined && !key.serves.has(algorithm as string)) {
    throw new ConfigurationError(
      path,
      `must have an \`alg\` that ${kindOf(key.keyObject, jwk)} can serve: ${[...key.serves].join(', ')}, or none.`,
    )
  }
  return jwk
}

/** RFC 7518 section 4.1, without passwords and RSA1_5. */
const accepted: ReadonlySet<unknown> = new Set(keyManagementAlgorithms)

/** What the key is. The curve is one that Node knows, or the key could not have been read. */
function kindOf(key: KeyObject, { crv }: JsonWebKey): string {
  if (key.symmetricKeySize !== undefined) return `a shared key of ${key.symmetricKeySize} octets`
  const bits = key.asymmetricKeyDetails?.modulusLength
  return bits === undefined ? `a key on ${crv}` : `an RSA key of ${bits} bits`
}
