/**
 * A shared store on Redis 7 or Valkey, by the application's own client of `redis` or `ioredis`.
 *
 * ```ts
 * const client = await createClient({ url }).on('error', report).connect()
 * const api = resourceServer({ resource, issuers, store: redisStore({ client, secret }) })
 * ```
 */
export type { IoredisClient, NodeRedisClient, RedisClient } from './redis-client.ts'
export { redisStore } from './redis-store.ts'
export type { RedisStoreOptions } from './redis-store-options.ts'
