import type { ClaimSet, Principal } from '../options/issuer-options.ts'

/** What a cached verdict rests on besides time: its issuer still trusted, its key still published. */
export interface Trust {
  /** @param now - milliseconds, of the injected clock */
  holds(now: number): boolean
}

/**
 * A verified access token, frozen, shared by every request that presents it. It never holds the
 * token itself.
 */
export interface AccessToken {
  /** The claims (of the JWT, or of the introspection response), deep-frozen. */
  readonly claims: object
  readonly issuer: string
  readonly subject: string | undefined
  readonly clientId: string | undefined
  readonly principal: Principal
  /** As granted, without what the hierarchy adds. */
  readonly scopes: readonly string[]
  readonly roles: readonly string[]
  /** The `exp` claim in seconds; `undefined` when an introspected token has none. */
  readonly expiresAt: number | undefined
  readonly source: 'jwt' | 'introspection'
  /** The claims before the application's schema made others of them; absent where it did not. */
  readonly verified?: ClaimSet
  readonly trust: Trust
}
