import type { Request } from 'express'
import type { ClaimSet } from '../options/issuer-options.ts'
import type * as policy from '../policy/policy.ts'

/**
 * What a route requires of a verified token, judged in this order: `proof`, `scope` together with
 * `acrValues` and `maxAuthenticationAgeSeconds`, `roles`, `authorizationDetails`, `live`, `check`. The
 * second argument is the request that functions are given, where it is not Express's (`verify()`).
 */
export type Policy<Claims extends object = ClaimSet, Subject = Request> = policy.Policy<
  Claims,
  Subject
>

/** A scope-token, `anyOf(...)`, `allOf(...)`, or a synchronous function of the request giving one. */
export type ScopeRequirement<Subject = Request> = policy.ScopeRequirement<Subject>
