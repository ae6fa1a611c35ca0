import type { Ending } from './ending.ts'

/** As many as undici opens connections: what it is given must never have to wait there. */
export const mostAtOnce = 64
/** More have no prospect of an answer in time, and each holds its request in memory. */
export const mostWaiting = 4096

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
  async run<Result>(end: Ending, exchange: () => Promise<Result>): Promise<Result> {
    await this.#turn(end)
    try {
      if (end.reason !== undefined) throw end.reason
      // Raced, since a given `fetch` may not heed the signal.
      return await Promise.race([ended(end), exchange()])
    } finally {
      this.#leave()
    }
  }

  #turn(end: Ending): Promise<void> | undefined {
    if (this.#underWay < mostAtOnce) {
      this.#underWay++
      return undefined
    }
    return new Promise((resolve, reject) => {
      this.#waiting.add(resolve)
      end.once('abort', () => {
        if (this.#waiting.delete(resolve)) reject(end.reason)
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
