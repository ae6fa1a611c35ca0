import type { RefusalCode } from './codes.ts'
import type { RefusalReason } from './refusal-reasons.ts'
import type { RefusalValue } from './refusal-value.ts'

/** Header fields of an answer, merged by name; several fields of one name are a list. */
export type ResponseHeaders = Readonly<Record<string, string | readonly string[]>>

/**
 * A request was refused: the client's fault. Built only to be forwarded (`errors: 'forward'`);
 * an error handler answers with `status` and **all** of `headers`.
 */
export class Refusal extends Error {
  override readonly name: string = 'Refusal'
  /** What it is, for programs. */
  readonly code: RefusalCode
  /** Why, for metrics and logs. */
  readonly reason: RefusalReason
  readonly status: number
  /** Same as `status`; some error handlers read this one. */
  readonly statusCode: number
  readonly headers: ResponseHeaders
  /** The message may be shown: it is a fixed sentence (`http-errors` convention). */
  readonly expose = true

  constructor(value: RefusalValue, headers: ResponseHeaders) {
    super(value.message)
    this.code = value.code
    this.reason = value.reason
    this.status = value.status
    this.statusCode = value.status
    this.headers = headers
  }
}

/** No credentials were presented: 401, challenged without an error code. */
export class MissingCredentials extends Refusal {
  override readonly name = 'MissingCredentials'
}

/** Malformed, repeated or oversized credentials: 400 (RFC 6750 section 3.1). */
export class InvalidRequest extends Refusal {
  override readonly name = 'InvalidRequest'
}

/** A bad, expired, foreign or unproved token: 401 (RFC 6750 section 3.1). */
export class InvalidToken extends Refusal {
  override readonly name = 'InvalidToken'
}

/** A good token without the scope that the route requires: 403 (RFC 6750 section 3.1). */
export class InsufficientScope extends Refusal {
  override readonly name = 'InsufficientScope'
  /** The scope-tokens that the operation needs. */
  readonly scopes: readonly string[]

  constructor(value: RefusalValue, headers: ResponseHeaders) {
    super(value, headers)
    this.scopes = value.scopes ?? []
  }
}

/** A DPoP proof that is missing, bad or spent: 401 (RFC 9449 section 7.1). */
export class InvalidDpopProof extends Refusal {
  override readonly name = 'InvalidDpopProof'
}

/** A DPoP proof without a nonce of this server: 401, with one to use (RFC 9449 section 9). */
export class UseDpopNonce extends Refusal {
  override readonly name = 'UseDpopNonce'
  /** What the next proof must carry; also in `headers`. */
  readonly nonce: string | undefined

  constructor(value: RefusalValue, headers: ResponseHeaders) {
    super(value, headers)
    this.nonce = value.nonce
  }
}

/** The user must authenticate more strongly, or again: 401 (RFC 9470 section 3). */
export class InsufficientUserAuthentication extends Refusal {
  override readonly name = 'InsufficientUserAuthentication'
  /** Authentication context classes of which any one will do; empty when none is asked for. */
  readonly acrValues: readonly string[]
  /** How old the authentication may be, in seconds; `undefined` when any age will do. */
  readonly maxAgeSeconds: number | undefined
  /** The scope-tokens that the operation needs, if they are lacking too. */
  readonly scopes: readonly string[]

  constructor(value: RefusalValue, headers: ResponseHeaders) {
    super(value, headers)
    this.acrValues = value.acrValues ?? []
    this.maxAgeSeconds = value.maxAgeSeconds
    this.scopes = value.scopes ?? []
  }
}

/** The application says no (`roles`, `authorizationDetails`, `check`): 403 without an OAuth error code. */
export class Forbidden extends Refusal {
  override readonly name = 'Forbidden'
}

const classes: Readonly<Record<RefusalCode, typeof Refusal>> = {
  missing_credentials: MissingCredentials,
  invalid_request: InvalidRequest,
  invalid_token: InvalidToken,
  insufficient_scope: InsufficientScope,
  forbidden: Forbidden,
  invalid_dpop_proof: InvalidDpopProof,
  use_dpop_nonce: UseDpopNonce,
  insufficient_user_authentication: InsufficientUserAuthentication,
}

/** The error for a refusal value, of the class that belongs to its code. */
export function refusalError(value: RefusalValue, headers: ResponseHeaders): Refusal {
  return new classes[value.code](value, headers)
}
