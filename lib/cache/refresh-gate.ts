const firstBackOffMs = 1000

interface GateSettings {
  readonly clock: () => number
  readonly coolDownMs: number
  readonly longestBackOffMs?: number
}

/**
 * Decides when something remote may be asked: one attempt at a time, which everybody joins; after
 * a success not before the cool-down is over; after failures with back-off, from one second
 * doubling up to the cool-down, so that a cold start recovers fast and an outage is not made worse.
 */
export class RefreshGate {
  readonly #clock: () => number
  readonly #coolDownMs: number
  readonly #longestBackOffMs: number
  #inFlight: Promise<void> | undefined
  #endedAt = Number.NEGATIVE_INFINITY
  #pauseMs = 0
  #failures = 0

  constructor({ clock, coolDownMs, longestBackOffMs = coolDownMs }: GateSettings) {
    this.#clock = clock
    this.#coolDownMs = coolDownMs
    this.#longestBackOffMs = longestBackOffMs
  }

  /** Whether the last attempt failed. */
  get failing(): boolean {
    return this.#failures > 0
  }

  /** The attempt in flight. */
  get running(): Promise<void> | undefined {
    return this.#inFlight
  }

  /** Time until the next attempt is allowed; 0 when it is. */
  waitMs(now: number): number {
    // A clock that was set back begins the pause anew: neither is it lengthened by what the clock
    // was ahead, nor is each step back an attempt.
    this.#endedAt = Math.min(this.#endedAt, now)
    return Math.max(0, this.#endedAt + this.#pauseMs - now)
  }

  /**
   * Joins the attempt in flight, or begins one when that is allowed; else nothing.
   *
   * @param run - whether it succeeded; a rejection is a bug, which those who wait get to see
   */
  attempt(now: number, run: () => Promise<boolean>): Promise<void> | undefined {
    if (this.#inFlight === undefined && this.waitMs(now) > 0) return undefined
    this.#inFlight ??= this.#run(run)
    return this.#inFlight
  }

  async #run(run: () => Promise<boolean>): Promise<void> {
    let succeeded = false
    try {
      succeeded = await run()
    } finally {
      this.#failures = succeeded ? 0 : this.#failures + 1
      this.#pauseMs = succeeded ? this.#coolDownMs : this.#backOffMs()
      this.#endedAt = this.#clock()
      this.#inFlight = undefined
    }
  }

  /** Jitter of a quarter: instances that failed together do not come back together. */
  #backOffMs(): number {
    const longest = Math.max(firstBackOffMs, this.#longestBackOffMs)
    const full = Math.min(longest, firstBackOffMs * 2 ** (this.#failures - 1))
    return full * (1 - Math.random() / 4)
  }
}
