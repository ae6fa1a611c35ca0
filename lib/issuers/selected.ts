import type { RefusalValue } from '../errors/refusal-value.ts'
import type { UnavailableValue } from '../errors/unavailable-value.ts'
import type { CompactJws } from '../jws/compact.ts'
import type { Issuer } from '../verification/verifier.ts'
import type { KnownIssuer } from './known-issuer.ts'

/**
 * Whose token it is, by what the token says of itself, and how to verify it: with `jws` as a JWT,
 * `encrypted` as a JWE that holds one, else by introspection.
 */
export interface Selected {
  readonly issuer: Issuer
  readonly jws?: CompactJws
  readonly encrypted?: true
}

export type Selection = Selected | RefusalValue | UnavailableValue

/** An issuer that is trusted, or why there is none. */
export type Found = KnownIssuer | RefusalValue | UnavailableValue

/** Whom the resource server trusts. */
export interface IssuerDirectory {
  /**
   * Whose token it is, and how to verify it. Fetches nothing. A promise only where a function has
   * to be asked about the issuer.
   */
  select(token: string): Selection | Promise<Selection>
  /** The issuer of this identifier, as it is trusted now. */
  find(issuer: string): Found | Promise<Found>
  /** All issuers of the list, or those that the function is remembered to have returned. */
  all(): Iterable<KnownIssuer>
  /** Has the function asked anew; whether it was known. Issuers of a list stay. */
  forget(issuer: string): boolean
  /** Asks for nothing any more. */
  close(): void
}
