import type { Scheme } from '../errors/refusal-value.ts'
import type { Store } from '../store/store.ts'
import type { DpopOptions, DpopSettings } from './dpop-options.ts'
import type { HttpOptions } from './http-options.ts'
import type { ClaimSet, IssuerOptions, IssuerSettings } from './issuer-options.ts'
import type { LogRecord } from './log-record.ts'
import type { MtlsOptions, MtlsSettings } from './mtls-options.ts'
import type { StandardSchema } from './standard-schema.ts'

/** What a team says about its API. Anything left out keeps its check and takes its default. */
export interface ResourceServerOptions<Claims extends object = ClaimSet> {
  /**
   * This API's identifier and default audience (RFC 8707, RFC 9728): an absolute https URL without
   * a fragment; http where the host is localhost, `*.localhost`, 127.0.0.0/8 or `[::1]`.
   */
  resource: string
  /**
   * Where the public sees what the app sees as `/`: one or several absolute URLs, with the path
   * prefix that a proxy strips. The `htu` of a DPoP proof must be one of them, followed by the path
   * of the request (RFC 9449 section 4.3, check 9); Host and X-Forwarded-* are never read.
   * @defaultValue the origin of `resource`
   */
  publicUrl?: string | readonly string[]
  /**
   * `fapi2`: as the FAPI 2.0 Security Profile asks of a resource server. Tokens in the header only,
   * sender-constrained (`dpop` is on unless `mtls` is), signed with PS256, ES256 or Ed25519, and
   * introspected also when they are JWTs. Options that contradict it throw.
   * @defaultValue 'default'
   */
  profile?: 'default' | 'fapi2'
  /**
   * The authorization servers whose tokens are accepted. The function form is asked once per
   * unknown `iss`, and must return options whose `issuer` is the same.
   */
  issuers:
    | IssuerOptions
    | readonly IssuerOptions[]
    | ((iss: string) => IssuerOptions | undefined | Promise<IssuerOptions | undefined>)
  /** Published in the metadata document (RFC 9728 section 2). */
  scopesSupported?: readonly string[]
  /** Published in the metadata document (RFC 9396 section 10). */
  authorizationDetailsTypesSupported?: readonly string[]
  /**
   * Scopes that imply others: `{ 'orders:write': ['orders:read'] }`. Transitive; cycles throw. The
   * function form returns the scopes of which any one satisfies the required one.
   * @defaultValue `{}`
   */
  scopeHierarchy?:
    | Readonly<Record<string, readonly string[]>>
    | ((required: string) => readonly string[])
  /** The shape of the claims; must be synchronous. A misfit is `invalid_token`. */
  claims?: StandardSchema<Claims>
  credentials?: {
    /**
     * Also take `access_token` from a form body that a body parser left in `req.body`.
     * @defaultValue false
     */
    formBody?: boolean
    /**
     * From 256 to 65,536.
     * @defaultValue 8192
     */
    maxTokenBytes?: number
  }
  cache?: {
    /** @defaultValue 10_000 */
    maxEntries?: number
    /** @defaultValue 300 */
    maxAgeSeconds?: number
    /** @defaultValue 30 */
    introspectionMaxAgeSeconds?: number
    /** @defaultValue 10 */
    negativeMaxAgeSeconds?: number
    /**
     * How long a positive answer of introspection older than that is still good while the endpoint is
     * unavailable: so much later a revocation may be noticed then. Never beyond `exp`, nor under `live`.
     * @defaultValue 0
     */
    staleSeconds?: number
  }
  keys?: {
    /**
     * The least time between two fetches of one key set.
     * @defaultValue 30
     */
    coolDownSeconds?: number
    /**
     * Age at which a key set is fetched again.
     * @defaultValue 600
     */
    maxAgeSeconds?: number
    /**
     * How long keys older than that are still trusted while fetching fails.
     * @defaultValue 3600
     */
    staleSeconds?: number
  }
  /**
   * DPoP (RFC 9449): `true` accepts proofs, and so tokens that are bound to the key of one. While it
   * is off such tokens are refused.
   * @defaultValue false; `fapi2`: true, unless `mtls` is on
   */
  dpop?: boolean | DpopOptions
  /**
   * Mutual TLS (RFC 8705): `true` takes the client certificate from the TLS socket, and accepts
   * tokens that are bound to it. While it is off such tokens are refused.
   * @defaultValue false
   */
  mtls?: boolean | MtlsOptions
  /**
   * `when-bound`: a token that is bound must be proved. `required`: every token must be bound, and
   * proved.
   * @defaultValue 'when-bound'; `fapi2`: 'required'
   */
  senderConstrained?: 'when-bound' | 'required'
  /**
   * What the processes of this API share: answers of introspection, spent DPoP proofs, revocations.
   * `redisStore()` of `scopegate/redis` makes one.
   * @defaultValue none: each process is on its own
   */
  store?: Store
  /** What `revoke()` and what arrives from elsewhere goes by. */
  revocation?: {
    /**
     * How old access tokens may become: a revocation is remembered for as long.
     * @defaultValue 86_400
     */
    maxTokenAgeSeconds?: number
    /**
     * Whether tokens are accepted while the store cannot tell what was revoked.
     * @defaultValue 'accept'; `fapi2`: 'refuse'
     */
    onStoreLoss?: 'accept' | 'refuse'
  }
  /** Global default for every issuer. */
  http?: HttpOptions
  /**
   * Answer refusals with challenge and problem details, or pass them to `next(error)`.
   * @defaultValue 'respond'
   */
  errors?: 'respond' | 'forward'
  /** Where the RFC 9728 document really is, when something else than `resourceMetadata()` serves it. */
  metadataUrl?: string
  /**
   * Told of what operators have to repair, and of each request that is refused (`info`) or cannot be
   * decided (`warn`).
   * @defaultValue `process.emitWarning` for what is to be repaired, nothing for single requests
   */
  log?: (record: LogRecord) => void
  /**
   * Where signatures of JWTs are checked: `main`, in the turn of the request, or `pool`, in Node's
   * thread pool, which pays for slow algorithms (ES, Ed25519) on machines with idle cores.
   * @defaultValue 'main'
   */
  verifyIn?: 'main' | 'pool'
  /**
   * The time, in milliseconds since the epoch.
   * @defaultValue Date.now
   */
  clock?: () => number
}

