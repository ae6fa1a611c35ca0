import { refusalError } from '../errors/refusal.ts'
import { type RefusalValue, refuse } from '../errors/refusal-value.ts'
import type { AccessToken } from '../verification/access-token.ts'
import type { Revocations } from './revocations.ts'
import { tokenIdentity } from './token-identity.ts'

export interface EndingSignals {
  /**
   * Requests that share a cached token share its signal, too.
   *
   * @param raw - the token as it was presented
   */
  signal(token: AccessToken, raw: string): AbortSignal
  close(): void
}

/** What is needed to end a signal; it lives as long as the signal does. */
interface Ending {
  readonly token: AccessToken
  readonly identity: string
  readonly controller: AbortController
}

/** The longest time that a timer can be set to, in milliseconds; more fires at once. */
const longestTimeout = 2 ** 31 - 1
const fewest = 100

/** Signals that fire when a token expires or is revoked, for connections that outlive their request. */
export function endingSignals(clock: () => number, revocations: Revocations): EndingSignals {
  const controllers = new WeakMap<AccessToken, AbortController>()
  const timers = new Map<AbortController, NodeJS.Timeout>()
  const endings = new WeakMap<AbortSignal, Ending>()
  // Weak: a token without `exp` has no timer after which its signal is let go of.
  let watched = new Set<WeakRef<AbortSignal>>()
  let sweepAt = fewest

  function arm(controller: AbortController, expiresAtMs: number): void {
    const left = expiresAtMs - clock()
    if (left <= 0) {
      end(controller, refuse('expired'))
      return
    }
    const timer = setTimeout(
      () => {
        // The clock decides, not the timer: it may have been early, or only a part of the way.
        arm(controller, expiresAtMs)
      },
      Math.min(left, longestTimeout),
    )
    timer.unref()
    timers.set(controller, timer)
  }

  function end(controller: AbortController, refusal: RefusalValue): void {
    clearTimeout(timers.get(controller))
    timers.delete(controller)
    controller.abort(refusalError(refusal, {}))
  }

  /** Those that nobody holds any more, and those that have fired, are not asked about again. */
  function watch(ending: Ending): void {
    endings.set(ending.controller.signal, ending)
    if (watched.size >= sweepAt) {
      watched = new Set([...watched].filter((one) => one.deref()?.aborted === false))
      sweepAt = Math.max(fewest, 2 * watched.size)
    }
    watched.add(new WeakRef(ending.controller.signal))
  }

  function endRevoked(): void {
    for (const one of watched) {
      const signal = one.deref()
      const ending = signal?.aborted === false ? endings.get(signal) : undefined
      const refusal = ending && revocations.judgeIdentified(ending.token, ending.identity)
      if (ending && refusal) {
        end(ending.controller, refusal)
      }
      if (!ending || refusal) {
        watched.delete(one)
      }
    }
  }

  const stopWatching = revocations.watch(endRevoked)

  return {
    signal(token, raw) {
      const { expiresAt } = token
      let controller = controllers.get(token)
      if (!controller) {
        controller = new AbortController()
        controllers.set(token, controller)
        const identity = tokenIdentity(raw)
        const refusal = revocations.judgeIdentified(token, identity)
        if (refusal) {
          end(controller, refusal)
        } else {
          watch({ token, identity, controller })
          if (expiresAt !== undefined) {
            arm(controller, expiresAt * 1000)
          }
        }
      }
      return controller.signal
    },
    close() {
      stopWatching()
      for (const timer of timers.values()) {
        clearTimeout(timer)
      }
      timers.clear()
    },
  }
}
