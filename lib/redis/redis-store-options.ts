import type { RedisClient } from './redis-client.ts'

export interface RedisStoreOptions {
  /** Of `redis` 6 (`createClient()`, `createCluster()`) or `ioredis` (`Redis`, `Cluster`). */
  readonly client: RedisClient
  /**
   * What all that is stored is encrypted and authenticated with, of 32 characters or more, the same in
   * all processes of the API. With several the first seals, and all of them open: put a new one in
   * front.
   */
  readonly secret: string | readonly string[]
  /**
   * What all keys begin with. Letters, digits and `.`, `_`, `:`, `-`, `{`, `}`.
   *
   * @defaultValue `'scopegate'`
   */
  readonly prefix?: string
  /**
   * How long one operation may take, in milliseconds.
   *
   * @defaultValue `250`
   */
  readonly timeoutMs?: number
}
