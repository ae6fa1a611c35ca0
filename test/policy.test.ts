import { format, inspect } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals'
import type { ErrorRequestHandler, Express, Request, RequestHandler } from 'express'
import request from 'supertest'
import {
  type Auth,
  allOf,
  anyOf,
  type ClaimSet,
  ConfigurationError,
  Forbidden,
  InvalidToken,
  type IssuerOptions,
  type Policy,
  type ResourceServer,
  type ResourceServerOptions,
  requirePolicy,
  requireScope,
  resourceServer,
  type ScopeRequirement,
  type VerifiableRequest,
  type VerifyResult,
} from '../lib/index.ts'
import {
  clientCertificate,
  dpopKey,
  type OpaqueOptions,
  type TestAuthorizationServer,
  type TokenOptions,
  testAuthorizationServer,
} from '../lib/testing/index.ts'
import { majors } from './fixtures/express-majors.ts'
import { parseChallenges } from './fixtures/parse-challenges.ts'
import { smallCache } from './fixtures/protected-api.ts'

let as: TestAuthorizationServer

beforeAll(async () => {
  as = await testAuthorizationServer()
})

afterAll(() => as.close())

const open: ResourceServer[] = []

function server(options: Partial<ResourceServerOptions<ClaimSet>> = {}): ResourceServer {
  const api = resourceServer({
    resource: as.resource,
    issuers: byHand(as),
    cache: smallCache,
    ...options,
  })
  open.push(api)
  return api
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((api) => api.close()))
})

/** All is given, so that a test does not wait for discovery and keys. */
function byHand({ issuer, client, endpoints, jwks }: TestAuthorizationServer): IssuerOptions {
  return {
    issuer,
    discovery: false,
    jwt: { keys: { jwks: jwks() } },
    introspection: { client, endpoint: endpoints.introspection },
  }
}

const done: RequestHandler = (_request, response) => {
  response.end('done')
}

function presenting(token: string): VerifiableRequest {
  return { method: 'GET', url: '/', headers: { authorization: `Bearer ${token}` } }
}

