/**
 * What is asked of a client of Redis or Valkey: those of `redis` (`createClient()`, `createCluster()`)
 * and of `ioredis` (`Redis`, `Cluster`) are such. It belongs to the application, which connects and
 * closes it; logs are followed on duplicates of it.
 */
export type RedisClient = NodeRedisClient | IoredisClient

/** A client or a cluster of `redis`. */
export interface NodeRedisClient {
  sendCommand(...command: never[]): Promise<unknown>
  duplicate(...overrides: never[]): unknown
}

/** A client or a cluster of `ioredis`. */
export interface IoredisClient {
  call(...command: never[]): Promise<unknown>
  duplicate(...overrides: never[]): unknown
}
