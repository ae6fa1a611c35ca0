/**
 * Remembers, in a fixed amount of memory, what was seen lately: so that the cache admits only what
 * comes back. It may forget, and once in 2^32 mistake one token for another; neither matters, as
 * it decides about memory and never about a verdict.
 *
 * @param slots - how many recent digests to remember
 */
export function doorkeeper(slots: number): { seenBefore(digest: string): boolean } {
  const size = 2 ** Math.ceil(Math.log2(Math.max(16, slots)))
  let marks: Uint32Array | undefined
  return {
    /** Whether this digest was here before; from now on it was. */
    seenBefore(digest) {
      marks ??= new Uint32Array(size)
      const slot = word(digest, 0) & (size - 1)
      const mark = word(digest, 4)
      if (marks[slot] === mark) {
        return true
      }
      marks[slot] = mark
      return false
    },
  }
}

function word(digest: string, at: number): number {
  return (
    ((digest.charCodeAt(at) << 24) |
      (digest.charCodeAt(at + 1) << 16) |
      (digest.charCodeAt(at + 2) << 8) |
      digest.charCodeAt(at + 3)) >>>
    0
  )
}