/** `ResourceServerOptions`, complete and frozen. */
export interface ResourceServerSettings {
  readonly resource: string
  /** Without a trailing slash. */
  readonly publicUrls: readonly string[]
  readonly profile: 'default' | 'fapi2'
  readonly issuers: readonly IssuerSettings[] | IssuerLookup
  readonly scopesSupported: readonly string[] | undefined
  readonly authorizationDetailsTypesSupported: readonly string[] | undefined
  /** The scope-tokens of which any one satisfies the required one, itself included. */
  readonly satisfiedBy: (required: string) => readonly string[]
  readonly claims: StandardSchema | undefined
  readonly credentials: {
    readonly formBody: boolean
    readonly maxTokenBytes: number
    readonly refuseQueryTokens: boolean
  }
  readonly cache: {
    readonly maxEntries: number
    readonly maxAgeMs: number
    readonly introspectionMaxAgeMs: number
    readonly negativeMaxAgeMs: number
    readonly staleMs: number
  }
  readonly keys: KeySetSettings
  readonly dpop: DpopSettings | undefined
  readonly mtls: MtlsSettings | undefined
  readonly senderConstrained: 'when-bound' | 'required'
  readonly revocation: {
    readonly maxTokenAgeMs: number
    readonly onStoreLoss: 'accept' | 'refuse'
  }
  /** Those in which tokens are accepted, Bearer first. */
  readonly schemes: readonly Scheme[]
  readonly store: Store | undefined
  readonly errors: 'respond' | 'forward'
  readonly verifyIn: 'main' | 'pool'
  readonly metadataUrl: string | undefined
  readonly log: (record: LogRecord) => void
  /** Told of single requests; `undefined` for the default one, which is not. */
  readonly requestLog: ((record: LogRecord) => void) | undefined
  readonly clock: () => number
}

export interface KeySetSettings {
  readonly coolDownMs: number
  readonly maxAgeMs: number
  readonly staleMs: number
}

/**
 * The function form of `issuers`: settings for an `iss`, or `undefined` when it is not trusted.
 * Rejects with what the function threw, or with a `ConfigurationError` for what it returned.
 */
export type IssuerLookup = (iss: string) => Promise<IssuerSettings | undefined>
