import type { StoreHealth } from '../observability/health.ts'

/** So many failures in a row are no accident. */
const accidents = 3
const firstPauseMs = 1000
const longestPauseMs = 5000

/**
 * Knows whether the store is worth asking: after some failures in a row it is left alone for a while,
 * so that its deadline is not added to each request. When the while is over one operation tries.
 */
export class StoreOutage {
  readonly #clock: () => number
  #used = false
  #failures = 0
  #pauses = 0
  #pauseMs = 0
  #trying = false
  #pausedAt = 0
  #since = 0
  #reason = ''

  constructor(clock: () => number) {
    this.#clock = clock
  }

  /** Whether to ask it now. Whoever is the first after a pause is alone until it knows. */
  mayTry(): boolean {
    if (this.waitMs() > 0) return false
    this.#trying = this.#pauseMs > 0
    this.#pausedAt = this.#clock()
    return true
  }

  /** Time until the next operation may try; 0 while the store does well. */
  waitMs(): number {
    const now = this.#clock()
    // A clock that was set back begins the pause anew, and does not lengthen it.
    this.#pausedAt = Math.min(this.#pausedAt, now)
    return Math.max(0, this.#pausedAt + this.#pauseMs - now)
  }

  succeeded(): void {
    this.#used = true
    this.#failures = 0
    this.#pauses = 0
    this.#pauseMs = 0
  }

  /** @param reason - a code, fit for metrics */
  failed(reason: string): void {
    const now = this.#clock()
    if (this.#failures === 0) this.#since = now
    this.#used = true
    this.#reason = reason
    this.#failures += 1
    // What was asked before a pause fails after it began, and says nothing new.
    if (this.#pauseMs > 0 ? !this.#trying : this.#failures < accidents) return
    this.#trying = false
    this.#pausedAt = now
    this.#pauseMs = pauseMs(this.#pauses)
    this.#pauses += 1
  }

  health(): StoreHealth {
    if (this.#failures === 0) return Object.freeze({ status: this.#used ? 'ok' : 'unknown' })
    return Object.freeze({ status: 'failing', reason: this.#reason, since: this.#since })
  }
}

/** Jitter of a quarter: processes that lost the store together do not come back together. */
function pauseMs(doublings: number): number {
  const full = Math.min(longestPauseMs, firstPauseMs * 2 ** doublings)
  return full * (1 - Math.random() / 4)
}
