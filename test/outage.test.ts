import { generateKeyPairSync } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { inspect } from 'node:util'
import { describe, expect, it, jest } from '@jest/globals'
import express from 'express'
import supertest from 'supertest'
import {
  type IssuerOptions,
  type LogRecord,
  NotReady,
  type ResourceServerOptions,
  Unavailable,
} from '../lib/index.ts'
import {
  type Fault,
  type FaultOptions,
  type TestAuthorizationServer,
  type TestAuthorizationServerOptions,
  type TokenOptions,
  tampered,
} from '../lib/testing/index.ts'
import {
  asked,
  bearing,
  closingAfter,
  present,
  repairLog,
  TestClock,
} from './fixtures/protected-api.ts'

const { server, api } = closingAfter('each')

/** Only where nothing comes: a busy machine is slow, too. */
const impatient = { timeoutMs: 400 }
const lasting = { expiresInSeconds: 86_400 }

/** An authorization server and an API that trusts it, with one clock. */
async function setUp(
  options: Partial<ResourceServerOptions> = {},
  asOptions: TestAuthorizationServerOptions = {},
) {
  const clock = new TestClock()
  const as = await server({ clock: clock.read, ...asOptions })
  const protectedHere = api({ ...as.options, log: () => {}, ...options })
  return { clock, as, protectedHere }
}

/** The same, with an API that does not wait long. */
async function setUpImpatient() {
  const clock = new TestClock()
  const as = await server({ clock: clock.read })
  const [issuer] = as.options.issuers
  const protectedHere = api({
    clock: clock.read,
    http: impatient,
    issuers: [{ ...issuer, introspection: { ...issuer.introspection, ...impatient } }],
  })
  return { clock, as, protectedHere }
}

function app(protectedHere: ReturnType<typeof api>) {
  const app = express()
  app.get('/', protectedHere.authenticate(), (_request, response) => {
    response.send('hello')
  })
  app.get('/optional', protectedHere.authenticate({ optional: true }), (_request, response) => {
    response.send('hello')
  })
  return supertest(app)
}

/** What `ready()` rejects with. */
async function notReady(protectedHere: ReturnType<typeof api>): Promise<NotReady> {
  const error = await protectedHere.ready().catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(NotReady)
  return error as NotReady
}

/** After the next refresh of a key set that ends so, in the background or not. */
function refreshed(outcome: string): Promise<void> {
  return new Promise((resolve) => {
    const listen = (event: unknown) => {
      if ((event as { outcome: string }).outcome !== outcome) return
      unsubscribe('scopegate:keys', listen)
      setImmediate(resolve)
    }
    subscribe('scopegate:keys', listen)
  })
}

