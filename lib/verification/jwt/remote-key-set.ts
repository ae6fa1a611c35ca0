import { Refreshed } from '../../cache/refreshed.ts'
import { getJson, type JsonFailure } from '../../http/get-json.ts'
import type { HttpClient } from '../../http/http-client.ts'
import { withoutQuery } from '../../http/without-query.ts'
import type { KeySetSettings } from '../../options/resource-server-options.ts'
import { type HeldKeys, holdKeys } from './held-keys.ts'
import type { KeySet, KeySetRefresh, KeySetState } from './key-set.ts'

export interface RemoteKeySetSettings extends KeySetSettings {
  readonly clock: () => number
  readonly onRefresh: (refresh: KeySetRefresh) => void
  /** Told of each change of the keys. */
  readonly onChange: () => void
  /** Whether nothing is to be fetched any more. */
  readonly isClosed: () => boolean
}

/** The key set behind one URI, shared by all issuers that name this URI and have this client. */
export class RemoteKeySet implements KeySet {
  readonly uri: string
  version = 0
  readonly #settings: RemoteKeySetSettings
  readonly #refreshed: Refreshed<HeldKeys, JsonFailure>
  /** Even when too old to rely on: their keys keep their objects over an outage. */
  #last: HeldKeys | undefined
  readonly #http: HttpClient

  constructor(uri: string, http: HttpClient, settings: RemoteKeySetSettings) {
    this.uri = uri
    this.#http = http
    this.#settings = settings
    this.#refreshed = new Refreshed(settings, () => this.#fetch())
  }

  keys(now: number): HeldKeys | undefined {
    return this.#refreshed.value(now)
  }

  use(now: number): Promise<void> | undefined {
    return this.closed ? undefined : this.#refreshed.use(now)
  }

  again(now: number): Promise<void> | undefined {
    return this.closed ? undefined : this.#refreshed.again(now)
  }

  get failing(): boolean {
    return this.#refreshed.failing
  }

  get failure(): JsonFailure | undefined {
    return this.#refreshed.failure
  }

  get closed(): boolean {
    return this.#settings.isClosed()
  }

  waitMs(now: number): number {
    return this.#refreshed.waitMs(now)
  }

  state(now: number): KeySetState {
    const { held, failing, failure } = this.#refreshed
    return Object.freeze({
      uri: withoutQuery(this.uri),
      keys: this.keys(now)?.all.length ?? 0,
      ...(held !== undefined && { fetchedAt: held.since }),
      failing,
      ...(failing && { reason: failure?.failure ?? 'unexpected' }),
    })
  }

  async #fetch(): Promise<{ readonly value: HeldKeys } | { readonly failure: JsonFailure }> {
    const begun = this.#settings.clock()
    const answer = await getJson(this.#http, this.uri)
    const url = withoutQuery(this.uri)
    if ('failure' in answer) return this.#failed(answer, begun)
    if (this.closed) return this.#failed({ failure: 'closed', url }, begun)
    const held = holdKeys(answer.json, this.#last)
    if (held === undefined) return this.#failed({ failure: 'malformed', url }, begun)
    this.#last = held.keys
    if (held.changed) {
      this.version++
      this.#settings.onChange()
    }
    this.#report(held.changed ? 'refreshed' : 'unchanged', begun)
    return { value: held.keys }
  }

  #failed(failure: JsonFailure, begun: number): { readonly failure: JsonFailure } {
    this.#report('failed', begun, failure.failure)
    return { failure }
  }

  #report(outcome: KeySetRefresh['outcome'], begun: number, reason?: string): void {
    const now = this.#settings.clock()
    const held = outcome === 'failed' ? this.keys(now) : this.#last
    this.#settings.onRefresh({
      uri: withoutQuery(this.uri),
      outcome,
      keys: held?.all.length ?? 0,
      durationMs: now - begun,
      ...(reason !== undefined && { reason }),
    })
  }
}
