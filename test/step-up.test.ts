import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { ErrorRequestHandler, Express, RequestHandler } from 'express'
import request from 'supertest'
import * as v from 'valibot'
import {
  type AuthorizationDetailsRequirement,
  type ClaimSet,
  ConfigurationError,
  Forbidden,
  InsufficientUserAuthentication,
  type Policy,
  type ResourceServer,
  type ResourceServerOptions,
  requirePolicy,
  type VerifiableRequest,
} from '../lib/index.ts'
import { dpopKey, type GrantOptions, type TestAuthorizationServer } from '../lib/testing/index.ts'
import { majors } from './fixtures/express-majors.ts'
import { parseChallenges } from './fixtures/parse-challenges.ts'
import { asked, closingAfter, present, resource, TestClock } from './fixtures/protected-api.ts'

const clock = new TestClock()
const key = dpopKey({ clock: clock.read })
const forFile = closingAfter('all')
const { api } = closingAfter('each')
let as: TestAuthorizationServer

beforeAll(async () => {
  as = await forFile.server({ clock: clock.read })
})

const start = clock.now
beforeEach(() => {
  clock.now = start
})

type Required = Policy<ClaimSet, VerifiableRequest>
type Claims = Readonly<Record<string, unknown>>

/** Where a resource server may find the claims. */
const sources: readonly [string, (claims: Claims, grant?: GrantOptions) => Promise<string>][] = [
  ['a JWT', (claims, grant = {}) => as.token({ ...grant, claims })],
  ['an introspected token', (claims, grant = {}) => as.opaque({ ...grant, response: claims })],
]

function server<C extends object = ClaimSet>(
  options: Partial<ResourceServerOptions<C>> = {},
): ResourceServer<NoInfer<C>> {
  return api<C>({ ...as.options, dpop: true, ...options } as ResourceServerOptions<C>)
}

/** Both challenges, by their scheme. */
function challengesOf(fields: string | readonly string[] | undefined): Record<string, unknown> {
  const list = [fields ?? []].flat().flatMap((field) => parseChallenges(field))
  return Object.fromEntries(list.map(({ scheme, params }) => [scheme, { ...params }]))
}

const algs = expect.stringContaining('ES256')
const done: RequestHandler = (_request, response) => {
  response.end('done')
}