describe('down from the start', () => {
  const undecidable: [string, number, (as: TestAuthorizationServer) => Promise<string>][] = [
    ['a JWT', 200, (as) => as.token({ scope: 'a' })],
    ['a JWT without kid', 200, (as) => as.token({ header: { kid: undefined } })],
    ['a JWT with an unknown kid', 401, (as) => as.token({ header: { kid: 'next' } })],
    ['a forged JWT', 401, (as) => as.token({ signedBy: 'foreign' })],
    ['an opaque token', 200, (as) => as.opaque({ scope: 'a' })],
    ['a made-up opaque token', 401, async () => 'made-up'],
  ]

  it.each(undecidable)(
    'issue point 5: %s gets 503 with Retry-After and no challenge; then %i, without a restart',
    async (_, then, mint) => {
      const { clock, as, protectedHere } = await setUp()
      const { get } = app(protectedHere)
      const token = await mint(as)
      await as.stop()
      for (const path of ['/', '/optional']) {
        const response = await get(path).auth(token, { type: 'bearer' })
        expect(response.status).toBe(503)
        expect(Number(response.headers['retry-after'])).toBeGreaterThanOrEqual(1)
        expect(response.headers).not.toHaveProperty('www-authenticate')
        expect(response.headers['cache-control']).toBe('no-store')
        expect(response.headers['content-type']).toBe('application/problem+json')
        expect(response.body).toEqual({
          type: 'about:blank',
          title: 'Service Unavailable',
          status: 503,
          detail: 'The access token cannot be verified at the moment.',
        })
      }
      await as.start()
      clock.pass(2)
      expect((await get('/').auth(token, { type: 'bearer' })).status).toBe(then)
    },
  )

  it.each<[string, string, TokenOptions]>([
    ['typ', '401 wrong_type', { header: { typ: 'JWT' } }],
    ['alg none', '401 unsupported_algorithm', { algorithm: 'none' }],
    ['HMAC', '401 unsupported_algorithm', { algorithm: 'HS256' }],
    ['crit', '401 unsupported_header', { header: { crit: ['x'] } }],
    ['jku', '401 unsupported_header', { header: { jku: 'https://evil.example' } }],
    ['kid', '401 malformed_token', { header: { kid: 1 } }],
    ['iss', '401 unknown_issuer', { issuer: 'https://evil.example' }],
    ['aud', '401 wrong_audience', { audience: 'https://other.test' }],
    ['exp', '401 expired', { expired: true }],
    ['nbf', '401 not_yet_valid', { claims: { nbf: 1e10 } }],
    ['a claim that is missing', '401 missing_claim', { claims: { jti: undefined } }],
    ['a claim of the wrong type', '401 malformed_claim', { claims: { iat: 'x' } }],
    ['its form', '401 malformed_token', { rawPayload: '{"a":1,"a":2}' }],
    ['cnf', '401 proof_missing', { claims: { cnf: { jkt: 'x' } } }],
    ['cnf that is null', '401 proof_missing', { claims: { cnf: null } }],
  ])(
    'issue point 5: a JWT that is refuted by its %s gets %s all the same',
    async (_, expected, of) => {
      const { as, protectedHere } = await setUp()
      const token = await as.token(of)
      await as.stop()
      expect(await asked(protectedHere, token)).toBe(expected)
    },
  )

  it('issue point 5: what is no credentials, or malformed, gets 401 and 400 all the same', async () => {
    const { as, protectedHere } = await setUp()
    await as.stop()
    const { get } = app(protectedHere)
    const missing = await get('/')
    expect([missing.status, missing.headers['www-authenticate']]).toEqual([
      401,
      'Bearer realm="https://api.test"',
    ])
    expect((await get('/').set('Authorization', 'Bearer')).status).toBe(400)
    expect((await get('/').set('Authorization', 'Bearer a b')).status).toBe(400)
    expect((await get('/').auth('x'.repeat(9000), { type: 'bearer' })).status).toBe(400)
    expect((await get('/').auth('name', 'password')).status).toBe(401)
    expect((await get('/optional')).status).toBe(200)
  })

  it('opaque tokens are refused all the same where nobody introspects', async () => {
    const { as, protectedHere } = await setUp({ issuers: { issuer: 'https://as.invalid' } })
    const token = await as.opaque()
    expect(await asked(protectedHere, token)).toBe('401 opaque_not_accepted')
  })

  it('says in Retry-After when it asks again: from one second to the cool-down', async () => {
    const { clock, as, protectedHere } = await setUp()
    await as.stop()
    const token = await as.token(lasting)
    const waits: number[] = []
    const dice = jest.spyOn(Math, 'random').mockReturnValue(0)
    for (let attempt = 0; attempt < 8; attempt++) {
      const { response } = await present(protectedHere, token)
      waits.push(Number(Object.fromEntries(response.headers)['Retry-After']))
      clock.pass(waits.at(-1)!)
    }
    dice.mockRestore()
    expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30, 30])
  })
})