describe.each(majors)('with $major', ({ express }) => {
  /** Errors that reached the application. */
  const errors: (Error & { status?: number })[] = []
  const collect: ErrorRequestHandler = (error, _request, response, _next) => {
    errors.push(error)
    response.status(error.status ?? 500).end()
  }

  afterEach(() => expect(errors.splice(0)).toEqual([]))

  /** An app with one route and these before it. */
  function guarded(...guards: RequestHandler[]): Express {
    const app = express()
    app.all('/', ...guards, done)
    app.all('/orders/:id', ...guards, done)
    app.use(collect)
    return app
  }

  async function get(app: Express, of: TokenOptions | string, path = '/') {
    const token = typeof of === 'string' ? of : await as.token(of)
    return request(app).get(path).auth(token, { type: 'bearer' })
  }

  /** `done`, or the scope that the challenge asks for, or what the problem is. */
  async function outcome(app: Express, of: TokenOptions | string, path?: string) {
    const response = await get(app, of, path)
    if (response.status === 200) return response.text
    const challenge = parseChallenges(response.headers['www-authenticate'] ?? 'None')[0]
    return challenge?.params['scope'] ?? `${response.status} ${response.body.detail}`
  }

  describe('requireScope', () => {
    const scopes: [string, ScopeRequirement<Request>[], string, string][] = [
      ['one', ['a'], 'a', 'done'],
      ['one of many', ['b'], 'a b c', 'done'],
      ['another', ['a'], 'b', 'a'],
      ['none', ['a'], '', 'a'],
      ['a part of the name', ['a'], 'ab a:b A', 'a'],
      ['the beginning of the name', ['ab:c'], 'a ab ab:', 'ab:c'],
      ['all', ['a', 'b'], 'b a', 'done'],
      ['not all', ['a', 'b'], 'b', 'a b'],
      ['the first alternative', [anyOf('a', 'b')], 'a', 'done'],
      ['the last alternative', [anyOf('a', 'b')], 'b', 'done'],
      ['no alternative', [anyOf('a', 'b')], 'c', 'a'],
      ['every part', [allOf('a', 'b')], 'a b', 'done'],
      ['not every part', [allOf('a', 'b')], 'a', 'a b'],
      ['one of two sets', [anyOf(allOf('a', 'b'), allOf('c', 'd'))], 'c d', 'done'],
      ['half of both sets', [anyOf(allOf('a', 'b'), allOf('c', 'd'))], 'a d', 'a b'],
      ['one of each pair', [allOf(anyOf('a', 'b'), anyOf('c', 'd'))], 'b d', 'done'],
      ['both of one pair', [allOf(anyOf('a', 'b'), anyOf('c', 'd'))], 'a b', 'a c'],
      ['alternatives and more', [anyOf('a', 'b'), 'c'], 'b c', 'done'],
      ['alternatives without more', [anyOf('a', 'b'), 'c'], 'b', 'a c'],
      ['the same twice', ['a', anyOf('a', 'b'), 'a'], 'c', 'a'],
      ['requirements made by hand', [{ anyOf: ['a', { allOf: ['b', 'c'] }] }], 'b c', 'done'],
      ['computed', [() => 'a', () => anyOf('b', 'c')], 'a c', 'done'],
      ['computed, lacking', ['x', () => 'a', () => anyOf('b', 'c')], 'x a', 'x a b'],
      ['names of object members', ['constructor'], 'a', 'constructor'],
      ['every legal character', ["!#$%&'()*+,-./:;<=>?@[]^_`{|}~"], 'a', /./.source],
    ]

    it.each(scopes)('demands all that is asked for: %s', async (_, required, scope, expected) => {
      const result = await outcome(guarded(server().requireScope(...required)), { scope })
      expect(result).toMatch(expected === 'done' ? /^done$/ : new RegExp(`^${expected}$|^!#`))
      // Written as a policy, it is the same.
      const policy = guarded(server().requirePolicy({ scope: required }))
      expect(await outcome(policy, { scope })).toBe(result)
    })

    it('asks for the scope on every request, also after a cached verdict', async () => {
      const api = server()
      const app = express()
      app.get('/a', api.requireScope('a'), done)
      app.get('/b', api.requireScope('b'), done)
      const token = await as.token({ scope: 'a' })
      for (let count = 0; count < 4; count++) {
        expect((await get(app, token, '/a')).status).toBe(200)
        expect((await get(app, token, '/b')).status).toBe(403)
      }
      expect(api.health().cache.good).toBe(1)
    })

    it('takes the scope from an introspected token, too', async () => {
      const app = guarded(server().requireScope('a'))
      expect(await outcome(app, await as.opaque({ scope: 'a' }))).toBe('done')
      expect(await outcome(app, await as.opaque({ scope: 'b' }))).toBe('a')
    })
  })

  describe('a computed scope', () => {
    const byOrder = (request: Request) => `orders:${request.params['id']}`

    it('is made of the request', async () => {
      const app = guarded(server().requireScope(byOrder))
      expect(await outcome(app, { scope: 'orders:7' }, '/orders/7')).toBe('done')
      expect(await outcome(app, { scope: 'orders:7' }, '/orders/8')).toBe('orders:8')
    })

    it.each([
      ['a space', '/orders/7%20admin'],
      ['a quote', '/orders/%22'],
      ['a backslash', '/orders/%5C'],
      ['a line break', '/orders/7%0D%0AX-Injected:%20y'],
      ['a character beyond ASCII', '/orders/%C3%A9'],
      ['a NUL', '/orders/%00'],
    ])('that is no scope-token is a no without scope: %s in the path', async (_, path) => {
      const app = guarded(server().requireScope(byOrder))
      const response = await get(app, { scope: 'orders:7 admin' }, path)
      expect(response.status).toBe(403)
      expect(response.body.detail).toBe('The request asks for something no scope can grant.')
      expect(response.headers).not.toHaveProperty('www-authenticate')
      expect(response.headers).not.toHaveProperty('x-injected')
    })

    it('that is no scope-token is a no also among others and in parts', async () => {
      const no = '403 The request asks for something no scope can grant.'
      for (const computed of ['', 'a b', anyOf('a', 'b c'), allOf('a', '"')]) {
        const app = guarded(server().requireScope('a', () => computed))
        expect(await outcome(app, { scope: 'a' })).toBe(no)
      }
    })

    it.each([
      ['nothing', () => undefined],
      ['null', () => null],
      ['a promise', async () => 'a'],
      ['a promise that rejects', async () => Promise.reject(new Error('lost'))],
      ['a list', () => ['a']],
      ['an empty list', () => []],
      ['true', () => true],
      ['an object', () => ({})],
      ['no alternatives', () => ({ anyOf: [] })],
      ['no parts', () => ({ allOf: [] })],
      ['alternatives that are none', () => ({ anyOf: [42] })],
      ['two requirements in one', () => ({ anyOf: ['a'], allOf: ['b'] })],
      ['two requirements, one of them undefined', () => ({ anyOf: undefined, allOf: ['a'] })],
      ['a deep hole', () => ({ anyOf: ['a', { allOf: [] }] })],
    ])('that is %s is a bug of the application, and lets nobody pass', async (_, computed) => {
      const unhandled: unknown[] = []
      const note = (reason: unknown) => unhandled.push(reason)
      process.on('unhandledRejection', note)
      const app = guarded(server().requireScope(computed as () => string))
      expect((await get(app, { scope: 'a b' })).status).toBe(500)
      const [error] = errors.splice(0)
      expect(error).toBeInstanceOf(ConfigurationError)
      expect(error?.message).toMatch(
        /^scope: the function must return a scope-token, anyOf\(\.\.\.\) or allOf\(\.\.\.\) at once, not (?:undefined|null|true|a promise|an array|an empty array|an object)\.$/,
      )
      await new Promise((resolve) => setImmediate(resolve))
      process.off('unhandledRejection', note)
      expect(unhandled).toEqual([])
    })

    it('that throws is a bug of the application, and stays what it is', async () => {
      const bug = new RangeError('mine')
      const app = guarded(
        server().requireScope(() => {
          throw bug
        }),
      )
      expect((await get(app, {})).status).toBe(500)
      expect(errors.splice(0)).toEqual([bug])
    })

    it('is not computed for a request without a good token', async () => {
      const compute = jest.fn(() => 'a')
      const app = guarded(server().requireScope(compute))
      await request(app).get('/').expect(401)
      expect((await get(app, { expired: true })).status).toBe(401)
      expect(compute).not.toHaveBeenCalled()
    })
  })

  describe('a scope hierarchy', () => {
    const hierarchy = { admin: ['write'], write: ['read', 'list'] }

    it('lets a scope imply others, and theirs', async () => {
      const api = server({ scopeHierarchy: hierarchy })
      const read = guarded(api.requireScope('read'))
      for (const scope of ['read', 'write', 'admin']) {
        expect(await outcome(read, { scope })).toBe('done')
      }
      expect(await outcome(read, { scope: 'list other' })).toBe('read')
      const write = guarded(api.requireScope('write'))
      expect(await outcome(write, { scope: 'read list' })).toBe('write')
      expect(await outcome(guarded(api.requireScope('read', 'list')), { scope: 'admin' })).toBe(
        'done',
      )
      expect(await outcome(guarded(api.requireScope(() => 'list')), { scope: 'admin' })).toBe(
        'done',
      )
    })

    it('may be a function that says which scopes satisfy the required one', async () => {
      const api = server({
        scopeHierarchy: (required) => (required.startsWith('orders:') ? ['orders:*'] : []),
      })
      const app = guarded(api.requireScope((request) => `orders:${request.params['id']}`))
      expect(await outcome(app, { scope: 'orders:*' }, '/orders/7')).toBe('done')
      expect(await outcome(app, { scope: 'orders:7' }, '/orders/7')).toBe('done')
      expect(await outcome(app, { scope: 'invoices:*' }, '/orders/7')).toBe('orders:7')
    })

    it('leaves the scopes of the caller as they were granted', async () => {
      const auth = accepted(
        await server({ scopeHierarchy: hierarchy }).verify(
          presenting(await as.token({ scope: 'admin' })),
        ),
      )
      expect(auth.scopes).toEqual(['admin'])
      expect(['admin', 'write', 'read', 'other', ''].map((scope) => auth.hasScope(scope))).toEqual([
        true,
        true,
        true,
        false,
        false,
      ])
    })

    it('that is a function and returns no list is a bug of the application', async () => {
      const scopeHierarchy = (() => 'a') as unknown as () => string[]
      const app = guarded(server({ scopeHierarchy }).requireScope('b'))
      expect((await get(app, { scope: 'a' })).status).toBe(500)
      expect(errors.splice(0)[0]?.message).toMatch(/^scopeHierarchy: the function must return/)
    })
  })

  describe('roles', () => {
    const no = '403 The access token lacks a required role.'

    it.each<[string, Policy<ClaimSet, Request>['roles'], unknown, string]>([
      ['one', 'admin', ['admin', 'x'], 'done'],
      ['one as a string', 'admin', 'admin', 'done'],
      ['one with spaces', 'the boss', ['the boss'], 'done'],
      ['another', 'admin', ['x'], no],
      ['a scope of that name', 'orders:read', ['x'], no],
      ['no claim', 'admin', undefined, no],
      ['of a list all', ['a', 'b'], ['a', 'b'], 'done'],
      ['of a list some', ['a', 'b'], ['a'], no],
      ['an alternative', anyOf('a', 'b'), ['b'], 'done'],
      ['no alternative', anyOf('a', 'b'), ['c'], no],
      ['not all', allOf('a', 'b'), ['a'], no],
    ])('are demanded: %s', async (_, required, roles, expected) => {
      const app = guarded(server().requirePolicy({ roles: required! }))
      expect(await outcome(app, { scope: 'orders:read', claims: { roles } })).toBe(expected)
    })
  })

  describe('check', () => {
    const no = '403 The request is not permitted.'
    const thenable = (value: unknown) => ({
      // biome-ignore lint/suspicious/noThenProperty: a promise of the application's own making
      then: (resolve: (v: unknown) => void) => resolve(value),
    })

    it.each([
      ['true', () => true, 'done'],
      ['a promise of true', async () => true, 'done'],
      ['a thenable of true', () => thenable(true), 'done'],
      ['false', () => false, no],
      ['a promise of false', async () => false, no],
      ['a thenable of false', () => thenable(false), no],
      ['nothing', () => undefined, no],
      ['a promise of nothing', async () => undefined, no],
      ['null', () => null, no],
      ['1', () => 1, no],
      ['"true"', () => 'true', no],
      ['an object', () => ({}), no],
      ['new Boolean(true)', () => Object(true), no],
      ['a promise of 1', async () => 1, no],
      ['a function', () => () => true, no],
      ['a promise of a promise of true', async () => thenable(true), 'done'],
    ])('passes only with true: %s', async (_, check, expected) => {
      const app = guarded(server().requirePolicy({ check: check as () => boolean }))
      expect(await outcome(app, {})).toBe(expected)
    })

    it.each<[string, (bug: Error) => unknown]>([
      [
        'throws',
        (bug) => {
          throw bug
        },
      ],
      ['rejects', (bug) => Promise.reject(bug)],
      [
        'is a thenable that rejects',
        // biome-ignore lint/suspicious/noThenProperty: a promise of the application's own making
        (bug) => ({ then: (_: unknown, reject: (error: Error) => void) => reject(bug) }),
      ],
      [
        'is a thenable that throws',
        (bug) => ({
          // biome-ignore lint/suspicious/noThenProperty: a promise of the application's own making
          then: () => {
            throw bug
          },
        }),
      ],
    ])('that %s goes to next(error) as it is', async (_, check) => {
      const bug = new RangeError('mine')
      const app = guarded(server().requirePolicy({ check: () => check(bug) as boolean }))
      expect((await get(app, {})).status).toBe(500)
      expect(errors.splice(0)).toEqual([bug])
    })

    it('sees who is calling, and the request with its path parameters', async () => {
      const seen: unknown[] = []
      const app = guarded(
        server().requirePolicy({
          check(auth, request) {
            seen.push(auth.subject, auth.claims['tenant'], request.params['id'])
            return true
          },
        }),
      )
      await get(app, { claims: { tenant: 't' } }, '/orders/7')
      expect(seen).toEqual(['alice', 't', '7'])
    })

    it('is forwarded as Forbidden', async () => {
      const app = guarded(server({ errors: 'forward' }).requirePolicy({ check: () => false }))
      expect((await get(app, {})).status).toBe(403)
      expect(errors.splice(0)).toEqual([expect.any(Forbidden)])
    })
  })

  it('judges in order: credentials, token, proof, scope, roles, check', async () => {
    const asked: string[] = []
    const app = guarded(
      server().requirePolicy({
        check() {
          asked.push('check')
          return false
        },
        roles: 'admin',
        scope: [
          'a',
          () => {
            asked.push('scope')
            return 'b'
          },
        ],
      }),
    )
    const bad = { cnf: {} }
    const steps: [TokenOptions, string][] = [
      [{ audience: 'https://other.test', claims: bad }, 'another resource'],
      [{ claims: bad }, 'not proved'],
      [{ scope: 'a' }, 'a b'],
      [{ scope: 'a b' }, 'role'],
      [{ scope: 'a b', claims: { roles: ['admin'] } }, 'not permitted'],
    ]
    for (const [of, expected] of steps) {
      expect(await outcome(app, of)).toContain(expected)
    }
    expect(asked).toEqual(['scope', 'scope', 'scope', 'check'])
  })

  describe('a requirement of nothing, or of what cannot be, throws when it is registered:', () => {
    const notOne = (name: string) =>
      `scope: ${JSON.stringify(name)} is not one scope-token (RFC 6749 section 3.3): no spaces, quotes or backslashes. Give several scopes one by one.`
    const needsOne =
      'requires nothing: name at least one, or use authenticate() where any valid token will do.'
    const oneByOne =
      'scope: takes scopes one by one: write requireScope("a", "b") for both, anyOf("a", "b") for either.'
    const kinds = (given: string) =>
      `scope: takes scope-tokens, anyOf(...), allOf(...), or functions of the request, not ${given}.`
    const members =
      'proof, scope, acrValues, maxAuthenticationAgeSeconds, roles, authorizationDetails, live, check'
    const policies = (given: string) =>
      `a policy takes the form of an object such as { scope: "orders:read" }, not ${given}.`

    it.each<[string, unknown[], string]>([
      ['no arguments', [], `scope: ${needsOne}`],
      ['two scopes in one string', ['a b'], notOne('a b')],
      ['an empty string', [''], notOne('')],
      ['a quote', ['a', 'b"'], notOne('b"')],
      ['an illegal alternative', [{ anyOf: ['a', 'é'] }], notOne('é')],
      ['a list', [['a', 'b']], oneByOne],
      ['an empty list', [[]], oneByOne],
      ['undefined', [undefined], kinds('undefined')],
      ['null', ['a', null], kinds('null')],
      ['a number', [1], kinds('a number')],
      ['an object', [{}], kinds('an object')],
      ['no alternatives', [{ anyOf: [] }], kinds('an object')],
      ['two requirements in one', [{ anyOf: ['a'], allOf: ['b'] }], kinds('an object')],
    ])('requireScope: %s', (_, scopes, message) => {
      for (const register of [server().requireScope, requireScope]) {
        const call = () => register(...(scopes as string[]))
        expect(call).toThrow(ConfigurationError)
        expect(call).toThrow(message)
      }
    })

    it.each<[string, unknown, string]>([
      ['nothing', undefined, policies('undefined')],
      ['null', null, policies('null')],
      ['a string', 'a', policies('a string')],
      ['a list', ['a'], policies('an array')],
      ['an instance', new Map([['scope', 'a']]), policies('an object')],
      ['a requirement', anyOf('a'), 'anyOf: there is no such option here. Use `scope: anyOf(...)`'],
      ['no members', {}, `a policy must require something: give ${members}.`],
      [
        'a check that is undefined beside a scope',
        { scope: 'a', check: undefined },
        'check: is undefined: give what it requires, or leave it out.',
      ],
      [
        'roles that are undefined beside a scope',
        { scope: 'a', roles: undefined },
        'roles: is undefined: give what it requires, or leave it out.',
      ],
      [
        'undefined members',
        { scope: undefined },
        'scope: is undefined: give what it requires, or leave it out.',
      ],
      [
        'a misspelt member',
        { scope: 'a', rolls: 'b' },
        'rolls: there is no such option. Did you mean `roles`?',
      ],
      ['a plural', { scopes: ['a'] }, 'scopes: there is no such option. Did you mean `scope`?'],
      [
        'a member of something else',
        { permissions: 'a' },
        `permissions: there is no such option. Known here: ${members}.`,
      ],
      [
        'a parameter of the challenge',
        { scope: 'a', acr_values: 'phr' },
        'acr_values: there is no such option. Did you mean `acrValues`?',
      ],
      ['an empty list of scopes', { scope: [] }, `scope: ${needsOne}`],
      ['two scopes in one string', { scope: 'a b' }, notOne('a b')],
      ['an empty list of roles', { roles: [] }, `roles: ${needsOne}`],
      [
        'an empty role',
        { roles: ['a', ''] },
        'roles: takes non-empty names, anyOf(...) and allOf(...), not an empty string.',
      ],
      [
        'a computed role',
        { roles: () => 'a' },
        'roles: takes non-empty names, anyOf(...) and allOf(...), not a function.',
      ],
      ...['DPoP', 'none', '', 'toString', true, null, ['dpop']].map(
        (proof): [string, unknown, string] => [
          `the proof ${JSON.stringify(proof)}`,
          { proof },
          'proof: must be "any", "dpop" or "mtls", not ',
        ],
      ),
      [
        'a proof that is undefined beside a scope',
        { scope: 'a', proof: undefined },
        'proof: is undefined: give what it requires, or leave it out.',
      ],
      [
        'a check that is no function',
        { check: true },
        'check: must be a function of the auth and the request, not true.',
      ],
    ])('requirePolicy: %s', (_, policy, message) => {
      for (const register of [server().requirePolicy, requirePolicy]) {
        const call = () => register(policy as { scope: string })
        expect(call).toThrow(ConfigurationError)
        expect(call).toThrow(message)
      }
    })

    it('anyOf and allOf without arguments, or with something else than names', () => {
      expect(() => anyOf()).toThrow(
        'anyOf() needs at least one argument: a requirement of nothing would let everybody in or nobody.',
      )
      expect(() => allOf()).toThrow(
        'allOf() needs at least one argument: a requirement of nothing would let everybody in or nobody.',
      )
      expect(() => anyOf('a', undefined as unknown as string)).toThrow(
        'anyOf() takes names, anyOf(...) and allOf(...), not undefined.',
      )
      expect(() => allOf(['a'] as unknown as string)).toThrow(
        'allOf() takes names, anyOf(...) and allOf(...), not a list: write allOf("a", "b").',
      )
      expect(Object.isFrozen(anyOf('a')) && Object.isFrozen(anyOf('a').anyOf)).toBe(true)
    })
  })

  describe('authenticate', () => {
    it('lets any good token pass, and nobody without one', async () => {
      const app = guarded(server().authenticate())
      expect((await get(app, {})).status).toBe(200)
      expect((await get(app, { expired: true })).status).toBe(401)
      await request(app).get('/').expect(401)
      // Preflights are no exception.
      await request(app).options('/').expect(401)
    })

    it('with optional lets pass as nobody who presents nothing, and refuses what is bad', async () => {
      const api = server()
      const app = express()
      app.get('/', api.authenticate({ optional: true }), (request, response) => {
        const auth = api.auth(request, { optional: true })
        response.json({ subject: auth?.subject ?? null, has: 'auth' in request })
      })
      expect((await request(app).get('/')).body).toEqual({ subject: null, has: false })
      expect((await get(app, {})).body).toEqual({ subject: 'alice', has: true })
      expect((await get(app, { expired: true })).status).toBe(401)
      await request(app).get('/').set('authorization', 'Bearer').expect(400)
    })

    it.each([{ optional: 'false' }, { optional: 1 }, { optionl: true }])(
      'takes no other options: %j',
      (options) => {
        expect(() => server().authenticate(options as never)).toThrow(/^authenticate\.opti/)
      },
    )

    it('with optional does not hide that nobody can tell', async () => {
      const down = await testAuthorizationServer()
      down.fail('all', 503)
      const app = guarded(server(down.options).authenticate({ optional: true }))
      expect((await get(app, await down.token())).status).toBe(503)
      expect((await request(app).get('/')).status).toBe(200)
      await down.close()
    })

    it('with optional, later requirements still want somebody', async () => {
      const api = server()
      const optional = api.authenticate({ optional: true })
      for (const later of [api.requireScope('a'), api.authenticate(), requireScope('a')]) {
        const app = guarded(optional, later)
        await request(app).get('/').expect(401)
        expect((await get(app, { scope: 'a' })).status).toBe(200)
      }
    })

    it('passes nothing on to next', async () => {
      const api = server()
      const given: unknown[][] = []
      const app = guarded((request, response, next) => {
        api.authenticate()(request, response, (...args: unknown[]) => {
          given.push(args)
          next()
        })
      })
      await get(app, {})
      expect(given).toEqual([[]])
    })
  })

  describe('auth', () => {
    it('is who is calling, the same object as on the request', async () => {
      const api = server()
      const app = express()
      app.get('/', api.authenticate(), (request, response) => {
        const { auth } = request as unknown as { auth: Auth }
        expect(api.auth(request)).toBe(auth)
        expect(api.auth(request, { optional: true })).toBe(auth)
        response.json({ subject: auth.subject, issuer: auth.issuer, clientId: auth.clientId })
      })
      app.use(collect)
      expect((await get(app, {})).body).toEqual({
        subject: 'alice',
        issuer: as.issuer,
        clientId: 'test-client',
      })
    })

    it('throws for a request that was not authenticated, unless it is optional', async () => {
      const api = server()
      const app = express()
      app.get('/optional', (request, response) => {
        response.json(api.auth(request, { optional: true }) ?? null)
      })
      app.get('/', (request) => api.auth(request))
      app.use(collect)
      expect((await request(app).get('/optional')).body).toBeNull()
      await request(app).get('/').expect(500)
      const [error] = errors.splice(0)
      expect(error).toBeInstanceOf(ConfigurationError)
      expect(error?.message).toBe(
        'auth(req) was asked about a request that this resource server did not authenticate: put authenticate() or requireScope() before the handler, or ask with { optional: true }.',
      )
    })

    it('is set before the policy is judged, so that error handlers know who was refused', async () => {
      const api = server({ errors: 'forward' })
      const app = express()
      const refused: unknown[] = []
      app.get('/', api.requireScope('a'), done)
      const answer: ErrorRequestHandler = (error, request, response, _next) => {
        refused.push(api.auth(request, { optional: true })?.subject)
        response.status(error.status).end()
      }
      app.use(answer)
      expect((await get(app, {})).status).toBe(403)
      expect((await get(app, { expired: true })).status).toBe(401)
      expect(refused).toEqual(['alice', undefined])
    })
  })

  describe('requireScope and requirePolicy on their own', () => {
    it('judge by whoever authenticated the request, in routers and sub-applications', async () => {
      const app = express()
      const router = express.Router()
      router.get('/a', requireScope('a'), done)
      router.get('/check', requirePolicy({ check: (auth) => auth.hasScope('b') }), done)
      const sub = express()
      sub.get('/a', requireScope('a'), done)
      app.use(server({ scopeHierarchy: { b: ['a'] } }).authenticate())
      app.use('/router', router)
      app.use('/sub', sub)
      for (const path of ['/router/a', '/router/check', '/sub/a']) {
        expect(await outcome(app, { scope: 'b' }, path)).toBe('done')
        expect((await get(app, { scope: 'c' }, path)).status).toBe(403)
      }
    })

    it('never let a request through that nobody authenticated', async () => {
      for (const guard of [requireScope('a'), requirePolicy({ check: () => true })]) {
        const app = guarded(guard)
        expect((await get(app, { scope: 'a' })).status).toBe(500)
        const [error] = errors.splice(0)
        expect(error).toBeInstanceOf(ConfigurationError)
        expect(error?.message).toBe(
          'requireScope() or requirePolicy() ran before any authenticate(): mount api.authenticate() before this router, or use the members of the resource server.',
        )
      }
    })

    it('answer as the resource server does that authenticated', async () => {
      const app = guarded(
        server({ metadataUrl: 'https://docs.test/m' }).authenticate({ optional: true }),
        requireScope('a', 'b'),
      )
      const response = await request(app).get('/')
      expect(response.status).toBe(401)
      expect(response.headers['www-authenticate']).toBe(
        'Bearer resource_metadata="https://docs.test/m", scope="a b"',
      )
      const forward = guarded(server({ errors: 'forward' }).authenticate(), requireScope('a'))
      expect((await get(forward, {})).status).toBe(403)
      expect(errors.splice(0)).toHaveLength(1)
    })
  })

  describe('two resource servers on one request', () => {
    const both = () => as.token({ audience: ['https://a.test', 'https://b.test'], scope: 'all' })
    const make = () =>
      [
        server({ resource: 'https://a.test', scopeHierarchy: { all: ['x'] } }),
        server({ resource: 'https://b.test' }),
      ] as const

    it('know nothing of each other', async () => {
      const [a, b] = make()
      const app = express()
      app.get('/', a.authenticate(), (request, response) => {
        expect(() => b.auth(request)).toThrow(ConfigurationError)
        response.json([!!a.auth(request), !!b.auth(request, { optional: true })])
      })
      app.use(collect)
      expect((await get(app, await both())).body).toEqual([true, false])
    })

    it('each keep what they found, whoever comes after', async () => {
      const [a, b] = make()
      const app = express()
      app.get('/', a.authenticate(), b.authenticate(), (request, response) => {
        response.json([a.auth(request).hasScope('x'), b.auth(request).hasScope('x')])
      })
      app.use(collect)
      expect((await get(app, await both())).body).toEqual([true, false])
    })

    it('leave in req.auth what the one found that was asked last', async () => {
      const [a, b] = make()
      const app = express()
      const last: boolean[] = []
      const note = (request: object, _: unknown, next: () => void) => {
        last.push((request as { auth: Auth }).auth.hasScope('x'))
        next()
      }
      app.get('/', a.authenticate(), note, b.authenticate(), note, a.authenticate(), note, done)
      app.use(collect)
      expect((await get(app, await both())).status).toBe(200)
      expect(last).toEqual([true, false, true])
    })

    it('B-1: each judges the audience for itself, on every request, also after a cache hit (RFC 9700 section 2.3)', async () => {
      const [a, b] = make()
      const app = express()
      app.get('/a', a.authenticate(), done)
      app.get('/b', b.authenticate(), done)
      app.get('/both', a.authenticate(), b.authenticate(), done)
      for (const token of [
        await as.token({ audience: 'https://a.test' }),
        await as.opaque({ audience: 'https://a.test' }),
      ]) {
        for (let count = 0; count < 4; count++) {
          expect((await get(app, token, '/a')).status).toBe(200)
          for (const path of ['/b', '/both']) {
            const response = await get(app, token, path)
            expect(response.status).toBe(401)
            expect(response.body.detail).toBe('The access token is meant for another resource.')
            expect(response.headers['www-authenticate']).toContain('realm="https://b.test"')
          }
        }
      }
      expect(a.health().cache).toEqual({ good: 2, bad: 0 })
      expect((await get(app, await both(), '/both')).status).toBe(200)
    })

    it('requirements of no resource server go by the latest', async () => {
      const [a, b] = make()
      const token = await both()
      expect(
        await outcome(guarded(b.authenticate(), a.authenticate(), requireScope('x')), token),
      ).toBe('done')
      expect(
        await outcome(guarded(a.authenticate(), b.authenticate(), requireScope('x')), token),
      ).toBe('x')
      const own = guarded(a.authenticate(), b.authenticate(), a.requireScope('x'))
      expect(await outcome(own, token)).toBe('done')
    })
  })

  describe('what other middleware writes', () => {
    const forged = Object.freeze({
      claims: {},
      scopes: ['a'],
      subject: 'mallory',
      hasScope: () => true,
    })
    const forge: RequestHandler = (request, _response, next) => {
      Object.assign(request, { auth: forged })
      next()
    }

    it('into req.auth never counts', async () => {
      const api = server()
      for (const guard of [api.authenticate(), api.requireScope('a')]) {
        await request(guarded(forge, guard)).get('/').expect(401)
      }
      await request(guarded(forge, requireScope('a')))
        .get('/')
        .expect(500)
      expect(errors.splice(0)).toEqual([expect.any(ConfigurationError)])

      const app = express()
      app.get('/', forge, api.authenticate({ optional: true }), (request, response) => {
        expect(() => api.auth(request)).toThrow(ConfigurationError)
        response.json(api.auth(request, { optional: true }) ?? null)
      })
      app.use(collect)
      expect((await request(app).get('/')).body).toBeNull()
    })

    it('into req.auth after authentication changes no decision', async () => {
      const api = server()
      for (const guard of [api.requireScope('a'), requireScope('a')]) {
        const app = guarded(api.authenticate(), forge, guard)
        expect((await get(app, { scope: 'b' })).status).toBe(403)
      }
      const app = express()
      app.get('/', api.authenticate(), forge, (request, response) => {
        response.json(api.auth(request).subject)
      })
      expect((await get(app, {})).body).toBe('alice')
    })

    it('is no way to pass the authority of one request on to another', async () => {
      const api = server()
      const app = express()
      let first: Request | undefined
      app.get('/first', api.authenticate(), (request, response) => {
        first = request
        response.end()
      })
      app.get('/second', (request, response) => {
        const descriptors = Object.getOwnPropertyDescriptors(first as Request)
        for (const name of Reflect.ownKeys(descriptors)) {
          if (name === 'auth' || typeof name === 'symbol') {
            Object.defineProperty(request, name, Reflect.get(descriptors, name))
          }
        }
        const heir = Object.create(first as Request) as Request
        response.json([request, heir].map((one) => api.auth(one, { optional: true }) ?? null))
      })
      app.use(collect)
      await get(app, {}, '/first')
      expect((await request(app).get('/second')).body).toEqual([null, null])
    })
  })

  describe('one request', () => {
    it('is verified once, whatever is required of it', async () => {
      const api = server({ cache: { introspectionMaxAgeSeconds: 0 } })
      const app = guarded(
        api.authenticate({ optional: true }),
        api.authenticate(),
        api.requireScope('a'),
        api.requirePolicy({ scope: 'b', check: async () => true }),
        requireScope('a'),
      )
      const token = await as.opaque({ scope: 'a b' })
      as.forgetRequests()
      expect((await get(app, token)).status).toBe(200)
      expect(as.received('introspection')).toHaveLength(1)
      expect((await get(app, token)).status).toBe(200)
      expect(as.received('introspection')).toHaveLength(2)
    })

    it('goes on in the same turn when its token is known', async () => {
      const api = server()
      const inSameTurn: boolean[] = []
      const watched =
        (guard: RequestHandler): RequestHandler =>
        (request, response, next) => {
          let returned = false
          guard(request, response, (error?: unknown) => {
            inSameTurn.push(!returned)
            next(error)
          })
          returned = true
        }
      const app = guarded(
        watched(api.authenticate()),
        watched(api.requireScope('a', () => anyOf('a', 'b'))),
        watched(api.requirePolicy({ check: () => true })),
        watched(requireScope('a')),
      )
      const token = await as.token({ scope: 'a' })
      for (let count = 0; count < 3; count++) {
        inSameTurn.length = 0
        expect((await get(app, token)).status).toBe(200)
      }
      expect(inSameTurn).toEqual([true, true, true, true])
    })

    it('is refused in the same turn when its token is known to be bad', async () => {
      const api = server()
      const inSameTurn: boolean[] = []
      const app = guarded((request, response, next) => {
        api.authenticate()(request, response, next)
        inSameTurn.push(response.writableEnded)
      })
      const token = await as.token({ audience: 'https://other.test' })
      await get(app, token)
      await get(app, token)
      await request(app).get('/')
      expect(inSameTurn.slice(1)).toEqual([true, true])
    })
  })

  it('has members that may be taken apart, and middleware with names', async () => {
    const { authenticate, requireScope, requirePolicy, auth, resourceMetadata, ...rest } = server()
    const app = express()
    app.use(resourceMetadata())
    app.get('/', authenticate(), requireScope('a'), requirePolicy({ scope: 'a' }), (req, res) => {
      res.json(auth(req).subject)
    })
    expect((await get(app, { scope: 'a' })).body).toBe('alice')
    const { verify, ready, health, signal, forgetIssuer, close } = rest
    await ready()
    const auth2 = accepted(await verify(presenting(await as.token())))
    expect(signal(auth2).aborted).toBe(false)
    expect(health().status).toBe('ok')
    forgetIssuer('https://nobody.test')
    await close()
    expect(
      [authenticate(), requireScope('a'), requirePolicy({ scope: 'a' }), resourceMetadata()].map(
        ({ name, length }) => [name, length],
      ),
    ).toEqual([
      ['authenticateMiddleware', 3],
      ['requireScopeMiddleware', 3],
      ['requirePolicyMiddleware', 3],
      ['resourceMetadataMiddleware', 3],
    ])
  })
})

