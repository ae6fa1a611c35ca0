import type { ClaimSet, Principal } from './options/issuer-options.ts'
import type { AccessToken } from './verification/access-token.ts'

/** How the presenter proved that the token is its own. */
export type ProofMethod = 'dpop' | 'mtls'

/**
 * Who is calling, and with what authority: what handlers see of a verified access token. Frozen,
 * made per request over the shared, cached token.
 */
export class Auth<Claims extends object = ClaimSet> {
  /** The claims of the JWT, or of the introspection response; deep-frozen. */
  readonly claims: Claims
  /** `iss`, as configured. */
  readonly issuer: string
  /** `sub`. */
  readonly subject: string | undefined
  /** `client_id`, or `azp`, `cid`, `appid`. */
  readonly clientId: string | undefined
  /** A user through a client, a client on its own behalf, or not to be told. */
  readonly principal: Principal
  /** The scope-tokens as granted; use `hasScope` to decide. */
  readonly scopes: readonly string[]
  readonly roles: readonly string[]
  /** `exp` in seconds since the epoch; `undefined` when an introspected token has none. */
  readonly expiresAt: number | undefined
  readonly source: 'jwt' | 'introspection'
  readonly proofs: readonly ProofMethod[]
  readonly #accessToken: AccessToken
  readonly #token: string
  readonly #satisfiedBy: (required: string) => readonly string[]

  static {
    // With `showHidden` and `getters`, Node would print what the getter of the token gives.
    Object.defineProperty(Auth.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value(this: object, _: number, options: object, print: (it: object, how: object) => string) {
        return print(this, { ...options, customInspect: false, getters: false })
      },
    })
  }

  constructor(
    accessToken: AccessToken,
    token: string,
    proofs: readonly ProofMethod[],
    satisfiedBy: (required: string) => readonly string[],
  ) {
    this.claims = accessToken.claims as Claims
    this.issuer = accessToken.issuer
    this.subject = accessToken.subject
    this.clientId = accessToken.clientId
    this.principal = accessToken.principal
    this.scopes = accessToken.scopes
    this.roles = accessToken.roles
    this.expiresAt = accessToken.expiresAt
    this.source = accessToken.source
    this.proofs = proofs
    this.#accessToken = accessToken
    this.#token = token
    this.#satisfiedBy = satisfiedBy
    Object.freeze(this)
  }

  /** The verified token behind an `Auth`, shared by all requests that present it. */
  static accessTokenOf(auth: Auth<object>): AccessToken {
    return auth.#accessToken
  }

  /** The access token itself; printing or serialising this object never shows it. */
  get token(): string {
    return this.#token
  }

  /** Whether the scope was granted, or is implied by one that was (`scopeHierarchy`). */
  hasScope(scope: string): boolean {
    return (
      this.scopes.includes(scope) ||
      this.#satisfiedBy(scope).some((sufficient) => this.scopes.includes(sufficient))
    )
  }
}