describe('an endpoint that fails', () => {
  const faults: [string, Fault, FaultOptions?][] = [
    ['is down', 'down'],
    ['resets the connection', 'reset'],
    ['hangs', 'hang'],
    ['is slower than the deadline', 'slow', { milliseconds: 10_000 }],
    ['sends nothing', 'empty'],
    ['sends garbage', 'garbage'],
    ['sends a web page', 'html'],
    ['sends half of it', 'truncated'],
    ['sends 64 MiB', 'huge'],
    ['sends a gzip bomb', 'gzip-bomb'],
    ['redirects', 'redirect'],
    ['sends 500', 500],
    ['sends 502', 502],
    ['sends 429', 429],
    ['sends 404', 404],
    ['sends 204', 204],
    ['sends null', { body: 'null' }],
    ['sends an array', { body: '[]' }],
    ['sends a member twice', { body: '{"active":true,"keys":[],"issuer":"x","issuer":"x"}' }],
    ['sends 5,000 brackets', { body: '['.repeat(5000) }],
  ]

  const endpoints = [
    ['jwks', 'keys_unreachable'],
    ['discovery', 'discovery_failed'],
    ['introspection', 'introspection_failed'],
  ] as const
  const table = endpoints.flatMap(([endpoint, reason]) =>
    faults.map(([words, fault, how]) => [endpoint, words, reason, fault, how] as const),
  )

  it.each(table)(
    'is unavailable, then well again: %s %s',
    async (endpoint, _, reason, fault, how) => {
      const ended = fault === 'hang' || fault === 'slow' ? setUpImpatient() : setUp()
      const { clock, as, protectedHere } = await ended
      as.fail(endpoint, fault, how)
      const token = endpoint === 'introspection' ? await as.opaque() : await as.token()
      expect(await asked(protectedHere, token)).toBe(`503 ${reason}`)
      expect(protectedHere.health().cache).toEqual({ good: 0, bad: 0 })
      as.restore()
      clock.pass(2)
      expect(await asked(protectedHere, token)).toBe('accepted')
    },
  )

  it.each([
    ['no keys', { body: {} }, 'keys_unreachable'],
    ['keys that are no list', { body: { keys: {} } }, 'keys_unreachable'],
    ['an empty list of keys', { body: { keys: [] } }, 'no_usable_key'],
    ['no usable key', { body: { keys: [null, 1, { kty: 'oct', k: 'AA' }] } }, 'no_usable_key'],
  ])('a key set with %s is unavailable, not a refusal', async (_, fault, reason) => {
    const { clock, as, protectedHere } = await setUp()
    as.fail('jwks', fault)
    const token = await as.token()
    expect(await asked(protectedHere, token)).toBe(`503 ${reason}`)
    as.restore()
    clock.pass(30)
    expect(await asked(protectedHere, token)).toBe('accepted')
  })

  it('waits for one that is slow, within the deadline', async () => {
    const { as, protectedHere } = await setUp()
    as.fail('all', 'slow', { milliseconds: 20 })
    expect(await asked(protectedHere, await as.token())).toBe('accepted')
    expect(await asked(protectedHere, await as.opaque())).toBe('accepted')
  })

  it('has no bearing on tokens that do not need it', async () => {
    const { as, protectedHere } = await setUp()
    await protectedHere.ready()
    as.fail('introspection', 'down')
    expect(await asked(protectedHere, await as.token())).toBe('accepted')
    as.restore()
    as.fail('jwks', 'down')
    expect(await asked(protectedHere, await as.opaque())).toBe('accepted')
  })

  it('of one issuer has no bearing on another', async () => {
    const [down, as] = [await server(), await server()]
    const protectedHere = api({ issuers: [{ issuer: down.issuer }, { issuer: as.issuer }] })
    await down.stop()
    expect(await asked(protectedHere, await down.token())).toBe('503 discovery_failed')
    expect(await asked(protectedHere, await as.token())).toBe('accepted')
    await expect(protectedHere.ready()).rejects.toThrow(NotReady)
  })

  it('passes on the Retry-After of the introspection endpoint', async () => {
    const { as, protectedHere } = await setUp()
    as.fail('introspection', { status: 503, headers: { 'retry-after': '17' } })
    const { response } = await present(protectedHere, await as.opaque())
    expect(response.headers).toContainEqual(['Retry-After', '17'])
  })

  it.each([
    ['jwks', 'keys_unreachable'],
    ['discovery', 'discovery_failed'],
  ] as const)('is not asked again before the back-off is over: %s', async (endpoint, reason) => {
    const { clock, as, protectedHere } = await setUp()
    as.fail(endpoint, 500)
    const tokens = await Promise.all(Array.from({ length: 50 }, () => as.token()))
    for (const token of tokens) expect(await asked(protectedHere, token)).toBe(`503 ${reason}`)
    const once = as.received(endpoint).length
    expect(once).toBeLessThanOrEqual(3) // a discovery looks in three places
    clock.pass(1)
    await asked(protectedHere, tokens[0]!)
    expect(as.received(endpoint).length).toBe(2 * once)
  })
})

