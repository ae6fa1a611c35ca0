import { createPrivateKey, type JsonWebKey } from 'node:crypto'
import { ConfigurationError } from '../errors/configuration-error.ts'
import { frozenCopy } from './frozen-copy.ts'

/**
 * A frozen copy of a key that can decrypt: a private one, or a shared one (`oct`).
 *
 * @throws ConfigurationError, which never quotes the key
 */
export function checkedDecryptionKey(given: unknown, path: string): JsonWebKey {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new ConfigurationError(path, 'must be a JSON Web Key that can decrypt.')
  }
  const jwk = given as JsonWebKey
  if (jwk['use'] !== undefined && jwk['use'] !== 'enc') {
    throw new ConfigurationError(path, 'must be a key for encryption: its `use` says otherwise.')
  }
  const algorithm = jwk['alg']
  if (algorithm !== undefined && !isDecryption(algorithm)) {
    throw new ConfigurationError(
      path,
      'must have an `alg` of RSA-OAEP, ECDH-ES, AES key wrapping or `dir`, or none. Passwords (PBES2) and RSA1_5 are not accepted.',
    )
  }
  if (!isReadable(jwk)) {
    throw new ConfigurationError(path, 'must be a private or shared JSON Web Key that can be read.')
  }
  return frozenCopy(jwk)
}

/** RFC 7518 section 4.1, without passwords and RSA1_5. */
function isDecryption(algorithm: unknown): boolean {
  return (
    typeof algorithm === 'string' &&
    /^(RSA-OAEP(-256|-384|-512)?|ECDH-ES(\+A(128|192|256)KW)?|A(128|192|256)(GCM)?KW|dir)$/.test(
      algorithm,
    )
  )
}

/** The error is dropped on purpose: no cause rests on key material. */
function isReadable(jwk: JsonWebKey): boolean {
  if (jwk.kty === 'oct') {
    return typeof jwk.k === 'string' && /^[A-Za-z0-9_-]{16,}$/.test(jwk.k)
  }
  if (jwk.d === undefined) {
    return false
  }
  try {
    return createPrivateKey({ key: jwk, format: 'jwk' }).type === 'private'
  } catch {
    return false
  }
}
