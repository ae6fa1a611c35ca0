import type { HttpClient } from '../http/http-client.ts'
import type { IssuerSettings } from '../options/issuer-options.ts'
import type { IssuerLookup, KeySetSettings } from '../options/resource-server-options.ts'
import { IssuerMemory } from './issuer-memory.ts'
import type { DiscoveryOutcome, KnownIssuer } from './known-issuer.ts'
import { listedIssuers } from './listed-issuers.ts'
import { lookedUpIssuers } from './looked-up-issuers.ts'
import type { Selection } from './selected.ts'

export type { Selected, Selection } from './selected.ts'

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

/** Whom the resource server trusts. */
export interface IssuerDirectory {
  /**
   * Whose token it is, and how to verify it. Fetches nothing. A promise only where a function has
   * to be asked about the issuer.
   */
  select(token: string): Selection | Promise<Selection>
  /** All issuers of the list, or those that the function is remembered to have returned. */
  all(): Iterable<KnownIssuer>
  /** Has the function asked anew; whether it was known. Issuers of a list stay. */
  forget(issuer: string): boolean
  /** Asks for nothing any more. */
  close(): void
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
