import type { ReplayGuard } from '../replay-guard.ts'

/** Proofs that end in the same part of the window are forgotten together. */
const parts = 4

interface Slice {
  readonly spent: Set<string>
  /** How many of them each key signed. */
  readonly byOwner: Map<string, number>
}

/**
 * Remembers spent proofs in this process, until they are not accepted any more. Never more than
 * `most`: then no further proof is let in, and none of those remembered is forgotten. Once half of
 * the room is taken, no key gets more than an eighth of it: a single client cannot keep out others.
 *
 * @param longestMs - how long a proof is accepted at most
 */
export function replayMemory(longestMs: number, most: number, clock: () => number): ReplayGuard {
  const sliceMs = Math.max(1000, Math.ceil(longestMs / parts))
  /** By the slice of time in which they end. */
  const slices = new Map<number, Slice>()
  let held = 0
  /** When the first of them ends. */
  let nextEnd = Number.POSITIVE_INFINITY
  /** All that ended before this was forgotten. */
  let forgottenUntil = Number.NEGATIVE_INFINITY

  function forgetEnded(now: number): void {
    nextEnd = Number.POSITIVE_INFINITY
    for (const [index, { spent }] of slices) {
      const end = (index + 1) * sliceMs
      if (end <= now) {
        slices.delete(index)
        held -= spent.size
        forgottenUntil = Math.max(forgottenUntil, end)
      } else {
        nextEnd = Math.min(nextEnd, end)
      }
    }
  }

  function seen(key: string): boolean {
    for (const { spent } of slices.values()) {
      if (spent.has(key)) {
        return true
      }
    }
    return false
  }

  function hasRoomFor(owner: string): boolean {
    if (held < most / 2) {
      return true
    }
    let own = 0
    for (const { byOwner } of slices.values()) {
      own += byOwner.get(owner) ?? 0
    }
    return held < most && own < most / 8
  }

  return {
    seen,
    firstTime(key, owner, endsAtMs) {
      const now = clock()
      if (now >= nextEnd) {
        forgetEnded(now)
      }
      // A clock that was set back brings back proofs whose use may be forgotten.
      if (!(endsAtMs >= forgottenUntil) || seen(key)) {
        return 'seen'
      }
      if (!hasRoomFor(owner)) {
        return 'full'
      }
      const index = Math.floor(endsAtMs / sliceMs)
      let slice = slices.get(index)
      if (slice === undefined) {
        slice = { spent: new Set(), byOwner: new Map() }
        slices.set(index, slice)
        nextEnd = Math.min(nextEnd, (index + 1) * sliceMs)
      }
      slice.spent.add(key)
      slice.byOwner.set(owner, (slice.byOwner.get(owner) ?? 0) + 1)
      held += 1
      return 'first'
    },
  }
}
