import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { ErrorRequestHandler, RequestHandler } from 'express'
import request from 'supertest'
import {
  type Auth,
  allOf,
  anyOf,
  ConfigurationError,
  requirePolicy,
  requireScope,
  resourceServer,
} from '../lib/index.ts'
import { type TestAuthorizationServer, testAuthorizationServer } from '../lib/testing/index.ts'
import { majors } from './fixtures/express-majors.ts'

let as: TestAuthorizationServer
let api: ReturnType<typeof resourceServer>

beforeAll(async () => {
  as = await testAuthorizationServer()
  api = resourceServer({ resource: as.resource, ...as.options })
})

afterAll(async () => {
  await api.close()
  await as.close()
})

const secret = 'tiger-7f3a'
const nothing: unknown[] = [undefined, null]
const texts: unknown[] = ['', secret]
const others: unknown[] = [true, 0, 7, 10n, Symbol(secret), [], [secret], new Map([[secret, 1]])]
const functions: unknown[] = [() => secret, class {}]
const objects: unknown[] = [{}, { zebra: secret }]
const anything = [...nothing, ...texts, ...others, ...functions, ...objects]

/** What a call throws, or its promise rejects with. */
async function faultOf(call: () => unknown): Promise<unknown> {
  try {
    await call()
  } catch (error) {
    return error
  }
  throw new Error('nothing is wrong with that')
}

/** Every wrong argument that is left when these are right. */
function but(...right: unknown[]): unknown[] {
  return anything.filter((value) => !right.includes(value))
}

describe('what cannot be right is a ConfigurationError that never tells a value:', () => {
  const given = { method: 'GET', url: '/', headers: {} }

  it.each<[string, (value: never) => unknown, unknown[]]>([
    ['authenticate(it)', (it) => api.authenticate(it), but(undefined, objects[0])],
    ['auth(it)', (it) => api.auth(it), anything],
    [
      'auth(it, { optional: true })',
      (it) => api.auth(it, { optional: true }),
      [...nothing, ...texts],
    ],
    ['auth(req, it)', (it) => api.auth({} as never, it), anything],
    ['requirePolicy(it)', (it) => api.requirePolicy(it), anything],
    ['requirePolicy(it) on its own', (it) => requirePolicy(it), anything],
    [
      'requirePolicy({ scope: it })',
      (it) => api.requirePolicy({ scope: it }),
      but(...texts, ...functions, others[6]),
    ],
    [
      'requirePolicy({ roles: it })',
      (it) => api.requirePolicy({ roles: it }),
      but(undefined, secret, others[6]),
    ],
    ['requirePolicy({ check: it })', (it) => api.requirePolicy({ check: it }), but(...functions)],
    ['requireScope(it)', (it) => api.requireScope(it), but(secret, ...functions)],
    ['requireScope(it) on its own', (it) => requireScope(it), but(secret, ...functions)],
    ['anyOf(it)', (it) => anyOf(it), but(...texts)],
    ['allOf(it)', (it) => allOf(it), but(...texts)],
    ['resourceMetadata(it)', (it) => api.resourceMetadata(it), but(undefined, ...objects)],
    ['readiness(it)', (it) => api.readiness(it), but(undefined, objects[0])],
    ['signal(it)', (it) => api.signal(it), anything],
    ['forgetIssuer(it)', (it) => api.forgetIssuer(it), but(...texts)],
    ['verify(it)', (it) => api.verify(it), anything],
    ['verify({ method: it })', (it) => api.verify({ ...given, method: it }), but(...texts)],
    [
      'verify({ url: it })',
      (it) => api.verify({ ...given, url: it }),
      [...but(...texts), new URL('https://a.test')],
    ],
    [
      'verify({ headers: it })',
      (it) => api.verify({ ...given, headers: it }),
      [
        ...nothing,
        ...texts,
        ...functions,
        [secret],
        ['authorization', `Bearer ${secret}`],
        [['authorization', 7]],
        [['authorization']],
        new Set([secret]),
        new Map([['authorization', [secret]]]),
        { authorization: [7] },
      ],
    ],
    ['verify(request, it)', (it) => api.verify(given, it), but(undefined)],
    ['resourceServer(it)', (it) => resourceServer(it), anything],
  ])('%s', async (_, call, wrong) => {
    for (const value of wrong) {
      const error = await faultOf(() => call(value as never))
      expect([value, error]).toEqual([value, expect.any(ConfigurationError)])
      expect((error as Error).message).toMatch(/[.?]$/)
      expect((error as Error).message).not.toContain(secret)
    }
  })
})

