/**
 * Moves when something was revoked: verdicts of an older epoch are judged anew. One integer, so
 * that a cached verdict costs one comparison.
 */
export interface RevocationEpoch {
  readonly current: number
}

/** Until something can be revoked. */
export const neverRevoked: RevocationEpoch = Object.freeze({ current: 0 })
