import { generateKeyPairSync, type JsonWebKey } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { Request } from 'express'
import { CompactEncrypt } from 'jose'
import request from 'supertest'
import {
  type CacheEvent,
  ConfigurationError,
  type DecisionEvent,
  type IntrospectionEvent,
  type IssuerOptions,
  type LogRecord,
  type Policy,
  type ResourceServer,
  type ResourceServerOptions,
  requirePolicy,
  type VerifiableRequest,
} from '../lib/index.ts'
import type {
  TestAuthorizationServer,
  TestAuthorizationServerOptions,
} from '../lib/testing/index.ts'
import { majors } from './fixtures/express-majors.ts'
import { parseChallenges } from './fixtures/parse-challenges.ts'
import {
  accepted,
  asked,
  closingAfter,
  repairLog,
  resource,
  TestClock,
} from './fixtures/protected-api.ts'

const { server, api } = closingAfter('each')
const live: Policy<object, VerifiableRequest> = { live: true }

const events = { cache: [] as CacheEvent[], introspection: [] as IntrospectionEvent[] }
const decisions: DecisionEvent[] = []
const listen = {
  cache: (event: unknown) => void events.cache.push(event as CacheEvent),
  introspection: (event: unknown) => void events.introspection.push(event as IntrospectionEvent),
  decision: (event: unknown) => void decisions.push(event as DecisionEvent),
}

afterEach(() => {
  for (const [name, listener] of Object.entries(listen)) {
    unsubscribe(`scopegate:${name}`, listener)
  }
  events.cache.length = events.introspection.length = decisions.length = 0
})

/** An authorization server, an API that asks it, and what the API logs. */
async function setUp(
  options: Partial<ResourceServerOptions> = {},
  as: TestAuthorizationServerOptions = {},
) {
  const clock = new TestClock()
  const authorizationServer = await server({ clock: clock.read, ...as })
  const logged: LogRecord[] = []
  const log = repairLog(logged)
  const protectedHere = api({ ...authorizationServer.options, log, ...options })
  for (const [name, listener] of Object.entries(listen)) subscribe(`scopegate:${name}`, listener)
  return { clock, as: authorizationServer, protectedHere, logged }
}

const introspections = (as: TestAuthorizationServer) => as.received('introspection').length

/** From now on the answers say this besides; `undefined` takes a member out. */
function say(as: TestAuthorizationServer, changes: object): void {
  as.fail('introspection', ({ body }) => ({ body: { ...JSON.parse(String(body)), ...changes } }))
}

/** Both kinds of tokens. The scope is one that no answer of a test takes away. */
const kinds: [string, (as: TestAuthorizationServer) => Promise<string>][] = [
  ['a JWT', (as) => as.token({ scope: 'refunds', expiresInSeconds: 86_400 })],
  ['an opaque token', (as) => as.opaque({ scope: 'refunds', expiresInSeconds: 86_400 })],
]

