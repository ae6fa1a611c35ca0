import { failedBy } from './failed-by.ts'
import { RedisStoreError } from './redis-store-error.ts'

/**
 * The answer, or a rejection once the time is over. Clients wait for a connection for ever, or as long
 * as they were told to: this deadline is ours. An answer that comes too late is dropped.
 *
 * @param late - told when the time is over
 */
export function withinDeadline(
  answer: Promise<unknown>,
  ms: number,
  late?: () => void,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let answered = false
    const timer = setTimeout(() => {
      // It may be this process that was busy: what has arrived meanwhile is read before that.
      setImmediate(() => {
        if (answered) return
        late?.()
        reject(new RedisStoreError('timed_out'))
      })
    }, ms)
    timer.unref()
    const settle = (end: () => void) => {
      answered = true
      clearTimeout(timer)
      end()
    }
    answer.then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(failedBy(error))),
    )
  })
}
