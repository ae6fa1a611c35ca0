import type { Auth } from '../auth.ts'
import type { Requirement } from './requirement.ts'

/** A scope-token, `anyOf(...)`, `allOf(...)`, or a synchronous function of the request giving one. */
export type ScopeRequirement<Request> = Requirement | ((request: Request) => Requirement)

/** What a route requires of a verified token, judged in this order. */
export interface Policy<Claims extends object, Request> {
  /** Scope that was granted or is implied; of a list, all. Lacking: 403 `insufficient_scope`. */
  scope?: ScopeRequirement<Request> | readonly ScopeRequirement<Request>[]
  /** Roles, as `rolesFrom` finds them; of a list, all. Lacking: 403 without an OAuth code. */
  roles?: Requirement | readonly Requirement[]
  /**
   * The application's own say. Only `true` passes; anything else is 403 without an OAuth code,
   * and what it throws goes to `next(error)`.
   */
  check?: (auth: Auth<Claims>, request: Request) => boolean | Promise<boolean>
}

/** `Policy`, complete and frozen. */
export interface PolicySettings<Claims extends object, Request> {
  readonly scope: readonly ScopeRequirement<Request>[]
  /** What to ask for when nobody is authenticated yet: the scope that needs no request to tell. */
  readonly knownScope: readonly string[]
  readonly roles: readonly Requirement[]
  readonly check: ((auth: Auth<Claims>, request: Request) => unknown) | undefined
}
