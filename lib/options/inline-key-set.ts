import { ConfigurationError } from '../errors/configuration-error.ts'
import type { Algorithm } from '../jws/algorithms.ts'
import { importVerificationKey } from '../jws/verification-key.ts'
import { frozenCopy } from './frozen-copy.ts'
import type { JsonWebKeySet } from './issuer-options.ts'

const secrets: Readonly<Record<string, string>> = {
  private:
    'is a private key: whoever holds it can forge tokens. Give the public key, and replace this one.',
  symmetric: 'is a shared secret: whoever holds it can forge tokens. Give a public key.',
}

/**
 * A frozen copy of a key set of which at least one key verifies with an accepted algorithm. Keys
 * that cannot be used stand beside it harmlessly (RFC 7517 section 5), except secret ones.
 *
 * @throws ConfigurationError
 */
export function inlineKeySet(
  jwks: JsonWebKeySet,
  path: string,
  accepted: ReadonlySet<Algorithm>,
): JsonWebKeySet {
  const unusable = jwks.keys.map((jwk, index) => faultOf(jwk, `${path}.keys[${index}]`, accepted))
  if (!unusable.includes(undefined)) {
    const faults = unusable.map((fault, index) => `keys[${index}] ${fault}`).join(', ')
    throw new ConfigurationError(path, `has no key that can be used: ${faults}.`)
  }
  return frozenCopy({ keys: jwks.keys })
}

function faultOf(jwk: unknown, path: string, accepted: ReadonlySet<Algorithm>): string | undefined {
  const key = importVerificationKey(jwk)
  if ('fault' in key) {
    const secret = secrets[key.fault]
    if (secret !== undefined) {
      throw new ConfigurationError(path, secret)
    }
    return `is ${key.fault.replaceAll('_', ' ')}`
  }
  return [...key.algorithms].some((algorithm) => accepted.has(algorithm))
    ? undefined
    : 'serves none of the `algorithms`'
}