describe('keys that are held', () => {
  it('serve while refresh fails: for the stale time and no longer, cached tokens included', async () => {
    const { clock, as, protectedHere } = await setUp({ cache: { maxAgeSeconds: 86_400 } })
    const cached = await as.token(lasting)
    for (const _ of [1, 2]) expect(await asked(protectedHere, cached)).toBe('accepted')
    await as.stop()
    const both = async () => [
      await asked(protectedHere, cached),
      await asked(protectedHere, await as.token(lasting)),
    ]
    for (const seconds of [600, 1800, 1799]) {
      clock.pass(seconds)
      const refused = refreshed('failed')
      expect(await both()).toEqual(['accepted', 'accepted'])
      await refused
    }
    expect(protectedHere.health().status).toBe('degraded')
    clock.pass(1)
    const [first, second] = await both()
    expect(first).toMatch(/^503/)
    expect(second).toMatch(/^503/)
    expect(protectedHere.health().status).toBe('unavailable')
    await as.start()
    clock.pass(30)
    expect(await both()).toEqual(['accepted', 'accepted'])
    expect(protectedHere.health().status).toBe('ok')
  })

  it('serve no longer than they are fresh where staleSeconds is 0', async () => {
    const { clock, as, protectedHere } = await setUp({ keys: { staleSeconds: 0 } })
    const token = await as.token(lasting)
    expect(await asked(protectedHere, token)).toBe('accepted')
    as.fail('all', 'down')
    clock.pass(599)
    expect(await asked(protectedHere, token)).toBe('accepted')
    clock.pass(31)
    expect(await asked(protectedHere, token)).toMatch(/^503/)
  })

  it.each(['jwks_uri', 'introspection_endpoint'] as const)(
    'serve for the stale time and no longer while the metadata have lost their %s',
    async (member) => {
      const { clock, as, protectedHere } = await setUp({
        keys: { maxAgeSeconds: 600, coolDownSeconds: 1, staleSeconds: 600 },
      })
      const tokens = [await as.token(lasting), await as.opaque(lasting)]
      const all = () => Promise.all(tokens.map((token) => asked(protectedHere, token)))
      expect(await all()).toEqual(['accepted', 'accepted'])
      as.fail('discovery', ({ body }) => ({
        body: { ...JSON.parse(String(body)), [member]: undefined },
      }))
      clock.pass(700)
      await all()
      expect(protectedHere.health().issuers[0]).toMatchObject({
        discovery: { failing: true, reason: `no_${member}` },
      })
      expect(await all()).toEqual(['accepted', 'accepted'])
      clock.pass(490)
      expect(await all()).toEqual(['accepted', 'accepted'])
      // They were held for so long; now the metadata are taken as they are, and no verdict is cached.
      clock.pass(100)
      const [first, second] = await all()
      expect(member === 'jwks_uri' ? first : second).toMatch(/503/)
      expect(member === 'jwks_uri' ? second : first).toBe('accepted')
    },
  )

  it('JT-6: that were replaced are asked for once, and a token that the new ones did not sign either is refused', async () => {
    const { clock, as, protectedHere } = await setUp()
    const header = { kid: undefined }
    expect(await asked(protectedHere, await as.token({ ...lasting, header }))).toBe('accepted')
    clock.pass(60)
    as.rotate({ overlap: false })
    const forged = await as.token({ ...lasting, header, signedBy: 'foreign' })
    expect(await asked(protectedHere, forged)).toBe('401 wrong_signature')
    expect(as.received('jwks')).toHaveLength(2)
    expect(await asked(protectedHere, await as.token({ ...lasting, header }))).toBe('accepted')
  })

  it('nobody waits for a server that hangs while keys are held', async () => {
    const { clock, as, protectedHere } = await setUp({ http: { timeoutMs: 60_000 } })
    expect(await asked(protectedHere, await as.token(lasting))).toBe('accepted')
    as.fail('all', 'hang')
    clock.pass(500)
    // The server never answers, and the deadline is far beyond that of this test.
    expect(await asked(protectedHere, await as.token(lasting))).toBe('accepted')
  })

  it('promise 1: an unknown kid is 503 while refresh fails, 401 when it succeeded and the cool-down runs', async () => {
    const { clock, as, protectedHere } = await setUp()
    await protectedHere.ready()
    const unknown = () => as.token({ ...lasting, header: { kid: 'unknown' } })
    expect(await asked(protectedHere, await unknown())).toBe('401 unknown_key')
    as.fail('all', 'down')
    clock.pass(30)
    expect(await asked(protectedHere, await unknown())).toBe('503 keys_unreachable')
    expect(await asked(protectedHere, await unknown())).toBe('503 keys_unreachable')
    as.restore()
    clock.pass(30)
    expect(await asked(protectedHere, await unknown())).toBe('401 unknown_key')
  })

  it('promise 1: a token without kid that no held key signed is 503 while refresh fails', async () => {
    const { clock, as, protectedHere } = await setUp()
    await protectedHere.ready()
    as.fail('all', 'down')
    as.rotate()
    clock.pass(30)
    const header = { kid: undefined }
    const token = await as.token({ ...lasting, header })
    expect(await asked(protectedHere, token)).toBe('503 keys_unreachable')
    const foreign = await as.token({ ...lasting, header, signedBy: 'foreign' })
    expect(await asked(protectedHere, foreign)).toBe('503 keys_unreachable')
    as.restore()
    clock.pass(30)
    expect(await asked(protectedHere, token)).toBe('accepted')
    expect(await asked(protectedHere, foreign)).toBe('401 wrong_signature')
  })

  it('promise 1: a signature that the named key did not make is 401 also while refresh fails', async () => {
    const { clock, as, protectedHere } = await setUp()
    await protectedHere.ready()
    as.fail('all', 'down')
    clock.pass(30)
    const token = tampered(await as.token(lasting))
    expect(await asked(protectedHere, token)).toBe('401 wrong_signature')
  })

  it('a rotated key is found at once when the cool-down is over', async () => {
    const { clock, as, protectedHere } = await setUp()
    expect(await asked(protectedHere, await as.token(lasting))).toBe('accepted')
    as.rotate({ overlap: false })
    clock.pass(30)
    expect(await asked(protectedHere, await as.token(lasting))).toBe('accepted')
    expect(as.received('jwks')).toHaveLength(2)
  })

  it('a key that was replaced under its kid is found at once when the cool-down is over', async () => {
    const { clock, as, protectedHere } = await setUp()
    await protectedHere.ready()
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const kid = as.keys[0]!.kid
    as.publish({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid }] })
    clock.pass(30)
    const token = await as.token({ ...lasting, signedBy: privateKey })
    expect(await asked(protectedHere, token)).toBe('accepted')
  })
})

