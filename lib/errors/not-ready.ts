import { notReadyMessage } from './not-ready-message.ts'
import type { UnavailableReason, UnavailableSource, UnavailableValue } from './unavailable-value.ts'

/** An issuer of which something is not at hand, and what. */
export interface NotWarm {
  readonly issuer: string
  readonly unavailable: UnavailableValue
}

/**
 * Not everything is at hand that the first request would need. For operators and never for clients:
 * the message says of each issuer what failed and what to do. The other members are of the first.
 */
export class NotReady extends Error {
  override readonly name = 'NotReady'
  readonly code = 'not_ready'
  readonly issuer: string
  /** Which part cannot answer. */
  readonly source: UnavailableSource
  /** Why, for metrics and logs. */
  readonly reason: UnavailableReason
  /** When to ask again. */
  readonly retryAfterSeconds: number

  constructor(first: NotWarm, ...others: readonly NotWarm[]) {
    const { cause, source, reason, retryAfterSeconds } = first.unavailable
    super(notReadyMessage([first, ...others]), cause === undefined ? undefined : { cause })
    this.issuer = first.issuer
    this.source = source
    this.reason = reason
    this.retryAfterSeconds = retryAfterSeconds
  }
}