describe('proof of possession', () => {
  const key = dpopKey()
  const certificate = clientCertificate()
  const bindings = { none: [], dpop: [key], mtls: [certificate], both: [key, certificate] }
  const algs = expect.stringContaining('ES256')
  const message =
    'The access token must be bound to a key in the way that is required here, and proved so.'

  /** A request with a token that is bound in this way, and with all that it takes to prove it. */
  async function proving(how: keyof typeof bindings, scope = ''): Promise<VerifiableRequest> {
    const of = { scope, boundTo: bindings[how] }
    const token = how === 'dpop' ? await as.opaque(of) : await as.token(of)
    const url = `${as.resource}/`
    const headers =
      how === 'dpop' || how === 'both'
        ? key.headers({ method: 'GET', url, token })
        : { Authorization: `Bearer ${token}` }
    return { method: 'GET', url: '/', headers, certificate: certificate.der }
  }

  function challengesIn({ response }: VerifyResult): Record<string, object> {
    const fields = response.headers.filter(([name]) => name === 'WWW-Authenticate')
    const challenges = fields.flatMap(([, value]) => parseChallenges(value))
    return Object.fromEntries(challenges.map(({ scheme, params }) => [scheme, { ...params }]))
  }

  it.each<[keyof typeof bindings, ...string[]]>([
    ['none', 'no', 'no', 'no'],
    ['dpop', 'yes', 'yes', 'no'],
    ['mtls', 'yes', 'no', 'yes'],
    ['both', 'yes', 'yes', 'yes'],
  ])(
    'is demanded in the way that the policy says of a token with the binding %s',
    async (how, ...expected) => {
      const api = server({ dpop: true, mtls: true })
      const outcomes: string[] = []
      for (const proof of ['any', 'dpop', 'mtls'] as const) {
        const result = await api.verify(await proving(how), { proof })
        outcomes.push(result.verdict === 'accepted' ? 'yes' : 'no')
        if (result.verdict !== 'accepted') {
          expect(result).toMatchObject({ refusal: { status: 401, reason: 'proof_required' } })
        }
      }
      expect(outcomes).toEqual(expected)
    },
  )

  it.each<[string, 'any' | 'dpop' | 'mtls', keyof typeof bindings, object]>([
    ['DPoP', 'any', 'none', { dpop: true, mtls: true }],
    ['DPoP', 'any', 'none', { dpop: true }],
    ['Bearer', 'any', 'none', { mtls: true }],
    ['DPoP', 'dpop', 'none', { dpop: true }],
    ['DPoP', 'dpop', 'mtls', { dpop: true, mtls: true }],
    ['Bearer', 'mtls', 'none', { dpop: true, mtls: true }],
    ['Bearer', 'mtls', 'none', { mtls: true }],
    ['Bearer', 'mtls', 'dpop', { dpop: true, mtls: true }],
  ])(
    'is demanded in the challenge for %s: %s, of a token with the binding %s, under %j',
    async (scheme, proof, how, options) => {
      const result = await server(options).verify(await proving(how), { proof })
      const challenges = challengesIn(result)
      const place = { realm: as.resource }
      const told = { error: 'invalid_token', error_description: message }
      expect(challenges).toEqual({
        Bearer: { ...place, ...(scheme === 'Bearer' && told) },
        ...('dpop' in options && { DPoP: { ...place, ...(scheme === 'DPoP' && told), algs } }),
      })
    },
  )

  it('is demanded before scope, which the client is told of all the same', async () => {
    const api = server({ dpop: true })
    const policy = { proof: 'dpop', scope: ['a', 'b'] } as const
    expect(challengesIn(await api.verify(await proving('none', 'a'), policy))).toEqual({
      Bearer: { realm: as.resource, scope: 'a b' },
      DPoP: expect.objectContaining({ error: 'invalid_token', scope: 'a b' }),
    })
    expect(await api.verify(await proving('dpop', 'a'), policy)).toMatchObject({
      refusal: { reason: 'insufficient_scope', schemes: ['DPoP'] },
    })
    expect(await api.verify(await proving('dpop', 'a b'), policy)).toMatchObject({
      verdict: 'accepted',
    })
    const nobody = await api.verify({ method: 'GET', url: '/', headers: [] }, policy)
    expect(nobody).toMatchObject({ refusal: { reason: 'no_credentials' } })
    expect(challengesIn(nobody)).toEqual({
      Bearer: { realm: as.resource, scope: 'a b' },
      DPoP: { realm: as.resource, scope: 'a b', algs },
    })
  })

  it('that is switched off can be demanded of nobody, and throws when it is registered', async () => {
    const never = (proof: string, way: string) =>
      `proof: "${proof}" can never be met here: set ${way} in the options of resourceServer().`
    const cases = [
      ['dpop', {}, '`dpop`'],
      ['dpop', { mtls: true }, '`dpop`'],
      ['mtls', {}, '`mtls`'],
      ['mtls', { dpop: true }, '`mtls`'],
      ['any', {}, '`dpop` or `mtls`'],
    ] as const
    for (const [proof, options, way] of cases) {
      const api = server(options)
      expect(() => api.requirePolicy({ proof })).toThrow(ConfigurationError)
      expect(() => api.requirePolicy({ proof })).toThrow(never(proof, way))
      const verified = api.verify(await proving('none'), { proof })
      await expect(verified).rejects.toThrow(never(proof, way))
    }
    expect(() => server({ mtls: true }).requirePolicy({ proof: 'any' })).not.toThrow()
    expect(() => server({ dpop: true }).requirePolicy({ proof: 'any' })).not.toThrow()
    // Whose resource server it will be, the function on its own cannot know.
    expect(() => requirePolicy({ proof: 'mtls' })).not.toThrow()
  })

  it.each(majors)(
    'is demanded in $major of requests that another guard let pass',
    async ({ express }) => {
      const api = server({ dpop: true })
      const app = express()
      app.get('/', api.authenticate(), api.requirePolicy({ proof: 'any' }), done)
      const token = await as.token()
      await request(app).get('/').auth(token, { type: 'bearer' }).expect(401)
      const bound = await as.token({ boundTo: key })
      const fields = key.headers({ method: 'GET', url: `${as.resource}/`, token: bound })
      await request(app).get('/').set(fields).expect(200)
      // Where DPoP is off, the function on its own refuses whatever comes.
      const plain = express()
      plain.get('/', server().authenticate(), requirePolicy({ proof: 'dpop' }), done)
      const response = await request(plain).get('/').auth(token, { type: 'bearer' })
      expect(response.status).toBe(401)
      expect(response.headers['www-authenticate']).toMatch(/^Bearer .*error="invalid_token"/)
    },
  )
})

