/**
 * What a replay guard says of a proof. `full`: it cannot remember another one now. `lost`: those who
 * share what they remember cannot be asked, and the proof counts as spent.
 */
export type Sighting = 'first' | 'seen' | 'full' | 'lost'

/**
 * Remembers which proofs were spent (RFC 9449 section 11.1). Asked once for each proof, after its
 * signature was checked: whoever cannot sign cannot fill the memory.
 */
export interface ReplayGuard {
  /**
   * Whether the proof is known to be spent, as far as can be told at once: spares the signature
   * check of replays. Remembers nothing.
   */
  seen(key: string): boolean
  /**
   * Atomically: whether the proof is seen for the first time; it is remembered from then on.
   *
   * @param key - a digest of key, target and `jti`: never the raw values
   * @param owner - the thumbprint of the key that signed it
   * @param endsAtMs - until when such a proof is accepted, in milliseconds since the epoch
   */
  firstTime(key: string, owner: string, endsAtMs: number): Sighting | Promise<Sighting>
}
