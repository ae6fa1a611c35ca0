import type { UnavailableReason } from '../errors/unavailable-value.ts'
import type { SignalRefusal } from './signal-refusal.ts'

/** What became of a delivery: done, refused, or not now. */
export type SignalOutcome =
  | {
      readonly verdict: 'accepted'
      readonly outcome: 'revoked' | 'not_understood' | 'ignored' | 'repeated'
    }
  | SignalRefusal
  | {
      readonly verdict: 'unavailable'
      readonly reason: UnavailableReason | 'not_broadcast'
      readonly retryAfterSeconds: number
    }
