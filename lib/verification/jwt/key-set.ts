import type { JsonFailure } from '../../http/get-json.ts'
import type { HeldKeys } from './held-keys.ts'

/** Keys of an authorization server: given inline, or fetched and kept fresh by their use. */
export interface KeySet {
  /** Where it is fetched from; absent for an inline set. */
  readonly uri?: string
  /** The keys while they are good; `undefined` while there are none to rely on. */
  keys(now: number): HeldKeys | undefined
  /** Nothing when the keys may be taken as they are, else what to wait for. */
  use(now: number): Promise<void> | undefined
  /** Fetches out of turn, at most once a cool-down; nothing when that is not allowed now. */
  again(now: number): Promise<void> | undefined
  /** Moves with each change of its keys. */
  readonly version: number
  /** Whether the last fetch failed, and why. */
  readonly failing: boolean
  readonly failure: JsonFailure | undefined
  readonly closed: boolean
  /** Time until the next fetch is allowed. */
  waitMs(now: number): number
  state(now: number): KeySetState
}

export interface KeySetState {
  /** Where it is fetched from, without the query; absent for an inline set. */
  readonly uri?: string
  /** Usable keys held. */
  readonly keys: number
  /** When they were fetched, in milliseconds since the epoch. */
  readonly fetchedAt?: number
  readonly failing: boolean
  /** The code of the last failure, while failing. */
  readonly reason?: string
}

/** A key set was fetched, or could not be. */
export interface KeySetRefresh {
  /** Without the query. */
  readonly uri: string
  readonly outcome: 'refreshed' | 'unchanged' | 'failed'
  /** Usable keys held afterwards. */
  readonly keys: number
  readonly durationMs: number
  /** The code of the failure. */
  readonly reason?: string
}