describe('who is calling', () => {
  async function authOf(of: TokenOptions = {}, options = {}): Promise<Auth> {
    return accepted(await server(options).verify(presenting(await as.token(of))))
  }

  async function introspected(of: OpaqueOptions): Promise<Auth> {
    return accepted(await server().verify(presenting(await as.opaque(of))))
  }

  it('is told in full', async () => {
    const token = await as.token({ scope: 'b a', claims: { roles: ['r'] } })
    const auth = accepted(await server().verify(presenting(token)))
    expect({ ...auth }).toEqual({
      claims: expect.objectContaining({ sub: 'alice', scope: 'b a', aud: as.resource }),
      issuer: as.issuer,
      subject: 'alice',
      clientId: 'test-client',
      principal: 'unknown',
      scopes: ['b', 'a'],
      roles: ['r'],
      expiresAt: auth.claims['exp'],
      source: 'jwt',
      proofs: [],
    })
    expect(auth.token).toBe(token)
    expect(await introspected({ scope: 'a' })).toMatchObject({
      source: 'introspection',
      scopes: ['a'],
      subject: 'alice',
    })
  })

  it('cannot be changed, down to the last claim', async () => {
    const of = { claims: { nested: { list: [{ deep: 1 }] } } }
    const opaque = await introspected({ response: of.claims })
    for (const auth of [await authOf(of), opaque]) {
      const parts: object[] = [auth, auth.scopes, auth.roles, auth.proofs]
      const inside = (value: unknown): void => {
        if (typeof value === 'object' && value !== null) {
          parts.push(value)
          Object.values(value).forEach(inside)
        }
      }
      inside(auth.claims)
      expect(parts.length).toBeGreaterThan(7)
      expect(parts.filter((part) => !Object.isFrozen(part))).toEqual([])
      expect(() => Object.assign(auth, { subject: 'mallory' })).toThrow(TypeError)
      expect(() => Object.assign(auth, { extra: 1 })).toThrow(TypeError)
    }
  })

  it('shows the token to those who ask for it, and not in print', async () => {
    const token = await as.token()
    const auth = accepted(await server().verify(presenting(token)))
    expect(auth.token).toBe(token)
    const prints = [
      inspect(auth, { depth: 10, showHidden: true, getters: true, showProxy: true }),
      JSON.stringify(auth),
      Object.keys(auth).join(),
      Object.getOwnPropertyNames(auth).join(),
      JSON.stringify(structuredClone(auth)),
      JSON.stringify({ ...auth }),
      String(auth),
      format('%o %O %j %s', auth, { auth }, auth, auth),
    ]
    for (const print of prints) {
      expect(print).not.toContain(token)
      expect(print).not.toContain(token.split('.')[2])
    }
  })

  describe('is a user, a client, or not to be told', () => {
    it.each<[string, Auth['principal'], object]>([
      ['a subject and a client', 'unknown', {}],
      ['a subject that is the client', 'client', { sub: 'test-client' }],
      ['gty: client-credentials', 'client', { gty: 'client-credentials' }],
      ['idtyp: app', 'client', { idtyp: 'app' }],
      ['auth_time', 'user', { auth_time: 1_700_000_000 }],
      ['idtyp: user', 'user', { idtyp: 'user' }],
      ['a username, which a client may have asked for', 'user', { username: 'alice' }],
    ])('JT-19: by %s: %s (RFC 9700 section 4.15)', async (_, principal, claims) => {
      expect((await authOf({ claims: claims as TokenOptions['claims'] & object })).principal).toBe(
        principal,
      )
      expect((await introspected({ response: { ...claims } })).principal).toBe(principal)
    })

    it.each<[string, object]>([
      ['auth_time', { auth_time: 1_700_000_000 }],
      ['idtyp: user', { idtyp: 'user' }],
      ['a username', { username: 'alice' }],
    ])(
      'JT-19: a client that claims %s is still a client (RFC 9700 section 4.15)',
      async (_, claims) => {
        const auth = await authOf({ claims: { ...claims, sub: 'test-client' } })
        expect(auth.principal).toBe('client')
        expect(auth.subject).toBe('test-client')
      },
    )

    it('JT-19: without a subject it is a client (RFC 9700 section 4.15)', async () => {
      for (const sub of [undefined, null]) {
        const auth = await introspected({ response: { sub } })
        expect(auth).toMatchObject({ principal: 'client', clientId: 'test-client' })
        expect(auth.subject).toBeUndefined()
      }
    })

    it.each(['azp', 'cid', 'appid'])('the client is found as %s, too', async (name) => {
      const response = { client_id: undefined, [name]: 'app', sub: 'app' }
      expect(await introspected({ response })).toMatchObject({
        clientId: 'app',
        principal: 'client',
      })
    })

    it('as the application says, if it does', async () => {
      const principalFrom = (claims: ClaimSet) =>
        claims['sub'] === 'alice' ? ('user' as const) : ('client' as const)
      expect((await authOf({}, { issuers: { ...byHand(as), principalFrom } })).principal).toBe(
        'user',
      )
    })
  })
})