describe.each(kinds)('live, for %s', (kind, mint) => {
  const opaque = kind === 'an opaque token'

  it('asks the authorization server for every request of the route, and of no other', async () => {
    const { as, protectedHere } = await setUp()
    const token = await mint(as)
    for (const _ of [1, 2]) expect(await asked(protectedHere, token)).toBe('accepted')
    const before = introspections(as)
    expect(before).toBe(opaque ? 1 : 0)
    for (const count of [1, 2, 3]) {
      expect(await asked(protectedHere, token, live)).toBe('accepted')
      expect(introspections(as)).toBe(before + count)
    }
    expect(await asked(protectedHere, token, { scope: 'refunds' })).toBe('accepted')
    expect(introspections(as)).toBe(before + 3)
    const [last] = as.received('introspection').slice(-1)
    expect(new URLSearchParams(last?.body).get('token')).toBe(token)
  })

  it('refuses at once what was revoked, and says so in both events', async () => {
    const { as, protectedHere } = await setUp()
    const token = await mint(as)
    expect(await asked(protectedHere, token, live)).toBe('accepted')
    as.revoke(token)
    expect(await asked(protectedHere, token, live)).toBe('401 not_live')
    expect(events.introspection.at(-1)).toMatchObject({
      issuer: as.issuer,
      resource,
      outcome: 'refused',
      reason: 'inactive',
    })
    expect(decisions.at(-1)).toMatchObject({
      verdict: 'refused',
      stage: 'policy',
      reason: 'not_live',
      source: opaque ? 'introspection' : 'jwt',
    })
  })

  it('evicts what it refuses: it is verified anew when it comes again', async () => {
    const { as, protectedHere } = await setUp()
    const token = await mint(as)
    for (const _ of [1, 2, 3]) await asked(protectedHere, token)
    expect(protectedHere.health().cache.good).toBe(1)
    as.revoke(token)
    expect(await asked(protectedHere, token)).toBe('accepted')
    expect(await asked(protectedHere, token, live)).toBe('401 not_live')
    expect(protectedHere.health().cache).toEqual({ good: 0, bad: 0 })
    events.cache.length = 0
    // A JWT tells nothing of its revocation, and the route did not ask.
    expect(await asked(protectedHere, token)).toBe(opaque ? '401 inactive' : 'accepted')
    expect(events.cache.map(({ outcome }) => outcome)).toEqual(['miss'])
  })

  it('joins no call that was sent already', async () => {
    const { as, protectedHere } = await setUp()
    const token = await mint(as)
    for (const _ of [1, 2]) await asked(protectedHere, token)
    as.forgetRequests()
    as.fail('introspection', 'hold')
    const answers = [1, 2, 3].map(() => asked(protectedHere, token, live))
    while (introspections(as) < 3) await as.nextRequest('introspection')
    as.restore()
    expect(await Promise.all(answers)).toEqual(['accepted', 'accepted', 'accepted'])
    expect(introspections(as)).toBe(3)
  })

  const contradictions: [string, object, string][] = [
    ['another iss', { iss: 'https://other.example' }, 'wrong_issuer'],
    ['an iss that is no string', { iss: 7 }, 'malformed_claim'],
    ['another sub', { sub: 'mallory' }, 'contradicted'],
    ['a sub that is no string', { sub: ['alice'] }, 'malformed_claim'],
    ['another client_id', { client_id: 'other-client' }, 'contradicted'],
    ['a client_id that is no string', { client_id: 1 }, 'malformed_claim'],
    ['another jti', { jti: 'other' }, 'contradicted'],
    ['a jti that is no string', { jti: {} }, 'malformed_claim'],
    ['a confirmation that the token lacks', { cnf: { jkt: 'a'.repeat(43) } }, 'contradicted'],
    ['an empty confirmation', { cnf: {} }, 'contradicted'],
    ['a confirmation that is null', { cnf: null }, 'contradicted'],
    ['token_type DPoP without a confirmation', { token_type: 'DPoP' }, 'proof_missing'],
    ['active as text', { active: 'true' }, 'inactive'],
    ['another audience', { aud: 'https://other.example' }, 'wrong_audience'],
    ['another kind of token', { token_type: 'refresh_token' }, 'not_an_access_token'],
    ['an exp that passed', { exp: new TestClock().seconds - 5 }, 'expired'],
    ['an exp that is no number', { exp: '1e999' }, 'malformed_claim'],
    ['an nbf to come', { nbf: new TestClock().seconds + 60 }, 'not_yet_valid'],
  ]

  it.each(contradictions)('refuses and evicts where the answer says %s', async (_, answer, why) => {
    const { as, protectedHere } = await setUp()
    const token = await mint(as)
    for (const _ of [1, 2]) expect(await asked(protectedHere, token)).toBe('accepted')
    say(as, answer)
    expect(await asked(protectedHere, token, live)).toBe('401 not_live')
    expect(events.introspection.at(-1)?.reason).toBe(why)
    expect(protectedHere.health().cache).toEqual({ good: 0, bad: 0 })
  })

  it.each([
    ['nothing but active', (as: TestAuthorizationServer) => ({ active: true, iss: as.issuer })],
    ['null for what is not known', () => ({ active: true, sub: null, client_id: null, jti: null })],
    ['exp 0, as some say of what never expires', () => ({ active: true, exp: 0 })],
    ['more scope, which is not granted', () => ({ active: true, scope: 'everything' })],
  ])('accepts where the answer says %s: the token says the rest', async (_, answer) => {
    const { as, protectedHere } = await setUp()
    const token = await mint(as)
    await asked(protectedHere, token)
    as.fail('introspection', { body: answer(as) })
    expect(await asked(protectedHere, token, { scope: 'refunds', live: true })).toBe('accepted')
    expect(await asked(protectedHere, token, { scope: 'everything', live: true })).toBe(
      '403 insufficient_scope',
    )
  })

  it('is unavailable while the authorization server cannot tell, and lets go of nothing', async () => {
    const { as, protectedHere, logged } = await setUp()
    const token = await mint(as)
    for (const _ of [1, 2]) await asked(protectedHere, token)
    for (const fault of ['down', 'garbage', 500] as const) {
      as.fail('introspection', fault)
      expect(await asked(protectedHere, token, live)).toBe('503 introspection_failed')
    }
    as.fail('introspection', { status: 401, body: { error: 'invalid_client' } })
    expect(await asked(protectedHere, token, live)).toBe('503 client_refused')
    expect(logged.map(({ code }) => code)).toEqual(['introspection_client_refused'])
    expect(await asked(protectedHere, token)).toBe('accepted')
    expect(protectedHere.health().cache.good).toBe(1)
    as.restore()
    expect(await asked(protectedHere, token, live)).toBe('accepted')
  })

  it('is unavailable where tokens of this kind are not introspected, which is logged once', async () => {
    const { as, protectedHere, logged, clock } = await setUp({
      cache: { introspectionMaxAgeSeconds: 86_400, maxAgeSeconds: 86_400 },
    })
    const token = await mint(as)
    for (const _ of [1, 2]) await asked(protectedHere, token)
    as.fail('introspection', { status: 400, body: { error: 'unsupported_token_type' } })
    for (const _ of [1, 2]) {
      expect(await asked(protectedHere, token, live)).toBe('503 live_unsupported')
      clock.pass(3600)
    }
    expect(logged).toEqual([
      {
        level: 'warn',
        code: 'live_unsupported',
        message: expect.stringMatching(/does not take tokens of this kind.*`live`/),
        details: {
          issuer: as.issuer,
          fault: 'status',
          status: 400,
          error: 'unsupported_token_type',
        },
      },
    ])
    expect(events.introspection.at(-1)).toMatchObject({
      outcome: 'unavailable',
      reason: 'live_unsupported',
    })
  })

  it('comes after all that can be refused without it, and before check', async () => {
    const { as, protectedHere } = await setUp()
    const token = await mint(as)
    await asked(protectedHere, token)
    as.revoke(token)
    as.forgetRequests()
    const calls: string[] = []
    const check = () => calls.push('check') > 0
    for (const [policy, no] of [
      [{ scope: 'other' }, '403 insufficient_scope'],
      [{ roles: 'admin' }, '403 missing_role'],
      [{ acrValues: 'phr' }, '401 insufficient_authentication'],
      [{ authorizationDetails: { type: 'payment' } }, '403 missing_authorization_details'],
    ] as const) {
      expect(await asked(protectedHere, token, { ...policy, ...live, check })).toBe(no)
    }
    expect(introspections(as)).toBe(0)
    expect(await asked(protectedHere, token, { ...live, check })).toBe('401 not_live')
    expect(calls).toEqual([])
    const good = await mint(as)
    expect(await asked(protectedHere, good, { ...live, check })).toBe('accepted')
    expect(await asked(protectedHere, good, { ...live, check: () => false })).toBe(
      '403 check_failed',
    )
    expect(calls).toEqual(['check'])
  })
})

