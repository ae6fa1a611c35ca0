import type { Auth, ProofMethod } from '../auth.ts'
import type { AuthorizationDetailsRequirement } from './authorization-details.ts'
import type { Requirement } from './requirement.ts'

/** A scope-token, `anyOf(...)`, `allOf(...)`, or a synchronous function of the request giving one. */
export type ScopeRequirement<Request> = Requirement | ((request: Request) => Requirement)

/** What a route requires of a verified token, judged in this order. */
export interface Policy<Claims extends object, Request> {
  /**
   * How the presenter must have proved that the token is its own: with a DPoP proof, with its client
   * certificate, or in either way. Lacking: 401 `invalid_token`.
   */
  proof?: 'any' | ProofMethod
  /** Scope that was granted or is implied; of a list, all. Lacking: 403 `insufficient_scope`. */
  scope?: ScopeRequirement<Request> | readonly ScopeRequirement<Request>[]
  /**
   * Authentication context classes of which the token's `acr` must be one, the best first. Lacking:
   * 401 `insufficient_user_authentication` (RFC 9470), which tells of lacking scope, too.
   */
  acrValues?: string | readonly string[]
  /**
   * How long ago the user may have authenticated, by the token's `auth_time`: a whole number, 1 or
   * more. Lacking: as `acrValues`.
   */
  maxAuthenticationAgeSeconds?: number
  /** Roles, as `rolesFrom` finds them; of a list, all. Lacking: 403 without an OAuth code. */
  roles?: Requirement | readonly Requirement[]
  /**
   * Authorization details (RFC 9396) that the token must hold; of a list, all; or a synchronous
   * function of the request giving one or a list. A function that gives values which cannot be
   * meant, such as an `identifier` that is not a string, refuses. Lacking: 403 without an OAuth
   * code.
   */
  authorizationDetails?:
    | AuthorizationDetailsRequirement
    | readonly AuthorizationDetailsRequirement[]
    | ((
        request: Request,
      ) => AuthorizationDetailsRequirement | readonly AuthorizationDetailsRequirement[])
  /**
   * Whether the authorization server says that the token is active is asked now, for every request,
   * in place of resting on what it said before: needs `introspection`. Lacking: 401 `invalid_token`.
   */
  live?: true
  /**
   * The application's own say. Only `true` passes; anything else is 403 without an OAuth code,
   * and what it throws goes to `next(error)`.
   */
  check?: (auth: Auth<Claims>, request: Request) => boolean | Promise<boolean>
}

/** `Policy`, complete and frozen. */
export interface PolicySettings<Claims extends object, Request> {
  readonly proof: 'any' | ProofMethod | undefined
  readonly scope: readonly ScopeRequirement<Request>[]
  /** What to ask for when nobody is authenticated yet: the scope that needs no request to tell. */
  readonly knownScope: readonly string[]
  readonly authentication: AuthenticationSettings | undefined
  readonly roles: readonly Requirement[]
  readonly authorizationDetails:
    | readonly AuthorizationDetailsRequirement[]
    | ((request: Request) => unknown)
    | undefined
  readonly live: boolean
  readonly check: ((auth: Auth<Claims>, request: Request) => unknown) | undefined
}

/** How the user must have authenticated; in the words of a refusal, which asks for all of it. */
export interface AuthenticationSettings {
  readonly acrValues?: readonly string[]
  readonly maxAgeSeconds?: number
}