describe('a signal', () => {
  const start = 1_700_000_000_000
  let now = start
  let local: TestAuthorizationServer

  beforeAll(async () => {
    local = await testAuthorizationServer({ clock: () => now })
  })

  afterAll(() => local.close())

  afterEach(() => {
    jest.useRealTimers()
    now = start
  })

  /** The caller of a request made at the start; from here on time is the test's. */
  async function callers(...tokens: Promise<string>[]): Promise<[ResourceServer, ...Auth[]]> {
    const api = server({ issuers: byHand(local), clock: () => now })
    const found: Auth[] = []
    for (const token of tokens) {
      found.push(accepted(await api.verify(presenting(await token))))
    }
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'Date'] })
    return [api, ...found]
  }

  function pass(milliseconds: number): void {
    now += milliseconds
    jest.advanceTimersByTime(milliseconds)
  }

  it('fires when the token expires', async () => {
    const [api, auth] = await callers(local.token({ expiresInSeconds: 60 }))
    const signal = api.signal(auth as Auth)
    let fired = 0
    signal.addEventListener('abort', () => fired++)
    pass(59_999)
    expect(signal.aborted).toBe(false)
    pass(1)
    expect(signal.aborted).toBe(true)
    expect(fired).toBe(1)
    expect(signal.reason).toBeInstanceOf(InvalidToken)
    expect(signal.reason).toMatchObject({ code: 'invalid_token', reason: 'expired' })
  })

  it('goes by the clock that was given, not by the timer', async () => {
    const [api, auth] = await callers(local.token({ expiresInSeconds: 60 }))
    const signal = api.signal(auth as Auth)
    jest.advanceTimersByTime(3_600_000)
    expect(signal.aborted).toBe(false)
    pass(60_000)
    expect(signal.aborted).toBe(true)
  })

  it('has fired already for a token that expired meanwhile', async () => {
    const [api, auth] = await callers(local.token({ expiresInSeconds: 60 }))
    now += 60_000
    expect(api.signal(auth as Auth).aborted).toBe(true)
  })

  it('waits also for longer than a timer can', async () => {
    const seconds = 40 * 86_400
    const [api, auth] = await callers(local.token({ expiresInSeconds: seconds }))
    const signal = api.signal(auth as Auth)
    for (const milliseconds of [1, 2 ** 31 - 2, seconds * 1000 - 2 ** 31]) {
      pass(milliseconds)
      expect(signal.aborted).toBe(false)
    }
    pass(1)
    expect(signal.aborted).toBe(true)
  })

  it('never fires for a token without an expiry', async () => {
    const [api, auth] = await callers(local.opaque({ response: { exp: undefined } }))
    expect(auth?.expiresAt).toBeUndefined()
    const signal = api.signal(auth as Auth)
    expect(jest.getTimerCount()).toBe(0)
    expect(signal.aborted).toBe(false)
  })

  it('is shared by requests with one cached token, and a timer with it', async () => {
    const token = local.opaque({ expiresInSeconds: 60 })
    const [api, first, second, other] = await callers(token, token, local.opaque())
    const before = jest.getTimerCount()
    expect(api.signal(first as Auth)).toBe(api.signal(second as Auth))
    expect(api.signal(first as Auth)).not.toBe(api.signal(other as Auth))
    expect(jest.getTimerCount()).toBe(before + 2)
  })

  it('leaves no timer behind when the resource server is closed', async () => {
    const [api, auth] = await callers(local.token())
    const before = jest.getTimerCount()
    api.signal(auth as Auth)
    expect(jest.getTimerCount()).toBe(before + 1)
    await api.close()
    expect(jest.getTimerCount()).toBe(before)
  })
})