describe('a key set that moved while its old place still serves the old keys', () => {
  /** Trusted until now: metadata that named the old key set. Good: a token of the new one. */
  async function moved() {
    const clock = new TestClock()
    const old = await server({ clock: clock.read })
    const metadata: Record<string, unknown> = { jwks_uri: old.endpoints.jwks }
    const as = await server({ clock: clock.read, metadata })
    const protectedHere = api({ clock: clock.read, issuers: { issuer: as.issuer } })
    const before = await old.token({ ...lasting, issuer: as.issuer })
    expect(await asked(protectedHere, before)).toBe('accepted')
    as.rotate()
    metadata['jwks_uri'] = as.endpoints.jwks
    clock.pass(30)
    return { clock, as, old, before, protectedHere, good: () => as.token(lasting) }
  }

  it('has those who come during the discovery wait for it', async () => {
    const { as, old, protectedHere, good } = await moved()
    const begun = as.nextRequest()
    as.fail('discovery', 'slow', { milliseconds: 50 })
    const first = asked(protectedHere, await good())
    await begun
    const later = [asked(protectedHere, await good()), asked(protectedHere, await good())]
    expect(await Promise.all([first, ...later])).toEqual(['accepted', 'accepted', 'accepted'])
    expect(as.received('discovery')).toHaveLength(2)
    expect(old.received('jwks')).toHaveLength(2)
  })

  it('promise 1: is 503 while discovery fails, and is found when its back-off is over', async () => {
    const { clock, as, before, protectedHere, good } = await moved()
    as.fail('discovery', 500)
    for (const _ of [1, 2, 3]) {
      expect(await asked(protectedHere, await good())).toBe('503 discovery_failed')
    }
    expect(await asked(protectedHere, before)).toBe('accepted')
    as.restore()
    clock.pass(1)
    expect(await asked(protectedHere, await good())).toBe('accepted')
  })

  it('is not asked about more often for made-up kids', async () => {
    const { as, old, protectedHere } = await moved()
    as.fail('discovery', 500)
    old.forgetRequests()
    as.forgetRequests()
    const forged = await Promise.all(
      Array.from({ length: 200 }, (_, kid) =>
        old.token({ issuer: as.issuer, header: { kid: `${kid}` } }),
      ),
    )
    for (const token of forged) {
      expect(await asked(protectedHere, token)).toBe('503 discovery_failed')
    }
    expect(old.received('jwks')).toHaveLength(1)
    const places = new Set(as.received('discovery').map(({ url }) => url))
    expect(as.received('discovery')).toHaveLength(places.size)
  })
})

