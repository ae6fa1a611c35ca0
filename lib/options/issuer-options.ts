import type { JsonWebKey } from 'node:crypto'
import type { Algorithm } from '../jws/algorithms.ts'
import type { HttpOptions, HttpSettings } from './http-options.ts'
import type { IntrospectionOptions, IntrospectionSettings } from './introspection-options.ts'
import type { StatusListOptions, StatusListSettings } from './status-list-options.ts'

/** Who acts: a person through a client, or a client on its own behalf (RFC 9700 section 4.15). */
export type Principal = 'user' | 'client' | 'unknown'

/** A claim set, not yet known to be of any shape. */
export type ClaimSet = Readonly<Record<string, unknown>>

/** A JSON Web Key Set (RFC 7517 section 5). */
export interface JsonWebKeySet {
  readonly keys: readonly (JsonWebKey & { kid?: string; alg?: string; use?: string })[]
}

/** An authorization server whose tokens are accepted, and on which conditions. */
export type IssuerOptions = IssuerBase & (IssuerDiscovered | IssuerByHand)

interface IssuerBase {
  /**
   * Its issuer identifier, compared character by character with `iss` (RFC 9068 section 4): an
   * absolute https URL without query and fragment (http as `http.insecureHosts` allows).
   */
  issuer: string
  /**
   * Identifiers of this API of which `aud` must hold one (RFC 9068 section 4). `'none'`: there is
   * no audience in the tokens (Cognito), and the client id is checked in its stead: needs `clients`.
   * @defaultValue the `resource`
   */
  audience?: string | readonly string[]
  /** Accepted client ids; every client when left out. */
  clients?: readonly string[]
  /**
   * The claims that hold scope-tokens, united: space-separated strings or arrays; or a function.
   * Names as in `rolesFrom`.
   * @defaultValue ['scope', 'scp']
   */
  scopesFrom?: readonly string[] | ((claims: ClaimSet) => readonly string[])
  /**
   * The claims that hold roles, united: arrays, or a string that is one role; or a function. A dot
   * reaches into objects (`realm_access.roles`), unless a claim has that very name.
   * @defaultValue ['roles']
   */
  rolesFrom?: readonly string[] | ((claims: ClaimSet) => readonly string[])
  /** Overrides how users and clients are told apart. */
  principalFrom?: (claims: ClaimSet) => Principal
  /** @defaultValue the resource server's `http` */
  http?: HttpOptions
}

type IssuerDiscovered = {
  /**
   * RFC 8414 or OpenID Provider metadata, fetched only when something needed is not given here.
   * `metadataUrl` replaces the two well-known locations; `false` forbids the fetch, and then
   * `jwt.keys` and `introspection.endpoint` must be given.
   */
  discovery?: { metadataUrl?: string }
} & (
  | ({
      /**
       * How JWT-shaped tokens are verified; `false`: everything is introspected.
       * @defaultValue `{}`
       */
      jwt?: JwtOptions
    } & IssuerOpaque<IntrospectionOptions>)
  | ({ jwt: false } & IssuerIntrospecting<IntrospectionOptions>)
)

type IssuerByHand = { discovery: false } & (
  | ({ jwt: JwtByHand } & IssuerOpaque<IntrospectionByHand>)
  // Where would the keys of a signed answer come from?
  | ({ jwt: false } & IssuerIntrospecting<IntrospectionByHand & { signedResponse?: false }>)
)
type JwtByHand = JwtOptions & Required<Pick<JwtOptions, 'keys'>>
type IntrospectionByHand = IntrospectionOptions & Required<Pick<IntrospectionOptions, 'endpoint'>>

type IssuerOpaque<Introspection> =
  | IssuerIntrospecting<Introspection>
  | { introspection?: never; opaquePrefixes?: never }

interface IssuerIntrospecting<Introspection> {
  /** Opaque tokens are asked about here; without it they are refused. */
  introspection: Introspection
  /**
   * Which opaque tokens are this issuer's, when several issuers introspect. At most one
   * introspecting issuer may lack it; tokens are never tried at issuers in turn.
   */
  opaquePrefixes?: readonly string[]
}

export interface JwtOptions {
  /**
   * `rfc9068` demands `typ: at+jwt` and the claims of RFC 9068 section 2.2. `plain` also takes
   * `typ: JWT` or none, but demands a mark of an access token and refuses marks of other tokens.
   * @defaultValue 'rfc9068'
   */
  profile?: 'rfc9068' | 'plain'
  /** @defaultValue the whole table: RS, PS, ES families, Ed25519 and EdDSA */
  algorithms?: readonly Algorithm[]
  /** Five-part tokens are decrypted with these, and three-part ones refused (RFC 9068 section 4). */
  decryptionKeys?: readonly JsonWebKey[]
  /** @defaultValue the `jwks_uri` found by discovery */
  keys?: { jwks: JsonWebKeySet; uri?: never } | { uri: string; jwks?: never }
  /**
   * Allowed clock difference for `exp` and `nbf`, at most 600.
   * @defaultValue 5
   */
  clockToleranceSeconds?: number
  /**
   * Where the status of tokens with a `status` claim is looked up, at each request. Left out, such
   * tokens are refused; `'ignore'`: the claim is not looked at, and what was revoked is accepted.
   */
  statusList?: StatusListOptions | 'ignore'
}

/** `IssuerOptions`, complete and frozen. */
export interface IssuerSettings {
  readonly issuer: string
  /** Accepted audiences; `undefined` for `'none'`. */
  readonly audiences: readonly string[] | undefined
  /** The resource identifier, which a signed introspection response may name as its audience. */
  readonly resource: string
  readonly clients: ReadonlySet<string> | undefined
  readonly jwt: JwtSettings | undefined
  readonly introspection: IntrospectionSettings | undefined
  readonly opaquePrefixes: readonly string[]
  /** Always a function here; throws nothing of its own, returns `undefined` for malformed claims. */
  readonly scopesFrom: (claims: ClaimSet) => readonly string[] | undefined
  readonly rolesFrom: (claims: ClaimSet) => readonly string[] | undefined
  /** Top-level names of the configured scope and role claims; empty where functions were given. */
  readonly accessClaims: readonly string[]
  /** Those of the scope claims alone: ID tokens have roles, too. */
  readonly scopeClaims: readonly string[]
  readonly principalFrom: ((claims: ClaimSet) => Principal) | undefined
  readonly http: HttpSettings
  /** `undefined`: never discover. */
  readonly discovery: { readonly metadataUrl: string | undefined } | undefined
}

export interface JwtSettings {
  readonly profile: 'rfc9068' | 'plain'
  readonly algorithms: ReadonlySet<Algorithm>
  readonly decryptionKeys: readonly JsonWebKey[]
  readonly keys: { readonly jwks: JsonWebKeySet } | { readonly uri: string } | 'discovered'
  readonly clockToleranceMs: number
  /** `undefined`: tokens with a `status` claim are refused. */
  readonly statusList: StatusListSettings | 'ignore' | undefined
}
