import type { ProofMethod } from '../auth.ts'
import { type RefusalValue, refuse } from '../errors/refusal-value.ts'
import type { ClaimSet } from '../options/issuer-options.ts'
import type { AccessToken } from '../verification/access-token.ts'

/**
 * The proofs by which the presenter showed that the token is its own. A token with a confirmation
 * (`cnf`, RFC 7800) asks for one; no method is built in yet, so it is refused: an unmet check
 * refuses, whatever the confirmation holds.
 */
export function confirm(token: AccessToken): readonly ProofMethod[] | RefusalValue {
  return token.confirmation === undefined ? none : refuse('proof_missing')
}

/**
 * The same of claims that nobody verified yet: a token that says of itself that it is bound is
 * refused without its proof, whether or not it is genuine, and so also during an outage.
 */
export function refuteUnproved(claims: ClaimSet): RefusalValue | undefined {
  return Object.hasOwn(claims, 'cnf') ? refuse('proof_missing') : undefined
}

const none: readonly ProofMethod[] = Object.freeze([])
