import type { HttpClient } from '../http/http-client.ts'
import type { IssuerSettings } from '../options/issuer-options.ts'
import type { IssuerLookup, KeySetSettings } from '../options/resource-server-options.ts'
import { IssuerMemory } from './issuer-memory.ts'
import type { DiscoveryOutcome } from './known-issuer.ts'
import { listedIssuers } from './listed-issuers.ts'
import { lookedUpIssuers } from './looked-up-issuers.ts'
import type { IssuerDirectory } from './selected.ts'

export type { IssuerDirectory } from './selected.ts'

export interface IssuerDirectorySettings {
  readonly issuers: readonly IssuerSettings[] | IssuerLookup
  /** Clients may be shared between issuers; the directory closes none. */
  readonly httpFor: (settings: IssuerSettings) => HttpClient
  readonly clock: () => number
  /** Metadata age as keys do. */
  readonly keys: KeySetSettings
  readonly onDiscovery?: (discovery: DiscoveryOutcome) => void
  /**
   * Issuers, and unknown ones, that a function is remembered to have answered.
   * @defaultValue 10_000
   */
  readonly mostIssuers?: number
  /** @defaultValue 5000 */
  readonly lookupTimeoutMs?: number
}

/** The directory for a list of issuers, or for a function that knows them. */
export function issuerDirectory(settings: IssuerDirectorySettings): IssuerDirectory {
  const { issuers, httpFor, clock, keys, onDiscovery, mostIssuers, lookupTimeoutMs } = settings
  const around = { httpFor, clock, keys, onDiscovery: onDiscovery ?? (() => {}) }
  return typeof issuers === 'function'
    ? lookedUpIssuers(
        new IssuerMemory(issuers, around, {
          mostIssuers: mostIssuers ?? 10_000,
          timeoutMs: lookupTimeoutMs ?? 5000,
        }),
      )
    : listedIssuers(issuers, around)
}
