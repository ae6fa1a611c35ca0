import type { LogFollower } from '../store/store.ts'
import { LogConnection } from './log-connection.ts'
import { LogReader } from './log-reader.ts'
import type { SharedClient } from './shared-client.ts'

export interface FollowSettings {
  readonly client: SharedClient
  readonly key: string
  readonly timeoutMs: number
}

/** How long a quiet log is waited on before it is asked whether Redis is still there. */
const waitMs = 1000
const firstPauseMs = 50
const longestPauseMs = 1000

/**
 * Tells a log to whoever follows it, on a connection of its own, and on another one whenever that is
 * lost or does not answer.
 *
 * @returns ends it
 */
export function followLog(settings: FollowSettings, follower: LogFollower): () => Promise<void> {
  const following = new Following(settings, follower)
  // Nobody is told anything before they know how to end it.
  const done = Promise.resolve().then(() => following.run())
  return () => {
    following.stop()
    return done
  }
}

class Following {
  readonly #settings: FollowSettings
  readonly #follower: LogFollower
  readonly #reader: LogReader
  #stopped = false
  #told: 'current' | 'lost' | undefined
  #failures = 0
  #connection: LogConnection | undefined
  #wake: (() => void) | undefined

  constructor(settings: FollowSettings, follower: LogFollower) {
    this.#settings = settings
    this.#follower = follower
    this.#reader = new LogReader(settings.key, (value) => {
      if (!this.#stopped) follower.entry(value)
    })
  }

  async run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#follow()
      } catch {
        // Whatever it is, what helps is another connection; how the operations fail says why.
        this.#lost()
      } finally {
        this.#connection?.end()
      }
      await this.#pause()
    }
  }

  stop(): void {
    this.#stopped = true
    this.#connection?.end()
    this.#wake?.()
  }

  /** Until the connection is lost, which rejects. */
  async #follow(): Promise<void> {
    const { client, key, timeoutMs } = this.#settings
    const connection = new LogConnection(client.dedicated(), key, timeoutMs)
    this.#connection = connection
    await connection.connect()
    const ask = connection.ask.bind(connection)
    for (let more = true; !this.#stopped; ) {
      more = await this.#reader.read(ask, more ? 0 : waitMs)
      if (!more) this.#isCurrent()
    }
  }

  #isCurrent(): void {
    this.#failures = 0
    this.#tell('current')
  }

  #lost(): void {
    this.#failures++
    this.#tell('lost')
  }

  #tell(what: 'current' | 'lost'): void {
    if (this.#told === what || this.#stopped) return
    this.#told = what
    this.#follower[what]()
  }

  /** With jitter of a quarter: processes that lost Redis together do not come back together. */
  #pause(): Promise<void> {
    if (this.#stopped) return Promise.resolve()
    const full = Math.min(longestPauseMs, firstPauseMs * 2 ** (this.#failures - 1))
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, full * (1 - Math.random() / 4))
      timer.unref()
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
