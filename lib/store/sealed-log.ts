import { ConfigurationError } from '../errors/configuration-error.ts'
import type { StoreEvent } from '../observability/channels.ts'
import type { Sealing } from './sealing.ts'
import type { Store } from './store.ts'

/** Who follows the log of an API, as `LogFollower` does. None of its functions throws. */
export interface EntryFollower {
  entry(entry: Readonly<Record<string, unknown>>): void
  current(): void
  lost(): void
}

export interface SealedLog {
  /** What appends the entry. Throws for one that is too large. */
  sealed(entry: object): (maxAgeMs: number) => Promise<void>
  /** @throws ConfigurationError for a store that cannot be told to end */
  follow(follower: EntryFollower): () => Promise<void>
}

/**
 * The log of an API. It is one for each secret: an entry goes into all of them, and all are followed,
 * so that processes which have one secret in common tell each other. What does not open is left out.
 */
export function sealedLog(
  store: Store,
  sealings: readonly Sealing[],
  report: (operation: 'follow', outcome: StoreEvent['outcome']) => void,
): SealedLog {
  const logs = sealings.map((sealing) => ({ sealing, name: sealing.name('log', 'revocations') }))

  return {
    sealed(entry) {
      const written = logs.map(({ sealing, name }) => {
        const value = sealing.seal({ purpose: 'log', name, key: name }, entry)
        if (!value) throw new RangeError('The entry does not fit into the log.')
        return { name, value }
      })
      return async (maxAgeMs) => {
        await Promise.all(written.map(({ name, value }) => store.append(name, value, maxAgeMs)))
      }
    },
    follow(follower) {
      const behind = new Set(logs)
      let told: 'current' | 'lost' | undefined
      let ended = false
      const ends = logs.map((log) => {
        const end: unknown = store.follow(log.name, {
          entry(value) {
            // A store may go on telling: to open what it tells costs time.
            if (ended) return
            const place = { purpose: 'log', name: log.name, key: log.name } as const
            const entry = log.sealing.open(place, value)
            if (entry) follower.entry(entry)
            else report('follow', 'dropped')
          },
          current() {
            behind.delete(log)
            if (behind.size === 0) tell('current')
          },
          lost() {
            behind.add(log)
            tell('lost')
          },
        })
        // It would show only when everything is closed; a promise that rejects would end the process.
        if (typeof end !== 'function') {
          throw new ConfigurationError(
            'store.follow',
            'must return a function that ends it, at once and not as a promise.',
          )
        }
        return end as () => Promise<void>
      })
      return async () => {
        ended = true
        await Promise.all(ends.map((end) => end()))
      }

      /** Of several logs, the one that is furthest behind. */
      function tell(now: 'current' | 'lost'): void {
        if (ended || now === told) return
        told = now
        report('follow', now)
        follower[now]()
      }
    },
  }
}
