import { randomBytes } from 'node:crypto'
import * as v from 'valibot'
import { ConfigurationError } from '../errors/configuration-error.ts'
import type { Algorithm } from '../jws/algorithms.ts'
import { acceptedAlgorithms } from './accepted-algorithms.ts'
import type { DpopSettings, NonceSettings } from './dpop-options.ts'
import { mustBe, optionsSchema, parseOptions } from './parse-options.ts'
import { listOf, oneOf, seconds, secrets, wholeNumber } from './rules.ts'

const schema = optionsSchema({
  windowSeconds: v.optional(seconds(600, 1), 60),
  futureSeconds: v.optional(seconds(60), 10),
  nonce: v.optional(oneOf('off', 'required'), 'off'),
  nonceSecret: v.optional(secrets),
  nonceMaxAgeSeconds: v.optional(seconds(86_400, 10)),
  algorithms: v.optional(listOf(v.unknown(), 'a non-empty array of algorithms')),
  maxRememberedProofs: v.optional(wholeNumber(1, 10_000_000), 200_000),
  onStoreLoss: v.optional(oneOf('refuse', 'accept')),
})

/**
 * How DPoP proofs are judged; `undefined` where DPoP is off.
 *
 * @param given - `true`, `false` or `DpopOptions`
 * @param surroundings - the algorithms of the profile, and whether a store is shared
 * @throws ConfigurationError
 */
export function dpopSettings(
  given: unknown,
  path: string,
  { algorithms, hasStore }: { algorithms: readonly Algorithm[] | undefined; hasStore: boolean },
): DpopSettings | undefined {
  if (given === false) {
    return undefined
  }
  if (given !== true && (typeof given !== 'object' || given === null)) {
    throw mustBe('true, false or an object', given, path)
  }
  const options = parseOptions(schema, given === true ? {} : given, path)
  if (options.onStoreLoss !== undefined && !hasStore) {
    throw new ConfigurationError(
      `${path}.onStoreLoss`,
      'is for a `store` that is shared, and there is none: give one, or leave it out.',
    )
  }
  return Object.freeze({
    windowMs: options.windowSeconds,
    futureMs: options.futureSeconds,
    nonce: nonceSettings(options, path),
    algorithms: acceptedAlgorithms(options.algorithms, `${path}.algorithms`, algorithms),
    maxRememberedProofs: options.maxRememberedProofs,
    onStoreLoss: options.onStoreLoss ?? 'refuse',
  })
}

function nonceSettings(
  options: {
    readonly nonce: 'off' | 'required'
    readonly nonceSecret?: readonly [string, ...string[]] | undefined
    readonly nonceMaxAgeSeconds?: number | undefined
  },
  path: string,
): NonceSettings | undefined {
  const { nonce, nonceSecret, nonceMaxAgeSeconds = 300_000 } = options
  if (nonce === 'required') {
    const ownSecret = () => Object.freeze([randomBytes(32).toString('base64url')] as const)
    return Object.freeze({ secrets: nonceSecret ?? ownSecret(), maxAgeMs: nonceMaxAgeSeconds })
  }
  for (const name of ['nonceSecret', 'nonceMaxAgeSeconds'] as const) {
    if (options[name] !== undefined) {
      throw new ConfigurationError(
        `${path}.${name}`,
        'is for nonces, which are off: set `nonce: "required"`, or leave it out.',
      )
    }
  }
  return undefined
}
