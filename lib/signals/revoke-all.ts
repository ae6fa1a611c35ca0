import { memberOf } from '../errors/member-of.ts'
import type { SignalOutcome } from './signal-outcome.ts'
import type { Selected } from './token-subjects.ts'

/** What the API is asked to do: `api.revoke()` of a resource server. */
export interface Revoking {
  revoke(selector: {
    readonly issuer: string
    readonly jti?: string
    readonly subject?: string
    readonly session?: string
    readonly issuedUntil?: number
  }): Promise<void>
}

const againAfterSeconds = 5

/**
 * Revokes all tokens that were issued up to a time, in effect here before the first `await`; whether
 * the other processes were told, too.
 */
export async function revokeAll(
  api: Revoking,
  selected: readonly Selected[],
  issuedUntil: number,
): Promise<SignalOutcome> {
  // A token that is named itself is meant whenever it was issued.
  const revocations = selected.map((one) =>
    api.revoke('jti' in one ? one : { ...one, issuedUntil }),
  )
  const results = await Promise.allSettled(revocations)
  const failures = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  )
  const mistake = failures.find(isMistake)
  if (mistake !== undefined) throw mistake
  return failures.length > 0
    ? { verdict: 'unavailable', reason: 'not_broadcast', retryAfterSeconds: againAfterSeconds }
    : { verdict: 'accepted', outcome: 'revoked' }
}

/** A `ConfigurationError`, told by its code: ours may be of the other build of this package. */
function isMistake(error: unknown): boolean {
  return memberOf(error, 'code') === 'invalid_configuration'
}