describe.each(majors)('with $major', ({ express }) => {
  const errors: unknown[] = []
  const collect: ErrorRequestHandler = (error, _request, response, _next) => {
    errors.push(error)
    response.status(error.status ?? 500).end()
  }
  afterEach(() => expect(errors.splice(0)).toEqual([]))

  function guarded(...guards: RequestHandler[]): Express {
    const app = express()
    app.get('/', ...guards, done)
    app.get('/accounts/:account', ...guards, done)
    app.use(collect)
    return app
  }

  /** The answer to a request that presents the token, in the one scheme or the other. */
  async function answered(app: Express, scheme: string, token: string) {
    const fields =
      scheme === 'DPoP'
        ? key.headers({ method: 'GET', url: `${resource}/`, token })
        : { Authorization: `Bearer ${token}` }
    const { status, headers, body } = await request(app).get('/').set(fields)
    const challenges = challengesOf(headers['www-authenticate'])
    return { status, body, used: challenges[scheme], challenges }
  }

  const error = 'insufficient_user_authentication'
  const sentence = 'A different or more recent authentication of the user is required.'

  describe.each(sources)('%s', (_source, mint) => {
    describe.each(['Bearer', 'DPoP'])('presented as %s', (scheme) => {
      const grant = scheme === 'DPoP' ? { boundTo: key } : {}
      const common = { realm: resource, error, error_description: sentence }
      const own = scheme === 'DPoP' ? { algs } : {}

      it('SU-1: is told to come back with a better authentication (RFC 9470 section 3)', async () => {
        const app = guarded(server().requirePolicy({ acrValues: ['phr', 'mfa'] }))
        const token = await mint({ acr: 'pwd' }, grant)
        const { status, body, challenges, used } = await answered(app, scheme, token)
        expect(status).toBe(401)
        expect(used).toEqual({ ...common, acr_values: 'phr mfa', ...own })
        expect(body).toEqual({
          type: 'about:blank',
          title: 'Unauthorized',
          status: 401,
          detail: sentence,
          error,
          error_description: sentence,
        })
        // The other scheme is offered, and says nothing of the error (RFC 9449 section 7.2).
        expect(Object.keys(challenges)).toEqual(['Bearer', 'DPoP'])
        const other = scheme === 'DPoP' ? 'Bearer' : 'DPoP'
        expect(challenges[other]).not.toHaveProperty('error')
        expect(challenges[other]).not.toHaveProperty('acr_values')
      })

      it.each<[string, Required, Claims, object]>([
        ['the age alone', { maxAuthenticationAgeSeconds: 300 }, {}, { max_age: '300' }],
        [
          'both, when the class is lacking',
          { acrValues: 'phr', maxAuthenticationAgeSeconds: 60 },
          { acr: 'pwd', auth_time: start / 1000 },
          { acr_values: 'phr', max_age: '60' },
        ],
        [
          'both, when it is too long ago',
          { acrValues: 'phr', maxAuthenticationAgeSeconds: 60 },
          { acr: 'phr', auth_time: start / 1000 - 61 },
          { acr_values: 'phr', max_age: '60' },
        ],
        [
          'the scope too, when that is lacking as well',
          { acrValues: 'phr', scope: ['pay', 'read'] },
          { acr: 'pwd' },
          { acr_values: 'phr', scope: 'pay read' },
        ],
        [
          'no scope, when that is enough',
          { acrValues: 'phr', scope: 'read' },
          { acr: 'pwd' },
          { acr_values: 'phr' },
        ],
      ])(
        'SU-3: is told what it takes: %s (RFC 9470 section 3)',
        async (_, policy, claims, params) => {
          const app = guarded(server().requirePolicy(policy as Policy))
          const token = await mint(claims, { ...grant, scope: 'read' })
          const { status, used } = await answered(app, scheme, token)
          expect({ status, used }).toEqual({ status: 401, used: { ...common, ...params, ...own } })
        },
      )

      it('SU-3: is told of the scope alone when only that is lacking', async () => {
        const app = guarded(server().requirePolicy({ acrValues: 'phr', scope: 'pay' }))
        const token = await mint({ acr: 'phr' }, { ...grant, scope: 'read' })
        const { status, used } = await answered(app, scheme, token)
        expect(status).toBe(403)
        expect(used).toMatchObject({ error: 'insufficient_scope', scope: 'pay' })
        expect(used).not.toHaveProperty('acr_values')
      })

      it('passes with all that it takes', async () => {
        const policy = { scope: 'pay', acrValues: ['phr', 'mfa'], maxAuthenticationAgeSeconds: 60 }
        const app = guarded(server().requirePolicy(policy))
        const token = await mint(
          { acr: 'mfa', auth_time: start / 1000 },
          { ...grant, scope: 'pay' },
        )
        expect((await answered(app, scheme, token)).status).toBe(200)
      })
    })
  })

  it('who presents nothing is told of the scope, and not of an error that is not there', async () => {
    const policy = { scope: 'pay', acrValues: 'phr', maxAuthenticationAgeSeconds: 60 }
    const app = guarded(server().requirePolicy(policy))
    const { status, headers } = await request(app).get('/')
    expect(status).toBe(401)
    expect(challengesOf(headers['www-authenticate'])).toEqual({
      Bearer: { realm: resource, scope: 'pay' },
      DPoP: { realm: resource, scope: 'pay', algs },
    })
  })

  it('is forwarded as InsufficientUserAuthentication, with what it takes', async () => {
    const policy = { scope: 'pay', acrValues: ['phr'], maxAuthenticationAgeSeconds: 60 }
    const app = guarded(server({ errors: 'forward' }).requirePolicy(policy))
    expect((await answered(app, 'Bearer', await as.token())).status).toBe(401)
    const [forwarded] = errors.splice(0)
    expect(forwarded).toBeInstanceOf(InsufficientUserAuthentication)
    expect(forwarded).toMatchObject({
      code: error,
      reason: 'insufficient_authentication',
      acrValues: ['phr'],
      maxAgeSeconds: 60,
      scopes: ['pay'],
    })
  })

  it('is demanded by requirePolicy on its own, too', async () => {
    const app = guarded(server().authenticate(), requirePolicy({ acrValues: 'phr' }))
    expect((await answered(app, 'Bearer', await as.token())).used).toMatchObject({ error })
    const good = await as.token({ claims: { acr: 'phr' } })
    expect((await answered(app, 'Bearer', good)).status).toBe(200)
  })

  describe('authorization details', () => {
    const details = [{ type: 'payment', identifier: 'a1', actions: ['initiate', 'status'] }]

    it.each(sources)(
      'RAR-1: are demanded of %s, and lacking they are a no without OAuth code (RFC 9396 section 9)',
      async (_source, mint) => {
        const app = guarded(
          server().requirePolicy({
            authorizationDetails: { type: 'payment', actions: ['initiate'] },
          }),
        )
        const token = await mint({ authorization_details: details })
        expect((await answered(app, 'Bearer', token)).status).toBe(200)
        const lacking = await mint({ authorization_details: [{ type: 'payment' }] })
        const { status, body, challenges } = await answered(app, 'Bearer', lacking)
        expect({ status, challenges }).toEqual({ status: 403, challenges: {} })
        expect(body).toEqual({
          type: 'about:blank',
          title: 'Forbidden',
          status: 403,
          detail: 'The access token lacks the required authorization details.',
        })
      },
    )

    it('RAR-1: can be computed from the request', async () => {
      const app = guarded(
        server().requirePolicy({
          authorizationDetails: (request) => ({
            type: 'payment',
            identifier: String(request.params['account']),
          }),
        }),
      )
      const token = await as.token({ claims: { authorization_details: details } })
      const get = (path: string) => request(app).get(path).auth(token, { type: 'bearer' })
      expect((await get('/accounts/a1')).status).toBe(200)
      expect((await get('/accounts/a2')).status).toBe(403)
      expect((await get('/accounts/A1')).status).toBe(403)
    })

    it.each([
      ['an identifier that was not sent', '/'],
      ['one that was sent twice', '/?account=a1&account=a1'],
      ['an empty one', '/?account='],
      ['an object', '/?account[x]=a1'],
    ])('RAR-1: that a client makes illegal are a no, and never less: %s', async (_, path) => {
      const app = guarded(
        server().requirePolicy({
          authorizationDetails: (request) => ({
            type: 'payment',
            identifier: request.query['account'] as string,
          }),
        }),
      )
      const token = await as.token({ claims: { authorization_details: details } })
      const get = (path: string) => request(app).get(path).auth(token, { type: 'bearer' })
      expect((await get('/?account=a1')).status).toBe(200)
      expect((await get(path)).status).toBe(403)
    })

    it('are forwarded as Forbidden', async () => {
      const policy = { authorizationDetails: { type: 'payment' } }
      const app = guarded(server({ errors: 'forward' }).requirePolicy(policy))
      expect((await answered(app, 'Bearer', await as.token())).status).toBe(403)
      expect(errors.splice(0)).toEqual([expect.any(Forbidden)])
    })

    it('are a bug of the application when the function gives no requirement', async () => {
      const app = guarded(
        server().requirePolicy({ authorizationDetails: (() => undefined) as never }),
      )
      expect((await answered(app, 'Bearer', await as.token())).status).toBe(500)
      expect(errors.splice(0)).toEqual([expect.any(ConfigurationError)])
    })
  })

  describe('the metadata document', () => {
    const wellKnown = '/.well-known/oauth-protected-resource'
    const member = 'authorization_details_types_supported'

    it('RAR-1: lists the types that the options name and the routes require, also of routes that come later (RFC 9396 section 10)', async () => {
      const api = server({ authorizationDetailsTypesSupported: ['account', 'payment'] })
      const app = express()
      app.use(api.resourceMetadata({ resource_name: 'Bank' }))
      const listed = async () => (await request(app).get(wellKnown)).body
      expect(await listed()).toMatchObject({
        [member]: ['account', 'payment'],
        resource_name: 'Bank',
      })
      api.requirePolicy({ authorizationDetails: { type: 'transfer' } })
      expect((await listed())[member]).toEqual(['account', 'payment', 'transfer'])
      api.requirePolicy({ authorizationDetails: [{ type: 'payment' }, { type: 'card' }] })
      expect(await listed()).toMatchObject({
        [member]: ['account', 'payment', 'transfer', 'card'],
        resource_name: 'Bank',
      })
    })

    it('RAR-1: names no type that nobody requires, and none that only a request tells', async () => {
      const api = server()
      const app = express()
      app.use(api.resourceMetadata())
      api.requirePolicy({ authorizationDetails: () => ({ type: 'payment' }) })
      requirePolicy({ authorizationDetails: { type: 'payment' } })
      expect(() =>
        api.requirePolicy({ authorizationDetails: { type: 'payment', actions: [] } }),
      ).toThrow(ConfigurationError)
      expect((await request(app).get(wellKnown)).body).not.toHaveProperty(member)
    })
  })
})

