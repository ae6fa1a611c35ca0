import type { Request } from 'express'
import { ConfigurationError } from '../errors/configuration-error.ts'
import type { ClaimSet } from '../options/issuer-options.ts'
import type { PolicySettings } from '../policy/policy.ts'
import { policySettings } from '../policy/policy-settings.ts'
import { latestRecord } from './authenticated.ts'
import { type Middleware, middleware } from './middleware.ts'
import { notAsMiddleware } from './not-as-middleware.ts'
import type { Policy, ScopeRequirement } from './policy.ts'

/**
 * Middleware for routers that do not hold the resource server: demands all the scopes of the
 * latest resource server that authenticated the request. Never lets an unauthenticated one pass.
 *
 * @throws ConfigurationError when nothing is required, or a string is not one scope-token
 */
export function requireScope(...scopes: ScopeRequirement[]): Middleware {
  notAsMiddleware('requireScope', scopes)
  return byLatest(policySettings<object, Request>({ scope: scopes }))
}

/**
 * As `requireScope`, for a whole policy.
 *
 * @throws ConfigurationError for a policy that cannot be meant
 */
export function requirePolicy<Claims extends object = ClaimSet>(policy: Policy<Claims>): Middleware
export function requirePolicy(policy: Policy<object>, ...more: unknown[]): Middleware {
  notAsMiddleware('requirePolicy', [policy, ...more])
  return byLatest(policySettings(policy))
}

function byLatest(settings: PolicySettings<object, Request>): Middleware {
  return middleware(function requireMiddleware(request, response, next) {
    const record = latestRecord(request)
    if (!record) {
      next(
        new ConfigurationError(
          '',
          'requireScope() or requirePolicy() ran before any authenticate(): mount api.authenticate() before this router, or use the members of the resource server.',
        ),
      )
      return
    }
    record.by.enforce(request, response, next, settings)
  })
}
