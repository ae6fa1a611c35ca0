import { LRUCache } from 'lru-cache'

/**
 * Which tokens somebody heard bad news of lately. What was begun before that is no answer to what
 * comes after: it is neither kept nor joined.
 */
export interface Evictions {
  /** Moves when the token with this digest is evicted. */
  of(digest: string): number
  add(digest: string): void
}

/** Only as many as can matter while one question is on its way. */
const remembered = 1000

export function evictions(): Evictions {
  const latest = new LRUCache<string, number>({ max: remembered })
  let count = 0
  return {
    of: (digest) => latest.get(digest) ?? 0,
    add(digest) {
      count++
      latest.set(digest, count)
    },
  }
}
