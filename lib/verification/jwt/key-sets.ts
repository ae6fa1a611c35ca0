import { LRUCache } from 'lru-cache'
import type { KeySetSettings } from '../../options/resource-server-options.ts'
import type { Issuer } from '../verifier.ts'
import { IssuerKeys } from './issuer-keys.ts'
import type { KeySetRefresh, KeySetState } from './key-set.ts'
import { RemoteKeySet } from './remote-key-set.ts'

export interface KeySetsSettings {
  readonly keys: KeySetSettings
  readonly clock: () => number
  readonly onRefresh?: (refresh: KeySetRefresh) => void
  /** @defaultValue 10_000 */
  readonly mostKeySets?: number
}

/** All key sets of a resource server: fetched once per URI, trusted per issuer. */
export interface KeySets {
  /** The keys of one issuer; the same object for the same issuer. */
  of(issuer: Issuer): IssuerKeys
  /** Moves whenever any key set changes. */
  generation(): number
  /** The state of every key set that is fetched. */
  states(): readonly KeySetState[]
  /** Fetches no more. */
  close(): void
}

/** The registry of key sets. A set that is pushed out of it stays with the issuers that use it. */
export function keySets({ keys, clock, onRefresh, mostKeySets }: KeySetsSettings): KeySets {
  const byUri = new LRUCache<string, RemoteKeySet>({ max: mostKeySets ?? 10_000 })
  const byIssuer = new WeakMap<Issuer, IssuerKeys>()
  let generation = 0
  let closed = false

  const settings = { ...keys, clock, onRefresh: onRefresh ?? (() => {}), onChange: changed }

  function changed(): void {
    generation++
  }

  function open(uri: string): RemoteKeySet {
    let set = byUri.get(uri)
    if (set === undefined) {
      set = new RemoteKeySet(uri, settings)
      if (closed) set.close()
      byUri.set(uri, set)
    }
    return set
  }

  return {
    of(issuer) {
      let its = byIssuer.get(issuer)
      if (its === undefined) {
        its = new IssuerKeys(issuer, { open, clock, onChange: changed })
        byIssuer.set(issuer, its)
      }
      return its
    },
    generation: () => generation,
    states: () => [...byUri.values()].map((set) => set.state(clock())),
    close() {
      closed = true
      for (const set of byUri.values()) set.close()
    },
  }
}
