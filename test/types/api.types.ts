// What type-checks and what does not. Compiled by `npx tsc -p test`, never run.

import { expectTypeOf } from 'expect-type'
import express, { type Request, type RequestHandler } from 'express'
import * as v from 'valibot'
import {
  type AllOf,
  type AnyOf,
  type Auth,
  allOf,
  anyOf,
  type ClaimSet,
  type Middleware,
  type Policy,
  type RefusalValue,
  type Requirement,
  type ResourceServer,
  type ResourceServerOptions,
  requirePolicy,
  requireScope,
  resourceServer,
  type ScopeRequirement,
  type StandardSchema,
  type Unavailable,
  type VerifiableRequest,
  type VerifyResult,
} from '../../lib/index.ts'

const resource = 'https://api.example.com'
const issuers = [{ issuer: 'https://as.example.com' }]
declare const request: Request
const given = { method: 'GET', url: '/', headers: {}, order: 7 }
const app = express()

// The claims are those of the schema; without one, anything by name.
const schema = v.object({ sub: v.string(), tenant: v.pipe(v.string(), v.transform(Number)) })
interface Tenant {
  sub: string
  tenant: number
}
const api = resourceServer({ resource, issuers, claims: schema })
const plain = resourceServer({ resource, issuers })
expectTypeOf(api).toEqualTypeOf<ResourceServer<Tenant>>()
expectTypeOf(plain).toEqualTypeOf<ResourceServer>()
expectTypeOf(plain).toEqualTypeOf<ResourceServer<ClaimSet>>()
expectTypeOf(api.auth(request)).toEqualTypeOf<Auth<Tenant>>()
expectTypeOf(api.auth(request, { optional: true })).toEqualTypeOf<Auth<Tenant> | undefined>()
expectTypeOf(api.auth(request).claims.tenant).toEqualTypeOf<number>()
expectTypeOf(plain.auth(request).claims['anything']).toEqualTypeOf<unknown>()
// @ts-expect-error not of the schema
api.auth(request).claims.other
// A type argument is a promise of the application where no schema is given.
expectTypeOf(resourceServer<Tenant>({ resource, issuers }).auth(request)).toEqualTypeOf<
  Auth<Tenant>
>()
// @ts-expect-error where one is given, it decides
resourceServer<{ other: string }>({ resource, issuers, claims: schema })
// What is asked for does not decide what the claims are.
// @ts-expect-error no schema says so
export const wishful: ResourceServer<Tenant> = resourceServer({ resource, issuers })
// Options may be put together before.
declare const options: ResourceServerOptions
expectTypeOf(resourceServer(options)).toEqualTypeOf<ResourceServer>()
declare const tenantOptions: ResourceServerOptions<Tenant>
expectTypeOf(resourceServer(tenantOptions)).toEqualTypeOf<ResourceServer<Tenant>>()

// Options that cannot be right.
// @ts-expect-error no resource
resourceServer({ issuers })
// @ts-expect-error no issuers
resourceServer({ resource })
// @ts-expect-error a misspelt option
resourceServer({ resource, issuers, scopeHirarchy: {} })
// @ts-expect-error no such way
resourceServer({ resource, issuers, errors: 'throw' })
// @ts-expect-error a duration without its unit
resourceServer({ resource, issuers, cache: { maxAge: 1 } })
// @ts-expect-error nothing would verify tokens
resourceServer({ resource, issuers: { issuer: 'https://as.example.com', jwt: false } })
// @ts-expect-error claims are an object
resourceServer({ resource, issuers, claims: v.string() })

