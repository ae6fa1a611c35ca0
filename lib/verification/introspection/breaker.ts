import type { BreakerSettings } from '../../options/introspection-options.ts'

/** `closed`: all is asked; `open`: nothing is, for a while; `half_open`: one question is, to see. */
export type BreakerState = 'closed' | 'open' | 'half_open'

/** What a question came to, as far as it says something of who was asked. */
export type BreakerOutcome =
  | { readonly outcome: 'answered' }
  /** Asked for: how long it wants to be left alone, in milliseconds. */
  | { readonly outcome: 'failed'; readonly reason: string; readonly askedForMs?: number }
  /** Nobody was asked, or the fault was ours. */
  | { readonly outcome: 'nothing' }

/** A question that may be asked; it counts once, and only as long as nothing changed since. */
export interface Permit {
  readonly under: number
  spent: boolean
}

interface BreakerPorts {
  readonly clock: () => number
  readonly onChange: (change: {
    readonly state: BreakerState
    readonly reason?: string
    readonly pauseMs?: number
  }) => void
}

const firstPauseMs = 1000

/**
 * Leaves alone who does not answer: after so many failures in a row for a pause, and then until one
 * question is answered. Pauses double, up to a bound; what the other side asks for is granted in
 * full. There are no timers: what nobody asks does not change.
 */
export class Breaker {
  readonly #settings: BreakerSettings
  readonly #ports: BreakerPorts
  #state: BreakerState = 'closed'
  #since: number
  #reason: string | undefined
  /** In a row: since when, and how many. */
  #failingSince = Number.NEGATIVE_INFINITY
  #failures = 0
  /** How many pauses followed each other. */
  #pauses = 0
  #pauseMs = 0
  #probing = false
  /** Moves with each change of state. */
  #changes = 0

  constructor(settings: BreakerSettings, ports: BreakerPorts) {
    this.#settings = settings
    this.#ports = ports
    this.#since = ports.clock()
  }

  get state(): BreakerState {
    return this.#state
  }

  /** Since when it is in that state, in milliseconds since the epoch. */
  get since(): number {
    return this.#since
  }

  /** Why the last question failed; `undefined` once one was answered. */
  get reason(): string | undefined {
    return this.#reason
  }

  /**
   * A permit to ask, which must come back by `record`; or how long there is none, in milliseconds:
   * 0 while somebody else is finding out.
   */
  enter(): Permit | number {
    if (this.#state === 'open') {
      const left = this.#leftMs(this.#ports.clock())
      if (left > 0) return left
      // Where it is off, only what the other side asked for is waited for.
      this.#become(this.#settings.failures === Number.POSITIVE_INFINITY ? 'closed' : 'half_open')
    }
    if (this.#state === 'half_open') {
      if (this.#probing) return 0
      this.#probing = true
    }
    return { under: this.#changes, spent: false }
  }

  /** Whether what was permitted still is. */
  admits({ under }: Permit): boolean {
    return under === this.#changes
  }

  /** Time until it may be asked again; 0 unless it is open. */
  get leftMs(): number {
    return this.#state === 'open' ? this.#leftMs(this.#ports.clock()) : 0
  }

  /** What came of it: the first word counts. What was begun before the last change says nothing. */
  record(permit: Permit, result: BreakerOutcome): void {
    if (permit.spent || !this.admits(permit)) return
    permit.spent = true
    this.#probing = false
    if (result.outcome === 'answered') this.#answered()
    if (result.outcome === 'failed') this.#failed(result.reason, result.askedForMs)
  }

  #answered(): void {
    this.#failures = 0
    this.#pauses = 0
    this.#reason = undefined
    if (this.#state === 'half_open') this.#become('closed')
  }

  #failed(reason: string, askedForMs: number | undefined): void {
    const now = this.#ports.clock()
    const { failures, windowMs } = this.#settings
    this.#reason = reason
    const age = now - this.#failingSince
    if (this.#failures === 0 || age < 0 || age > windowMs) {
      this.#failures = 0
      this.#failingSince = now
    }
    this.#failures++
    const enough = this.#state === 'half_open' || this.#failures >= failures
    if (!enough && askedForMs === undefined) return
    const pauseMs = enough ? this.#backOffMs() : 0
    this.#pauseMs = Math.max(pauseMs, askedForMs ?? 0)
    this.#failures = 0
    this.#become('open')
  }

  /** Jitter of a quarter: processes that failed together do not come back together. */
  #backOffMs(): number {
    const full = Math.min(this.#settings.openMs, firstPauseMs * 2 ** this.#pauses)
    this.#pauses++
    return full * (1 - Math.random() / 4)
  }

  /** A clock that was set back begins the pause anew, and does not lengthen it. */
  #leftMs(now: number): number {
    this.#since = Math.min(this.#since, now)
    return this.#since + this.#pauseMs - now
  }

  #become(state: BreakerState): void {
    this.#state = state
    this.#since = this.#ports.clock()
    this.#changes++
    this.#probing = false
    this.#ports.onChange({
      state,
      ...(this.#reason !== undefined && { reason: this.#reason }),
      ...(state === 'open' && { pauseMs: this.#pauseMs }),
    })
  }
}