describe('what cannot be right is answered with what can:', () => {
  const given = { method: 'GET', url: '/', headers: {} }

  it.each<[string, () => unknown, string, string]>([
    [
      'a bare word for an option',
      () => api.authenticate('optional' as never),
      'authenticate',
      'authenticate: must be an object, not a string.',
    ],
    [
      'null for no options',
      () => api.authenticate(null as never),
      'authenticate',
      'authenticate: must be an object, not null.',
    ],
    [
      'a misspelt option',
      () => api.authenticate({ optinal: true } as never),
      'authenticate.optinal',
      'authenticate.optinal: there is no such option. Did you mean `optional`?',
    ],
    [
      'a text for a truth',
      () => api.authenticate({ optional: 'true' } as never),
      'authenticate.optional',
      'authenticate.optional: must be true or false, not "true".',
    ],
    [
      'no request to tell the caller of',
      () => api.auth(undefined as never),
      '',
      'auth(req) takes the request that a handler is given, not undefined.',
    ],
    [
      'a misspelt option of auth',
      () => api.auth({} as never, { optionl: true } as never),
      'auth.optionl',
      'auth.optionl: there is no such option. Did you mean `optional`?',
    ],
    [
      'no request to verify',
      () => api.verify(undefined as never),
      '',
      'verify(request) takes a request: { method, url, headers }, not undefined.',
    ],
    [
      'a request without headers',
      () => api.verify({ method: 'GET', url: '/' } as never),
      '',
      'verify(request) takes a request whose `headers` are pairs, a record or a `Headers` object, with names and values of type string, not undefined.',
    ],
    [
      "Node's flat list of headers",
      () => api.verify({ ...given, headers: ['authorization', 'Bearer x'] as never }),
      '',
      'verify(request) takes a request whose `headers` are pairs, a record or a `Headers` object, with names and values of type string.',
    ],
    [
      'a URL object',
      () => api.verify({ ...given, url: new URL('https://api.test') as never }),
      '',
      'verify(request) takes a request whose `url` is a string, not an object.',
    ],
    [
      'null for no policy',
      () => api.verify(given, null as never),
      '',
      'a policy takes the form of an object such as { scope: "orders:read" }, not null.',
    ],
    [
      'metadata that are no object',
      () => api.resourceMetadata(null as never),
      '',
      'resourceMetadata() takes an object of metadata fields, not null.',
    ],
    [
      'no issuer to forget',
      () => api.forgetIssuer(undefined as never),
      '',
      'forgetIssuer(issuer) takes an issuer identifier, not undefined.',
    ],
  ])('%s', async (_, call, option, message) => {
    expect(await faultOf(call)).toMatchObject({ option, message, code: 'invalid_configuration' })
  })

  it('a signal of something else than an auth', async () => {
    const token = await as.token()
    const presented = { ...given, headers: { authorization: `Bearer ${token}` } }
    const result = await api.verify(presented)
    const auth = (result as { auth: Auth }).auth
    for (const other of [
      result,
      presented,
      { ...auth },
      Object.create(Object.getPrototypeOf(auth)),
    ]) {
      expect(() => api.signal(other as never)).toThrow(
        'signal(auth) takes what auth(req) gives, or the `auth` of an accepted result of verify(), not an object.',
      )
    }
    expect(api.signal(auth).aborted).toBe(false)
  })

  it('verify() rejects, and never throws', async () => {
    for (const value of anything) {
      const promise = api.verify(value as never)
      expect(promise).toBeInstanceOf(Promise)
      await expect(promise).rejects.toBeInstanceOf(ConfigurationError)
    }
  })
})

describe.each(majors)('with $major', ({ express }) => {
  it('mounting what makes middleware, and is none, is answered with what to write', async () => {
    const wrong: [string, unknown][] = [
      ['authenticate', api.authenticate],
      ['requireScope', api.requireScope],
      ['requirePolicy', api.requirePolicy],
      ['resourceMetadata', api.resourceMetadata],
      ['requireScope', requireScope],
      ['requirePolicy', requirePolicy],
    ]
    for (const [name, handler] of wrong) {
      const errors: unknown[] = []
      const collect: ErrorRequestHandler = (error, _request, response, _next) => {
        errors.push(error)
        response.status(error.status).end()
      }
      const app = express().use(handler as RequestHandler, (_request, response) => {
        response.end('open')
      })
      app.use(collect)
      await request(app).get('/').expect(500)
      expect(errors).toEqual([expect.any(ConfigurationError)])
      expect(String(errors[0])).toBe(
        `ConfigurationError: ${name}() makes middleware, and is none itself: call it where you mount it, as in app.use(${name}(...)).`,
      )
    }
  })

  it('a requirement two places before a function is no request', () => {
    expect(api.requireScope(anyOf('a', 'b'), 'c', () => 'd')).toBeInstanceOf(Function)
  })
})