describe('our own credentials', () => {
  it.each([400, 401, 403])(
    'IN-3: refused with %i are 503 outward and one record inward, never a 401 (RFC 7662 section 2.3)',
    async (status) => {
      const records: LogRecord[] = []
      const { clock, as, protectedHere } = await setUp({ log: repairLog(records) })
      const token = await as.opaque({ ...lasting, token: `secret-token-${status}` })
      as.fail('introspection', { status, body: { error: 'invalid_client' } })
      const { get } = app(protectedHere)
      for (const _ of [1, 2, 3]) {
        const response = await get('/').auth(token, { type: 'bearer' })
        expect(response.status).toBe(503)
        expect(response.headers).not.toHaveProperty('www-authenticate')
      }
      expect(records).toHaveLength(1)
      expect(records[0]).toMatchObject({ level: 'error', code: 'introspection_client_refused' })
      expect(JSON.stringify(records)).not.toContain('secret-token')
      clock.pass(60)
      await asked(protectedHere, token)
      expect(records).toHaveLength(2)
      as.restore()
      expect(await asked(protectedHere, token)).toBe('accepted')
      expect(records).toHaveLength(2)
    },
  )

  it('IN-3: that are wrong are 503, for tokens good and bad (RFC 7662 section 2.3)', async () => {
    const { as } = await setUp()
    const client = { ...as.client, clientSecret: 'old' } as typeof as.client
    const protectedHere = api({
      issuers: { issuer: as.issuer, introspection: { client } },
      log: () => {},
    })
    expect(await asked(protectedHere, await as.opaque())).toBe('503 client_refused')
    expect(await asked(protectedHere, 'made-up')).toBe('503 client_refused')
  })
})

