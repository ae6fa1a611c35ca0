import { andThen } from '../../and-then.ts'
import type { DpopSettings } from '../../options/dpop-options.ts'
import type { SealedStore } from '../../store/sealed-store.ts'
import type { ReplayGuard, Sighting } from '../replay-guard.ts'

/** By how much the clocks of two processes may differ. */
const clockDifferenceMs = 60_000

/**
 * Remembers spent proofs for all processes that share the store: of those that come with one proof at
 * once, one is told that it is the first. What this process saw itself, it knows without asking.
 *
 * @param own - what this process remembers
 * @param onAcceptedAlone - told when its memory had to decide alone
 */
export function sharedReplays(
  own: ReplayGuard,
  store: SealedStore,
  { windowMs, futureMs, onStoreLoss }: DpopSettings,
  onAcceptedAlone: () => void,
): ReplayGuard {
  // Until no process accepts the proof any more, whichever of them is ahead.
  const longestMs = windowMs + futureMs + clockDifferenceMs

  return {
    seen: own.seen,
    firstTime(key, owner, endsAtMs) {
      // Spent here before the store is asked, and whatever becomes of its answer: one that comes too
      // late may have been yes.
      return andThen(own.firstTime(key, owner, endsAtMs), (sighting) =>
        sighting === 'first' ? claimed(key) : sighting,
      )
    },
  }

  async function claimed(key: string): Promise<Sighting> {
    const claim = await store.claim(key, longestMs)
    if (claim === 'lost' && onStoreLoss === 'accept') {
      onAcceptedAlone()
      return 'first'
    }
    return claim
  }
}
