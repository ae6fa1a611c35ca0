import type { Request } from 'express'
import { Auth } from '../auth.ts'
import { challenger } from '../challenge/challenger.ts'
import { ConfigurationError } from '../errors/configuration-error.ts'
import { Unavailable } from '../errors/unavailable.ts'
import { type Health, overallStatus } from '../observability/health.ts'
import type { ClaimSet } from '../options/issuer-options.ts'
import type { ResourceServerOptions } from '../options/resource-server-options.ts'
import { resourceServerSettings } from '../options/resource-server-settings.ts'
import type { Policy } from '../policy/policy.ts'
import { policySettings } from '../policy/policy-settings.ts'
import { story } from '../resource-server.ts'
import { expirySignals } from '../verification/expiry-signals.ts'
import { verifyRequest } from '../verify-request.ts'
import { recordOf } from './authenticated.ts'
import { expressEdge } from './express-edge.ts'
import { metadataMiddleware } from './metadata-middleware.ts'
import { middleware } from './middleware.ts'
import type { ResourceServer } from './resource-server-api.ts'

/**
 * Protects an API: the middleware of the returned object lets through only requests whose access
 * token is good for this resource and for the route.
 *
 * @throws ConfigurationError for options that are unknown, contradictory or cannot be right
 */
export function resourceServer<Claims extends object = ClaimSet>(
  options: ResourceServerOptions<Claims>,
): ResourceServer<NoInfer<Claims>> {
  const settings = resourceServerSettings(options)
  const core = story(settings)
  const say = challenger(settings)
  const edge = expressEdge(settings, core, say)
  const signals = expirySignals(settings.clock)

  function auth(request: Request, { optional = false } = {}): Auth<Claims> | undefined {
    const found = recordOf(request, edge)?.auth
    if (!found && !optional) {
      throw new ConfigurationError(
        '',
        'auth(req) was asked about a request that this resource server did not authenticate: put authenticate() or requireScope() before the handler, or ask with { optional: true }.',
      )
    }
    return found as Auth<Claims> | undefined
  }

  function health(): Health {
    const issuers = core.issuers.health()
    return Object.freeze({ status: overallStatus(issuers), issuers, cache: core.verdicts.size() })
  }

  return Object.freeze<ResourceServer<NoInfer<Claims>>>({
    authenticate(how = {}) {
      const { optional = false, ...unknown } = how
      if (typeof optional !== 'boolean' || Object.keys(unknown).length > 0) {
        throw new ConfigurationError(
          '',
          'authenticate() takes { optional: true } or { optional: false }, and nothing else.',
        )
      }
      return middleware(function authenticateMiddleware(request, response, next) {
        if (optional) {
          edge.enforceIfPresented(request, response, next)
        } else {
          edge.enforce(request, response, next)
        }
      })
    },
    requireScope(...scopes) {
      const policy = policySettings<object, Request>({ scope: scopes })
      return middleware(function requireScopeMiddleware(request, response, next) {
        edge.enforce(request, response, next, policy)
      })
    },
    requirePolicy(required) {
      const policy = policySettings(required as Policy<object, Request>)
      return middleware(function requirePolicyMiddleware(request, response, next) {
        edge.enforce(request, response, next, policy)
      })
    },
    auth: auth as ResourceServer<Claims>['auth'],
    resourceMetadata: (fields) => metadataMiddleware(say, fields),
    verify: verifyRequest(core, say) as ResourceServer<Claims>['verify'],
    signal: (auth) => signals.signal(Auth.accessTokenOf(auth)),
    forgetIssuer: core.issuers.forget,
    async ready() {
      const inTheWay = await core.issuers.warm()
      if (inTheWay) {
        throw new Unavailable(inTheWay, {})
      }
    },
    health,
    async close() {
      signals.close()
      await core.close()
    },
  })
}
