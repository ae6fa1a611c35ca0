import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import type { Server } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { ErrorRequestHandler, Express, RequestHandler } from 'express'
import request, { type Response } from 'supertest'
import { mergedFields } from '../lib/challenge/merged-fields.ts'
import { challenges } from '../lib/challenge/www-authenticate.ts'
import { refusalReasons } from '../lib/errors/refusal-reasons.ts'
import { askingFor, refuse } from '../lib/errors/refusal-value.ts'
import {
  anyOf,
  type ClaimSet,
  ConfigurationError,
  Forbidden,
  InsufficientScope,
  InvalidRequest,
  InvalidToken,
  type LogRecord,
  MissingCredentials,
  Refusal,
  type ResourceServer,
  type ResourceServerOptions,
  resourceServer,
  Unavailable,
} from '../lib/index.ts'
import { type TestAuthorizationServer, testAuthorizationServer } from '../lib/testing/index.ts'
import { majors } from './fixtures/express-majors.ts'
import { parseChallenges } from './fixtures/parse-challenges.ts'
import { repairLog, smallCache } from './fixtures/protected-api.ts'
import { rawHttp } from './fixtures/raw-http.ts'

let as: TestAuthorizationServer
let none: string
let some: string

beforeAll(async () => {
  as = await testAuthorizationServer()
  none = await as.token()
  some = await as.token({ scope: 'a' })
})

afterAll(() => as.close())

const open: ResourceServer[] = []

function server(options: Partial<ResourceServerOptions<ClaimSet>> = {}): ResourceServer {
  const api = resourceServer({
    resource: as.resource,
    ...as.options,
    cache: smallCache,
    ...options,
  })
  open.push(api)
  return api
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((api) => api.close()))
})

/** The one challenge, read strictly, of a response that has exactly one. */
function challengeOf({ headers }: Response): { scheme: string; params: Record<string, string> } {
  const [only, ...others] = parseChallenges(headers['www-authenticate'] ?? '')
  expect(others).toEqual([])
  return only as { scheme: string; params: Record<string, string> }
}

