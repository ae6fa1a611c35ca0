/**
 * Remembers which proofs were spent (RFC 9449 section 11.1). Asked once for each proof, after its
 * signature was checked: whoever cannot sign cannot fill the memory.
 *
 * Nothing proves possession yet. DPoP will, through this, in memory or in a shared store.
 */
export interface ReplayGuard {
  /**
   * Atomically: whether the proof is seen for the first time; it is remembered from then on.
   *
   * @param key - a digest of issuer, key, target and `jti`: never the raw values
   * @param maxAgeMs - how long such a proof is accepted
   */
  firstTime(key: string, maxAgeMs: number): boolean | Promise<boolean>
}
