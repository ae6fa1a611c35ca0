import type { Ending } from './ending.ts'
import type { HttpFailure } from './http-failure.ts'

/** As many as undici opens connections: what it is given must never have to wait there. */
export const mostAtOnce = 64

/**
 * The part of its time that a request may wait. One that is sent with hardly any left gets no
 * answer, nor do those behind it: a server that is too slow for all would then answer none.
 */
const mostOfTime = 0.75

export interface LaneBounds {
  /** Exchanges at a time. */
  readonly atOnce: number
  /** Of these, how many may be of those who do not go first. */
  readonly othersAtOnce: number
  /**
   * How many may wait, of those who go first and of the others each. More have no prospect of an
   * answer in time, and each holds its request in memory.
   */
  readonly waiting: number
}

const perOrigin: LaneBounds = { atOnce: mostAtOnce, othersAtOnce: mostAtOnce, waiting: 4096 }

/** The time of one exchange. */
export interface Deadline {
  readonly end: Ending
  readonly timeoutMs: number
  /** Ends it because it waited too long. */
  readonly late: () => void
}

/**
 * The way to one place: so many exchanges at a time, the others in the order of their coming, but
 * for those who go first. Whatever has ended gives up its place at once, waiting or not. Transports
 * are slower to let go: undici keeps a request that was aborted in its queue, with its body, until
 * its turn comes.
 */
export class Lane {
  readonly #bounds: LaneBounds
  #underWay = 0
  #othersUnderWay = 0
  readonly #first = new Map<() => void, Ending>()
  readonly #others = new Map<() => void, Ending>()

  constructor(bounds: LaneBounds = perOrigin) {
    this.#bounds = bounds
  }

  get underWay(): number {
    return this.#underWay
  }

  get waiting(): number {
    return this.#first.size + this.#others.size
  }

  get idle(): boolean {
    return this.#underWay === 0
  }

  /** Whether nobody more may wait. */
  isFull(goesFirst: boolean): boolean {
    return (goesFirst ? this.#first : this.#others).size >= this.#bounds.waiting
  }

  /** Does it when its turn comes; rejects with the reason as soon as it is ended. */
  async run<Result>(
    deadline: Deadline,
    exchange: () => Promise<Result>,
    goesFirst = true,
  ): Promise<Result> {
    await this.#turn(deadline, goesFirst)
    const { end } = deadline
    try {
      if (end.reason !== undefined) throw end.reason
      // Raced, since a given `fetch` may not heed the signal.
      return await Promise.race([ended(end), exchange()])
    } finally {
      this.#leave(goesFirst)
    }
  }

  /** Ends whatever waits. */
  turnAway(reason: HttpFailure): void {
    for (const waiting of [this.#first, this.#others]) {
      for (const end of [...waiting.values()]) end.abort(reason)
    }
  }

  #turn({ end, timeoutMs, late }: Deadline, goesFirst: boolean): Promise<void> | undefined {
    if (this.#admits(goesFirst)) {
      this.#enter(goesFirst)
      return undefined
    }
    const waiting = goesFirst ? this.#first : this.#others
    return new Promise((resolve, reject) => {
      const timer = setTimeout(late, timeoutMs * mostOfTime)
      timer.unref()
      const go = () => {
        clearTimeout(timer)
        resolve()
      }
      waiting.set(go, end)
      end.once('abort', () => {
        clearTimeout(timer)
        if (waiting.delete(go)) reject(end.reason)
      })
    })
  }

  #admits(goesFirst: boolean): boolean {
    const { atOnce, othersAtOnce } = this.#bounds
    return this.#underWay < atOnce && (goesFirst || this.#othersUnderWay < othersAtOnce)
  }

  #enter(goesFirst: boolean): void {
    this.#underWay++
    if (!goesFirst) this.#othersUnderWay++
  }

  /** Hands the place on to whoever has waited longest, of those who go first before the others. */
  #leave(goesFirst: boolean): void {
    this.#underWay--
    if (!goesFirst) this.#othersUnderWay--
    if (!this.#next(this.#first, true)) this.#next(this.#others, false)
  }

  #next(waiting: Map<() => void, Ending>, goesFirst: boolean): boolean {
    const [go] = waiting.keys()
    if (go === undefined || !this.#admits(goesFirst)) return false
    waiting.delete(go)
    this.#enter(goesFirst)
    go()
    return true
  }
}

function ended(end: Ending): Promise<never> {
  return new Promise((_, reject) => {
    end.once('abort', () => reject(end.reason))
  })
}
