/** A client of the application, whichever package it is of. */
export interface SharedClient {
  /** @param key - the one key of the command, by which a cluster finds the node */
  send(key: string, command: readonly string[]): Promise<unknown>
  /** A connection of its own, not yet connected, which does not come back when it is lost. */
  dedicated(): DedicatedConnection
}

export interface DedicatedConnection extends Pick<SharedClient, 'send'> {
  connect(): Promise<unknown>
  /** Tells when it is lost, perhaps more than once; without a listener that would end the process. */
  onLoss(listener: () => void): void
  end(): void
}