describe('ready()', () => {
  it('has everything at hand, so that the first request fetches nothing', async () => {
    const { as, protectedHere } = await setUp()
    await protectedHere.ready()
    as.forgetRequests()
    expect(await asked(protectedHere, await as.token())).toBe('accepted')
    expect(as.requests).toHaveLength(0)
    expect(await asked(protectedHere, await as.opaque())).toBe('accepted')
    expect(as.requests.map(({ endpoint }) => endpoint)).toEqual(['introspection'])
  })

  it('discovers the introspection endpoint also where the keys are given', async () => {
    const { as, clock } = await setUp()
    const [issuer] = as.options.issuers
    const protectedHere = api({
      clock: clock.read,
      issuers: { ...issuer, jwt: { keys: { jwks: as.jwks() } } },
    })
    await protectedHere.ready()
    expect(as.received('discovery')).toHaveLength(1)
    as.fail('discovery', 'down')
    expect(await asked(protectedHere, await as.opaque())).toBe('accepted')
  })

  it('rejects while the authorization server is down, and requests try again all the same', async () => {
    const { clock, as, protectedHere } = await setUp()
    await as.stop()
    const error = await protectedHere.ready().catch((error: unknown) => error)
    expect(error).toBeInstanceOf(NotReady)
    expect(error).toMatchObject({
      code: 'not_ready',
      issuer: as.issuer,
      reason: 'discovery_failed',
      source: 'issuers',
      retryAfterSeconds: 1,
      cause: { failure: 'connection_failed', cause: { cause: { code: 'ECONNREFUSED' } } },
    })
    // It is no answer to a request: an error handler that shows answers does not show it.
    expect(error).not.toBeInstanceOf(Unavailable)
    for (const name of ['status', 'statusCode', 'expose', 'headers']) {
      expect(error).not.toHaveProperty(name)
    }
    await as.start()
    clock.pass(1)
    expect(await asked(protectedHere, await as.token())).toBe('accepted')
    await protectedHere.ready()
  })

  it.each<[string, (as: TestAuthorizationServer) => void, TestAuthorizationServerOptions, string]>([
    [
      'is down',
      (as) => as.fail('discovery', 'down'),
      {},
      'its metadata cannot be had (discovery_failed, connection_failed, UND_ERR_SOCKET, AS/.well-known/oauth-authorization-server). See that it runs, and can be reached from this host: name resolution, firewall, `http.proxy`, `http.ca`.',
    ],
    [
      'has no metadata there',
      () => {},
      { discovery: 'none' },
      'its metadata cannot be had (discovery_failed, wrong_status, 404, AS/.well-known/oauth-authorization-server). See that the URL is the right one: it follows from `issuer`, unless `discovery.metadataUrl` or `jwt.keys.uri` says otherwise.',
    ],
    [
      'has a page in place of metadata',
      (as) => as.fail('discovery', 'html'),
      {},
      '(discovery_failed, wrong_content, AS/.well-known/oauth-authorization-server). See that the URL is the right one:',
    ],
    [
      'is somebody else',
      () => {},
      { metadata: { issuer: 'https://other.test' } },
      '(discovery_failed, wrong_issuer, AS/.well-known/oauth-authorization-server). The metadata there name another issuer: `issuer` must be the same, by every character.',
    ],
    [
      'names keys that may not be fetched',
      () => {},
      { metadata: { jwks_uri: 'http://keys.test' } },
      '(discovery_failed, url_not_allowed, jwks_uri, AS/.well-known/oauth-authorization-server). What the metadata name must be https, except for `http.insecureHosts`.',
    ],
    [
      'names no keys',
      () => {},
      { metadata: { jwks_uri: undefined } },
      'it has no key that may be used (no_usable_key, no_jwks_uri). Its metadata name no `jwks_uri`: give `jwt.keys`, or `jwt: false` to introspect.',
    ],
    [
      'fails to serve its keys',
      (as) => as.fail('jwks', 500),
      {},
      'its key set cannot be had (keys_unreachable, wrong_status, 500, AS/jwks). See that the URL is the right one:',
    ],
    [
      'has no keys',
      (as) => as.publish({ keys: [] }),
      {},
      'it has no key that may be used (no_usable_key). See that it publishes keys for signatures: RSA of 2048 bits or more, P-256, P-384, P-521 or Ed25519.',
    ],
  ])(
    'tells operators what is wrong, and what to do, when the authorization server %s',
    async (_, spoil, asOptions, says) => {
      const { as, protectedHere } = await setUp({}, asOptions)
      spoil(as)
      const { message } = await notReady(protectedHere)
      const sentence = says.replaceAll('AS/', `${as.issuer}/`)
      expect(message).toContain(`Not ready. Issuer ${as.issuer}: `)
      expect(message).toContain(sentence)
      expect(message).toMatch(/: tokens that cannot be verified get 503 until then\.$/)
    },
  )

  it('tells of each issuer that is in the way, and of no other', async () => {
    const { as } = await setUp()
    const [down, without] = [await server(), await server({ metadata: { jwks_uri: undefined } })]
    await down.stop()
    const issuers = [as, down, without].map(({ issuer }) => ({ issuer }))
    const error = await notReady(api({ issuers }))
    expect(error).toMatchObject({ issuer: down.issuer, reason: 'discovery_failed' })
    expect(error.message).toMatch(
      new RegExp(`Issuer ${down.issuer}: .* Issuer ${without.issuer}: .*no_jwks_uri`),
    )
    expect(error.message).not.toContain(`${as.issuer}:`)
  })

  it('tells no secret', async () => {
    const { as } = await setUp()
    as.fail('all', { status: 500, body: 'tiger-7f3a' })
    const issuer: IssuerOptions = {
      issuer: as.issuer,
      jwt: { keys: { uri: `${as.endpoints.jwks}?key=tiger-7f3a` } },
      introspection: {
        endpoint: as.endpoints.introspection,
        client: { method: 'bearer', token: 'tiger-7f3a' },
      },
    }
    const error = await notReady(api({ issuers: issuer }))
    expect(error.message).toContain(`(keys_unreachable, wrong_status, 500, ${as.endpoints.jwks})`)
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('tiger')
  })

  it('has nothing to wait for where a function knows the issuers', async () => {
    await api({ issuers: () => undefined }).ready()
  })
})

