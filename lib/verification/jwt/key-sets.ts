import { LRUCache } from 'lru-cache'
import type { HttpClient } from '../../http/http-client.ts'
import type { KeySetSettings } from '../../options/resource-server-options.ts'
import type { Issuer } from '../verifier.ts'
import { IssuerKeys } from './issuer-keys.ts'
import type { KeySetRefresh } from './key-set.ts'
import { RemoteKeySet } from './remote-key-set.ts'

export interface KeySetsSettings {
  readonly keys: KeySetSettings
  readonly clock: () => number
  readonly onRefresh?: (refresh: KeySetRefresh) => void
  /** That are shared, for each client. @defaultValue 10_000 */
  readonly mostKeySets?: number
}

/**
 * All key sets of a resource server: trusted per issuer, fetched once per URI by all issuers that
 * reach it in the same way. Who controls the way to one issuer has no say in the keys of another.
 */
export interface KeySets {
  /** The keys of one issuer; the same object for the same issuer. */
  of(issuer: Issuer): IssuerKeys
  /** Moves whenever any key set changes. */
  generation(): number
  /** Fetches no more. */
  close(): void
}

/** The registry of key sets. A set that is pushed out of it stays with the issuers that use it. */
export function keySets({ keys, clock, onRefresh, mostKeySets }: KeySetsSettings): KeySets {
  const byClient = new WeakMap<HttpClient, LRUCache<string, RemoteKeySet>>()
  const byIssuer = new WeakMap<Issuer, IssuerKeys>()
  let generation = 0
  let closed = false

  const settings = {
    ...keys,
    clock,
    onRefresh: onRefresh ?? (() => {}),
    onChange: changed,
    isClosed: () => closed,
  }

  function changed(): void {
    generation++
  }

  function open(uri: string, http: HttpClient): RemoteKeySet {
    const byUri = sharedBy(http)
    let set = byUri.get(uri)
    if (set === undefined) {
      set = new RemoteKeySet(uri, http, settings)
      byUri.set(uri, set)
    }
    return set
  }

  function sharedBy(http: HttpClient): LRUCache<string, RemoteKeySet> {
    let byUri = byClient.get(http)
    if (byUri === undefined) {
      // Not `max`, for which it would allocate at once: there may be a client for each issuer.
      byUri = new LRUCache({ maxSize: mostKeySets ?? 10_000, sizeCalculation: () => 1 })
      byClient.set(http, byUri)
    }
    return byUri
  }

  return {
    of(issuer) {
      let its = byIssuer.get(issuer)
      if (its === undefined) {
        its = new IssuerKeys(issuer, {
          open: (uri) => open(uri, issuer.http),
          clock,
          staleMs: keys.staleMs,
          onChange: changed,
        })
        byIssuer.set(issuer, its)
      }
      return its
    },
    generation: () => generation,
    close() {
      closed = true
    },
  }
}
