/** What is wrong with what was sent, in the words of RFC 8935 section 2.4 and SSF section 8.1.4.1. */
export type SignalError =
  | 'invalid_request'
  | 'invalid_key'
  | 'invalid_issuer'
  | 'invalid_audience'
  | 'authentication_failed'
  | 'invalid_state'

/** Every reason to refuse a delivery: the error code of it, and the sentence its sender reads. */
const table = {
  not_authenticated: ['authentication_failed', 'The transmitter did not authenticate itself.'],
  wrong_media_type: ['invalid_request', 'The body is not of the expected media type.'],
  encoded: ['invalid_request', 'The body must not be compressed.'],
  too_large: ['invalid_request', 'The body is too large.'],
  too_slow: ['invalid_request', 'The body did not arrive in time.'],
  malformed: ['invalid_request', 'The body holds no signed token of the expected form.'],
  encrypted: ['invalid_request', 'Encrypted tokens are not accepted here.'],
  wrong_type: ['invalid_request', 'The token is not of the expected type.'],
  unsupported_header: ['invalid_request', 'The token has a header that is not accepted.'],
  unsupported_algorithm: [
    'invalid_key',
    'The token is signed with an algorithm that is not accepted.',
  ],
  wrong_issuer: ['invalid_issuer', 'The token is from another issuer.'],
  wrong_audience: ['invalid_audience', 'The token is meant for somebody else.'],
  malformed_claim: ['invalid_request', 'The token lacks a required claim, or has a malformed one.'],
  forbidden_claim: ['invalid_request', 'The token has a claim that it must not have.'],
  not_in_time: ['invalid_request', 'The token was not made lately, or has expired.'],
  no_event: ['invalid_request', 'The token holds no event, or not the expected one.'],
  no_subject: ['invalid_request', 'The token names neither a session nor a subject.'],
  unknown_key: ['invalid_key', 'The token is signed with an unknown key.'],
  wrong_signature: ['invalid_key', 'The signature of the token is wrong.'],
  wrong_state: ['invalid_state', 'The state is not the one that was asked for.'],
} as const

/** Why a delivery was refused: a closed union of low cardinality, fit for metrics. */
export type SignalReason = keyof typeof table

/** A delivery that was refused, as a frozen plain value. It holds nothing of what was sent. */
export interface SignalRefusal {
  readonly verdict: 'refused'
  readonly reason: SignalReason
  readonly error: SignalError
  /** A fixed ASCII sentence. */
  readonly description: string
}

/** The refusal for a reason. */
export function refuseSignal(reason: SignalReason): SignalRefusal {
  const [error, description] = table[reason]
  return Object.freeze({ verdict: 'refused', reason, error, description } as const)
}
