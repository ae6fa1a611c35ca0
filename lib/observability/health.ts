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

/** How questions to one issuer's introspection endpoint go. */
export interface IntrospectionHealth {
  /** `closed`: all is asked; `open`: nothing is, for a while; `half_open`: one question is, to see. */
  readonly state: 'closed' | 'open' | 'half_open'
  /** Since when, in milliseconds since the epoch. */
  readonly since: number
  /** Why the last question failed; absent once one was answered. */
  readonly reason?: string
  /** Questions that are being asked now, and those that wait for their turn. */
  readonly underWay: number
  readonly waiting: number
  /** So far: tokens that got 503 as too many waited, or as nothing is asked; and 401 by their shape. */
  readonly busy: number
  readonly paused: number
  readonly misshapen: number
}

/** The state of the status lists that tokens of one issuer named, and of those that are configured. */
export interface StatusListsHealth {
  /** Lists held that are good. */
  readonly held: number
  /** Those that are configured by their whole address, and not held. */
  readonly missing: number
  /** Those of which the last fetch failed. */
  readonly failing: number
  /** Why, of one of them. */
  readonly reason?: string
}

export interface IssuerHealth {
  readonly issuer: string
  /**
   * `unknown` until a request or `ready()` needed something of it; `degraded` while the last
   * attempt to refresh failed and what is held serves; `unavailable` when nothing is held. While
   * the introspection endpoint is left alone it is `degraded`, and `unavailable` where no JWT is
   * verified. So it is while a status list cannot be fetched: `unavailable` where one is missing.
   */
  readonly status: 'ok' | 'degraded' | 'unavailable' | 'unknown'
  readonly discovery: DiscoveryHealth
  /** Absent before the key set was needed, and where no JWT is verified. */
  readonly keys?: KeySetHealth
  /** Absent before a token was asked about. */
  readonly introspection?: IntrospectionHealth
  /** Absent before a list was needed, and where none is looked up. */
  readonly statusLists?: StatusListsHealth
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

/** What this process knows of what was revoked, where processes tell each other. */
export interface RevocationsHealth {
  /** `behind` until the log was read to its end, and again while it cannot be followed. */
  readonly status: 'current' | 'behind'
  /** Whether requests get 503 for it: `behind`, and `revocation.onStoreLoss` is `'refuse'`. */
  readonly refused: boolean
}

/** What an operator wants to know, as plain data. Holds no token and no secret. */
export interface Health {
  /**
   * The worst of the issuers, of which one that is `unknown` counts as `ok`; `unavailable` while
   * requests get 503 since it is not known what was revoked.
   */
  readonly status: 'ok' | 'degraded' | 'unavailable'
  readonly issuers: readonly IssuerHealth[]
  /** Verdicts held, positive and negative. */
  readonly cache: { readonly good: number; readonly bad: number }
  /** Absent where no store is shared. It is no part of `status`. */
  readonly store?: StoreHealth
  /** Absent where no store is shared. */
  readonly revocations?: RevocationsHealth
}

/** The health of one issuer, from the state of its parts. */
export function issuerHealth(
  issuer: string,
  discovery: DiscoveryHealth,
  keys: KeySetHealth | undefined,
  introspection: IntrospectionHealth | undefined,
  statusLists: StatusListsHealth | undefined,
): IssuerHealth {
  return Object.freeze({
    issuer,
    status: withoutLists(worse(statusOf(discovery, keys), introspection, keys), statusLists),
    discovery,
    ...(keys && { keys }),
    ...(introspection && { introspection }),
    ...(statusLists && { statusLists }),
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

/** What is left where introspection is not asked: JWTs, and the verdicts that are held. */
function worse(
  status: IssuerHealth['status'],
  introspection: IntrospectionHealth | undefined,
  keys: KeySetHealth | undefined,
): IssuerHealth['status'] {
  if (status === 'unavailable' || introspection?.state !== 'open') return status
  return keys ? 'degraded' : 'unavailable'
}

/** Tokens of a list that is not held get 503, and those of a list that is stale soon will. */
function withoutLists(
  status: IssuerHealth['status'],
  lists: StatusListsHealth | undefined,
): IssuerHealth['status'] {
  if (status === 'unavailable' || lists === undefined || lists.failing === 0) return status
  return lists.missing > 0 ? 'unavailable' : 'degraded'
}

/** The worst of all. */
export function overallStatus(
  issuers: readonly IssuerHealth[],
  revocations: RevocationsHealth | undefined,
): Health['status'] {
  if (revocations?.refused) return 'unavailable'
  for (const status of ['unavailable', 'degraded'] as const) {
    if (issuers.some((issuer) => issuer.status === status)) {
      return status
    }
  }
  return 'ok'
}