describe('health()', () => {
  it('tells how each issuer is, from unknown over ok and degraded to unavailable', async () => {
    const { clock, as, protectedHere } = await setUp()
    const status = () => protectedHere.health().issuers[0]!.status
    expect([protectedHere.health().status, status()]).toEqual(['ok', 'unknown'])
    as.fail('all', 'down')
    await asked(protectedHere, await as.token())
    expect([protectedHere.health().status, status()]).toEqual(['unavailable', 'unavailable'])
    expect(protectedHere.health().issuers[0]!.discovery).toMatchObject({
      needed: true,
      failing: true,
      reason: 'connection_failed',
    })
    as.restore()
    clock.pass(2)
    await asked(protectedHere, await as.token())
    const fetched = { fetchedAt: clock.now, failing: false }
    expect(protectedHere.health()).toEqual({
      status: 'ok',
      issuers: [
        {
          issuer: as.issuer,
          status: 'ok',
          discovery: { needed: true, ...fetched },
          keys: { uri: as.endpoints.jwks, keys: 1, ...fetched },
        },
      ],
      cache: { good: 0, bad: 0 },
    })
    as.fail('jwks', 'html')
    clock.pass(30)
    await asked(protectedHere, await as.token({ header: { kid: 'unknown' } }))
    expect([protectedHere.health().status, status()]).toEqual(['degraded', 'degraded'])
    expect(protectedHere.health().issuers[0]!.keys).toMatchObject({ reason: 'wrong_content' })
    // A key set without a usable key was fetched well, and is of no use.
    as.restore()
    as.publish({ keys: [] })
    clock.pass(30)
    await asked(protectedHere, await as.token({ header: { kid: 'unknown' } }))
    expect([protectedHere.health().status, status()]).toEqual(['unavailable', 'unavailable'])
    expect(protectedHere.health().issuers[0]!.keys).toMatchObject({ keys: 0, failing: false })
  })

  it('is as bad as the worst issuer', async () => {
    const { as } = await setUp()
    const down = await server()
    const protectedHere = api({ issuers: [{ issuer: as.issuer }, { issuer: down.issuer }] })
    await down.stop()
    await protectedHere.ready().catch(() => {})
    expect(protectedHere.health()).toMatchObject({
      status: 'unavailable',
      issuers: [{ status: 'ok' }, { status: 'unavailable' }],
    })
  })

  it('holds no token and no secret', async () => {
    const { as, protectedHere } = await setUp()
    const token = await as.opaque({ token: 'a-secret-token' })
    await asked(protectedHere, token)
    expect(JSON.stringify(protectedHere.health())).not.toMatch(
      /a-secret-token|test%20secret|secret/,
    )
  })

  it('says unavailable when even the metadata are too old, where tokens are introspected only', async () => {
    const { as, clock } = await setUp()
    const [issuer] = as.options.issuers
    const introspection = { client: as.client }
    const protectedHere = api({
      clock: clock.read,
      issuers: { issuer: issuer?.issuer ?? '', jwt: false, introspection },
    })
    expect(await asked(protectedHere, await as.opaque())).toBe('accepted')
    expect(protectedHere.health().status).toBe('ok')
    await as.stop()
    clock.pass(600 + 3600)
    expect(await asked(protectedHere, await as.opaque())).toMatch(/^503/)
    expect(protectedHere.health().status).toBe('unavailable')
  })
})

describe('close()', () => {
  it('answers whoever is waiting, and whoever comes later, with 503', async () => {
    const { as, protectedHere } = await setUp({ http: { timeoutMs: 60_000 } })
    const [jwt, opaque] = [await as.token(), await as.opaque()]
    as.fail('all', 'hang')
    const arrived = as.nextRequest()
    const waiting = [asked(protectedHere, jwt), asked(protectedHere, opaque)]
    await arrived
    await protectedHere.close()
    expect(await Promise.all(waiting)).toEqual(['503 closed', '503 closed'])
    as.restore()
    expect(await asked(protectedHere, jwt)).toBe('503 closed')
    expect((await app(protectedHere).get('/')).status).toBe(503)
    await expect(protectedHere.ready()).rejects.toMatchObject({
      name: 'NotReady',
      reason: 'closed',
      message: 'Not ready: close() was called. Make another resource server.',
    })
    await protectedHere.close()
  })

  it('ends verdicts that were cached, and asks the authorization server nothing more', async () => {
    const { as, protectedHere } = await setUp()
    const token = await as.token()
    for (const _ of [1, 2, 3]) await asked(protectedHere, token)
    await protectedHere.close()
    as.forgetRequests()
    expect(await asked(protectedHere, token)).toBe('503 closed')
    expect(await asked(protectedHere, await as.opaque())).toBe('503 closed')
    expect(as.requests).toHaveLength(0)
  })
})

it('the answer to a request tells nothing of what is wrong inside', async () => {
  const { as, protectedHere } = await setUp()
  as.fail('all', { status: 500, body: 'stack trace of the authorization server' })
  const result = await protectedHere.verify(bearing(await as.token()))
  expect(result).toMatchObject({
    verdict: 'unavailable',
    error: { cause: { failure: 'wrong_status' } },
  })
  expect(JSON.stringify(result.response)).not.toMatch(/stack trace|127\.0\.0\.1|wrong_status|500/)
})
