import { RedisStoreError } from './redis-store-error.ts'
import { withinDeadline } from './within-deadline.ts'

/** So many answers may be overdue before nothing more is asked. */
const mostOverdue = 100

/**
 * Asks with a deadline, and no more once many answers are overdue: clients keep each command until
 * it is answered, and would be filled up by whoever sends requests.
 */
export class Operations {
  readonly #timeoutMs: number
  #overdue = 0

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  /** @throws RedisStoreError */
  async run(ask: () => Promise<unknown>): Promise<unknown> {
    if (this.#overdue >= mostOverdue) {
      throw new RedisStoreError('not_answering')
    }
    // Clients that throw instead of rejecting reject here.
    const answer = (async () => ask())()
    return withinDeadline(answer, this.#timeoutMs, () => {
      this.#overdue++
      const answered = () => {
        this.#overdue--
      }
      answer.then(answered, answered)
    })
  }
}
