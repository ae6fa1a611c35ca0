import type { Request } from 'express'
import { Auth } from '../auth.ts'
import { challenger } from '../challenge/challenger.ts'
import { ConfigurationError } from '../errors/configuration-error.ts'
import { NotReady } from '../errors/not-ready.ts'
import { type Health, overallStatus } from '../observability/health.ts'
import { isOptional } from '../options/is-optional.ts'
import type { ClaimSet } from '../options/issuer-options.ts'
import { mustTake } from '../options/must-take.ts'
import { readinessSettings } from '../options/readiness-options.ts'
import type { ResourceServerOptions } from '../options/resource-server-options.ts'
import { resourceServerSettings } from '../options/resource-server-settings.ts'
import { attainablePolicy } from '../policy/attainable-policy.ts'
import { policySettings } from '../policy/policy-settings.ts'
import { story } from '../resource-server.ts'
import { endingSignals } from '../revocation/ending-signals.ts'
import { verifyRequest } from '../verify-request.ts'
import { recordOf } from './authenticated.ts'
import { expressEdge } from './express-edge.ts'
import { metadataMiddleware } from './metadata-middleware.ts'
import { middleware } from './middleware.ts'
import { notAsMiddleware } from './not-as-middleware.ts'
import type { Policy } from './policy.ts'
import { readinessMiddleware } from './readiness-middleware.ts'
import type { ResourceServer } from './resource-server-api.ts'
import { routeOf } from './route-of.ts'

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
  const core = story(settings, routeOf)
  const say = challenger(settings)
  const edge = expressEdge(settings, core, say)
  const signals = endingSignals(settings, core.revocations.revocations)

  function auth(request: Request, how?: { optional?: boolean }): Auth<Claims> | undefined {
    const optional = isOptional(how, 'auth')
    if (typeof request !== 'object' || request === null) {
      throw mustTake('auth(req)', 'the request that a handler is given', request)
    }
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
    const revocations = core.revocations.health()
    return Object.freeze({
      status: overallStatus(issuers, revocations),
      issuers,
      cache: core.verdicts.size(),
      ...(core.store && { store: core.store.health() }),
      ...(revocations && { revocations }),
    })
  }

  /** Of those whom a function knows, each is fetched when a request needs it. */
  function prepare(): void {
    if (typeof settings.issuers !== 'function') {
      // A rejection is a bug: requests that need the same get it, and a probe must not end the process.
      core.issuers.warm().catch(() => {})
    }
  }

  return Object.freeze<ResourceServer<NoInfer<Claims>>>({
    authenticate(how?: { optional?: boolean }, ...more: unknown[]) {
      notAsMiddleware('authenticate', [how, ...more])
      const optional = isOptional(how, 'authenticate')
      return middleware(function authenticateMiddleware(request, response, next) {
        if (optional) {
          edge.enforceIfPresented(request, response, next)
        } else {
          edge.enforce(request, response, next)
        }
      })
    },
    requireScope(...scopes) {
      notAsMiddleware('requireScope', scopes)
      const policy = policySettings<object, Request>({ scope: scopes })
      return middleware(function requireScopeMiddleware(request, response, next) {
        edge.enforce(request, response, next, policy)
      })
    },
    requirePolicy(required, ...more: unknown[]) {
      notAsMiddleware('requirePolicy', [required, ...more])
      const policy = attainablePolicy(required as Policy<object>, settings)
      if (Array.isArray(policy.authorizationDetails)) {
        say.listDetailsTypes(policy.authorizationDetails.map(({ type }) => type))
      }
      return middleware(function requirePolicyMiddleware(request, response, next) {
        edge.enforce(request, response, next, policy)
      })
    },
    auth: auth as ResourceServer<Claims>['auth'],
    resourceMetadata(fields, ...more: unknown[]) {
      notAsMiddleware('resourceMetadata', [fields, ...more])
      return metadataMiddleware(say, fields)
    },
    verify: verifyRequest(settings, core, say) as ResourceServer<Claims>['verify'],
    revoke: core.revocations.revoke,
    signal: (auth) => signals.signal(accessTokenOf(auth), auth.token),
    forgetIssuer(issuer) {
      if (typeof issuer !== 'string') {
        throw mustTake('forgetIssuer(issuer)', 'an issuer identifier', issuer)
      }
      core.issuers.forget(issuer)
    },
    async ready() {
      const [first, ...others] = await core.issuers.warm()
      if (first) {
        throw new NotReady(first, ...others)
      }
    },
    readiness(options, ...more: unknown[]) {
      notAsMiddleware('readiness', [options, ...more])
      return readinessMiddleware(
        { isReady: core.isReady, health, prepare },
        readinessSettings(options),
      )
    },
    health,
    async close() {
      signals.close()
      await core.close()
    },
  })
}

/** @throws ConfigurationError for what is no `Auth`, such as a request or the result of verify() */
function accessTokenOf(auth: Auth<object>): ReturnType<typeof Auth.accessTokenOf> {
  try {
    return Auth.accessTokenOf(auth)
  } catch {
    throw mustTake(
      'signal(auth)',
      'what auth(req) gives, or the `auth` of an accepted result of verify()',
      auth,
    )
  }
}
