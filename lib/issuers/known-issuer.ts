import { type Loaded, Refreshed } from '../cache/refreshed.ts'
import { type UnavailableValue, unavailable } from '../errors/unavailable-value.ts'
import type { HttpClient } from '../http/http-client.ts'
import { withoutQuery } from '../http/without-query.ts'
import type { IssuerSettings } from '../options/issuer-options.ts'
import type { KeySetSettings } from '../options/resource-server-options.ts'
import { sameHttp } from '../options/same-http.ts'
import type { AuthorizationServerMetadata, Issuer } from '../verification/verifier.ts'
import { type Discovered, type DiscoveryFailure, discover, neededMembers } from './discover.ts'

export interface KnownIssuerSettings {
  readonly clock: () => number
  readonly httpFor: (settings: IssuerSettings) => HttpClient
  /** Metadata age as keys do. */
  readonly keys: KeySetSettings
  readonly onDiscovery: (discovery: DiscoveryOutcome) => void
}

/** The metadata of an issuer was asked for. */
export interface DiscoveryOutcome {
  readonly issuer: string
  readonly outcome: 'discovered' | 'failed'
  readonly durationMs: number
  /** The code of the failure. */
  readonly reason?: string
}

export interface DiscoveryState {
  readonly issuer: string
  /** False when all that is needed was given in the options. */
  readonly needed: boolean
  /** When the metadata was fetched, in milliseconds; absent when none is good any more. */
  readonly fetchedAt?: number
  readonly failing: boolean
  /** The code of the last failure, while failing. */
  readonly reason?: string
}

const closedMs = 1000

/** An issuer of the options, with the metadata that discovery found for it. */
export class KnownIssuer implements Issuer {
  readonly settings: IssuerSettings
  readonly http: HttpClient
  forgotten = false
  readonly #around: KnownIssuerSettings
  /** `undefined` when nothing is needed, or nothing may be asked for. */
  readonly #discovery: Refreshed<Discovered, DiscoveryFailure> | undefined
  readonly #given: AuthorizationServerMetadata
  #foundAt: string | undefined

  /** @param before - the same issuer as it was known until now, whose metadata and keys stay good */
  constructor(settings: IssuerSettings, around: KnownIssuerSettings, before?: KnownIssuer) {
    this.settings = settings
    // Key sets stay with the client: another one would have to fetch them, also in an outage.
    this.http =
      before && sameHttp(before.settings.http, settings.http)
        ? before.http
        : around.httpFor(settings)
    this.#around = around
    this.#given = Object.freeze({ issuer: settings.issuer })
    if (settings.discovery !== undefined && neededMembers(settings).length > 0) {
      this.#discovery = new Refreshed(
        { ...around.keys, clock: around.clock },
        () => this.#discover(),
        before && sameDiscovery(before.settings, settings) ? before.#discovery?.held : undefined,
      )
    }
  }

  metadata(
    afterDoubt?: boolean,
  ):
    | AuthorizationServerMetadata
    | UnavailableValue
    | Promise<AuthorizationServerMetadata | UnavailableValue> {
    const discovery = this.#discovery
    if (discovery === undefined) return this.#given
    const now = this.#around.clock()
    const wait = (afterDoubt ? discovery.settle(now) : undefined) ?? discovery.use(now)
    return wait === undefined ? this.#held(afterDoubt) : wait.then(() => this.#held(afterDoubt))
  }

  doubtMetadata(): void {
    this.#discovery?.doubt()
  }

  /** From now on nothing rests on it, and it asks for nothing. */
  forget(): void {
    this.forgotten = true
    this.#discovery?.close()
  }

  /** Asks for nothing any more; what is held stays good. */
  close(): void {
    this.#discovery?.close()
  }

  state(): DiscoveryState {
    const discovery = this.#discovery
    const failing = discovery?.failing === true
    return Object.freeze({
      issuer: this.settings.issuer,
      needed: discovery !== undefined,
      ...(discovery?.value(this.#around.clock()) !== undefined && {
        fetchedAt: discovery.held?.since ?? 0,
      }),
      failing,
      ...(failing && { reason: discovery?.failure?.failure ?? 'unexpected' }),
    })
  }

  #held(afterDoubt?: boolean): AuthorizationServerMetadata | UnavailableValue {
    const discovery = this.#discovery as Refreshed<Discovered, DiscoveryFailure>
    const now = this.#around.clock()
    const held = discovery.value(now)
    // What is held may be just what is not so any longer.
    const undecided = afterDoubt && discovery.failing
    if (held !== undefined && !undecided) return held.metadata
    if (discovery.closed) return unavailable('closed', closedMs)
    return unavailable('discovery_failed', discovery.waitMs(now), discovery.failure)
  }

  /**
   * Metadata that lost what they named are wrong for now: what is held serves for its time of grace.
   * Those that never named it are for its user to judge.
   */
  #whole(found: Discovered): Discovered | DiscoveryFailure {
    const held = this.#discovery?.value(this.#around.clock())?.metadata
    const lost = neededMembers(this.settings).find(
      (member) => held?.[member] !== undefined && found.metadata[member] === undefined,
    )
    if (lost === undefined) return found
    return Object.freeze({ failure: `no_${lost}`, url: withoutQuery(found.url) })
  }

  async #discover(): Promise<Loaded<Discovered, DiscoveryFailure>> {
    const { clock, onDiscovery } = this.#around
    const begun = clock()
    const answer = await discover(this.settings, this.http, this.#foundAt)
    const found = 'failure' in answer ? answer : this.#whole(answer)
    const failed = 'failure' in found
    onDiscovery({
      issuer: this.settings.issuer,
      outcome: failed ? 'failed' : 'discovered',
      durationMs: clock() - begun,
      ...(failed && { reason: found.failure }),
    })
    if (failed) return { failure: found }
    this.#foundAt = found.url
    return { value: found }
  }
}

/** Whether both ask for the same members in the same places, on the same conditions. */
function sameDiscovery(before: IssuerSettings, now: IssuerSettings): boolean {
  return (
    before.issuer === now.issuer &&
    before.discovery?.metadataUrl === now.discovery?.metadataUrl &&
    neededMembers(before).join() === neededMembers(now).join() &&
    before.http.insecureHosts.join() === now.http.insecureHosts.join()
  )
}
