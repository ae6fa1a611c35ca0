import type { Ending } from './ending.ts'

/** As many as undici opens connections: what it is given must never have to wait there. */
export const mostAtOnce = 64
/** More have no prospect of an answer in time, and each holds its request in memory. */
const mostWaiting = 4096

/**
 * The part of its time that a request may wait. One that is sent with hardly any left gets no
 * answer, nor do those behind it: a server that is too slow for all would then answer none.
 */
const mostOfTime = 0.75

interface Deadline {
  readonly end: Ending
  readonly timeoutMs: number
  /** Ends it because its time is over. */
  readonly late: () => void
}

/**
 * The way to one origin: so many exchanges at a time, the others in the order of their coming.
 * Whatever has ended gives up its place at once, waiting or not. Transports are slower to let go:
 * undici keeps a request that was aborted in its queue, with its body, until its turn comes.
 */
export class Lane {
  #underWay = 0
  readonly #waiting = new Set<() => void>()

  get idle(): boolean {
    return this.#underWay === 0
  }

  get full(): boolean {
    return this.#waiting.size >= mostWaiting
  }

  /** Does it when its turn comes; rejects with the reason as soon as it is ended. */
  async run<Result>(deadline: Deadline, exchange: () => Promise<Result>): Promise<Result> {
    await this.#turn(deadline)
    const { end } = deadline
    try {
      if (end.reason !== undefined) throw end.reason
      // Raced, since a given `fetch` may not heed the signal.
      return await Promise.race([ended(end), exchange()])
    } finally {
      this.#leave()
    }
  }

  #turn({ end, timeoutMs, late }: Deadline): Promise<void> | undefined {
    if (this.#underWay < mostAtOnce) {
      this.#underWay++
      return undefined
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(late, timeoutMs * mostOfTime)
      timer.unref()
      const go = () => {
        clearTimeout(timer)
        resolve()
      }
      this.#waiting.add(go)
      end.once('abort', () => {
        clearTimeout(timer)
        if (this.#waiting.delete(go)) reject(end.reason)
      })
    })
  }

  /** Hands the place on to whoever has waited longest. */
  #leave(): void {
    const [next] = this.#waiting
    if (next === undefined) {
      this.#underWay--
      return
    }
    this.#waiting.delete(next)
    next()
  }
}

function ended(end: Ending): Promise<never> {
  return new Promise((_, reject) => {
    end.once('abort', () => reject(end.reason))
  })
}
