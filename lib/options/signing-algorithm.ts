import {
  createPrivateKey,
  createPublicKey,
  type JsonWebKey,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import { ConfigurationError } from '../errors/configuration-error.ts'
import { type Algorithm, algorithms } from '../jws/algorithms.ts'
import { checkedAlgorithm } from './checked-algorithm.ts'

const byCurve: Readonly<Record<string, Algorithm>> = {
  'P-256': 'ES256',
  'P-384': 'ES384',
  'P-521': 'ES512',
  Ed25519: 'Ed25519',
}

/**
 * The algorithm that a private key signs client assertions with: the configured one, else the
 * key's `alg`, else the usual one of its type.
 *
 * @param path - of the client authentication
 * @throws ConfigurationError for a key that cannot sign, or not with that algorithm
 */
export function signingAlgorithm(
  key: JsonWebKey,
  configured: string | undefined,
  path: string,
): Algorithm {
  const { kty, crv } = key
  checkPrivate(key, `${path}.key`)
  const ordinary = kty === 'RSA' ? 'RS256' : byCurve[crv ?? '']
  if (ordinary === undefined) {
    throw new ConfigurationError(
      `${path}.key`,
      `must be an RSA, P-256, P-384, P-521 or Ed25519 key, not ${typeOf(key)}.`,
    )
  }
  const own = key['alg']
  const algorithm = checkedAlgorithm(
    configured ?? own ?? ordinary,
    configured === undefined ? `${path}.key.alg` : `${path}.algorithm`,
  )
  const row = algorithms[algorithm]
  if (row.kty !== kty || (row.crv !== undefined && row.crv !== crv)) {
    throw new ConfigurationError(
      configured === undefined ? `${path}.key.alg` : `${path}.algorithm`,
      `"${algorithm}" does not fit the key, which is of type ${typeOf(key)}: use ${fitting(key).join(' or ')}.`,
    )
  }
  // RFC 7517 section 4.4: a key with `alg` is for that algorithm.
  if (own !== undefined && !isSame(algorithm, own)) {
    throw new ConfigurationError(`${path}.algorithm`, "must be the key's own `alg`, or left out.")
  }
  return algorithm
}

/** What the key is: that of one which Node has read is a word of the specifications. */
function typeOf({ kty, crv }: JsonWebKey): string {
  return [kty, crv].filter(Boolean).join(' ')
}

function fitting({ kty, crv }: JsonWebKey): string[] {
  return Object.entries(algorithms)
    .filter(([, row]) => row.kty === kty && (row.crv === undefined || row.crv === crv))
    .map(([name]) => name)
}

/** RFC 9864 section 2.2: on an Ed25519 key the two names mean one algorithm. */
function isSame(algorithm: Algorithm, own: unknown): boolean {
  const edwards: unknown[] = ['Ed25519', 'EdDSA']
  return algorithm === own || (edwards.includes(algorithm) && edwards.includes(own))
}

function checkPrivate(jwk: JsonWebKey, path: string): void {
  if (jwk.kty === 'oct') {
    throw new ConfigurationError(path, 'must be a private key, not a shared secret.')
  }
  if (jwk.d === undefined) {
    throw new ConfigurationError(path, 'must be a private key: its member `d` is missing.')
  }
  const keyObject = imported(jwk)
  if (!keyObject) {
    throw new ConfigurationError(
      path,
      'must be a private JSON Web Key whose parts are whole and fit each other.',
    )
  }
  const { modulusLength = 2048 } = keyObject.asymmetricKeyDetails ?? {}
  // RFC 7518 section 3.3
  if (modulusLength < 2048) {
    throw new ConfigurationError(
      path,
      `must have at least 2048 bits, not ${modulusLength}. Make a new one, and register its public part.`,
    )
  }
}

/**
 * The key, when what it signs can be verified: nobody else compares the private with the public
 * part. The error is dropped on purpose: no cause rests on key material.
 */
function imported(jwk: JsonWebKey): KeyObject | undefined {
  try {
    const key = createPrivateKey({ key: jwk, format: 'jwk' })
    const hash = jwk.kty === 'OKP' ? null : 'sha256'
    const probe = Buffer.from('probe')
    return verify(hash, probe, createPublicKey(key), sign(hash, probe, key)) ? key : undefined
  } catch {
    return undefined
  }
}
