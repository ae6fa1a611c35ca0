import { mustBe } from '../options/parse-options.ts'
import { ioredisClient } from './ioredis-client.ts'
import { nodeRedisClient } from './node-redis-client.ts'
import type { SharedClient } from './shared-client.ts'

const rule = 'a client or cluster of `redis` or `ioredis`'

/**
 * The application's client, whichever it is of.
 *
 * @throws ConfigurationError
 */
export function sharedClientOf(client: unknown, timeoutMs: number, path: string): SharedClient {
  // Those of ioredis have a `sendCommand` too, for something else.
  if (has(client, 'call', 'duplicate', 'disconnect')) return ioredisClient(client)
  // Sentinels of `redis` have another `sendCommand`.
  if (has(client, 'sendCommand', 'duplicate', 'destroy') && !has(client, 'getSentinelNode')) {
    return nodeRedisClient(client, timeoutMs)
  }
  throw mustBe(rule, client, path)
}

function has(client: unknown, ...names: string[]): client is never {
  const members = Object(client) as Readonly<Record<string, unknown>>
  return names.every((name) => typeof members[name] === 'function')
}