describe('the authentication of the user', () => {
  const no = '401 insufficient_authentication'

  describe.each(sources)('of %s', (_source, mint) => {
    const judged = async (policy: Required, claims: Claims) =>
      asked(server(), await mint(claims), policy)

    it.each<[string, unknown, string]>([
      ['the only value', 'phr', 'accepted'],
      ['the beginning of it', 'ph', no],
      ['more than it', 'phrh', no],
      ['another case', 'PHR', no],
      ['all values at once', 'phr phrh', no],
      ['an empty string', '', no],
      ['a list with it', ['phr'], no],
      ['an object', { phr: true }, no],
      ['a number', 1, no],
      ['true', true, no],
      ['null', null, no],
      ['nothing', undefined, no],
    ])(
      'SU-4: counts only with a class that is demanded: %s (RFC 9470 section 6)',
      async (_, acr, expected) => {
        expect(await judged({ acrValues: 'phr' }, { acr })).toBe(expected)
      },
    )

    it.each(['phr', 'phrh', 'urn:mfa'])(
      'SU-2: may be of any one class of several: %s (RFC 9470 section 3)',
      async (acr) => {
        const policy = { acrValues: ['phr', 'phrh', 'urn:mfa'] }
        expect(await judged(policy, { acr })).toBe('accepted')
        expect(await judged(policy, { acr: `${acr}x` })).toBe(no)
      },
    )

    it.each<[string, unknown, string]>([
      ['now', start / 1000, 'accepted'],
      ['just young enough', start / 1000 - 300, 'accepted'],
      ['a fraction too old', start / 1000 - 300.001, no],
      ['too old', start / 1000 - 301, no],
      ['for ever ago', 0, no],
      ['before that', -1, no],
      ['a little ahead of the clock', start / 1000 + 5, 'accepted'],
      ['ahead of the clock', start / 1000 + 5.001, no],
      ['in the far future', 1e300, no],
      ['in milliseconds', start, no],
      ['a string', String(start / 1000), no],
      ['a list', [start / 1000], no],
      ['true', true, no],
      ['null', null, no],
      ['nothing', undefined, no],
    ])(
      'SU-4: counts only while it is young enough: %s (RFC 9470 section 6)',
      async (_, auth_time, expected) => {
        expect(await judged({ maxAuthenticationAgeSeconds: 300 }, { auth_time })).toBe(expected)
      },
    )

    it('SU-4: grows old while the verdict on the token is kept', async () => {
      const api = server()
      const policy = { maxAuthenticationAgeSeconds: 60 }
      const token = await mint({ auth_time: clock.seconds })
      for (const [seconds, expected] of [
        [0, 'accepted'],
        [30, 'accepted'],
        [30, 'accepted'],
        [0.001, no],
      ] as const) {
        clock.pass(seconds)
        expect(await asked(api, token, policy)).toBe(expected)
      }
    })

    it('SU-4: must meet both demands', async () => {
      const policy = { acrValues: 'phr', maxAuthenticationAgeSeconds: 60 }
      const [acr, auth_time] = ['phr', start / 1000]
      expect(await judged(policy, { acr, auth_time })).toBe('accepted')
      expect(await judged(policy, { acr })).toBe(no)
      expect(await judged(policy, { auth_time })).toBe(no)
      expect(await judged(policy, { acr, auth_time: auth_time - 61 })).toBe(no)
      expect(await judged(policy, { acr: 'pwd', auth_time })).toBe(no)
    })
  })

  it('SU-4: is what the token says, whatever the claims schema makes of it', async () => {
    const claims = v.pipe(
      v.looseObject({}),
      v.transform((given) => ({ ...given, acr: 'phr', auth_time: start / 1000 })),
    )
    const flattering = server({ claims })
    expect(
      await asked(flattering, await as.token({ claims: { acr: 'pwd' } }), { acrValues: 'phr' }),
    ).toBe(no)
    expect(await asked(flattering, await as.token(), { maxAuthenticationAgeSeconds: 60 })).toBe(no)
    const dropping = server({ claims: v.object({ sub: v.string() }) })
    const good = await as.token({ claims: { acr: 'phr', auth_time: start / 1000 } })
    const policy = { acrValues: 'phr', maxAuthenticationAgeSeconds: 60 }
    expect(await asked(dropping, good, policy)).toBe('accepted')
  })

  it('is not asked for where no scope can grant what is requested', async () => {
    const result = await present(server(), await as.token(), {
      acrValues: 'phr',
      scope: () => 'no scope',
    })
    expect(result).toMatchObject({ refusal: { status: 403, reason: 'illegal_scope' } })
  })

  it('is judged after the proof and before the roles', async () => {
    const policy: Required = { roles: 'r', acrValues: 'phr', proof: 'dpop' }
    expect(await asked(server(), await as.token(), policy)).toBe('401 proof_required')
    const { proof, ...rest } = policy
    expect(await asked(server(), await as.token(), rest)).toBe(no)
    const better = await as.token({ claims: { acr: 'phr' } })
    expect(await asked(server(), better, rest)).toBe('403 missing_role')
  })

  it('SU-2, SU-3: is asked for as the policy was when it was registered', async () => {
    const acrValues = ['phr', 'mfa']
    const policy = { acrValues, maxAuthenticationAgeSeconds: 60 }
    const result = await present(server(), await as.token(), policy)
    expect(result).toMatchObject({ refusal: { acrValues: ['phr', 'mfa'], maxAgeSeconds: 60 } })
    if (result.verdict !== 'refused') throw new Error('not refused')
    acrValues.length = 0
    expect(result.refusal.acrValues).toEqual(['phr', 'mfa'])
    expect(Object.isFrozen(result.refusal) && Object.isFrozen(result.refusal.acrValues)).toBe(true)
  })
})

