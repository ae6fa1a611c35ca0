import * as v from 'valibot'
import { optionsSchema, parseOptions } from './parse-options.ts'
import { deadlineMs, secrets } from './rules.ts'

export interface RedisStoreSettings {
  /** Whether it is one is for whoever knows clients. */
  readonly client: unknown
  readonly secrets: readonly [string, ...string[]]
  readonly prefix: string
  readonly timeoutMs: number
}

const prefixRule = 'letters, digits, ".", "_", ":", "-", "{" or "}", 1 to 64 of them'

const schema = optionsSchema({
  client: v.unknown(),
  secret: secrets,
  prefix: v.optional(
    v.pipe(v.string(prefixRule), v.regex(/^[\w.:{}-]{1,64}$/, prefixRule)),
    'scopegate',
  ),
  timeoutMs: v.optional(deadlineMs, 250),
})

/**
 * What a store on Redis goes by.
 *
 * @param given - `RedisStoreOptions`, not trusted to be of that type
 * @throws ConfigurationError
 */
export function redisStoreSettings(given: unknown, path: string): RedisStoreSettings {
  const { client, secret, prefix, timeoutMs } = parseOptions(schema, given, path)
  return Object.freeze({ client, secrets: secret, prefix, timeoutMs })
}