describe.each(majors)('with $major', ({ express }) => {
  /** An API of routes that refuse in all the ways there are. */
  function application(api: ResourceServer, ...before: RequestHandler[]): Express {
    const app = express()
    app.use(...([(_request, _response, next) => next(), ...before] as RequestHandler[]))
    app.all('/token', api.authenticate(), done)
    app.all('/scope', api.requireScope('a', 'b'), done)
    app.all('/any', api.requireScope(anyOf('x', 'y'), 'b'), done)
    app.all('/role', api.requirePolicy({ roles: 'admin' }), done)
    app.all('/check', api.requirePolicy({ check: () => false }), done)
    app.all(
      '/illegal',
      api.requireScope(() => 'not one'),
      done,
    )
    app.all('/optional', api.authenticate({ optional: true }), done)
    return app
  }
  const done: RequestHandler = (_request, response) => {
    response.end('done')
  }

  interface Case {
    readonly path: string
    readonly token?: () => string | Promise<string>
    readonly authorization?: string
    readonly status: number
    /** What follows `Bearer realm="..."`; `false`: no challenge at all. */
    readonly challenge: string | false
    readonly problem: object
  }

  const refused: Record<string, Case> = {
    'ER-1, ER-5: no credentials (RFC 6750 section 3.1)': {
      path: '/token',
      status: 401,
      challenge: '',
      problem: { title: 'Unauthorized', detail: 'The request carries no access token.' },
    },
    'ER-5: no credentials where a scope is needed, which is told': {
      path: '/scope',
      status: 401,
      challenge: ', scope="a b"',
      problem: { title: 'Unauthorized', detail: 'The request carries no access token.' },
    },
    'ER-5: no credentials where nobody can tell the scope beforehand': {
      path: '/illegal',
      status: 401,
      challenge: '',
      problem: { title: 'Unauthorized', detail: 'The request carries no access token.' },
    },
    'ER-6, ER-7: malformed credentials (RFC 6750 section 3.1)': {
      path: '/scope',
      authorization: 'Bearer',
      status: 400,
      challenge: ', error="invalid_request", error_description="The credentials are malformed."',
      problem: {
        title: 'Bad Request',
        detail: 'The credentials are malformed.',
        error: 'invalid_request',
        error_description: 'The credentials are malformed.',
      },
    },
    'ER-6, ER-7: an expired token (RFC 6750 section 3.1)': {
      path: '/token',
      token: () => as.token({ expired: true }),
      status: 401,
      challenge: ', error="invalid_token", error_description="The access token expired."',
      problem: {
        title: 'Unauthorized',
        detail: 'The access token expired.',
        error: 'invalid_token',
        error_description: 'The access token expired.',
      },
    },
    'ER-1, ER-7: a token for another resource, where a scope is needed': {
      path: '/any',
      token: () => as.token({ audience: 'https://other.test' }),
      status: 401,
      challenge:
        ', error="invalid_token", error_description="The access token is meant for another resource.", scope="x b"',
      problem: {
        title: 'Unauthorized',
        detail: 'The access token is meant for another resource.',
        error: 'invalid_token',
        error_description: 'The access token is meant for another resource.',
      },
    },
    'ER-7: a bound token without its proof': {
      path: '/token',
      token: () => as.token({ claims: { cnf: { jkt: 'x' } } }),
      status: 401,
      challenge:
        ', error="invalid_token", error_description="The access token is bound to a key that was not proved."',
      problem: {
        title: 'Unauthorized',
        detail: 'The access token is bound to a key that was not proved.',
        error: 'invalid_token',
        error_description: 'The access token is bound to a key that was not proved.',
      },
    },
    'ER-6: too little scope, with all that is needed (RFC 6750 section 3.1)': {
      path: '/scope',
      token: () => some,
      status: 403,
      challenge:
        ', error="insufficient_scope", error_description="The access token lacks a required scope.", scope="a b"',
      problem: {
        title: 'Forbidden',
        detail: 'The access token lacks a required scope.',
        error: 'insufficient_scope',
        error_description: 'The access token lacks a required scope.',
      },
    },
    'ER-6: too little scope of alternatives, with the first of them': {
      path: '/any',
      token: () => some,
      status: 403,
      challenge:
        ', error="insufficient_scope", error_description="The access token lacks a required scope.", scope="x b"',
      problem: {
        title: 'Forbidden',
        detail: 'The access token lacks a required scope.',
        error: 'insufficient_scope',
        error_description: 'The access token lacks a required scope.',
      },
    },
    'a role is missing, which OAuth has no code for': {
      path: '/role',
      token: () => some,
      status: 403,
      challenge: false,
      problem: { title: 'Forbidden', detail: 'The access token lacks a required role.' },
    },
    'the application says no, which OAuth has no code for': {
      path: '/check',
      token: () => some,
      status: 403,
      challenge: false,
      problem: { title: 'Forbidden', detail: 'The request is not permitted.' },
    },
    'what is asked for is no scope at all': {
      path: '/illegal',
      token: () => some,
      status: 403,
      challenge: false,
      problem: { title: 'Forbidden', detail: 'The request asks for something no scope can grant.' },
    },
  }

  async function ask(app: Express | Server, of: Case, method: 'get' | 'head' = 'get') {
    const sent = request(app)[method](of.path)
    const authorization = of.token ? `Bearer ${await of.token()}` : of.authorization
    return authorization ? sent.set('authorization', authorization) : sent
  }

  describe('a refusal', () => {
    it.each(Object.entries(refused))('is answered exactly: %s', async (_, of) => {
      const app = application(server())
      const response = await ask(app, of)
      expect(response.status).toBe(of.status)
      expect(response.headers['www-authenticate']).toBe(
        of.challenge === false ? undefined : `Bearer realm="https://api.test"${of.challenge}`,
      )
      expect(response.headers['access-control-expose-headers']).toBe(
        of.challenge === false ? undefined : 'WWW-Authenticate',
      )
      expect(response.headers['content-type']).toBe('application/problem+json')
      expect(response.headers['cache-control']).toBe('no-store')
      expect(response.headers['content-length']).toBe(String(Buffer.byteLength(response.text)))
      expect(response.headers).not.toHaveProperty('etag')
      expect(response.headers).not.toHaveProperty('retry-after')
      expect(JSON.parse(response.text)).toEqual({
        type: 'about:blank',
        status: of.status,
        ...of.problem,
      })

      // HEAD: the same but for the body (RFC 9110 section 9.3.2).
      const head = await ask(app, of, 'head')
      const { date: _date, ...headers } = response.headers
      expect(head).toMatchObject({ status: of.status, headers })
      expect(head.text).toBeUndefined()
    })

    it.each(Object.entries(refused).filter(([, { challenge }]) => challenge !== false))(
      'ER-2, ER-3: has one challenge with an auth-param and none twice (RFC 6750 section 3): %s',
      async (_, of) => {
        const { scheme, params } = challengeOf(await ask(application(server()), of))
        expect(scheme).toBe('Bearer')
        expect(params['realm']).toBe('https://api.test')
        for (const value of Object.values(params)) {
          expect(value).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/)
        }
      },
    )

    it('PR-5: points to the metadata in place of the realm once there is some (RFC 9728 section 5.1)', async () => {
      const api = server({ resource: 'https://api.test/v1', issuers: [{ issuer: as.issuer }] })
      const app = application(api)
      const before = await request(app).get('/scope')
      expect(before.headers['www-authenticate']).toBe(
        'Bearer realm="https://api.test/v1", scope="a b"',
      )
      api.resourceMetadata()
      const after = await request(app).get('/scope').set('authorization', 'Bearer')
      expect(after.headers['www-authenticate']).toBe(
        'Bearer resource_metadata="https://api.test/.well-known/oauth-protected-resource/v1", error="invalid_request", error_description="The credentials are malformed."',
      )
    })

    it('PR-5: points to metadataUrl, wherever that is (RFC 9728 section 5.1)', async () => {
      const metadataUrl = 'https://docs.test/api/metadata.json?v=1'
      const api = server({ metadataUrl })
      const app = application(api)
      const expected = `Bearer resource_metadata="${metadataUrl}"`
      expect((await request(app).get('/token')).headers['www-authenticate']).toBe(expected)
      api.resourceMetadata()
      expect((await request(app).get('/token')).headers['www-authenticate']).toBe(expected)
    })

    it('never says what the client said about the host', async () => {
      const api = server()
      api.resourceMetadata()
      const app = application(api)
      app.set('trust proxy', true)
      const response = await request(app)
        .get('/token')
        .set({ host: 'evil.test', 'x-forwarded-host': 'evil.test', forwarded: 'host=evil.test' })
      expect(response.status).toBe(401)
      expect(JSON.stringify(response)).toContain('https://api.test/.well-known')
      expect(JSON.stringify([response.headers, response.text])).not.toContain('evil')
    })

    it('ER-4: has no character that RFC 6750 section 3 forbids, whatever the values are', () => {
      const illegal = 'a"b\\c\r\nd\te\u00e9f\u{1f511}\x7f'
      const [challenge = ''] = challenges(
        askingFor(['x', illegal], { ...refuse('expired'), message: illegal }),
        { realm: illegal },
        { schemes: ['Bearer'], algs: '' },
      )
      const [only] = parseChallenges(challenge)
      expect(only?.params).toEqual({
        realm: 'a?b?c??d?e?f???',
        error: 'invalid_token',
        error_description: 'a?b?c??d?e?f???',
        scope: 'x a?b?c??d?e?f???',
      })
    })

    it('ER-4: has a sentence of printable ASCII for every reason', () => {
      for (const [reason, [, , sentence]] of Object.entries(refusalReasons)) {
        expect({ reason, sentence }).toEqual({
          reason,
          sentence: expect.stringMatching(/^[A-Z][\x20\x21\x23-\x5b\x5d-\x7e]+\.$/),
        })
      }
    })
  })

  describe('what earlier middleware said', () => {
    const expose = 'Access-Control-Expose-Headers'
    const earlier = (fields: Record<string, string | string[]>): RequestHandler => {
      return (_request, response, next) => {
        response.set(fields)
        next()
      }
    }

    it.each([
      ['X-Request-Id', 'X-Request-Id, WWW-Authenticate'],
      ['X-A, X-B', 'X-A, X-B, WWW-Authenticate'],
      [['X-A', 'X-B'], /^X-A, ?X-B, WWW-Authenticate$/],
      ['X-A, www-authenticate', 'X-A, www-authenticate'],
      // With credentials, `*` is but a name (Fetch Standard).
      ['*', '*, WWW-Authenticate'],
    ])('ER-9: is added to in Access-Control-Expose-Headers: %p', async (value, expected) => {
      const app = application(server(), earlier({ [expose]: value }))
      const refusal = await request(app).get('/token')
      expect(refusal.headers[expose.toLowerCase()]).toMatch(expected)
      const unchanged = await request(app).get('/token').auth(none, { type: 'bearer' })
      expect(unchanged.headers[expose.toLowerCase()]).toBe([value].flat().join(', '))
    })

    it.each([
      [undefined, 'Authorization'],
      ['Origin', 'Origin, Authorization'],
      ['Accept-Encoding, Origin', 'Accept-Encoding, Origin, Authorization'],
      ['Origin, authorization', 'Origin, authorization'],
      ['*', '*'],
    ])('is added to in Vary, where credentials are optional: %p', async (value, expected) => {
      const app = application(server(), earlier(value === undefined ? {} : { Vary: value }))
      for (const sent of [
        request(app).get('/optional'),
        request(app).get('/optional').auth(none, { type: 'bearer' }),
        request(app).get('/optional').set('authorization', 'Bearer'),
      ]) {
        expect((await sent).headers['vary']).toBe(expected)
      }
      expect((await request(app).get('/token')).headers['vary']).toBe(value)
    })

    it('gives way where a refusal must not be stored, and stays otherwise', async () => {
      const app = application(server(), earlier({ 'Cache-Control': 'public', 'X-Mine': 'kept' }))
      const { headers } = await request(app).get('/token')
      expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-mine': 'kept' })
    })
  })

  it('a request that is let through gets no header field and no listener', async () => {
    const api = server()
    const app = express()
    const seen: unknown[] = []
    const look: RequestHandler = (request, response, next) => {
      const listeners = [request, response].map((emitter) =>
        emitter.eventNames().map((name) => [name, emitter.listenerCount(name)]),
      )
      seen.push({ listeners, headers: response.getHeaders(), status: response.statusCode })
      next()
    }
    app.get('/', look, api.requireScope('a'), api.authenticate(), look, done)
    await request(app).get('/').auth(some, { type: 'bearer' }).expect(200, 'done')
    expect(seen).toHaveLength(2)
    expect(seen[1]).toEqual(seen[0])
  })

  describe('unavailability', () => {
    let down: TestAuthorizationServer
    let token: string
    beforeAll(async () => {
      down = await testAuthorizationServer()
      token = await down.token()
      down.fail('all', 'down')
    })
    afterAll(() => down.close())

    it('ER-8: is 503 with Retry-After and without a challenge (RFC 9110 section 15.6.4)', async () => {
      const app = application(server(down.options))
      const response = await request(app).get('/scope').auth(token, { type: 'bearer' })
      expect(response.status).toBe(503)
      expect(response.headers).not.toHaveProperty('www-authenticate')
      expect(response.headers['retry-after']).toMatch(/^[1-9]\d*$/)
      expect(response.headers['access-control-expose-headers']).toBe('Retry-After')
      expect(response.headers['cache-control']).toBe('no-store')
      expect(response.headers['content-type']).toBe('application/problem+json')
      expect(JSON.parse(response.text)).toEqual({
        type: 'about:blank',
        title: 'Service Unavailable',
        status: 503,
        detail: 'The access token cannot be verified at the moment.',
      })
    })

    it('ER-8: is no excuse: what can be refuted is refused', async () => {
      const app = application(server(down.options))
      await request(app).get('/token').expect(401)
      await request(app).get('/token').set('authorization', 'Bearer').expect(400)
      const expired = await down.token({ expired: true })
      await request(app).get('/token').auth(expired, { type: 'bearer' }).expect(401)
    })

    it('is forwarded as Unavailable, with source, reason and cause for operators', async () => {
      const app = application(server({ ...down.options, errors: 'forward' }))
      const errors = collectErrors(app)
      const response = await request(app).get('/token').auth(token, { type: 'bearer' })
      const error = errors[0] as Unavailable
      expect(error).toBeInstanceOf(Unavailable)
      expect(error).not.toBeInstanceOf(Refusal)
      expect(error).toMatchObject({
        name: 'Unavailable',
        code: 'unavailable',
        source: 'issuers',
        reason: 'discovery_failed',
        status: 503,
        statusCode: 503,
        expose: true,
        message: 'The access token cannot be verified at the moment.',
        headers: {
          'Retry-After': String(error.retryAfterSeconds),
          'Access-Control-Expose-Headers': 'Retry-After',
          'Cache-Control': 'no-store',
        },
      })
      expect(error.cause).toBeDefined()
      expect(response.headers['retry-after']).toBe(String(error.retryAfterSeconds))
      expect(JSON.stringify(response.body)).not.toContain('127.0.0.1')
    })

    it('is what a closed resource server says to everybody', async () => {
      const api = server()
      const app = application(api)
      await api.close()
      for (const path of ['/token', '/optional']) {
        const response = await request(app).get(path).auth(none, { type: 'bearer' })
        expect(response).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
      }
    })
  })

  describe("errors: 'forward'", () => {
    const forwarded: [string, string, string | undefined, typeof Refusal, object][] = [
      ['nothing', '/token', undefined, MissingCredentials, { code: 'missing_credentials' }],
      ['garbage', '/token', 'Bearer', InvalidRequest, { code: 'invalid_request' }],
      ['a bad token', '/token', 'Bearer x.y', InvalidToken, { code: 'invalid_token' }],
      ['too little scope', '/scope', 'some', InsufficientScope, { code: 'insufficient_scope' }],
      ['the wrong role', '/role', 'some', Forbidden, { code: 'forbidden' }],
      ['a no', '/check', 'some', Forbidden, { code: 'forbidden' }],
    ]
    const authorization = (value: string | undefined): Record<string, string> =>
      value === undefined ? {} : { authorization: value === 'some' ? `Bearer ${some}` : value }

    it.each(forwarded)(
      'passes on an error of its own class for %s',
      async (_, path, value, Of, is) => {
        const app = application(server({ errors: 'forward' }))
        const errors = collectErrors(app)
        const answered = application(server())
        const expected = await request(answered).get(path).set(authorization(value))
        const response = await request(app).get(path).set(authorization(value))

        expect(errors).toHaveLength(1)
        const error = errors[0] as Refusal
        expect(error).toBeInstanceOf(Of)
        expect(error).toBeInstanceOf(Refusal)
        expect(error).toBeInstanceOf(Error)
        expect(error.constructor).toBe(Of)
        expect(error).toMatchObject({
          ...is,
          name: Of.name,
          reason: expect.stringMatching(/^[a-z_]+$/),
          status: expected.status,
          statusCode: expected.status,
          expose: true,
          message: expected.body.detail,
        })
        expect(error.cause).toBeUndefined()
        expect(Object.isFrozen(error.headers)).toBe(true)

        // The same answer, but for the body, which is the application's.
        const names = ['www-authenticate', 'access-control-expose-headers', 'cache-control']
        for (const name of names) {
          expect(response.headers[name]).toBe(expected.headers[name])
        }
        expect(response.status).toBe(expected.status)
        expect(response.body).toEqual({ mine: error.message })
      },
    )

    it.each(forwarded)(
      "all header fields survive Express's own error handling: %s",
      async (_, path, value) => {
        const app = application(server({ errors: 'forward' }))
        const expected = await request(application(server())).get(path).set(authorization(value))
        const response = await request(app).get(path).set(authorization(value))
        expect(response.status).toBe(expected.status)
        expect(response.headers['content-type']).toMatch(/^text\/html/)
        for (const name of ['www-authenticate', 'access-control-expose-headers', 'cache-control']) {
          expect(response.headers[name]).toBe(expected.headers[name])
        }
      },
    )

    it('the scope that is needed is on the error', async () => {
      const app = application(server({ errors: 'forward' }))
      const errors = collectErrors(app)
      await request(app).get('/any').auth(some, { type: 'bearer' }).expect(403)
      expect((errors[0] as InsufficientScope).scopes).toEqual(['x', 'b'])
    })

    it('lists of earlier middleware are in the header fields of the error, added to', async () => {
      const earlier: RequestHandler = (_request, response, next) => {
        response.set({ 'Access-Control-Expose-Headers': 'X-Request-Id' })
        next()
      }
      const app = application(server({ errors: 'forward' }), earlier)
      const { headers } = await request(app).get('/token')
      expect(headers['access-control-expose-headers']).toBe('X-Request-Id, WWW-Authenticate')
    })

    it('fields of one name are a list, which every way of setting them takes', () => {
      const merged = mergedFields([
        ['WWW-Authenticate', 'Bearer a="b"'],
        ['Cache-Control', 'no-store'],
        ['WWW-Authenticate', 'DPoP a="b"'],
        ['WWW-Authenticate', 'Other a="b"'],
      ])
      expect(merged).toEqual({
        'WWW-Authenticate': ['Bearer a="b"', 'DPoP a="b"', 'Other a="b"'],
        'Cache-Control': 'no-store',
      })
    })

    it('an error says nothing of the token and little of the request', async () => {
      const app = application(server({ errors: 'forward' }))
      const errors = collectErrors(app)
      await request(app).get('/token').set('authorization', 'Bearer very.secret-token')
      await request(app).get('/token').set('authorization', 'Bearer "secret"')
      for (const error of errors as Error[]) {
        expect(`${error.stack}${JSON.stringify(error)}`).not.toContain('secret')
      }
      expect(errors).toHaveLength(2)
    })
  })

  it.each(['Bearer nope', undefined])(
    'what a hook of the application throws while we answer is an error of the application (credentials: %p)',
    async (authorization) => {
      const hook: RequestHandler = (_request, response, next) => {
        const { setHeader } = response
        response.setHeader = (name, value) => {
          if (name === 'WWW-Authenticate') throw new Error('a bug of the hook')
          return setHeader.call(response, name, value)
        }
        next()
      }
      const app = application(server(), hook)
      const end: ErrorRequestHandler = (error, _request, response, _next) => {
        response.status(500).end(String(error.message))
      }
      app.use(end)
      const asking = request(app).get('/token')
      if (authorization !== undefined) asking.set('authorization', authorization)
      await asking.expect(500, 'a bug of the hook')
    },
  )

  describe('when the response has begun', () => {
    const begin: RequestHandler = (_request, response, next) => {
      response.write('begun ')
      next()
    }

    it.each(['respond', 'forward'] as const)(
      'a refusal is an error for the application (errors: %p)',
      async (errors) => {
        const app = application(server({ errors }), begin)
        const collected: unknown[] = []
        const end: ErrorRequestHandler = (error, _request, response, _next) => {
          collected.push(error)
          response.end(`ended, ${response.headersSent}`)
        }
        app.use(end)
        const response = await request(app).get('/token')
        expect(response).toMatchObject({ status: 200, text: 'begun ended, true' })
        expect(collected).toEqual([expect.any(MissingCredentials)])
      },
    )

    it("Express's own error handling cuts the connection, and nothing crashes", async () => {
      const app = application(server(), begin)
      const listening = app.listen(0, '127.0.0.1')
      await once(listening, 'listening')
      const response = await rawHttp(listening, { target: '/token' }).catch(() => undefined)
      expect(response?.body ?? '').not.toContain('done')
      listening.close()
    })

    it('a response that somebody ended while we waited is left alone', async () => {
      as.fail('introspection', 'hold')
      const arrived = as.nextRequest('introspection')
      const collected: unknown[] = []
      const app = express()
      app.use(((_request, response, next) => {
        arrived.then(() => {
          response.end('too late')
          as.restore('introspection')
        }, next)
        next()
      }) as RequestHandler)
      app.get('/', server().authenticate())
      const onError: ErrorRequestHandler = (error, _request, _response, _next) => {
        collected.push(error)
      }
      app.use(onError)
      const inactive = await as.opaque({ active: false })
      const decided = new Promise((resolve) => {
        subscribe('scopegate:decision', function decision() {
          unsubscribe('scopegate:decision', decision)
          // The answer is given in the turn of the decision.
          setImmediate(resolve)
        })
      })
      await request(app).get('/').auth(inactive, { type: 'bearer' }).expect(200, 'too late')
      await decided
      expect(collected).toEqual([])
    })

    it('optional credentials are still optional', async () => {
      const app = application(server(), begin)
      await request(app).get('/optional').expect(200, 'begun done')
    })
  })

  describe('a CORS preflight', () => {
    it('is refused like anything else, and the first time the operators get a hint', async () => {
      const logged: LogRecord[] = []
      const app = application(server({ log: repairLog(logged) }))
      await request(app).options('/token').expect(401)
      await request(app).get('/token').set('access-control-request-method', 'GET').expect(401)
      expect(logged).toEqual([])
      for (let count = 0; count < 2; count++) {
        await request(app).options('/scope').set('access-control-request-method', 'GET').expect(401)
      }
      expect(logged).toEqual([
        {
          level: 'warn',
          code: 'cors_preflight_refused',
          message: expect.stringContaining('Mount cors() before'),
          details: {},
        },
      ])
    })
  })
})

describe('the errors', () => {
  it('are exported, a class for each code', () => {
    const refusals = [
      MissingCredentials,
      InvalidRequest,
      InvalidToken,
      InsufficientScope,
      Forbidden,
    ]
    for (const Of of refusals) {
      expect(Of.prototype).toBeInstanceOf(Refusal)
    }
    for (const Of of [Refusal, Unavailable, ConfigurationError]) {
      expect(Of.prototype).toBeInstanceOf(Error)
    }
  })

  it('of configuration are neither refusals nor the fault of a client', () => {
    const error = new ConfigurationError('issuers[0]', 'is wrong.')
    expect(error).not.toBeInstanceOf(Refusal)
    expect(error).toMatchObject({
      name: 'ConfigurationError',
      code: 'invalid_configuration',
      option: 'issuers[0]',
      message: 'issuers[0]: is wrong.',
      status: 500,
      statusCode: 500,
    })
  })
})

/** Answers as the documentation says: the status and all header fields of the error. */
function collectErrors(app: Express): unknown[] {
  const errors: unknown[] = []
  const answer: ErrorRequestHandler = (error, _request, response, _next) => {
    errors.push(error)
    response.status(error.status).set(error.headers).json({ mine: error.message })
  }
  app.use(answer)
  return errors
}
