import * as v from 'valibot'
import { ConfigurationError } from '../errors/configuration-error.ts'
import { optionsSchema, parseOptions } from './parse-options.ts'
import type { ResourceServerSettings } from './resource-server-options.ts'
import { seconds, wholeNumber } from './rules.ts'

const schema = optionsSchema({
  maxEntries: v.optional(wholeNumber(1, 10_000_000), 10_000),
  maxAgeSeconds: v.optional(seconds(), 300),
  introspectionMaxAgeSeconds: v.optional(seconds(), 30),
  negativeMaxAgeSeconds: v.optional(seconds(), 10),
  staleSeconds: v.optional(seconds(), 0),
})

/**
 * How many verdicts are kept, and for how long.
 *
 * @throws ConfigurationError
 */
export function cacheSettings(
  options: unknown,
  path: string,
  profile: 'default' | 'fapi2',
): ResourceServerSettings['cache'] {
  const given = parseOptions(schema, options, path)
  const { staleSeconds, introspectionMaxAgeSeconds } = given
  if (staleSeconds > 0 && profile === 'fapi2') {
    throw new ConfigurationError(
      `${path}.staleSeconds`,
      'contradicts `profile: "fapi2"`, which has the revocation status verified. Leave it out.',
    )
  }
  if (staleSeconds > 0 && introspectionMaxAgeSeconds === 0) {
    throw new ConfigurationError(
      `${path}.staleSeconds`,
      'needs `introspectionMaxAgeSeconds` above 0: nothing is kept that could become stale.',
    )
  }
  return Object.freeze({
    maxEntries: given.maxEntries,
    maxAgeMs: given.maxAgeSeconds,
    introspectionMaxAgeMs: introspectionMaxAgeSeconds,
    negativeMaxAgeMs: given.negativeMaxAgeSeconds,
    staleMs: staleSeconds,
  })
}