describe('verify', () => {
  it('accepts, with nothing to add to the response', async () => {
    const token = await as.token({ scope: 'a' })
    const result = await server().verify(presenting(token), { scope: 'a' })
    expect(result).toEqual({
      verdict: 'accepted',
      auth: expect.objectContaining({ subject: 'alice' }),
      response: { status: 200, headers: [] },
    })
  })

  it('refuses, with a frozen plain value and the whole answer', async () => {
    const api = server()
    api.resourceMetadata()
    const result = await api.verify(presenting(await as.token({ scope: 'a' })), {
      scope: ['a', 'b'],
    })
    const message = 'The access token lacks a required scope.'
    expect(result).toEqual({
      verdict: 'refused',
      refusal: {
        verdict: 'refused',
        code: 'insufficient_scope',
        reason: 'insufficient_scope',
        stage: 'policy',
        status: 403,
        error: 'insufficient_scope',
        message,
        scopes: ['a', 'b'],
      },
      response: {
        status: 403,
        headers: [
          [
            'WWW-Authenticate',
            `Bearer resource_metadata="https://api.test/.well-known/oauth-protected-resource", error="insufficient_scope", error_description="${message}", scope="a b"`,
          ],
          ['Access-Control-Expose-Headers', 'WWW-Authenticate'],
          ['Cache-Control', 'no-store'],
          ['Content-Type', 'application/problem+json'],
        ],
        body: JSON.stringify({
          type: 'about:blank',
          title: 'Forbidden',
          status: 403,
          detail: message,
          error: 'insufficient_scope',
          error_description: message,
        }),
      },
    })
    const { refusal } = result as Extract<typeof result, { verdict: 'refused' }>
    expect(Object.isFrozen(refusal) && Object.isFrozen(refusal.scopes)).toBe(true)
    expect(Object.getPrototypeOf(refusal)).toBe(Object.prototype)
    // All requests refused for one reason share the value.
    const expired = await api.verify(presenting(await as.token({ expired: true })))
    expect(Object.isFrozen((expired as typeof result & { refusal: object }).refusal)).toBe(true)
  })

  it('says when nobody can tell', async () => {
    const down = await testAuthorizationServer()
    down.fail('all', 'down')
    const result = await server(down.options).verify(presenting(await down.token()))
    expect(result).toMatchObject({
      verdict: 'unavailable',
      error: { name: 'Unavailable', status: 503, reason: 'discovery_failed' },
      response: {
        status: 503,
        headers: expect.arrayContaining([['Retry-After', expect.stringMatching(/^\d+$/)]]),
      },
    })
    await down.close()
  })

  it('is a promise always, also when the token is known', async () => {
    const api = server()
    const presented = presenting(await as.opaque())
    for (let count = 0; count < 3; count++) {
      const promise = api.verify(presented)
      expect(promise).toBeInstanceOf(Promise)
      await promise
    }
  })

  it('gives the policy the request as it was given', async () => {
    const given = { ...presenting(await as.token({ scope: 'orders:7' })), order: 7 }
    const seen: unknown[] = []
    const result = await server().verify(given, {
      scope: (request) => `orders:${request.order}`,
      check(auth, request) {
        seen.push(auth.subject, request)
        return true
      },
    })
    expect(result.verdict).toBe('accepted')
    expect(seen).toEqual(['alice', given])
    expect(seen[1]).toBe(given)
  })

  it('verifies anew each time: a request object is nobody by itself', async () => {
    const given: VerifiableRequest = presenting(await as.token())
    const api = server()
    expect((await api.verify(given)).verdict).toBe('accepted')
    const emptied = Object.assign(given, { headers: {} })
    expect(await api.verify(emptied)).toMatchObject({ refusal: { reason: 'no_credentials' } })
  })

  it('rejects with what is a bug: a policy that cannot be meant, a check that throws', async () => {
    const api = server()
    const presented = presenting(await as.token())
    await expect(api.verify(presented, {})).rejects.toThrow(ConfigurationError)
    await expect(api.verify(presented, { scope: 'a b' })).rejects.toThrow(/not one scope-token/)
    const bug = new RangeError('mine')
    const check = () => {
      throw bug
    }
    await expect(api.verify(presented, { check })).rejects.toBe(bug)
  })

  it('takes a form body where that is configured', async () => {
    const api = server({ credentials: { formBody: true } })
    const result = await api.verify({
      method: 'POST',
      url: '/',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: { access_token: await as.token() },
    })
    expect(result.verdict).toBe('accepted')
  })
})

function accepted(result: VerifyResult<ClaimSet>): Auth {
  if (result.verdict !== 'accepted') {
    throw new Error(`not accepted: ${JSON.stringify(result.response)}`)
  }
  return result.auth
}