// Handlers keep the types of their route parameters behind our middleware.
app.get('/x/:id', api.requireScope('a'), (req) => {
  expectTypeOf(req.params).toExtend<{ id: string }>()
  expectTypeOf(req.params.id).toEqualTypeOf<string>()
  // @ts-expect-error not in the path
  req.params.other
})
app.get('/x/:id/:other', api.authenticate(), api.requirePolicy({ roles: 'r' }), (req, res) => {
  expectTypeOf(req.params.id).toEqualTypeOf<string>()
  expectTypeOf(req.params.other).toEqualTypeOf<string>()
  expectTypeOf(api.auth(req)).toEqualTypeOf<Auth<Tenant>>()
  res.json(api.auth(req, { optional: true })?.claims.tenant)
})
app.post('/x/:id', requireScope('a'), requirePolicy({ scope: 'b' }), (req) => {
  expectTypeOf(req.params.id).toEqualTypeOf<string>()
})
app.put('/x/:id', api.requireScope('a'), (req: Request<{ id: string }, unknown, { n: 1 }>) => {
  expectTypeOf(req.body).toEqualTypeOf<{ n: 1 }>()
  expectTypeOf(api.auth(req)).toEqualTypeOf<Auth<Tenant>>()
})
express.Router().get('/x/:id', api.requireScope('a'), (req) => {
  expectTypeOf(req.params.id).toEqualTypeOf<string>()
})
app.route('/x/:id').all(api.authenticate(), (req) => {
  expectTypeOf(req.params.id).toEqualTypeOf<string>()
})
// It is middleware like any other.
app.use(api.resourceMetadata(), api.authenticate())
app.use('/path', api.requireScope('a'))
app.use(['/a', '/b'], api.authenticate({ optional: true }))
app.get('/list', [api.authenticate(), api.requireScope('a')], handler)
expectTypeOf(api.requireScope('a')).toEqualTypeOf<Middleware>()
expectTypeOf<Middleware>().toExtend<RequestHandler>()

// Scopes.
plain.requireScope('a', anyOf('b', allOf('c', 'd')), (req) => `orders:${req.params['id']}`)
plain.requireScope((req) => (req.method === 'GET' ? 'read' : anyOf('write', 'admin')))
expectTypeOf(anyOf('a')).toEqualTypeOf<AnyOf>()
expectTypeOf(allOf('a')).toEqualTypeOf<AllOf>()
expectTypeOf<string | AnyOf | AllOf>().toEqualTypeOf<Requirement>()
// @ts-expect-error a list is neither all nor any
plain.requireScope(['a', 'b'])
// @ts-expect-error not synchronous
plain.requireScope(async () => 'a')
// @ts-expect-error it may return nothing
plain.requireScope((req) => (req.method === 'GET' ? 'read' : undefined))
// @ts-expect-error nothing
plain.requireScope(undefined)
// @ts-expect-error computed alternatives are alternatives that are computed
anyOf(() => 'a')
// @ts-expect-error as above, on its own
requireScope(['a'])

