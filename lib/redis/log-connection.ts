import { failedBy } from './failed-by.ts'
import type { DedicatedConnection } from './shared-client.ts'
import { withinDeadline } from './within-deadline.ts'

/** To connect takes some round trips, and the name server. */
const connectDeadlines = 10

/**
 * A connection that a log is followed on. What is asked on it rejects when the answer is late, and at
 * once when the connection is lost or ended.
 */
export class LogConnection {
  readonly #connection: DedicatedConnection
  readonly #key: string
  readonly #timeoutMs: number
  #ended = false
  #reject: (() => void) | undefined

  constructor(connection: DedicatedConnection, key: string, timeoutMs: number) {
    this.#connection = connection
    this.#key = key
    this.#timeoutMs = timeoutMs
    connection.onLoss(() => this.end())
  }

  async connect(): Promise<void> {
    const connecting = async () => {
      await this.#connection.connect()
      // What was ended while it connected is connected all the same.
      if (this.#ended) this.#close()
    }
    await this.#unlessEnded(connecting, this.#timeoutMs * connectDeadlines)
  }

  /** @param waitMs - how long Redis may wait before it answers */
  ask(command: readonly string[], waitMs: number): Promise<unknown> {
    return this.#unlessEnded(
      () => this.#connection.send(this.#key, command),
      waitMs + this.#timeoutMs,
    )
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#reject?.()
    this.#close()
  }

  #close(): void {
    try {
      this.#connection.end()
    } catch {
      // One that has not begun, or has ended by itself.
    }
  }

  #unlessEnded(asked: () => Promise<unknown>, ms: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#reject = () => reject(failedBy(undefined))
      if (this.#ended) this.#reject()
      else withinDeadline(asked(), ms).then(resolve, reject)
    })
  }
}
