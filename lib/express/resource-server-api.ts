import type { Request } from 'express'
import type { Auth } from '../auth.ts'
import type { ResourceMetadataFields } from '../challenge/resource-metadata.ts'
import type { Health } from '../observability/health.ts'
import type { ClaimSet } from '../options/issuer-options.ts'
import type { ReadinessOptions } from '../options/readiness-options.ts'
import type { RevocationSelector } from '../options/revocation-selector.ts'
import type { VerifiableRequest, VerifyResult } from '../verify-request.ts'
import type { Middleware } from './middleware.ts'
import type { Policy, ScopeRequirement } from './policy.ts'

/** A protected API. Its members are bound: they may be taken apart and passed around. */
export interface ResourceServer<Claims extends object = ClaimSet> {
  /**
   * Middleware: a valid token, or an answer.
   *
   * @param options - `optional` lets a request without any credentials pass as nobody (and varies
   *   the response by Authorization); bad credentials are refused all the same
   */
  authenticate(options?: { optional?: boolean }): Middleware
  /**
   * Middleware: authenticates if this resource server has not yet, then demands all the scopes.
   *
   * @throws ConfigurationError when nothing is required, or a string is not one scope-token
   */
  requireScope(...scopes: ScopeRequirement[]): Middleware
  /**
   * Middleware: authenticates if this resource server has not yet, then demands the whole policy.
   *
   * @throws ConfigurationError for a policy that cannot be meant
   */
  requirePolicy(policy: Policy<Claims>): Middleware
  /**
   * Who is calling.
   *
   * @throws ConfigurationError when this resource server has not authenticated the request; with
   *   `optional` it is `undefined` then
   */
  auth(request: Request): Auth<Claims>
  auth(request: Request, options: { optional: true }): Auth<Claims> | undefined
  /** Middleware: serves the protected resource metadata (RFC 9728); challenges then point to it. */
  resourceMetadata(fields?: ResourceMetadataFields): Middleware
  /** The same decisions for any framework; always a promise. */
  verify<R extends VerifiableRequest>(
    request: R,
    policy?: Policy<Claims, R>,
  ): Promise<VerifyResult<Claims>>
  /**
   * Refuses tokens from now on: in this process when it returns, in all others that share the store
   * once they are told.
   *
   * @throws ConfigurationError for a selector that cannot be meant; whatever the store rejects with,
   *   when the others cannot be told: then it is revoked here alone
   */
  revoke(selector: RevocationSelector): Promise<void>
  /**
   * An `AbortSignal` that fires when the token expires or is revoked; for connections that outlive a
   * request.
   */
  signal(auth: Auth<Claims>): AbortSignal
  /** Forgets what an `issuers` function said about an issuer, with all verdicts that rest on it. */
  forgetIssuer(issuer: string): void
  /**
   * Fetches what verification needs, so that the first request does not wait.
   *
   * @throws NotReady when an authorization server cannot be reached; requests will try again
   */
  ready(): Promise<void>
  /**
   * Middleware for the probes of whoever sends requests here: 200 once what verification needs is at
   * hand of every issuer of the list, fresh or stale; else 503, and after `close()`. Open to everybody.
   */
  readiness(options?: ReadinessOptions): Middleware
  /** The state of every issuer and its keys, as plain data. */
  health(): Health
  /** Releases sockets and timers. Requests that come later get 503. */
  close(): Promise<void>
}