describe('authorization details', () => {
  const no = '403 missing_authorization_details'
  type Details = Required['authorizationDetails'] & object

  const judged = async (authorizationDetails: unknown, held: unknown, options = {}) =>
    asked(server(options), await as.token({ claims: { authorization_details: held } }), {
      authorizationDetails: authorizationDetails as Details,
    })

  it.each<[string, AuthorizationDetailsRequirement, object, string]>([
    ['the type', { type: 't' }, { type: 't' }, 'accepted'],
    ['another type', { type: 't' }, { type: 'tt' }, no],
    ['the type in another case', { type: 't' }, { type: 'T' }, no],
    ['members not asked for', { type: 't' }, { type: 't', amount: 5, actions: ['a'] }, 'accepted'],
    ['the identifier', { type: 't', identifier: 'i' }, { type: 't', identifier: 'i' }, 'accepted'],
    ['another identifier', { type: 't', identifier: 'i' }, { type: 't', identifier: 'ii' }, no],
    ['no identifier', { type: 't', identifier: 'i' }, { type: 't' }, no],
    ['identifiers', { type: 't', identifier: 'i' }, { type: 't', identifier: ['i'] }, no],
    ...['actions', 'locations', 'datatypes', 'privileges'].flatMap(
      (name): [string, AuthorizationDetailsRequirement, object, string][] => [
        [
          `all ${name}`,
          { type: 't', [name]: ['a', 'b'] },
          { type: 't', [name]: ['c', 'b', 'a'] },
          'accepted',
        ],
        [`some ${name}`, { type: 't', [name]: ['a', 'b'] }, { type: 't', [name]: ['a'] }, no],
        [`no ${name}`, { type: 't', [name]: ['a'] }, { type: 't' }, no],
        [`${name} in one string`, { type: 't', [name]: ['a'] }, { type: 't', [name]: 'a' }, no],
        [
          `${name} with something else`,
          { type: 't', [name]: ['a'] },
          { type: 't', [name]: ['a', 1] },
          no,
        ],
        [`${name} that are null`, { type: 't', [name]: ['a'] }, { type: 't', [name]: null }, no],
        [`malformed ${name}, not asked for`, { type: 't' }, { type: 't', [name]: 'a' }, no],
      ],
    ),
    ['a malformed identifier, not asked for', { type: 't' }, { type: 't', identifier: 1 }, no],
  ])(
    'RAR-1: are met by what covers them: %s (RFC 9396 section 2.2)',
    async (_, required, held, expected) => {
      expect(await judged(required, [held])).toBe(expected)
      // Others beside it change nothing.
      expect(await judged(required, [{ type: 'x' }, held, { type: 'y', actions: 5 }])).toBe(
        expected,
      )
    },
  )

  it.each([
    ['of another resource', ['https://other.test'], no],
    ['none', [], no],
    ['of this API', [resource], 'accepted'],
    ['of this API and others', ['https://other.test', resource], 'accepted'],
    ['of this API but for a slash', [`${resource}/`], no],
    ['malformed', resource, no],
  ])(
    'RAR-1: with locations count where they name this API: %s (RFC 9396 section 2.2)',
    async (_, locations, expected) => {
      const held = [{ type: 't', locations }]
      expect(await judged({ type: 't' }, held)).toBe(expected)
      expect(await judged(() => ({ type: 't' }), held)).toBe(expected)
    },
  )

  it('RAR-1: may demand locations of their own instead', async () => {
    const required = { type: 't', locations: ['https://files.test'] }
    expect(await judged(required, [{ type: 't', locations: ['https://files.test'] }])).toBe(
      'accepted',
    )
    expect(await judged(required, [{ type: 't', locations: [resource] }])).toBe(no)
    expect(await judged(required, [{ type: 't' }])).toBe(no)
  })

  it('RAR-1: are met by one object, not by parts of several (RFC 9396 section 2)', async () => {
    const required = { type: 't', identifier: 'i', actions: ['a', 'b'] }
    const parts = [
      { type: 't', identifier: 'i', actions: ['a'] },
      { type: 't', identifier: 'i', actions: ['b'] },
      { type: 't', identifier: 'j', actions: ['a', 'b'] },
      { type: 'u', identifier: 'i', actions: ['a', 'b'] },
      { type: 't', actions: ['a', 'b'] },
    ]
    expect(await judged(required, parts)).toBe(no)
    expect(await judged(required, [...parts, { ...required, extra: 1 }])).toBe('accepted')
  })

  it('RAR-1: of a list are all demanded', async () => {
    const required = [{ type: 't' }, { type: 'u', identifier: 'i' }]
    expect(await judged(required, [{ type: 'u', identifier: 'i' }, { type: 't' }])).toBe('accepted')
    expect(await judged(required, [{ type: 't' }])).toBe(no)
    expect(await judged(required, [{ type: 'u', identifier: 'i' }])).toBe(no)
    expect(await judged(() => required, [{ type: 't' }])).toBe(no)
    expect(await judged(() => required, [{ type: 't' }, { type: 'u', identifier: 'i' }])).toBe(
      'accepted',
    )
  })

  it.each<[string, unknown]>([
    ['is not there', undefined],
    ['is null', null],
    ['is empty', []],
    ['is an object', { type: 't' }],
    ['is an object of objects', { 0: { type: 't' }, length: 1 }],
    ['is JSON in a string', '[{"type":"t"}]'],
    ['has a string among objects', [{ type: 't' }, 't']],
    ['has null among objects', [{ type: 't' }, null]],
    ['has a list among objects', [{ type: 't' }, [{ type: 't' }]]],
    ['has an object without type', [{ type: 't' }, {}]],
    ['has a type that is no string', [{ type: 't' }, { type: ['t'] }]],
  ])('RAR-1: are not held when the claim %s', async (_, held) => {
    expect(await judged({ type: 't' }, held)).toBe(no)
  })

  it('RAR-1: are what the token says, whatever the claims schema makes of it', async () => {
    const claims = v.pipe(
      v.looseObject({}),
      v.transform((given) => ({ ...given, authorization_details: [{ type: 't' }] })),
    )
    expect(await judged({ type: 't' }, undefined, { claims })).toBe(no)
    const dropping = { claims: v.object({ sub: v.string() }) }
    expect(await judged({ type: 't' }, [{ type: 't' }], dropping)).toBe('accepted')
  })

  it('are judged after the roles and before check', async () => {
    const policy: Required = {
      check: () => false,
      authorizationDetails: { type: 't' },
      roles: 'r',
    }
    const roles = { roles: ['r'] }
    const held = { authorization_details: [{ type: 't' }] }
    const steps: [Claims, string][] = [
      [held, '403 missing_role'],
      [roles, no],
      [{ ...roles, ...held }, '403 check_failed'],
    ]
    for (const [claims, expected] of steps) {
      expect(await asked(server(), await as.token({ claims }), policy)).toBe(expected)
    }
  })

  describe('that a function gives', () => {
    const held = [{ type: 't', identifier: 'i', actions: ['a'] }]

    it.each<[string, unknown]>([
      ['without a value for the type', { type: undefined }],
      ['with an empty type', { type: '' }],
      ['with an identifier that is undefined', { type: 't', identifier: undefined }],
      ['with an identifier that is null', { type: 't', identifier: null }],
      ['with an identifier that is empty', { type: 't', identifier: '' }],
      ['with several identifiers', { type: 't', identifier: ['i'] }],
      ['with actions that are undefined', { type: 't', actions: undefined }],
      ['with no actions', { type: 't', actions: [] }],
      ['with a hole in the actions', { type: 't', actions: Array(1) }],
      ['with actions in a string', { type: 't', actions: 'a' }],
      ['with an action that is undefined', { type: 't', actions: ['a', undefined] }],
      ['with an action that is empty', { type: 't', actions: ['a', ''] }],
      ['as a list without anything', []],
      ['as a list with one that asks for nothing', [{ type: 't' }, { type: 't', actions: [] }]],
      ['as a list with one that is illegal', [{ type: 't' }, { type: 't', identifier: 5 }]],
    ])('RAR-1: are a no when their values are illegal: %s', async (_, result) => {
      expect(await judged(() => ({ type: 't', identifier: 'i', actions: ['a'] }), held)).toBe(
        'accepted',
      )
      expect(await judged(() => result, held)).toBe(no)
    })

    const form = (given: string) =>
      `authorizationDetails: the function must return an object such as { type: "payment" }, or a list of these, at once, not ${given}.`

    it.each<[string, () => unknown, string]>([
      ['nothing', () => undefined, form('undefined')],
      ['null', () => null, form('null')],
      ['true', () => true, form('true')],
      ['a type', () => 't', form('a string')],
      ['an instance', () => new Map(), form('an object')],
      ['a promise', async () => ({ type: 't' }), form('a promise')],
      ['a promise that rejects', () => Promise.reject(new Error('lost')), form('a promise')],
      [
        'a list of promises that reject',
        () => [{ type: 't' }, Promise.reject(new Error('a')), Promise.reject(new Error('b'))],
        form('a promise'),
      ],
      [
        'members that are promises',
        () => ({ type: 't', identifier: Promise.reject(new Error('a')) }),
        form('a promise'),
      ],
      [
        'lists of promises',
        () => ({ type: 't', actions: [Promise.reject(new Error('a'))] }),
        form('a promise'),
      ],
      ['a list with a hole', () => [{ type: 't' }, undefined], form('undefined')],
      ['a list in a list', () => [[{ type: 't' }]], form('an array')],
      ['no type', () => ({ actions: ['a'] }), 'authorizationDetails().type: is required.'],
      [
        'a misspelt member',
        () => ({ type: 't', action: ['a'] }),
        'authorizationDetails().action: there is no such option. Did you mean `actions`?',
      ],
      [
        'a member that is not judged',
        () => ({ type: 't', amount: 5 }),
        'authorizationDetails().amount: there is no such option. Known here: type, actions, locations, datatypes, privileges, identifier.',
      ],
    ])(
      'are a bug of the application when they have another form: %s',
      async (_, result, message) => {
        const unhandled: unknown[] = []
        const note = (reason: unknown) => unhandled.push(reason)
        process.on('unhandledRejection', note)
        const failed = judged(result, held)
        await expect(failed).rejects.toThrow(ConfigurationError)
        await expect(failed).rejects.toThrow(new Error(message))
        await new Promise((resolve) => setImmediate(resolve))
        process.off('unhandledRejection', note)
        expect(unhandled).toEqual([])
      },
    )

    it('that throws is a bug of the application, and stays what it is', async () => {
      const bug = new RangeError('mine')
      const throwing = () => {
        throw bug
      }
      await expect(judged(throwing, held)).rejects.toBe(bug)
    })
  })

  it('are those that were registered, also when the object changes afterwards', async () => {
    const requirement = { type: 't', actions: ['a'] }
    const api = server()
    const guard = api.requirePolicy({ authorizationDetails: requirement })
    requirement.type = 'u'
    requirement.actions.length = 0
    for (const { express } of majors) {
      const app = express().get('/', guard, done)
      for (const [held, status] of [
        [{ type: 't', actions: ['a'] }, 200],
        [{ type: 't' }, 403],
        [{ type: 't', actions: ['b'] }, 403],
        [{ type: 'u' }, 403],
      ] as const) {
        const token = await as.token({ claims: { authorization_details: [held] } })
        expect((await request(app).get('/').auth(token, { type: 'bearer' })).status).toBe(status)
      }
    }
  })
})