describe('what a token says of itself', () => {
  it('may be less than the answer says: some servers keep tokens small', async () => {
    const { as } = await setUp()
    const issuers: IssuerOptions[] = [{ ...as.options.issuers[0], jwt: { profile: 'plain' } }]
    const lenient = api({ ...as.options, issuers })
    const claims = { sub: undefined, jti: undefined, client_id: undefined, azp: 'test-client' }
    const token = await as.token({ scope: 'refunds', header: { typ: 'JWT' }, claims })
    say(as, { sub: 'alice', jti: 'one', client_id: 'test-client' })
    expect(await asked(lenient, token, live)).toBe('accepted')
    say(as, { client_id: 'other-client' })
    expect(await asked(lenient, token, live)).toBe('401 not_live')
  })

  it('is compared as it was verified, whatever the schema made of it', async () => {
    const { as } = await setUp()
    const claims = {
      '~standard': {
        version: 1 as const,
        vendor: 'test',
        validate: (given: unknown) =>
          'sub' in (given as object) && 'exp' in (given as object)
            ? { value: { sub: 'somebody else' } }
            : { issues: [{ message: 'misfit' }] },
      },
    }
    const shaped = api<{ sub: string }>({ ...as.options, claims })
    const token = await as.token()
    expect((await accepted(shaped, token)).claims).toEqual({ sub: 'somebody else' })
    expect(await asked(shaped, token, live as never)).toBe('accepted')
    as.fail('introspection', { body: { active: true } })
    expect(await asked(shaped, token, live as never)).toBe('accepted')
    as.fail('introspection', { body: { active: true, sub: 'somebody else' } })
    expect(await asked(shaped, token, live as never)).toBe('401 not_live')
  })

  it('is asked about as it was presented: encrypted', async () => {
    const { as } = await setUp()
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const decryptionKeys = [
      { ...privateKey.export({ format: 'jwk' }), alg: 'ECDH-ES' },
    ] as JsonWebKey[]
    const issuers: IssuerOptions[] = [{ ...as.options.issuers[0], jwt: { decryptionKeys } }]
    const protectedHere = api({ ...as.options, issuers })
    const inside = await as.token()
    const token = await new CompactEncrypt(Buffer.from(inside))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', cty: 'at+jwt' })
      .encrypt(publicKey)
    expect(await asked(protectedHere, token, live)).toBe('401 not_live')
    await as.opaque({ token, response: { jti: undefined } })
    expect(await asked(protectedHere, token, live)).toBe('accepted')
    const bodies = as.received('introspection').map(({ body }) => new URLSearchParams(body))
    expect(bodies.map((form) => form.get('token'))).toEqual([token, token])
  })
})

