import { refusalError } from '../errors/refusal.ts'
import { type RefusalValue, refuse } from '../errors/refusal-value.ts'
import type { ResourceServerSettings } from '../options/resource-server-options.ts'
import type { AccessToken } from '../verification/access-token.ts'
import type { Revocation } from './revocation.ts'
import type { Revocations } from './revocations.ts'
import { tokenIdentity } from './token-identity.ts'
import { concerns, type TokenMarks, tokenMarks } from './token-marks.ts'

export interface EndingSignals {
  /**
   * Requests with one token share its signal, too.
   *
   * @param raw - the token as it was presented
   */
  signal(token: AccessToken, raw: string): AbortSignal
  close(): void
}

/** What is needed to end a signal; it lives as long as the signal does. */
interface Ending {
  readonly key: string
  readonly token: AccessToken
  readonly identity: string
  readonly marks: TokenMarks
  readonly controller: AbortController
  timer?: NodeJS.Timeout
}

interface Watched {
  /** Nobody else may hold the signal: whoever only listens to it does not. */
  ending: Ending | undefined
  /** Until when that is so, in milliseconds since the epoch. */
  readonly heldUntilMs: number
  readonly signal: WeakRef<AbortSignal>
}

/** The longest time that a timer can be set to, in milliseconds; more fires at once. */
const longestTimeout = 2 ** 31 - 1
const fewest = 100

/** Signals that fire when a token expires or is revoked, for connections that outlive their request. */
export function endingSignals(
  { clock, revocation }: Pick<ResourceServerSettings, 'clock' | 'revocation'>,
  revocations: Revocations,
): EndingSignals {
  const signals = new WeakMap<AccessToken, AbortSignal>()
  const endings = new WeakMap<AbortSignal, Ending>()
  /** By all that decides when they end: a token that is verified for each request has one. */
  const watched = new Map<string, Watched>()
  let sweepAt = fewest

  function arm(ending: Ending, expiresAtMs: number): void {
    const left = expiresAtMs - clock()
    if (left <= 0) {
      end(ending, refuse('expired'))
      return
    }
    ending.timer = setTimeout(
      () => {
        // The clock decides, not the timer: it may have been early, or only a part of the way.
        arm(ending, expiresAtMs)
      },
      Math.min(left, longestTimeout),
    )
    ending.timer.unref()
  }

  function end({ key, timer, controller }: Ending, refusal: RefusalValue): void {
    clearTimeout(timer)
    watched.delete(key)
    controller.abort(refusalError(refusal, {}))
  }

  function watch(ending: Ending, now: number): void {
    if (watched.size >= sweepAt) {
      sweep(now)
    }
    const { signal } = ending.controller
    endings.set(signal, ending)
    // One that has no `exp` is not older than tokens get.
    const isEnding = ending.token.expiresAt !== undefined
    const heldUntilMs = isEnding ? Number.POSITIVE_INFINITY : now + revocation.maxTokenAgeMs
    watched.set(ending.key, { ending, heldUntilMs, signal: new WeakRef(signal) })
  }

  /** Lets go of those that are too old to be held, and then of those that nobody holds any more. */
  function sweep(now: number): void {
    for (const [key, one] of watched) {
      if (now >= one.heldUntilMs) {
        one.ending = undefined
      }
      if (endingOf(one) === undefined) {
        watched.delete(key)
      }
    }
    sweepAt = Math.max(fewest, 2 * watched.size)
  }

  function endRevoked(added: Revocation): void {
    for (const one of watched.values()) {
      const ending = endingOf(one)
      const refusal = ending && isMeant(added, ending) && judge(ending)
      if (refusal) {
        end(ending, refusal)
      }
    }
  }

  function endingOf({ ending, signal }: Watched): Ending | undefined {
    const left = ending ? undefined : signal.deref()
    return ending ?? (left && endings.get(left))
  }

  function judge({ token, identity }: Ending): RefusalValue | undefined {
    return revocations.judgeIdentified(token, identity)
  }

  function begin(ending: Ending): AbortSignal {
    const { token, controller } = ending
    const refusal = judge(ending)
    if (refusal) {
      end(ending, refusal)
      return controller.signal
    }
    watch(ending, clock())
    if (token.expiresAt !== undefined) {
      arm(ending, token.expiresAt * 1000)
    }
    return controller.signal
  }

  const stopWatching = revocations.watch(endRevoked)

  return {
    signal(token, raw) {
      let signal = signals.get(token)
      if (!signal) {
        const identity = tokenIdentity(raw)
        const marks = tokenMarks(token)
        const key = JSON.stringify([identity, token.expiresAt, marks])
        signal =
          watched.get(key)?.signal.deref() ??
          begin({ key, token, identity, marks, controller: new AbortController() })
        signals.set(token, signal)
      }
      return signal
    },
    close() {
      stopWatching()
      for (const { ending } of watched.values()) {
        clearTimeout(ending?.timer)
      }
      watched.clear()
    },
  }
}

/** Cheap, since it is asked about every signal at each revocation. */
function isMeant(revocation: Revocation, { identity, marks }: Ending): boolean {
  return revocation.identity === undefined
    ? concerns(revocation, marks)
    : revocation.identity === identity
}
