import { type Channel, channel } from 'node:diagnostics_channel'
import type { RefusalReason, Stage } from '../errors/refusal-reasons.ts'
import type { UnavailableReason } from '../errors/unavailable-value.ts'

/**
 * How the cache answered: a cached verdict, a verification of its own, another request's, or for want
 * of any a cached verdict that is stale.
 */
export type CacheOutcome = 'hit' | 'miss' | 'coalesced' | 'stale'

/** `scopegate:decision`: one for every verdict on a request. */
export interface DecisionEvent {
  readonly verdict: 'accepted' | 'refused' | 'unavailable'
  readonly stage: Stage
  readonly resource: string
  readonly reason?: RefusalReason | UnavailableReason
  /** Whose token it is, once that is known: also where it was refused. */
  readonly issuer?: string
  readonly source?: 'jwt' | 'introspection'
  readonly cache?: CacheOutcome
  /** First 8 bytes of the token's SHA-256, in hex. */
  readonly fingerprint?: string
}

/**
 * `scopegate:cache`: what the verdict cache did. A `miss` that joins another one is followed by
 * `coalesced`, one that nobody could answer by `stale` where a stale verdict serves.
 */
export interface CacheEvent {
  readonly resource: string
  readonly outcome: 'hit' | 'negative_hit' | 'miss' | 'dropped' | 'coalesced' | 'stale'
  readonly fingerprint: string
}

/** `scopegate:keys`: a key set was fetched, or could not be. */
export interface KeysEvent {
  readonly resource: string
  readonly uri: string
  readonly outcome: 'refreshed' | 'unchanged' | 'failed'
  /** Usable keys held afterwards. */
  readonly keys: number
  readonly durationMs: number
  /** Why it failed: the code of the failure. */
  readonly reason?: string
}

/** `scopegate:introspection`: the authorization server was asked about a token. */
export interface IntrospectionEvent {
  readonly resource: string
  readonly issuer: string
  readonly outcome: 'active' | 'refused' | 'unavailable'
  readonly reason?: RefusalReason | UnavailableReason
  readonly durationMs: number
}

/** `scopegate:breaker`: an introspection endpoint is left alone, tried again, or asked as usual. */
export interface BreakerEvent {
  readonly resource: string
  readonly issuer: string
  readonly state: 'closed' | 'open' | 'half_open'
  /** Why the last question failed; absent where one was answered since. */
  readonly reason?: string
  /** How long nothing is asked; of `open` only. */
  readonly pauseMs?: number
}

/** `scopegate:revocation`: tokens are refused from now on, or it is not known which. */
export interface RevocationEvent {
  readonly resource: string
  /**
   * `revoked`: by this process, or by another one as the store told; `behind`: the store does not tell
   * any more; `current`: it tells all again.
   */
  readonly outcome: 'revoked' | 'behind' | 'current'
  /** What was revoked; the value is not told. */
  readonly by?: 'token' | 'jti' | 'session' | 'subject' | 'clientId' | 'issuedUntil'
  readonly origin?: 'here' | 'store'
  readonly issuer?: string
}

/** `scopegate:proof`: something about proofs of possession that no decision tells. */
export interface ProofEvent {
  readonly resource: string
  /**
   * A header field with a client certificate came from somebody who is none of `trustedPeers`, and
   * was not believed; or a proof was accepted of which the shared store could not tell whether it was
   * spent, because `dpop.onStoreLoss` says so.
   */
  readonly outcome: 'certificate_header_ignored' | 'accepted_without_store'
  readonly remoteAddress?: string
}

/** `scopegate:signals`: somebody outside said that something was revoked, or what came was no such thing. */
export interface SignalsEvent {
  /** The transmitter that is listened to. */
  readonly issuer: string
  readonly kind: 'security_event' | 'logout_token'
  readonly outcome:
    | 'revoked'
    | 'not_understood'
    | 'ignored'
    | 'repeated'
    | 'refused'
    | 'unavailable'
  /** Why it was refused, or could not be done now. */
  readonly reason?: string
  /** The event types that are known here; `other` for all else. Only of what was verified. */
  readonly types?: readonly string[]
}

/** `scopegate:store`: the shared store was asked, or told something. */
export interface StoreEvent {
  readonly resource: string
  readonly operation: 'read' | 'write' | 'claim' | 'append' | 'follow'
  /**
   * - `hit`, `miss`: what was read is there, or not
   * - `dropped`: what is there was not made by this API for this place, and is not believed
   * - `written`, `appended`: it was told
   * - `first`, `seen`: a claim was made, or had been made before
   * - `current`, `lost`: the log is followed, or entries may be missing
   * - `failed`: it did not answer, in time or at all
   * - `skipped`: it failed so often that it is left alone for now
   */
  readonly outcome:
    | 'hit'
    | 'miss'
    | 'dropped'
    | 'written'
    | 'first'
    | 'seen'
    | 'appended'
    | 'current'
    | 'lost'
    | 'failed'
    | 'skipped'
  /** The code of the failure. */
  readonly reason?: string
  /** Absent where nothing was asked. */
  readonly durationMs?: number
}

export const decisionChannel: Channel<DecisionEvent, unknown> = channel('scopegate:decision')
export const cacheChannel: Channel<CacheEvent, unknown> = channel('scopegate:cache')
export const keysChannel: Channel<KeysEvent, unknown> = channel('scopegate:keys')
export const introspectionChannel: Channel<IntrospectionEvent, unknown> =
  channel('scopegate:introspection')
export const breakerChannel: Channel<BreakerEvent, unknown> = channel('scopegate:breaker')
export const revocationChannel: Channel<RevocationEvent, unknown> = channel('scopegate:revocation')
export const proofChannel: Channel<ProofEvent, unknown> = channel('scopegate:proof')
export const storeChannel: Channel<StoreEvent, unknown> = channel('scopegate:store')
export const signalsChannel: Channel<SignalsEvent, unknown> = channel('scopegate:signals')

/**
 * Publishes a plain frozen event. The event is made only when somebody listens, so that an
 * unobserved channel costs one property read.
 */
export function publish<Event>(to: Channel<Event, unknown>, event: () => Event): void {
  if (to.hasSubscribers) {
    to.publish(Object.freeze(event()))
  }
}
