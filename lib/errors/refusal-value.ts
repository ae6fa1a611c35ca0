import { answers, type OAuthErrorCode, type RefusalCode } from './codes.ts'
import { type RefusalReason, refusalReasons, type Stage } from './refusal-reasons.ts'

/** The authentication schemes of access tokens (RFC 6750 section 2.1, RFC 9449 section 7.1). */
export type Scheme = 'Bearer' | 'DPoP'

/**
 * A typed no, as a frozen plain value: what the stages return, what `verify()` gives, and what
 * a `Refusal` is built from. It holds nothing of the request.
 */
export interface RefusalValue {
  readonly verdict: 'refused'
  /** What it is, for programs. */
  readonly code: RefusalCode
  /** Why, for metrics and logs. */
  readonly reason: RefusalReason
  /** Where the request ended. */
  readonly stage: Stage
  readonly status: 400 | 401 | 403
  /** The OAuth error code on the wire; absent where RFC 6750 has none. */
  readonly error?: OAuthErrorCode
  /** A fixed ASCII sentence; doubles as `error_description`. */
  readonly message: string
  /** The scope that the operation needs, as scope-tokens (RFC 6750 section 3). */
  readonly scopes?: readonly string[]
  /** Authentication context classes of which any one will do (RFC 9470 section 3). */
  readonly acrValues?: readonly string[]
  /** How old the authentication of the user may be (RFC 9470 section 3). */
  readonly maxAgeSeconds?: number
  /** The nonce to use in the next DPoP proof (RFC 9449 section 9). */
  readonly nonce?: string
  /** The schemes whose challenges tell of the error: those that were used; absent for `Bearer`. */
  readonly schemes?: readonly Scheme[]
}

const plain = new Map<RefusalReason, RefusalValue>()

/** The refusal for a reason. One value a reason is shared, so that a refusal allocates nothing. */
export function refuse(reason: RefusalReason): RefusalValue {
  let value = plain.get(reason)
  if (value === undefined) {
    value = build(reason)
    plain.set(reason, value)
  }
  return value
}

/** The same refusal, naming the scope that the operation needs. */
export function askingFor(scopes: readonly string[], refusal: RefusalValue): RefusalValue {
  return Object.freeze({ ...refusal, scopes: Object.freeze([...scopes]) })
}

/** The same refusal, told in the challenges of these schemes, unless it says in which already. */
export function toldIn(schemes: readonly Scheme[], refusal: RefusalValue): RefusalValue {
  const isDefault = schemes.length === 1 && schemes[0] === 'Bearer'
  return refusal.schemes || isDefault ? refusal : Object.freeze({ ...refusal, schemes })
}

function build(reason: RefusalReason): RefusalValue {
  const [code, stage, message] = refusalReasons[reason]
  const { status, error } = answers[code]
  return Object.freeze({
    verdict: 'refused',
    code,
    reason,
    stage,
    status,
    ...(error && { error }),
    message,
  } as const)
}
