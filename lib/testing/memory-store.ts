import type { LogFollower, Store } from '../store/store.ts'
import { checkChoice, checkMembers } from './check-members.ts'

/** A shared store in the test process: resource servers that are given the same one share it. */
export interface MemoryStore extends Store {
  /** All that it holds, as whoever reads the store sees it: by key, and entries by log and number. */
  dump(): ReadonlyMap<string, Uint8Array>
  /** Puts something there, as whoever writes in the store can: any bytes, or nothing that is bytes. */
  plant(key: string, value: unknown): void
  /** Adds an entry to a log that somebody follows, as whoever writes in the store can. */
  plantEntry(log: string, value: unknown): void
  /**
   * Has every operation fail until `restore()`: `refused` at once, `hang` after `timeoutMs`. Those
   * who follow a log lose it.
   */
  fail(fault: StoreFault): void
  /** All is well again: those who follow are told what they missed. */
  restore(): void
  /** Forgets everything, as a store that lost its memory. */
  flush(): void
}

export type StoreFault = 'refused' | 'hang'

export interface MemoryStoreOptions {
  /** What everything is sealed with. @defaultValue one secret that is always the same */
  secrets?: readonly [string, ...string[]]
  /** When an operation that hangs is given up, in milliseconds. @defaultValue 100 */
  timeoutMs?: number
  /** The time, in milliseconds since the epoch. @defaultValue Date.now */
  clock?: () => number
}

interface Kept {
  readonly value: Uint8Array
  readonly endsAtMs: number
}

interface Log {
  readonly entries: Kept[]
  readonly followers: Map<LogFollower, { told: number }>
}

/** Keeps in memory what processes share, and fails when it is told to. */
export function memoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  checkMembers('memoryStore()', options, { secrets: true, timeoutMs: true, clock: true })
  const { secrets = [defaultSecret], timeoutMs = 100, clock = Date.now } = options
  const values = new Map<string, Kept>()
  const logs = new Map<string, Log>()
  let fault: StoreFault | undefined

  async function operation<Result>(run: () => Result): Promise<Result> {
    if (fault === 'hang') await new Promise((resolve) => setTimeout(resolve, timeoutMs).unref())
    if (fault !== undefined) {
      const code = fault === 'hang' ? 'timeout' : 'ECONNREFUSED'
      throw Object.assign(new Error('The store of the test fails.'), { code })
    }
    return run()
  }

  function held(key: string): Kept | undefined {
    const kept = values.get(key)
    if (kept === undefined || kept.endsAtMs > clock()) return kept
    values.delete(key)
    return undefined
  }

  function logOf(name: string): Log {
    let log = logs.get(name)
    if (log === undefined) {
      log = { entries: [], followers: new Map() }
      logs.set(name, log)
    }
    return log
  }

  function tell({ entries, followers }: Log): void {
    for (const [follower, state] of followers) {
      while (state.told < entries.length) {
        const { value, endsAtMs } = entries[state.told++] as Kept
        if (endsAtMs > clock()) follower.entry(value)
      }
    }
  }

  function add(name: string, kept: Kept): void {
    const log = logOf(name)
    log.entries.push(kept)
    if (fault === undefined) tell(log)
  }

  return {
    secrets,
    get: (key) => operation(() => held(key)?.value),
    set: (key, value, maxAgeMs) =>
      operation(() => {
        values.set(key, { value, endsAtMs: clock() + maxAgeMs })
      }),
    claim: (key, maxAgeMs) =>
      operation(() => {
        if (held(key)) return false
        values.set(key, { value: new Uint8Array(), endsAtMs: clock() + maxAgeMs })
        return true
      }),
    append: (log, value, maxAgeMs) =>
      operation(() => add(log, { value, endsAtMs: clock() + maxAgeMs })),
    follow(name, follower) {
      const log = logOf(name)
      // Told later, as over a network.
      queueMicrotask(() => {
        log.followers.set(follower, { told: 0 })
        if (ended) log.followers.delete(follower)
        else if (fault === undefined) tellAgain(log)
        else follower.lost()
      })
      let ended = false
      return async () => {
        ended = true
        log.followers.delete(follower)
      }
    },
    dump() {
      const all = new Map([...values].map(([key, { value }]) => [key, value]))
      for (const [name, { entries }] of logs) {
        for (const [number, { value }] of entries.entries()) all.set(`${name} ${number}`, value)
      }
      return all
    },
    plant: (key, value) => void values.set(key, forEver(value)),
    plantEntry: (log, value) => add(log, forEver(value)),
    fail(next) {
      checkChoice('The fault of fail()', next, ['refused', 'hang'])
      fault = next
      for (const { followers } of logs.values()) for (const one of followers.keys()) one.lost()
    },
    restore() {
      fault = undefined
      for (const log of logs.values()) tellAgain(log)
    },
    flush() {
      values.clear()
      for (const { entries, followers } of logs.values()) {
        entries.length = 0
        for (const state of followers.values()) state.told = 0
      }
    },
  }

  function tellAgain(log: Log): void {
    tell(log)
    for (const follower of log.followers.keys()) follower.current()
  }
}

const defaultSecret = 'the secret of a store that is for tests alone'

/** Whatever it is: hostile values need not be of any type. */
function forEver(value: unknown): Kept {
  return { value: value as Uint8Array, endsAtMs: Number.POSITIVE_INFINITY }
}
