import { refusalError } from '../errors/refusal.ts'
import { refuse } from '../errors/refusal-value.ts'
import type { AccessToken } from '../verification/access-token.ts'

export interface EndingSignals {
  /** Requests that share a cached token share its signal, too. */
  signal(token: AccessToken): AbortSignal
  close(): void
}

/** The longest time that a timer can be set to, in milliseconds; more fires at once. */
const longestTimeout = 2 ** 31 - 1

/** Signals that fire when a token expires, for connections that outlive their request. */
export function endingSignals(clock: () => number): EndingSignals {
  const controllers = new WeakMap<AccessToken, AbortController>()
  const timers = new Set<NodeJS.Timeout>()

  function arm(controller: AbortController, expiresAtMs: number): void {
    const left = expiresAtMs - clock()
    if (left <= 0) {
      controller.abort(refusalError(refuse('expired'), {}))
      return
    }
    const timer = setTimeout(
      () => {
        timers.delete(timer)
        // The clock decides, not the timer: it may have been early, or only a part of the way.
        arm(controller, expiresAtMs)
      },
      Math.min(left, longestTimeout),
    )
    timer.unref()
    timers.add(timer)
  }

  return {
    signal(token) {
      const { expiresAt } = token
      let controller = controllers.get(token)
      if (!controller) {
        controller = new AbortController()
        controllers.set(token, controller)
        if (expiresAt !== undefined) {
          arm(controller, expiresAt * 1000)
        }
      }
      return controller.signal
    },
    close() {
      for (const timer of timers) {
        clearTimeout(timer)
      }
      timers.clear()
    },
  }
}
