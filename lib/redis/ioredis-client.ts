import type { DedicatedConnection, SharedClient } from './shared-client.ts'

/** A client of `ioredis`, or one of its clusters, whose duplicates take other nodes first. */
interface Client {
  call(...command: readonly string[]): Promise<unknown>
  duplicate(...overrides: readonly object[]): Connection
  readonly nodes?: unknown
}
interface Connection extends Client {
  connect(): Promise<unknown>
  disconnect(): void
  on(event: string, listener: () => void): unknown
  readonly stream?: { unref?(): void }
}

/** Sends commands by a client or cluster of `ioredis`. */
export function ioredisClient(client: Client): SharedClient {
  return {
    send: (_key, command) => client.call(...command),
    dedicated: () => dedicatedConnection(client),
  }
}

function dedicatedConnection(client: Client): DedicatedConnection {
  const connection =
    client.nodes === undefined
      ? client.duplicate({ ...connectsWhenTold, ...patient, retryStrategy: never })
      : client.duplicate([], {
          ...connectsWhenTold,
          clusterRetryStrategy: never,
          redisOptions: patient,
        })
  return {
    send: (_key, command) => connection.call(...command),
    async connect() {
      await connection.connect()
      // A connection that waits for entries must not keep the process from ending.
      connection.stream?.unref?.()
    },
    onLoss(listener) {
      for (const event of ['error', 'close', 'end']) connection.on(event, listener)
    },
    end: () => connection.disconnect(),
  }
}

const connectsWhenTold = { lazyConnect: true, enableOfflineQueue: true }
/** It waits for an answer as long as it is told with each command, and for no farewell. */
const patient = { commandTimeout: undefined, socketTimeout: undefined, disconnectTimeout: 0 }
/** Lost is lost. */
const never = () => null