describe('a policy that cannot be meant throws when it is registered:', () => {
  const texts = 'must be a non-empty array of non-empty strings, not'
  const acr =
    'acrValues: must be one value of `acr`, or a list of them: no spaces, quotes or backslashes in any, not'
  const age = 'maxAuthenticationAgeSeconds: must be a whole number of seconds, 1 or more, not'
  const object =
    'must be an object such as { type: "payment" }, a list of these, or a function of the request that gives one, not'
  const left = 'is undefined: give what it requires, or leave it out.'

  it.each<[string, object, string]>([
    ['two classes in one string', { acrValues: 'phr mfa' }, `${acr} "phr mfa".`],
    ['an empty class', { acrValues: '' }, `${acr} an empty string.`],
    ['no classes', { acrValues: [] }, 'acrValues: requires nothing: name at least one value.'],
    [
      'a quote',
      { acrValues: ['phr', 'a"b'] },
      `${acr.replace('acrValues', 'acrValues[1]')} "a\\"b".`,
    ],
    ['a backslash', { acrValues: 'a\\b' }, `${acr} "a\\\\b".`],
    ['a line break', { acrValues: 'a\n' }, `${acr} a string.`],
    ['a character beyond ASCII', { acrValues: 'é' }, `${acr} a string.`],
    ['a level', { acrValues: 2 }, `${acr} 2.`],
    [
      'a list in a list',
      { acrValues: [['phr']] },
      `${acr.replace('acrValues', 'acrValues[0]')} an array.`,
    ],
    [
      'a class that is undefined',
      { acrValues: ['phr', undefined] },
      `acrValues[1]: is required: ${acr.slice(11, -5)}.`,
    ],
    ['a computed class', { acrValues: () => 'phr' }, `${acr} a function.`],
    ['undefined classes', { scope: 'a', acrValues: undefined }, `acrValues: ${left}`],
    ['no age at all', { maxAuthenticationAgeSeconds: 0 }, `${age} 0.`],
    ['a negative age', { maxAuthenticationAgeSeconds: -1 }, `${age} -1.`],
    ['a fraction', { maxAuthenticationAgeSeconds: 1.5 }, `${age} 1.5.`],
    ['NaN', { maxAuthenticationAgeSeconds: Number.NaN }, `${age} NaN.`],
    ['any age', { maxAuthenticationAgeSeconds: Number.POSITIVE_INFINITY }, `${age} Infinity.`],
    ['an age in a string', { maxAuthenticationAgeSeconds: '60' }, `${age} "60".`],
    [
      'an undefined age',
      { acrValues: 'phr', maxAuthenticationAgeSeconds: undefined },
      `maxAuthenticationAgeSeconds: ${left}`,
    ],
    [
      'a type alone',
      { authorizationDetails: 'payment' },
      `authorizationDetails: ${object} a string.`,
    ],
    [
      'no details',
      { authorizationDetails: [] },
      'authorizationDetails: requires nothing: name at least one type.',
    ],
    [
      'a hole in the list',
      { authorizationDetails: Array(1) },
      `authorizationDetails[0]: is required: `,
    ],
    [
      'a function in a list',
      { authorizationDetails: [() => ({ type: 't' })] },
      `authorizationDetails[0]: ${object} a function.`,
    ],
    [
      'undefined details',
      { scope: 'a', authorizationDetails: undefined },
      `authorizationDetails: ${left}`,
    ],
    [
      'no type',
      { authorizationDetails: { actions: ['a'] } },
      'authorizationDetails.type: is required: must be a non-empty string.',
    ],
    [
      'an empty type',
      { authorizationDetails: { type: '' } },
      'authorizationDetails.type: must be a non-empty string, not an empty string.',
    ],
    [
      'a misspelt member',
      { authorizationDetails: [{ type: 't' }, { type: 't', action: ['a'] }] },
      'authorizationDetails[1].action: there is no such option. Did you mean `actions`?',
    ],
    [
      'no actions',
      { authorizationDetails: { type: 't', actions: [] } },
      `authorizationDetails.actions: ${texts} an empty array.`,
    ],
    [
      'one action',
      { authorizationDetails: { type: 't', actions: 'a' } },
      `authorizationDetails.actions: ${texts} "a".`,
    ],
    [
      'an empty location',
      { authorizationDetails: { type: 't', locations: [''] } },
      `authorizationDetails.locations: ${texts} an array.`,
    ],
    [
      'an undefined identifier',
      { authorizationDetails: { type: 't', identifier: undefined } },
      `authorizationDetails.identifier: ${left}`,
    ],
    [
      'several identifiers',
      { authorizationDetails: { type: 't', identifier: ['i'] } },
      'authorizationDetails.identifier: must be a non-empty string, not an array.',
    ],
  ])('%s', async (_, policy, message) => {
    const api = server()
    for (const register of [api.requirePolicy, requirePolicy]) {
      const call = () => register(policy)
      expect(call).toThrow(ConfigurationError)
      expect(call).toThrow(message)
    }
    const verified = present(api, await as.token(), policy)
    await expect(verified).rejects.toThrow(ConfigurationError)
  })
})
