/** Which part cannot answer. */
export type UnavailableSource = 'keys' | 'status' | 'introspection' | 'store' | 'issuers'

const reasons = {
  no_usable_key: 'keys',
  keys_unreachable: 'keys',
  status_list_unreachable: 'status',
  discovery_failed: 'issuers',
  issuer_lookup_failed: 'issuers',
  introspection_failed: 'introspection',
  introspection_busy: 'introspection',
  introspection_paused: 'introspection',
  client_refused: 'introspection',
  live_unsupported: 'introspection',
  replay_memory_full: 'store',
  revocations_unknown: 'store',
  replay_store_lost: 'store',
  closed: 'issuers',
} as const

/** Why nobody can tell right now: a closed union of low cardinality, fit for metrics. */
export type UnavailableReason = keyof typeof reasons

/** The sentence every client reads; what really failed is for operators (`reason`, `cause`). */
export const unavailableMessage = 'The access token cannot be verified at the moment.'

/** "Nobody can tell right now", as a frozen plain value. Never cached. */
export interface UnavailableValue {
  readonly verdict: 'unavailable'
  readonly source: UnavailableSource
  readonly reason: UnavailableReason
  /** When to ask again, in whole seconds, at least 1. */
  readonly retryAfterSeconds: number
  /** For operators; never leaves the process and never holds token material. */
  readonly cause?: unknown
}

/**
 * The value for a reason.
 *
 * @param retryAfterMs - when the next attempt can succeed, in milliseconds from now
 */
export function unavailable(
  reason: UnavailableReason,
  retryAfterMs: number,
  cause?: unknown,
): UnavailableValue {
  return Object.freeze({
    verdict: 'unavailable',
    source: reasons[reason],
    reason,
    retryAfterSeconds: Math.max(1, Math.ceil(retryAfterMs / 1000)),
    ...(cause !== undefined && { cause }),
  } as const)
}