describe('whom to ask', () => {
  it('is the issuer of the token alone', async () => {
    const { as, clock } = await setUp()
    const other = await server({ clock: clock.read })
    const [mine] = as.options.issuers
    const [its] = other.options.issuers
    const issuers: IssuerOptions[] = [
      { ...mine, opaquePrefixes: ['one-'] },
      { ...its, opaquePrefixes: ['two-'] },
    ]
    const protectedHere = api({ clock: clock.read, issuers })
    expect(await asked(protectedHere, await as.token(), live)).toBe('accepted')
    expect(await asked(protectedHere, await as.opaque({ prefix: 'one-' }), live)).toBe('accepted')
    expect(introspections(other)).toBe(0)
    expect(await asked(protectedHere, await other.token(), live)).toBe('accepted')
    expect(introspections(other)).toBe(1)
  })

  it('is known when the route is registered: an issuer that cannot be asked throws', async () => {
    const { as } = await setUp()
    const other = await server()
    const issuers = [as.options.issuers[0], { issuer: other.issuer }] as const
    const protectedHere = api({ issuers })
    const expected = new RegExp(
      `^live: the issuer ${other.issuer} cannot be asked: give it .introspection.`,
    )
    const register = () => protectedHere.requirePolicy({ live: true })
    expect(() => protectedHere.requirePolicy({ scope: 'refunds' })).not.toThrow()
    expect(register).toThrow(ConfigurationError)
    expect(register).toThrow(expected)
    await expect(asked(protectedHere, await as.token(), live)).rejects.toThrow(expected)
    expect(() => api(as.options).requirePolicy({ live: true })).not.toThrow()
  })

  it('shows with the token where a function knows the issuers; without introspection it is unavailable, which is logged once', async () => {
    const { as, logged } = await setUp()
    const { issuer } = as
    const { log } = setUpLog(logged)
    let introspection: IssuerOptions['introspection']
    const issuers = () => ({ issuer, ...(introspection && { introspection }) }) as IssuerOptions
    const protectedHere = api({ ...as.options, issuers, log })
    const token = await as.token()
    for (const _ of [1, 2]) {
      expect(await asked(protectedHere, token, live)).toBe('503 live_unsupported')
      // The function is asked anew, and the hint is not given anew.
      protectedHere.forgetIssuer(issuer)
    }
    expect(logged).toEqual([
      {
        level: 'warn',
        code: 'live_unsupported',
        message: expect.stringContaining('`live` needs its `introspection`'),
        details: { issuer, fault: 'no_introspection' },
      },
    ])
    expect(introspections(as)).toBe(0)
    introspection = as.options.issuers[0].introspection
    protectedHere.forgetIssuer(issuer)
    expect(await asked(protectedHere, token, live)).toBe('accepted')
    expect(introspections(as)).toBe(1)
  })

  it('is the issuer as the function knows it now: one that was given up meanwhile is refused', async () => {
    const { as } = await setUp()
    let known = true
    const protectedHere: ResourceServer = api({
      ...as.options,
      issuers: () => (known ? as.options.issuers[0] : undefined),
    })
    const giveUp = () => {
      known = false
      protectedHere.forgetIssuer(as.issuer)
    }
    const { express } = majors[0]!
    const app = express()
    app.use(protectedHere.authenticate(), (_request, _response, next) => {
      giveUp()
      next()
    })
    app.get('/', protectedHere.requirePolicy({ live: true }), (_request, response) => {
      response.end('done')
    })
    const answer = await request(app)
      .get('/')
      .auth(await as.token(), { type: 'bearer' })
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_token'])
    expect(introspections(as)).toBe(0)
  })

  function setUpLog(logged: LogRecord[]) {
    return { log: repairLog(logged) }
  }
})

