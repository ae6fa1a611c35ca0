/**
 * Waits for an attempt for a limited time, which begins once for all who wait: whoever comes when it
 * is over does not wait. The attempt goes on.
 */
export class BriefWait {
  readonly of: Promise<void>
  /** Ends with the attempt, or when the time is over. */
  readonly end: Promise<void>
  over = false

  constructor(of: Promise<void>, longestMs: number) {
    this.of = of
    this.end = new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.over = true
        resolve()
      }, longestMs)
      timer.unref()
      of.then(resolve, reject).finally(() => clearTimeout(timer))
    })
  }
}
