/** Long enough for an authorization server that is well, so that what it removed is not used. */
const longestMs = 1000

/**
 * Waits for attempts, one after the other, for a limited time each. That begins once for all who wait
 * for the same: whoever comes when it is over does not wait. The attempt goes on.
 */
export class BriefWait {
  #attempt: Promise<void> | undefined
  #end: Promise<void> | undefined

  /** Ends with the attempt, or when the time is over; nothing when it is over already. */
  for(attempt: Promise<void>): Promise<void> | undefined {
    if (this.#attempt !== attempt) {
      this.#attempt = attempt
      this.#end = this.#begin(attempt)
    }
    return this.#end
  }

  #begin(attempt: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        if (this.#attempt === attempt) this.#end = undefined
        resolve()
      }, longestMs)
      timer.unref()
      attempt.then(resolve, reject).finally(() => clearTimeout(timer))
    })
  }
}
