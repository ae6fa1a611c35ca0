// Never run: what users write must compile against the packed types.
import express, { type Express } from 'express'
import {
  type Auth,
  allOf,
  anyOf,
  ConfigurationError,
  InsufficientScope,
  type IssuerOptions,
  Refusal,
  type ResourceServer,
  type ResourceServerOptions,
  requirePolicy,
  requireScope,
  resourceServer,
  Unavailable,
} from 'scopegate'
import { type Observation, observe } from 'scopegate/opentelemetry'
import { type RedisClient, type RedisStoreOptions, redisStore } from 'scopegate/redis'
import {
  backchannelLogout,
  type Receiver,
  type SecurityEvent,
  securityEvents,
} from 'scopegate/signals'
import { type TestAuthorizationServer, testAuthorizationServer } from 'scopegate/testing'

const issuer: IssuerOptions = {
  issuer: 'https://as.example.com',
  introspection: {
    client: { method: 'client_secret_basic', clientId: 'api', clientSecret: 'secret' },
  },
}
export const api: ResourceServer = resourceServer({
  resource: 'https://api.example.com',
  issuers: [issuer],
})
export const options: ResourceServerOptions = {
  resource: 'https://api.example.com',
  issuers: issuer,
  scopeHierarchy: { 'orders:write': ['orders:read'] },
}

declare const client: RedisClient
const redis: RedisStoreOptions = { client, secret: ['new', 'old'], prefix: 'api', timeoutMs: 100 }
export const shared: ResourceServerOptions = { ...options, store: redisStore(redis) }

interface Claims {
  readonly tenant: string
}
const typed = resourceServer<Claims>({ resource: 'https://api.example.com', issuers: issuer })

export const app: Express = express()
app.use(api.resourceMetadata({ resource_name: 'Orders' }))
app.use(typed.authenticate({ optional: true }))
app.get('/orders', api.requireScope('orders:read', anyOf('a', allOf('b', 'c'))), (req, res) => {
  const auth: Auth = api.auth(req)
  const subject: string | undefined = auth.subject
  const scopes: readonly string[] = auth.scopes
  // @ts-expect-error: frozen
  auth.issuer = 'https://other.example.com'
  res.json({ subject, scopes })
})
app.get(
  '/:shop/books',
  api.requireScope((req) => `books:${String(req.params['shop'])}`),
)
app.post(
  '/refunds',
  typed.requirePolicy({ scope: 'refunds', check: (auth) => auth.claims.tenant === 'a' }),
  requireScope('refunds'),
  requirePolicy({ roles: ['admin'] }),
  (req) => {
    const tenant: string = typed.auth(req).claims.tenant
    const nobody: Auth<Claims> | undefined = typed.auth(req, { optional: true })
    // @ts-expect-error: not a claim of this resource server
    typed.auth(req).claims.nothing
    return [tenant, nobody]
  },
)
const events: Receiver = securityEvents(api, {
  issuer: 'https://as.example.com',
  audience: 'https://api.example.com',
  subjectOf: ({ email }) => (email === 'a@example.com' ? { subject: 'a' } : undefined),
  onEvent: ({ type, outcome }: SecurityEvent) => [type, outcome],
})
app.post('/events', events)
app.post('/logout', backchannelLogout(api, { issuer: 'https://as.example.com', clientId: 'web' }))
// @ts-expect-error: whose client?
backchannelLogout(api, { issuer: 'https://as.example.com' })
export const stop = (): Promise<void> => events.close()

app.use(((error, _req, res, next) => {
  if (error instanceof Refusal || error instanceof Unavailable) {
    for (const [name, value] of Object.entries(error.headers)) {
      res.setHeader(name, value as string | string[])
    }
    res.status(error.status).json({ error: error.code, reason: error.reason })
    return
  }
  if (error instanceof InsufficientScope) {
    res.json(error.scopes)
  }
  next(error instanceof ConfigurationError ? error.option : error)
}) satisfies express.ErrorRequestHandler)

export async function verifyElsewhere(headers: Headers): Promise<number> {
  const result = await api.verify({ method: 'GET', url: '/orders', headers }, { scope: 'a' })
  switch (result.verdict) {
    case 'accepted':
      return result.auth.expiresAt ?? 0
    case 'refused':
      return result.refusal.status
    case 'unavailable':
      return result.error.retryAfterSeconds
  }
}

export async function testing(): Promise<string> {
  const as: TestAuthorizationServer = await testAuthorizationServer({ algorithm: 'PS256' })
  resourceServer({ resource: 'https://api.test', ...as.options })
  as.fail('jwks', 'hang')
  return as.token({ scope: ['a', 'b'], claims: { tenant: 'a' } })
}

// @ts-expect-error: there is no such option
resourceServer({ resource: 'https://api.example.com', issuers: issuer, audiences: [] })

export const observation: Observation = observe()
observation.stop()
