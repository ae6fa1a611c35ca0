/**
 * How a soak of so many seconds goes: what the resource servers are set to, when keys are replaced
 * and things fail, and after which time a failure is no excuse any more.
 *
 * @param {number} seconds
 */
export function plan(seconds) {
  const isLong = seconds >= 120
  const pace = isLong ? { ...long, rotateEverySeconds: Math.min(60, seconds / 6) } : short
  const faultEverySeconds = isLong ? Math.min(40, Math.max(15, seconds / 30)) : 4
  return {
    ...pace,
    seconds,
    isLong,
    faultEverySeconds,
    faultSeconds: faultEverySeconds * 0.4,
    /** Time from the end of a fault until it may not be felt any more, in milliseconds. */
    recoveryMs: {
      // The longest back-off, and the answer of a last attempt that hangs.
      keys: pace.coolDownSeconds * 1000 + pace.timeoutMs + slackMs,
      introspection: pace.openSeconds * 1000 + pace.timeoutMs + slackMs,
      // The store is left alone for five seconds at most, and its client connects anew.
      store: 5000 + 2 * slackMs,
    },
    /** Tokens outlive the key that they were signed with, so that its removal is what refuses them. */
    tokenSeconds: 4 * pace.rotateEverySeconds + 60,
  }
}

const slackMs = 1500

const long = {
  coolDownSeconds: 5,
  keysMaxAgeSeconds: 30,
  introspectionMaxAgeSeconds: 20,
  openSeconds: 5,
  timeoutMs: 2000,
  /** How long a key is published before it signs: all who may not ask again yet can by then. */
  leadSeconds: 7,
  revocationsHeardMs: 1000,
  sampleEverySeconds: 5,
  /** How many tokens of each shape are in use at a time. */
  tokensOfAShape: 120,
}

const short = {
  coolDownSeconds: 1,
  keysMaxAgeSeconds: 5,
  introspectionMaxAgeSeconds: 3,
  openSeconds: 1,
  timeoutMs: 2000,
  rotateEverySeconds: 3,
  leadSeconds: 2,
  revocationsHeardMs: 1000,
  sampleEverySeconds: 1,
  tokensOfAShape: 12,
}
