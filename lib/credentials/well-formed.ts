import { refuse } from '../errors/refusal-value.ts'
import type { Verifier } from '../verification/verifier.ts'

/** RFC 9110 section 11.2: token68, the whole of it (RFC 6750 section 2.1: b64token). */
const token68 = /^[A-Za-z0-9\-._~+/]+=*$/

/**
 * Refuses what is not one token68 before anybody looks into it. It stands behind the cache, which
 * holds only what came past here: to look at every character is a third of what a warm request
 * costs, and the cache compares them all by their hash.
 */
export function wellFormed(verify: Verifier): Verifier {
  return function wellFormedVerifier(credentials, trace) {
    return token68.test(credentials.token)
      ? verify(credentials, trace)
      : refuse('malformed_credentials')
  }
}
