/** The state of one issuer's key set. */
export interface KeySetHealth {
  /** Where it is fetched from; absent for an inline set. */
  readonly uri?: string
  /** Usable keys held. */
  readonly keys: number
  /** When they were fetched, in milliseconds since the epoch. */
  readonly fetchedAt?: number
  /** Whether the last fetch failed. */
  readonly failing: boolean
  /** The code of the last failure, while failing. */
  readonly reason?: string
}

/** The state of one issuer's metadata. */
export interface DiscoveryHealth {
  /** False when all that is needed was given in the options. */
  readonly needed: boolean
  /** When the metadata was fetched, in milliseconds; absent when none is good any more. */
  readonly fetchedAt?: number
  readonly failing: boolean
  readonly reason?: string
}

export interface IssuerHealth {
  readonly issuer: string
  /**
   * `unknown` until a request or `ready()` needed something of it; `degraded` while the last
   * attempt to refresh failed and what is held serves; `unavailable` when nothing is held. How
   * introspection itself goes is not part of it: watch `scopegate:introspection`.
   */
  readonly status: 'ok' | 'degraded' | 'unavailable' | 'unknown'
  readonly discovery: DiscoveryHealth
  /** Absent before the key set was needed, and where no JWT is verified. */
  readonly keys?: KeySetHealth
}

/** The state of the shared store, as this process finds it. */
export interface StoreHealth {
  /** `unknown` until something was asked of it; `failing` since the last operation failed. */
  readonly status: 'ok' | 'failing' | 'unknown'
  /** The code of the last failure, while failing. */
  readonly reason?: string
  /** When the failures began, in milliseconds since the epoch. */
  readonly since?: number
}

/** What an operator wants to know, as plain data. Holds no token and no secret. */
export interface Health {
  /** The worst of the issuers; one that is `unknown` counts as `ok`. */
  readonly status: 'ok' | 'degraded' | 'unavailable'
  readonly issuers: readonly IssuerHealth[]
  /** Verdicts held, positive and negative. */
  readonly cache: { readonly good: number; readonly bad: number }
  /** Absent where no store is shared. It is no part of `status`. */
  readonly store?: StoreHealth
}

/** The health of one issuer, from the state of its parts. */
export function issuerHealth(
  issuer: string,
  discovery: DiscoveryHealth,
  keys: KeySetHealth | undefined,
): IssuerHealth {
  return Object.freeze({
    issuer,
    status: statusOf(discovery, keys),
    discovery,
    ...(keys && { keys }),
  })
}

function statusOf(
  discovery: DiscoveryHealth,
  keys: KeySetHealth | undefined,
): IssuerHealth['status'] {
  const failing = discovery.failing || keys?.failing === true
  if (failing) {
    const held = keys ? keys.keys > 0 : discovery.fetchedAt !== undefined
    return held ? 'degraded' : 'unavailable'
  }
  if (keys) {
    return keys.keys > 0 ? 'ok' : keys.fetchedAt === undefined ? 'unknown' : 'unavailable'
  }
  return discovery.needed && discovery.fetchedAt === undefined ? 'unknown' : 'ok'
}

/** The worst of all. */
export function overallStatus(issuers: readonly IssuerHealth[]): Health['status'] {
  for (const status of ['unavailable', 'degraded'] as const) {
    if (issuers.some((issuer) => issuer.status === status)) {
      return status
    }
  }
  return 'ok'
}
