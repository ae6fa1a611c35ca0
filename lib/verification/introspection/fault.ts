import { type UnavailableValue, unavailable } from '../../errors/unavailable-value.ts'

/** What was wrong with an answer: words of ours and numbers, nothing that was in it. */
export interface AnswerFault {
  readonly fault:
    | 'status'
    | 'not_json'
    | 'not_signed'
    | 'undecryptable'
    | 'wrong_type'
    | 'unsupported_header'
    | 'wrong_issuer'
    | 'wrong_audience'
    | 'wrong_time'
    | 'wrong_signature'
    | 'no_token_introspection'
    | 'no_introspection_endpoint'
    | 'no_client_token'
    | 'no_introspection'
  readonly status?: number
  /** How long the server asked to be left alone. */
  readonly retryAfterSeconds?: number
  /** The OAuth error code, when it is a registered one. */
  readonly error?: string
}

/** Nothing that waiting a moment cures: somebody has to change something. */
export const needsRepairMs = 5000
/** What may be over at once. */
export const mayPassMs = 1000

/** What was wrong, when it was something about the answer. */
export function faultOf({ cause }: UnavailableValue): AnswerFault | undefined {
  return typeof cause === 'object' && cause !== null && 'fault' in cause
    ? (cause as AnswerFault)
    : undefined
}

/** The authorization server answered, and yet nobody can tell. */
export function answerFailed(
  fault: AnswerFault,
  retryAfterMs: number = needsRepairMs,
): UnavailableValue {
  return unavailable('introspection_failed', retryAfterMs, Object.freeze(fault))
}