describe.each(majors)('with $major', ({ express }) => {
  /** Authenticates for all routes; of one, the authorization server is asked as well. */
  function application(protectedHere: ResourceServer, own = true) {
    const app = express()
    app.use(protectedHere.authenticate())
    const guard = own ? protectedHere.requirePolicy({ live: true }) : requirePolicy({ live: true })
    app.post('/refunds', guard, (req, response) => {
      response.end(protectedHere.auth(req as Request).subject)
    })
    return app
  }

  it('the refusal is told in the scheme that was used, with what is needed to come back', async () => {
    const { as, protectedHere } = await setUp({ dpop: true })
    const key = as.dpopKey()
    const bound = await as.token({ boundTo: key })
    const bearer = await as.token()
    const url = `${resource}/refunds`
    const presenting: [string, string, () => Record<string, string>][] = [
      ['DPoP', bound, () => ({ ...key.headers({ method: 'POST', url, token: bound }) })],
      ['Bearer', bearer, () => ({ Authorization: `Bearer ${bearer}` })],
    ]
    const app = application(protectedHere)
    for (const [scheme, token, headers] of presenting) {
      await request(app).post('/refunds').set(headers()).expect(200, 'alice')
      as.revoke(token)
      const { status, headers: said, body } = await request(app).post('/refunds').set(headers())
      expect(status).toBe(401)
      expect(body).toMatchObject({
        error: 'invalid_token',
        detail: 'The access token is no longer active at its authorization server.',
      })
      const challenges = parseChallenges(said['www-authenticate'] ?? '')
      expect(challenges.map((one) => [one.scheme, one.params['error']])).toEqual([
        ['Bearer', scheme === 'Bearer' ? 'invalid_token' : undefined],
        ['DPoP', scheme === 'DPoP' ? 'invalid_token' : undefined],
      ])
    }
  })

  it('while nobody can tell it is 503 with Retry-After and no challenge', async () => {
    const { as, protectedHere } = await setUp()
    const token = await as.token()
    as.fail('introspection', { status: 400, body: { error: 'unsupported_token_type' } })
    const answer = await request(application(protectedHere))
      .post('/refunds')
      .auth(token, { type: 'bearer' })
    expect(answer.status).toBe(503)
    expect(answer.headers['retry-after']).toBe('5')
    expect(answer.headers).not.toHaveProperty('www-authenticate')
  })

  it('routers that do not hold the resource server ask that of the request', async () => {
    const { as, protectedHere } = await setUp()
    const token = await as.token()
    const app = application(protectedHere, false)
    await request(app).post('/refunds').auth(token, { type: 'bearer' }).expect(200, 'alice')
    expect(introspections(as)).toBe(1)
    as.revoke(token)
    await request(app).post('/refunds').auth(token, { type: 'bearer' }).expect(401)
    const mute = api({ clock: as.options.clock!, issuers: { issuer: as.issuer }, log: () => {} })
    await request(application(mute, false))
      .post('/refunds')
      .auth(await as.token(), { type: 'bearer' })
      .expect(503)
  })
})

describe('the member', () => {
  it.each([
    [false, 'live: must be true, or left out, not false.'],
    ['yes', 'live: must be true, or left out, not "yes".'],
    [undefined, 'live: is undefined'],
  ])('is true or left out: %p throws', async (value, message) => {
    const { protectedHere } = await setUp()
    expect(() => protectedHere.requirePolicy({ live: value } as never)).toThrow(message)
    expect(() => requirePolicy({ scope: 'a', live: value } as never)).toThrow(message)
  })
})
