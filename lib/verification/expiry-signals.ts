import { refusalError } from '../errors/refusal.ts'
import { refuse } from '../errors/refusal-value.ts'

/** What a signal needs to know of an authenticated caller. */
export interface Expiring {
  /** Shared by all requests with one cached token: they share a signal, too. */
  readonly claims: object
  readonly expiresAt: number | undefined
}

export interface ExpirySignals {
  signal(token: Expiring): AbortSignal
  close(): void
}

/** The longest time that a timer can be set to, in milliseconds; more fires at once. */
const longestTimeout = 2 ** 31 - 1

/** Signals that fire when a token expires, for connections that outlive their request. */
export function expirySignals(clock: () => number): ExpirySignals {
  const controllers = new WeakMap<object, AbortController>()
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
    signal({ claims, expiresAt }) {
      let controller = controllers.get(claims)
      if (!controller) {
        controller = new AbortController()
        controllers.set(claims, controller)
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