// Policies know the claims and the request.
api.requirePolicy({
  scope: ['a', (req) => `b:${req.path}`],
  roles: [anyOf('r', 's')],
  check(auth, req) {
    expectTypeOf(auth).toEqualTypeOf<Auth<Tenant>>()
    expectTypeOf(req).toEqualTypeOf<Request>()
    return auth.claims.tenant === 1
  },
})
plain.requirePolicy({ check: async (auth) => auth.claims['tenant'] === 1 })
requirePolicy({ check: (auth) => auth.claims['tenant'] === 1 })
requirePolicy<Tenant>({ check: (auth) => auth.claims.tenant === 1 })
// @ts-expect-error only true and false are answers
api.requirePolicy({ check: () => 1 })
// @ts-expect-error it might answer nothing
api.requirePolicy({ check: () => undefined })
// @ts-expect-error not of the schema
api.requirePolicy({ check: (auth) => auth.claims.other === 1 })
// @ts-expect-error a misspelt member
api.requirePolicy({ scopes: 'a' })
// @ts-expect-error roles are not computed
api.requirePolicy({ roles: () => 'a' })
// Without type arguments they are those of a resource server without a schema, in Express.
const kept: Policy = {
  scope: ['a', (req) => `b:${req.params['id']}`],
  check: (auth, req) => auth.claims['tenant'] === req.path,
}
plain.requirePolicy(kept)
requirePolicy(kept)
const computed: ScopeRequirement = (req) => `orders:${req.params['id']}`
plain.requireScope(computed)
api.requireScope(computed)
requireScope(computed)
expectTypeOf<Policy>().toEqualTypeOf<Policy<ClaimSet, Request>>()
expectTypeOf<ScopeRequirement>().toEqualTypeOf<ScopeRequirement<Request>>()
expectTypeOf<Auth>().toEqualTypeOf<Auth<ClaimSet>>()
expectTypeOf<ResourceServer>().toEqualTypeOf<ResourceServer<ClaimSet>>()
expectTypeOf<ResourceServerOptions>().toEqualTypeOf<ResourceServerOptions<ClaimSet>>()
expectTypeOf<StandardSchema>().toEqualTypeOf<StandardSchema<unknown>>()
expectTypeOf<VerifyResult>().toEqualTypeOf<VerifyResult<ClaimSet>>()
const plainResult: VerifyResult = await plain.verify(given)
if (plainResult.verdict === 'accepted') {
  expectTypeOf(plainResult.auth).toEqualTypeOf<Auth>()
}
const elsewhere: Policy<ClaimSet, VerifiableRequest> = { scope: (req) => `a:${req.method}` }
await plain.verify(given, elsewhere)
// @ts-expect-error it wants Express's request, and gets another
await plain.verify(given, kept)
const onlyClaims: Policy<Tenant> = { check: (auth, req) => `${auth.claims.tenant}` === req.path }
api.requirePolicy(onlyClaims)
declare const policy: Policy<Tenant, Request>
api.requirePolicy(policy)
// @ts-expect-error a policy on claims that nobody promised
plain.requirePolicy(policy)

// verify() tells three outcomes apart, and gives the policy the request that it was given.
const result = await api.verify(given, {
  scope: (req) => `orders:${req.order}`,
  check(auth, req) {
    expectTypeOf(auth).toEqualTypeOf<Auth<Tenant>>()
    expectTypeOf(req.order).toEqualTypeOf<number>()
    return true
  },
})
expectTypeOf(result).toEqualTypeOf<VerifyResult<Tenant>>()
if (result.verdict === 'accepted') {
  expectTypeOf(result.auth).toEqualTypeOf<Auth<Tenant>>()
} else if (result.verdict === 'refused') {
  expectTypeOf(result.refusal).toEqualTypeOf<RefusalValue>()
} else {
  expectTypeOf(result.error).toEqualTypeOf<Unavailable>()
}
expectTypeOf(result.response.status).toEqualTypeOf<number>()
expectTypeOf(result.response.headers).toExtend<readonly (readonly [string, string])[]>()
await api.verify({ ...given, headers: [['a', 'b']] })
await api.verify({ ...given, headers: new Headers() })
await api.verify({ ...given, headers: request.headers })
// @ts-expect-error Node's flat list cannot be told from values
await api.verify({ ...given, headers: request.rawHeaders })
// @ts-expect-error no method
await api.verify({ url: '/', headers: {} })

// Nothing can be written.
declare const auth: Auth<Tenant>
expectTypeOf(api.signal(auth)).toEqualTypeOf<AbortSignal>()
expectTypeOf(auth.hasScope('a')).toEqualTypeOf<boolean>()
expectTypeOf(auth.token).toEqualTypeOf<string>()
expectTypeOf(auth.principal).toEqualTypeOf<'user' | 'client' | 'unknown'>()
// @ts-expect-error read-only
auth.subject = 'mallory'
// @ts-expect-error read-only
auth.token = 'x'
// @ts-expect-error read-only
auth.scopes.push('admin')
// @ts-expect-error made by hand
export const forged: Auth<Tenant> = { ...auth }

// The metadata document.
api.resourceMetadata({ resource_name: 'Orders', 'resource_name#de': 'Bestellungen' })
// @ts-expect-error a name is a text
api.resourceMetadata({ resource_name: 1 })
// @ts-expect-error a list
api.resourceMetadata({ authorization_servers: 'https://as.example.com' })

// @ts-expect-error a misspelt option
api.authenticate({ optinal: true })

declare function handler(req: Request): void
