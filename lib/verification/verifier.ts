import type { RefusalValue, Scheme } from '../errors/refusal-value.ts'
import type { UnavailableValue } from '../errors/unavailable-value.ts'
import type { HttpClient } from '../http/http-client.ts'
import type { Trace } from '../observability/decisions.ts'
import type { IssuerSettings } from '../options/issuer-options.ts'
import type { AccessToken } from './access-token.ts'

/** The credentials as presented: unverified. */
export interface Credentials {
  readonly scheme: Scheme
  /**
   * As it was sent: behind `wellFormed`, one token68 (RFC 9110 section 11.2). Radioactive: never
   * logged, stored or put in an error.
   */
  readonly token: string
  /** SHA-256 of the whole token as a 32-character latin1 string: the cache key. */
  readonly digest: string
}

export interface Accepted {
  readonly verdict: 'accepted'
  readonly token: AccessToken
  /** When it stops being accepted, in milliseconds, clock tolerance included; else `Infinity`. */
  readonly goodUntilMs: number
  /**
   * Whose word it is, which says how long it may be kept: `keys` are held, and asking them again is
   * cheap; what introspection said may be revoked any time. Absent on what is kept already.
   */
  readonly restsOn?: 'keys' | 'introspection'
}

/** The three verdicts, never mixed. */
export type Verdict = Accepted | RefusalValue | UnavailableValue

/** Says whether a token is good. Synchronous whenever what it needs is held. */
export type Verifier = (
  credentials: Credentials,
  trace: Trace | undefined,
) => Verdict | Promise<Verdict>

/** Authorization server metadata (RFC 8414 section 2), as far as a resource server needs it. */
export interface AuthorizationServerMetadata {
  readonly issuer: string
  readonly jwks_uri?: string
  readonly introspection_endpoint?: string
}

/** A trusted authorization server and what is known of it. Made only from what was configured. */
export interface Issuer {
  readonly settings: IssuerSettings
  readonly http: HttpClient
  /** True once it was forgotten: nothing rests on it any more. */
  readonly forgotten: boolean
  /**
   * The metadata: at once while held and fresh enough, else after (at most one) discovery.
   *
   * @param afterDoubt - waits for the discovery that runs, or that a doubt asks for if it may begin
   *   now; unavailable while discovery fails, whatever is held
   */
  metadata(
    afterDoubt?: boolean,
  ):
    | AuthorizationServerMetadata
    | UnavailableValue
    | Promise<AuthorizationServerMetadata | UnavailableValue>
  /** Tells that an endpoint named by the metadata failed: it may have moved, so ask anew. */
  doubtMetadata(): void
}
