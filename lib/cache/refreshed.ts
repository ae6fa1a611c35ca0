import { BriefWait } from './brief-wait.ts'
import { RefreshGate } from './refresh-gate.ts'

/** What one attempt brought: a new value, or why there is none. Never a rejection, but for bugs. */
export type Loaded<Value, Failure> =
  | (OwnLife & { readonly value: Value })
  | { readonly failure: Failure }

/** How long a value is good by what it says itself, where that is shorter than the settings. */
export interface OwnLife {
  /** Age at which it is loaded again. */
  readonly maxAgeMs?: number
  /** When it stops being good, whatever fails, in milliseconds since the epoch. */
  readonly untilMs?: number
}

export interface Held<Value> extends OwnLife {
  readonly value: Value
  /** When it was asked for, in milliseconds since the epoch. */
  readonly since: number
}

export interface RefreshSettings {
  readonly clock: () => number
  /** The least time between two attempts after a success; the longest back-off after failures. */
  readonly coolDownMs: number
  /** The longest back-off, where it is another. */
  readonly longestBackOffMs?: number
  /** Age at which the value is loaded again. */
  readonly maxAgeMs: number
  /** How long a value older than that is still good while loading fails. */
  readonly staleMs: number
}

/** From this part of its maximum age on, a value in use is refreshed in the background. */
const refreshAhead = 0.8

/**
 * A value that lives elsewhere, kept fresh by its use: loaded when first needed, ahead of its age
 * in the background, and held for a bounded time while loading fails. There are no timers: what
 * nobody uses is not refreshed.
 */
export class Refreshed<Value, Failure> {
  readonly #settings: RefreshSettings
  readonly #load: () => Promise<Loaded<Value, Failure>>
  readonly #gate: RefreshGate
  #held: Held<Value> | undefined
  #failure: Failure | undefined
  #doubted = false
  readonly #wait = new BriefWait()
  #closed = false

  /** @param held - a value that is known already */
  constructor(
    settings: RefreshSettings,
    load: () => Promise<Loaded<Value, Failure>>,
    held?: Held<Value>,
  ) {
    this.#settings = settings
    this.#load = load
    this.#held = held
    this.#gate = new RefreshGate(settings)
  }

  /** The value while it is good: until its maximum age, and the time of grace after that. */
  value(now: number): Value | undefined {
    const maxAgeMs = this.#maxAgeMs
    const { staleMs } = this.#settings
    if (now >= (this.#held?.untilMs ?? Number.POSITIVE_INFINITY)) return undefined
    return this.#held && this.#age(now) < maxAgeMs + staleMs ? this.#held.value : undefined
  }

  /** What was loaded last, good or too old. */
  get held(): Held<Value> | undefined {
    return this.#held
  }

  /** Why the last attempt failed; `undefined` when it succeeded or there was none. */
  get failure(): Failure | undefined {
    return this.#failure
  }

  get failing(): boolean {
    return this.#gate.failing
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Time until the next attempt is allowed. */
  waitMs(now: number): number {
    return this.#gate.waitMs(now)
  }

  /**
   * Before each use: nothing when the value may be taken as it is (or cannot be had now), else
   * what to wait for. Begins a refresh in the background when one is due.
   */
  use(now: number): Promise<void> | undefined {
    const age = this.#age(now)
    const maxAgeMs = this.#maxAgeMs
    if (this.value(now) === undefined) return this.again(now)
    // While loading fails, nobody waits for the next failure as long as the grace lasts.
    if (age >= maxAgeMs && !this.failing) {
      const attempt = this.again(now)
      return attempt && this.#wait.for(attempt)
    }
    const due = this.failing || this.#doubted || age >= maxAgeMs * refreshAhead
    if (due) this.#inBackground(now)
    return undefined
  }

  /** Loads out of turn, or joins whoever loads already; nothing while cool-down or back-off run. */
  again(now: number): Promise<void> | undefined {
    return this.#closed ? undefined : this.#gate.attempt(now, () => this.#attempt(now))
  }

  /** Waits until a doubt is settled, as far as it can be now: joins who loads, or begins if doubted. */
  settle(now: number): Promise<void> | undefined {
    return this.#doubted ? this.again(now) : this.#gate.running
  }

  /** Has the next use load again, in the background, as soon as the cool-down allows. */
  doubt(): void {
    this.#doubted = true
  }

  /** Loads no more. */
  close(): void {
    this.#closed = true
  }

  get #maxAgeMs(): number {
    return Math.min(this.#settings.maxAgeMs, this.#held?.maxAgeMs ?? Number.POSITIVE_INFINITY)
  }

  /** A clock that was set back makes the value as old as can be trusted: it is loaded again. */
  #age(now: number): number {
    if (this.#held === undefined) return Number.POSITIVE_INFINITY
    return now < this.#held.since ? this.#maxAgeMs : now - this.#held.since
  }

  #inBackground(now: number): void {
    // A rejection is a bug: whoever waits for the same attempt gets it; here nobody waits.
    this.again(now)?.catch(() => {})
  }

  async #attempt(since: number): Promise<boolean> {
    this.#doubted = false
    const loaded = await this.#load()
    if (this.#closed) return false
    if ('failure' in loaded) {
      this.#failure = loaded.failure
      return false
    }
    this.#failure = undefined
    this.#held = { ...loaded, since }
    return true
  }
}
