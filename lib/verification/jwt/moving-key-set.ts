import { BriefWait } from '../../cache/brief-wait.ts'
import type { JsonFailure } from '../../http/get-json.ts'
import type { HeldKeys } from './held-keys.ts'
import type { KeySet, KeySetState } from './key-set.ts'
import type { RemoteKeySet } from './remote-key-set.ts'

/** A key set that its issuer points at no longer. */
interface Former {
  readonly set: KeySet
  /** What is published in its place from now on is not the issuer's. */
  readonly version: number
  /** When the issuer moved, in milliseconds; where it moves again before it arrives, this stays. */
  sinceMs: number
}

/**
 * The key set of an issuer that points at another one by now, until that can be had: what is held
 * serves for its time of grace, as it does where a key set stays and cannot be fetched.
 */
export class MovingKeySet implements KeySet {
  readonly #former: Former
  readonly #to: RemoteKeySet
  readonly #staleMs: number
  readonly #wait = new BriefWait()

  constructor(from: KeySet, to: RemoteKeySet, { now, staleMs }: { now: number; staleMs: number }) {
    this.#former =
      from instanceof MovingKeySet
        ? from.#former
        : { set: from, version: from.version, sinceMs: now }
    this.#to = to
    this.#staleMs = staleMs
  }

  get uri(): string {
    return this.#to.uri
  }

  /** The set in its new place, once it has been fetched; until then this one. */
  arrivedAt(now: number): KeySet {
    return this.#to.keys(now) === undefined ? this : this.#to
  }

  keys(now: number): HeldKeys | undefined {
    return this.#to.keys(now) ?? this.#formerKeys(now)
  }

  /** While the former keys are good nobody waits for long, and nobody for the next failure. */
  use(now: number): Promise<void> | undefined {
    const fetched = this.#to.use(now)
    if (fetched === undefined || this.#formerKeys(now) === undefined) return fetched
    if (!this.#to.failing) return this.#wait.for(fetched)
    // A rejection is a bug: whoever waits for the same attempt gets it; here nobody waits.
    fetched.catch(() => {})
    return undefined
  }

  again(now: number): Promise<void> | undefined {
    return this.#to.again(now)
  }

  get version(): number {
    return this.#to.version
  }

  get failing(): boolean {
    return this.#to.failing
  }

  get failure(): JsonFailure | undefined {
    return this.#to.failure
  }

  get closed(): boolean {
    return this.#to.closed
  }

  waitMs(now: number): number {
    return this.#to.waitMs(now)
  }

  state(now: number): KeySetState {
    return Object.freeze({ ...this.#to.state(now), keys: this.keys(now)?.all.length ?? 0 })
  }

  #formerKeys(now: number): HeldKeys | undefined {
    const former = this.#former
    // A clock that was set back begins the time of grace anew, and does not lengthen it.
    former.sinceMs = Math.min(former.sinceMs, now)
    const inGrace = now - former.sinceMs < this.#staleMs
    return inGrace && former.set.version === former.version ? former.set.keys(now) : undefined
  }
}
