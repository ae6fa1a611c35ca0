import { Marks } from './marks.ts'

/**
 * Remembers, in a fixed amount of memory, what was seen lately: so that the cache admits only what
 * comes back. It may forget, and once in 2^32 mistake one token for another; neither matters, as
 * it decides about memory and never about a verdict.
 *
 * @param slots - how many recent digests to remember
 */
export function doorkeeper(slots: number): { seenBefore(digest: string): boolean } {
  const seen = new Marks(slots)
  return {
    /** Whether this digest was here before; from now on it was. */
    seenBefore(digest) {
      if (seen.has(digest)) {
        return true
      }
      seen.add(digest)
      return false
    },
  }
}
