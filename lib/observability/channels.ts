import { type Channel, channel } from 'node:diagnostics_channel'
import type { RefusalReason, Stage } from '../errors/refusal-reasons.ts'
import type { UnavailableReason } from '../errors/unavailable-value.ts'

/** How the cache answered: a cached verdict, a verification of its own, or another request's. */
export type CacheOutcome = 'hit' | 'miss' | 'coalesced'

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

/** `scopegate:cache`: what the verdict cache did. A `miss` that joins another one is followed by `coalesced`. */
export interface CacheEvent {
  readonly resource: string
  readonly outcome: 'hit' | 'negative_hit' | 'miss' | 'dropped' | 'coalesced'
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

/** `scopegate:proof`: something about proofs of possession that no decision tells. */
export interface ProofEvent {
  readonly resource: string
  /**
   * A header field with a client certificate came from somebody who is none of `trustedPeers`, and
   * was not believed.
   */
  readonly outcome: 'certificate_header_ignored'
  readonly remoteAddress?: string
}

export const decisionChannel: Channel<DecisionEvent, unknown> = channel('scopegate:decision')
export const cacheChannel: Channel<CacheEvent, unknown> = channel('scopegate:cache')
export const keysChannel: Channel<KeysEvent, unknown> = channel('scopegate:keys')
export const introspectionChannel: Channel<IntrospectionEvent, unknown> =
  channel('scopegate:introspection')
export const proofChannel: Channel<ProofEvent, unknown> = channel('scopegate:proof')

/**
 * Publishes a plain frozen event. The event is made only when somebody listens, so that an
 * unobserved channel costs one property read.
 */
export function publish<Event>(to: Channel<Event, unknown>, event: () => Event): void {
  if (to.hasSubscribers) {
    to.publish(Object.freeze(event()))
  }
}
