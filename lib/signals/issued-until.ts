/** Of the year 5138 in seconds, and of 1973 in milliseconds, which drafts of CAEP had. */
const leastMilliseconds = 1e11

/**
 * Up to when what an event revokes was issued, in seconds: the time of the event if it says so, else
 * that of its token, by the clock of the transmitter, which also wrote `iat` into the tokens. The same
 * whenever it is delivered, so that a repeated one touches no token issued meanwhile.
 *
 * @param timestamp - `event_timestamp` (CAEP section 2), which may be anything
 * @param iat - of the token, verified: ahead of our clock by no more than is tolerated
 */
export function issuedUntil(timestamp: unknown, iat: number): number {
  const isTime = typeof timestamp === 'number' && timestamp > 0
  const seconds = isTime && timestamp >= leastMilliseconds ? timestamp / 1000 : timestamp
  // Tokens of the same second are older, as far as can be told.
  return Math.floor(Math.min(isTime ? (seconds as number) : iat, iat))
}
