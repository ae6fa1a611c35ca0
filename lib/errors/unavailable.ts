import type { ResponseHeaders } from './refusal.ts'
import {
  type UnavailableReason,
  type UnavailableSource,
  type UnavailableValue,
  unavailableMessage,
} from './unavailable-value.ts'

/**
 * Nobody can tell right now whether the token is good: 503 with `Retry-After`, no challenge
 * (RFC 9110 section 15.6.4). The caller did nothing wrong and should keep its token.
 */
export class Unavailable extends Error {
  override readonly name = 'Unavailable'
  readonly code = 'unavailable'
  /** Which part cannot answer. */
  readonly source: UnavailableSource
  /** Why, for metrics and logs. */
  readonly reason: UnavailableReason
  readonly status = 503
  readonly statusCode = 503
  readonly headers: ResponseHeaders
  readonly retryAfterSeconds: number
  readonly expose = true

  constructor(value: UnavailableValue, headers: ResponseHeaders) {
    super(unavailableMessage, value.cause === undefined ? undefined : { cause: value.cause })
    this.source = value.source
    this.reason = value.reason
    this.headers = headers
    this.retryAfterSeconds = value.retryAfterSeconds
  }
}
