import type { DedicatedConnection, SharedClient } from './shared-client.ts'

/** A client of `redis`, or one of its clusters, which wants to know the key of each command. */
interface Client {
  sendCommand(command: readonly string[], options: CommandOptions): Promise<unknown>
  duplicate(overrides: object): Connection
  readonly options?: { readonly socket?: object }
}
interface Cluster {
  sendCommand(
    key: string,
    isReadonly: boolean,
    command: readonly string[],
    options: CommandOptions,
  ): Promise<unknown>
  duplicate(overrides: object): Connection & Cluster
  nodeClient(): unknown
}
interface Connection {
  connect(): Promise<unknown>
  destroy(): void
  on(event: string, listener: () => void): unknown
  unref?(): void
}
interface CommandOptions {
  readonly timeout: number
  readonly typeMapping: object
}

/**
 * Sends commands by a client or cluster of `redis`.
 *
 * @param timeoutMs - what was not sent by then is not sent any more
 */
export function nodeRedisClient(client: Client | Cluster, timeoutMs: number): SharedClient {
  // Replies as text, whatever types the application chose for its own.
  const options = { timeout: timeoutMs, typeMapping: {} }

  function sender(by: Client | Cluster): SharedClient['send'] {
    return isCluster(by)
      ? (key, command) => by.sendCommand(key, false, command, options)
      : (_key, command) => by.sendCommand(command, options)
  }

  return { send: sender(client), dedicated: () => dedicatedConnection(client, sender) }
}

function dedicatedConnection(
  client: Client | Cluster,
  sender: (by: Client & Cluster) => SharedClient['send'],
): DedicatedConnection {
  const connection = client.duplicate(overridesFor(client)) as Connection & Client & Cluster
  // A connection that waits for entries must not keep the process from ending.
  connection.unref?.()
  return {
    send: sender(connection),
    connect: () => connection.connect(),
    onLoss(listener) {
      for (const event of ['error', 'node-error', 'end']) connection.on(event, listener)
    },
    end: () => connection.destroy(),
  }
}

function overridesFor(client: Client | Cluster): object {
  // Of a cluster, only the node that has the log is connected to.
  if (isCluster(client)) return { minimizeConnections: true }
  const once = { reconnectStrategy: false, socketTimeout: undefined }
  return { socket: { ...client.options?.socket, ...once } }
}

function isCluster(client: Client | Cluster): client is Cluster {
  return 'nodeClient' in client
}
