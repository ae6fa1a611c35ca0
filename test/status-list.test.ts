import { generateKeyPairSync } from 'node:crypto'
import { deflateSync } from 'node:zlib'
import { describe, expect, it, jest } from '@jest/globals'
import express from 'express'
import { CompactEncrypt } from 'jose'
import supertest from 'supertest'
import type {
  ClaimSet,
  IssuerOptions,
  LogRecord,
  ResourceServer,
  ResourceServerOptions,
  StatusListOptions,
} from '../lib/index.ts'
import type {
  SigningOptions,
  TestAuthorizationServer,
  TestAuthorizationServerOptions,
  TestOptions,
  TokenOptions,
} from '../lib/testing/index.ts'
import { asked, closingAfter, outcome, present, TestClock } from './fixtures/protected-api.ts'

// Lists of megabytes are packed and unpacked: enough also on a machine that does much else.
jest.setTimeout(30_000)

const { server, api } = closingAfter('each')
const aDay = { expiresInSeconds: 86_400 }

interface Setup {
  readonly clock: TestClock
  readonly as: TestAuthorizationServer
  readonly protectedHere: ResourceServer
  readonly logged: LogRecord[]
  /** A JWT with a place in the status list. */
  listed(options?: TokenOptions): Promise<string>
}

interface SetupOptions {
  /** `undefined` for none; its `uris` are the list of the server unless given. */
  readonly statusList?: Partial<StatusListOptions> | 'ignore' | undefined
  readonly issuer?: Partial<IssuerOptions>
  readonly api?: Partial<ResourceServerOptions>
  readonly server?: TestAuthorizationServerOptions
}

async function setUp(options: SetupOptions = { statusList: {} }): Promise<Setup> {
  const clock = new TestClock()
  const as = await server({ clock: clock.read, ...options.server })
  const logged: LogRecord[] = []
  const given = options.statusList
  const statusList =
    typeof given === 'object' ? { uris: [as.endpoints.statusList], ...given } : given
  const issuer = {
    ...as.options.issuers[0],
    jwt: { ...(statusList && { statusList }) },
    ...options.issuer,
  } as IssuerOptions
  const protectedHere = api({
    clock: clock.read,
    log: (record) => void (record.level === 'warn' && logged.push(record)),
    ...options.api,
    issuers: [issuer],
  })
  const listed = (more: TokenOptions = {}) => as.token({ ...aDay, status: true, ...more })
  return { clock, as, protectedHere, logged, listed }
}

const fetches = (as: TestAuthorizationServer) => as.received('status-list').length

/** Serves a status list token that is made as told. */
async function serve(as: TestAuthorizationServer, signed: SigningOptions): Promise<void> {
  const body = await as.statusListToken(signed)
  as.fail('status-list', { headers: { 'content-type': 'application/statuslist+jwt' }, body })
}

/** The members of the failure that an operator gets to see. */
async function failureOf(api: ResourceServer<object>, token: string): Promise<unknown> {
  const result = await present(api, token)
  if (result.verdict !== 'unavailable') return result.verdict
  expect(result.error).toMatchObject({ source: 'status', reason: 'status_list_unreachable' })
  expect(result.response.status).toBe(503)
  return (result.error.cause as { failure?: unknown } | undefined)?.failure
}

describe('a token with a place in a status list', () => {
  it('is accepted while the list says that it is valid', async () => {
    const { as, protectedHere, listed } = await setUp()
    expect(await asked(protectedHere, await listed())).toBe('accepted')
    const [request] = as.received('status-list')
    expect(request).toMatchObject({
      method: 'GET',
      headers: { accept: 'application/statuslist+jwt' },
    })
  })

  it.each(['invalid', 'suspended', 3, 12, 255] as const)(
    'is refused when the list says %s (section 7.1)',
    async (status) => {
      const { as, protectedHere, listed } = await setUp()
      const [one, other] = [await listed(), await listed()]
      as.setStatus(one, status)
      const result = await present(protectedHere, one)
      expect(result).toMatchObject({
        verdict: 'refused',
        refusal: { reason: 'revoked_by_status', error: 'invalid_token', status: 401 },
      })
      expect(await asked(protectedHere, other)).toBe('accepted')
    },
  )

  it('is refused from the next refresh on, though its verdict is cached', async () => {
    const { as, clock, protectedHere, listed } = await setUp()
    const token = await listed()
    for (const _ of [1, 2, 3]) expect(await asked(protectedHere, token)).toBe('accepted')
    expect(protectedHere.health().cache.good).toBe(1)
    as.setStatus(token, 'invalid')
    expect(await asked(protectedHere, token)).toBe('accepted')
    clock.pass(60)
    expect(await asked(protectedHere, token)).toBe('401 revoked_by_status')
  })

  it('is refused once its key is gone, though its verdict is cached and its list is good', async () => {
    const { clock, as, protectedHere, listed } = await setUp({
      statusList: {},
      api: { keys: { maxAgeSeconds: 60, coolDownSeconds: 1 } },
    })
    const token = await listed()
    for (const _ of [1, 2]) expect(await asked(protectedHere, token)).toBe('accepted')
    as.rotate({ overlap: false })
    clock.pass(60)
    // Brings the key set and a list that the new key signed.
    expect(await asked(protectedHere, await listed())).toBe('accepted')
    expect(await asked(protectedHere, token)).toBe('401 unknown_key')
  })

  it('is accepted again once it is suspended no more', async () => {
    const { as, clock, protectedHere, listed } = await setUp()
    const token = await listed()
    as.setStatus(token, 'suspended')
    expect(await asked(protectedHere, token)).toBe('401 revoked_by_status')
    as.setStatus(token, 'valid')
    clock.pass(60)
    expect(await asked(protectedHere, token)).toBe('accepted')
  })

  it('shares one fetch with all tokens of the list, and with all that come at once', async () => {
    const { as, protectedHere, listed } = await setUp()
    const tokens = await Promise.all(Array.from({ length: 50 }, () => listed()))
    as.setStatus(tokens[7]!, 'invalid')
    const outcomes = await Promise.all(tokens.map((token) => asked(protectedHere, token)))
    expect(outcomes.filter((one) => one !== 'accepted')).toEqual(['401 revoked_by_status'])
    expect(outcomes[7]).toBe('401 revoked_by_status')
    expect(fetches(as)).toBe(1)
  })

  it('is looked up only when it is good in all else (section 8.3)', async () => {
    const { as, protectedHere, listed } = await setUp()
    expect(await asked(protectedHere, await listed({ expired: true }))).toBe('401 expired')
    const forged = await listed({ signedBy: 'foreign' })
    expect(await asked(protectedHere, forged)).toBe('401 wrong_signature')
    expect(fetches(as)).toBe(0)
  })

  it('has its list at hand once ready() has resolved', async () => {
    const { as, protectedHere, listed } = await setUp()
    await protectedHere.ready()
    expect(fetches(as)).toBe(1)
    expect(await asked(protectedHere, await listed({}))).toBe('401 status_out_of_range')
  })

  it('lets ready() say which list cannot be had', async () => {
    const { as, protectedHere } = await setUp()
    as.fail('status-list', 404)
    await expect(protectedHere.ready()).rejects.toMatchObject({
      reason: 'status_list_unreachable',
      source: 'status',
      message: expect.stringContaining(as.endpoints.statusList),
    })
  })
})

describe('a token without a status', () => {
  it('is accepted, and no list is fetched', async () => {
    const { as, protectedHere } = await setUp()
    expect(await asked(protectedHere, await as.token())).toBe('accepted')
    expect(fetches(as)).toBe(0)
  })
})

describe('an option left out', () => {
  it('refuses tokens with a status, and says once which option to set', async () => {
    const { as, protectedHere, logged, listed } = await setUp({})
    expect(await asked(protectedHere, await as.token())).toBe('accepted')
    for (const _ of [1, 2]) {
      expect(await asked(protectedHere, await listed())).toBe('401 status_not_accepted')
    }
    expect(await asked(protectedHere, await as.token({ claims: { status: 'active' } }))).toBe(
      '401 status_not_accepted',
    )
    expect(fetches(as)).toBe(0)
    expect(logged).toEqual([
      expect.objectContaining({
        level: 'warn',
        code: 'status_not_accepted',
        message: expect.stringContaining('jwt.statusList'),
        details: expect.objectContaining({ issuer: as.issuer }),
      }),
    ])
  })

  it('lets nobody else write into the log', async () => {
    const { as, protectedHere, logged, listed } = await setUp({})
    expect(await asked(protectedHere, await as.token())).toBe('accepted')
    const forged = await listed({ signedBy: 'foreign' })
    expect(await asked(protectedHere, forged)).toMatch(/^401 /)
    expect(logged).toEqual([])
  })

  it('is not "ignore", with which the claim is not looked at', async () => {
    const { as, protectedHere, listed } = await setUp({ statusList: 'ignore' })
    const token = await listed()
    as.setStatus(token, 'invalid')
    expect(await asked(protectedHere, token)).toBe('accepted')
    expect(await asked(protectedHere, await as.token({ claims: { status: 7 } }))).toBe('accepted')
    expect(fetches(as)).toBe(0)
  })
})

describe('a status claim (section 6.2)', () => {
  const uri = 'https://as.example.com/statuslists/1'
  const malformed: [string, unknown][] = [
    ['a string', 'active'],
    ['null', null],
    ['an array', [{ status_list: { idx: 0, uri } }]],
    ['empty', {}],
    ['a list that is a string', { status_list: uri }],
    ['a list that is null', { status_list: null }],
    ['no index', { status_list: { uri } }],
    ['a negative index', { status_list: { idx: -1, uri } }],
    ['an index between two', { status_list: { idx: 0.5, uri } }],
    ['an index that is a string', { status_list: { idx: '0', uri } }],
    ['an index beyond what is exact', { status_list: { idx: 2 ** 53, uri } }],
    ['no address', { status_list: { idx: 0 } }],
    ['an address that is a list', { status_list: { idx: 0, uri: [uri] } }],
  ]

  it.each(malformed)('is refused when malformed: %s', async (_, status) => {
    const { as, protectedHere } = await setUp({ statusList: { uris: [uri] } })
    expect(await asked(protectedHere, await as.token({ claims: { status } }))).toBe(
      '401 malformed_claim',
    )
  })

  it('is refused when it names another mechanism, which nobody here can ask', async () => {
    const { as, protectedHere } = await setUp()
    const token = await as.token({ claims: { status: { other_list: { id: 1 } } } })
    expect(await asked(protectedHere, token)).toBe('401 status_not_accepted')
  })

  it('is refused where the place is beyond the end of the list (section 8.3, step 6)', async () => {
    const { protectedHere, listed } = await setUp()
    await listed()
    expect(await asked(protectedHere, await listed({ status: { idx: 7 } }))).toBe('accepted')
    const beyond = await listed({ status: { idx: 8 } })
    expect(await asked(protectedHere, beyond)).toBe('401 status_out_of_range')
  })

  it('may name a place that the list has grown to since', async () => {
    const { as, clock, protectedHere, listed } = await setUp()
    expect(await asked(protectedHere, await listed())).toBe('accepted')
    const later = await Promise.all(Array.from({ length: 20 }, () => listed()))
    expect(await asked(protectedHere, later[19]!)).toBe('401 status_out_of_range')
    clock.pass(10)
    expect(await asked(protectedHere, later[19]!)).toBe('accepted')
    expect(fetches(as)).toBe(2)
  })

  it('gets 503 beyond the end of a list that cannot be refreshed', async () => {
    const { as, clock, protectedHere, listed } = await setUp()
    expect(await asked(protectedHere, await listed())).toBe('accepted')
    const beyond = await listed({ status: { idx: 100 } })
    as.fail('status-list', 500)
    clock.pass(10)
    expect(await asked(protectedHere, beyond)).toBe('503 status_list_unreachable')
  })
})

describe('the address of a list', () => {
  it.each<[string, (configured: string) => string]>([
    ['another one', (uri) => uri.replace(/1$/, '2')],
    ['a longer one', (uri) => `${uri}0`],
    ['one below it', (uri) => `${uri}/1`],
    ['one with a query', (uri) => `${uri}?time=1`],
    ['in other letters', (uri) => uri.replace('http:', 'HTTP:')],
  ])('is compared by every character: %s', async (_, other) => {
    const { as, protectedHere, logged, listed } = await setUp()
    expect(await asked(protectedHere, await as.token())).toBe('accepted')
    const token = await listed({ status: { idx: 0, uri: other(as.endpoints.statusList) } })
    expect(await asked(protectedHere, token)).toBe('401 unknown_status_list')
    expect(
      as.requests.filter(({ endpoint }) => endpoint !== 'jwks' && endpoint !== 'discovery'),
    ).toEqual([])
    expect(logged).toEqual([
      expect.objectContaining({
        code: 'unknown_status_list',
        details: expect.objectContaining({ option: 'issuers[].jwt.statusList' }),
      }),
    ])
  })

  it('may be below one that ends in a slash', async () => {
    const { as, protectedHere, listed } = await setUp({
      statusList: {},
      server: {},
    })
    await protectedHere.close()
    const below = new URL('.', as.endpoints.statusList).href
    const open = api({
      ...as.options,
      issuers: [{ ...as.options.issuers[0], jwt: { statusList: { uris: [below] } } }],
    })
    // What stands for many lists is none itself, and nothing that has to be at hand.
    await open.ready()
    const token = await listed()
    expect(await asked(open, token)).toBe('accepted')
    expect(open.health().issuers[0]?.statusLists).toEqual({ held: 1, missing: 0, failing: 0 })
    as.forgetRequests()
    const bad = [
      below,
      `${below}../statuslists/1`,
      `${below}./1`,
      `${below}..`,
      `${below}a/../1`,
      `${below}a//1`,
      `${below}1/`,
      `${below}%2e%2e/1`,
      `${below}..%2f1`,
      `${below}1%00`,
      `${below}1;x`,
      `${below}1?x=1`,
      `${below}1#x`,
      `${below}a\\1`,
      `${below}a@b`,
      below.replace('http://', 'http://user@'),
      `${below.slice(0, -1)}x/1`,
    ]
    for (const uri of bad) {
      const refused = await listed({ status: { idx: 0, uri } })
      expect([uri, await asked(open, refused)]).toEqual([uri, '401 unknown_status_list'])
    }
    expect(as.requests).toEqual([])
  })

  it('bounds how many lists are asked for, whatever tokens name', async () => {
    const { as, clock, listed } = await setUp()
    const below = new URL('.', as.endpoints.statusList).href
    const open = api({
      clock: clock.read,
      issuers: [{ ...as.options.issuers[0], jwt: { statusList: { uris: [below] } } }],
    })
    const name = (index: number) => listed({ status: { idx: 0, uri: `${below}made-up-${index}` } })
    for (let index = 0; index < 100; index++) await present(open, await name(index))
    const asked100 = as.received('other').length
    expect(asked100).toBe(100)
    const result = await present(open, await name(100))
    expect(result).toMatchObject({ verdict: 'unavailable', error: { retryAfterSeconds: 10 } })
    expect(await failureOf(open, await name(101))).toBe('too_many_lists')
    expect(as.received('other').length).toBe(100)
    clock.pass(10)
    await present(open, await name(102))
    expect(as.received('other').length).toBe(101)
  })
})

describe('the lists of an issuer', () => {
  it('are held as far as there is room for them: those not used for longest are let go', async () => {
    const { as, clock, listed } = await setUp()
    const below = new URL('.', as.endpoints.statusList).href
    const lists = new Map<string, string>()
    const counts = new Map<string, number>()
    const answer: typeof globalThis.fetch = async (url, init) => {
      const body = lists.get(String(url))
      counts.set(String(url), (counts.get(String(url)) ?? 0) + 1)
      const headers = { 'content-type': 'application/statuslist+jwt' }
      return body === undefined ? fetch(url, init) : new Response(body, { headers })
    }
    const open = api({
      clock: clock.read,
      http: { fetch: answer },
      issuers: [{ ...as.options.issuers[0], jwt: { statusList: { uris: [below] } } }],
    })
    const lst = deflateSync(Buffer.alloc(8 * 1024 * 1024)).toString('base64url')
    const ask = async (name: string) => {
      const uri = `${below}${name}`
      const claims = { sub: uri, status_list: { bits: 1, lst } }
      lists.set(uri, await as.statusListToken({ claims }))
      expect(await asked(open, await listed({ status: { idx: 0, uri } }))).toBe('accepted')
      return counts.get(uri)
    }
    // Seven have room, as each takes a little more than an eighth.
    for (let count = 0; count < 7; count++) expect(await ask(`${count}`)).toBe(1)
    expect(await ask('0')).toBe(1)
    expect(await ask('7')).toBe(1)
    expect(await ask('0')).toBe(1)
    expect(await ask('1')).toBe(2)
  })
})

describe('a status list token (section 5.1)', () => {
  const bad: [
    string,
    string,
    SigningOptions | ((as: TestAuthorizationServer) => SigningOptions),
  ][] = [
    ['of another type', 'wrong_type', { header: { typ: 'JWT' } }],
    ['of an access token', 'wrong_type', { header: { typ: 'at+jwt' } }],
    ['of the type in other letters', 'wrong_type', { header: { typ: 'StatusList+JWT' } }],
    ['without a type', 'wrong_type', { header: { typ: undefined } }],
    ['with a critical extension', 'unsupported_header', { header: { crit: ['x'], x: 1 } }],
    ['with an embedded key', 'unsupported_header', { header: { jwk: {} } }],
    ['with a kid that is a number', 'unsupported_header', { header: { kid: 7 } }],
    ['with an algorithm that is none', 'unsupported_algorithm', { algorithm: 'none' }],
    ['with HMAC', 'unsupported_algorithm', { algorithm: 'HS256' }],
    [
      'with an algorithm that the issuer may not use',
      'unsupported_algorithm',
      { algorithm: 'ES384' },
    ],
    ['by a key that nobody knows', 'unknown_key', { header: { kid: 'nobody' } }],
    ['by another key', 'wrong_signature', { signedBy: 'foreign' }],
    ['of another issuer', 'wrong_issuer', { claims: { iss: 'https://other.example.com' } }],
    ['for another audience', 'wrong_audience', { claims: { aud: 'https://other.example.com' } }],
    ['for no audience at all', 'wrong_audience', { claims: { aud: [] } }],
    ['about another list', 'wrong_subject', { claims: { sub: 'https://as.example.com/2' } }],
    ['about no list', 'wrong_subject', { claims: { sub: undefined } }],
    ['without a time', 'wrong_time', { claims: { iat: undefined } }],
    ['whose time is a string', 'wrong_time', { claims: { iat: '1' } }],
    ['from the future', 'wrong_time', { claims: { iat: Date.UTC(2026, 10, 22) / 1000 + 6 } }],
    ['for later', 'wrong_time', { claims: { nbf: Date.UTC(2026, 10, 22) / 1000 + 6 } }],
    ['that lives for no time', 'wrong_time', { claims: { ttl: 0 } }],
    ['that lives for less', 'wrong_time', { claims: { ttl: -1 } }],
    ['whose life is a string', 'wrong_time', { claims: { ttl: '60' } }],
    ['that expired', 'expired', { claims: { exp: Date.UTC(2026, 10, 22) / 1000 - 5 } }],
    ['whose end is a string', 'wrong_time', { claims: { exp: 'tomorrow' } }],
    ['without a list', 'malformed_list', { claims: { status_list: undefined } }],
    ['with null for a list', 'malformed_list', { claims: { status_list: null } }],
    [
      'of three bits',
      'malformed_list',
      { claims: { status_list: { bits: 3, lst: 'eNpjAAAAAQAB' } } },
    ],
    [
      'of bits in a string',
      'malformed_list',
      { claims: { status_list: { bits: '1', lst: 'eNpjAAAAAQAB' } } },
    ],
    [
      'with padding',
      'malformed_list',
      { claims: { status_list: { bits: 1, lst: 'eNpjAAAAAQAB==' } } },
    ],
    ['that is not packed', 'malformed_list', { claims: { status_list: { bits: 1, lst: 'AAAA' } } }],
    [
      'that is cut short',
      'malformed_list',
      { claims: { status_list: { bits: 1, lst: 'eNpjAAAA' } } },
    ],
    ['whose list is no string', 'malformed_list', { claims: { status_list: { bits: 1, lst: 7 } } }],
    ['that is no JSON', 'malformed', { rawPayload: 'x' }],
    [
      'with a claim twice',
      'malformed',
      (as) => ({ rawPayload: `{"sub":"x","sub":"${as.endpoints.statusList}"}` }),
    ],
  ]

  it.each(bad)('decides nothing when it is %s: 503', async (_, failure, signed) => {
    const { as, protectedHere, listed } = await setUp({
      statusList: {},
      issuer: {},
      server: { algorithms: ['ES256', 'ES384'] },
    })
    const narrow = api({
      ...as.options,
      issuers: [
        {
          ...as.options.issuers[0],
          jwt: { algorithms: ['ES256'], statusList: { uris: [as.endpoints.statusList] } },
        },
      ],
    })
    await protectedHere.close()
    const token = await listed()
    await serve(as, typeof signed === 'function' ? signed(as) : signed)
    expect(await failureOf(narrow, token)).toBe(failure)
  })

  it('may leave out who issued it and how long it is good, and name this API', async () => {
    const { as, protectedHere, listed } = await setUp()
    const token = await listed()
    const claims = { iss: undefined, exp: undefined, ttl: undefined, aud: ['https://api.test'] }
    await serve(as, { claims })
    expect(await asked(protectedHere, token)).toBe('accepted')
  })

  it('must come as what it is (section 8.2)', async () => {
    const { as, protectedHere, listed } = await setUp()
    const token = await listed()
    as.fail('status-list', ({ body }) => ({ headers: { 'content-type': 'application/jwt' }, body }))
    expect(await failureOf(protectedHere, token)).toBe('wrong_content')
  })

  it('may come with parameters of its type', async () => {
    const { as, protectedHere, listed } = await setUp()
    const token = await listed()
    as.fail('status-list', ({ body }) => ({
      headers: { 'content-type': 'Application/StatusList+JWT; charset=utf-8' },
      body,
    }))
    expect(await asked(protectedHere, token)).toBe('accepted')
  })

  it('is good no longer than the key that signed it', async () => {
    const { as, clock, protectedHere, listed } = await setUp({
      statusList: { maxAgeSeconds: 3600 },
      api: { keys: { maxAgeSeconds: 60, coolDownSeconds: 1 } },
    })
    expect(await asked(protectedHere, await listed())).toBe('accepted')
    const old = await as.statusListToken()
    as.rotate({ overlap: false })
    const token = await listed()
    as.fail('status-list', { headers: { 'content-type': 'application/statuslist+jwt' }, body: old })
    clock.pass(60)
    expect(await failureOf(protectedHere, token)).toBe('unknown_key')
    as.restore()
    clock.pass(5)
    expect(await asked(protectedHere, token)).toBe('accepted')
  })

  it('is not replaced by an older copy of itself, which would make good what was revoked', async () => {
    const { as, clock, protectedHere, listed } = await setUp()
    const token = await listed()
    const before = await as.statusListToken()
    clock.pass(60)
    as.setStatus(token, 'invalid')
    const other = await listed()
    expect(await asked(protectedHere, token)).toBe('401 revoked_by_status')
    as.fail('status-list', {
      headers: { 'content-type': 'application/statuslist+jwt' },
      body: before,
    })
    clock.pass(60)
    expect(await asked(protectedHere, other)).toBe('accepted')
    expect(await asked(protectedHere, token)).toBe('401 revoked_by_status')
  })

  it('is not unpacked beyond a bound', async () => {
    const { as, clock, protectedHere, listed } = await setUp()
    const token = await listed()
    const packed = (bytes: number) => deflateSync(Buffer.alloc(bytes)).toString('base64url')
    const limit = 8 * 1024 * 1024
    await serve(as, { claims: { status_list: { bits: 1, lst: packed(limit + 1) } } })
    expect(await failureOf(protectedHere, token)).toBe('malformed_list')
    await serve(as, { claims: { status_list: { bits: 1, lst: packed(limit) } } })
    clock.pass(1)
    expect(await asked(protectedHere, token)).toBe('accepted')
  })
})

describe('when the list cannot be had', () => {
  it.each([
    ['down', 'connection_failed'],
    ['reset', 'connection_failed'],
    ['empty', 'wrong_content'],
    ['html', 'wrong_content'],
    ['truncated', 'connection_failed'],
    ['huge', 'too_large'],
    ['gzip-bomb', 'unreadable'],
    ['redirect', 'redirected'],
    [500, 'wrong_status'],
    [404, 'wrong_status'],
    [204, 'wrong_status'],
  ] as const)('nobody can tell: 503, and accepted once it is back (%s)', async (fault, failure) => {
    const { as, clock, protectedHere, listed } = await setUp()
    const token = await listed()
    as.fail('status-list', fault)
    expect(await failureOf(protectedHere, token)).toBe(failure)
    as.restore()
    clock.pass(1)
    expect(await asked(protectedHere, token)).toBe('accepted')
  })

  it('health() and the probes of operators tell of it, and why', async () => {
    const { as, clock, protectedHere, listed } = await setUp({ statusList: { staleSeconds: 100 } })
    const told = () => {
      const { status, statusLists } = protectedHere.health().issuers[0]!
      return [status, statusLists]
    }
    const probed = async () => {
      const app = express().use(protectedHere.readiness({ details: true }))
      const { status, body } = await supertest(app).get('/')
      return [status, body.issuers[0].status, body.issuers[0].reason]
    }
    const token = await listed()
    await asked(protectedHere, await as.token({ ...aDay, scope: 'a' }))
    expect(told()).toEqual(['ok', undefined])
    as.fail('status-list', 500)
    expect(await asked(protectedHere, token)).toBe('503 status_list_unreachable')
    const failing = { held: 0, missing: 1, failing: 1, reason: 'wrong_status' }
    expect(told()).toEqual(['unavailable', failing])
    expect(await probed()).toEqual([503, 'unavailable', 'wrong_status'])
    as.restore()
    clock.pass(5)
    expect(await asked(protectedHere, token)).toBe('accepted')
    expect(told()).toEqual(['ok', { held: 1, missing: 0, failing: 0 }])
    expect(await probed()).toEqual([200, 'ok', undefined])
    as.fail('status-list', 500)
    clock.pass(100)
    expect(await asked(protectedHere, token)).toBe('accepted')
    expect(told()).toEqual(['degraded', { ...failing, held: 1, missing: 0 }])
    expect(await probed()).toEqual([200, 'degraded', 'wrong_status'])
  })

  it('the request waits no longer than the deadline', async () => {
    const { as, protectedHere, listed } = await setUp({
      statusList: {},
      api: { http: { timeoutMs: 1000 } },
    })
    const token = await listed()
    as.fail('status-list', 'hang')
    expect(await failureOf(protectedHere, token)).toBe('timeout')
  })

  it('it is asked for with growing pauses, once for all', async () => {
    const { as, clock, protectedHere, listed } = await setUp()
    as.fail('status-list', 500)
    const tokens = [await listed(), await listed()]
    for (let second = 0; second < 60; second++) {
      for (const token of tokens) {
        expect(await asked(protectedHere, token)).toBe('503 status_list_unreachable')
      }
      clock.pass(1)
    }
    // At 0, 1, 3, 7, 15, 31, a little earlier each.
    expect(fetches(as)).toBeGreaterThanOrEqual(6)
    expect(fetches(as)).toBeLessThanOrEqual(8)
  })

  it('one that was had is trusted for `staleSeconds` more, and then no longer', async () => {
    const { as, clock, protectedHere, listed } = await setUp({ statusList: { staleSeconds: 100 } })
    const [good, bad] = [await listed(), await listed()]
    as.setStatus(bad, 'invalid')
    expect(await asked(protectedHere, good)).toBe('accepted')
    as.fail('status-list', 'down')
    clock.pass(159)
    expect(await asked(protectedHere, good)).toBe('accepted')
    expect(await asked(protectedHere, bad)).toBe('401 revoked_by_status')
    clock.pass(1)
    expect(await asked(protectedHere, good)).toBe('503 status_list_unreachable')
  })

  it('one is never trusted past its exp', async () => {
    const { as, clock, protectedHere, listed } = await setUp()
    const token = await listed()
    await serve(as, { claims: { exp: clock.seconds + 40 } })
    expect(await asked(protectedHere, token)).toBe('accepted')
    as.fail('status-list', 'down')
    clock.pass(44)
    expect(await asked(protectedHere, token)).toBe('accepted')
    clock.pass(1)
    expect(await asked(protectedHere, token)).toBe('503 status_list_unreachable')
  })

  it('cached verdicts wait for it, too, and do not outlive it', async () => {
    const { as, clock, protectedHere, listed } = await setUp({ statusList: { staleSeconds: 0 } })
    const token = await listed()
    for (const _ of [1, 2, 3]) expect(await asked(protectedHere, token)).toBe('accepted')
    as.fail('status-list', 'down')
    clock.pass(60)
    expect(await asked(protectedHere, token)).toBe('503 status_list_unreachable')
    as.restore()
    clock.pass(1)
    expect(await asked(protectedHere, token)).toBe('accepted')
  })

  it('close() ends it', async () => {
    const { as, protectedHere, listed } = await setUp()
    const token = await listed()
    as.fail('status-list', 'hang')
    const arrived = as.nextRequest('status-list')
    const result = present(protectedHere, token)
    await arrived
    await protectedHere.close()
    expect((await result).verdict).toBe('unavailable')
  })
})

describe('how old a list may be', () => {
  it.each([
    ['`maxAgeSeconds`', { statusList: { maxAgeSeconds: 100 } }, {}, 100],
    ['its ttl', { statusList: { maxAgeSeconds: 100 } }, { ttl: 20 }, 20],
    ['its exp', { statusList: { maxAgeSeconds: 100 } }, { exp: 30 }, 30],
    ['5 seconds, for one that wants to be asked for more often', { statusList: {} }, { ttl: 1 }, 5],
  ])(
    'is bounded by %s',
    async (_, options, { exp, ...claims }: { ttl?: number; exp?: number }, age) => {
      const { as, clock, protectedHere, listed } = await setUp(options)
      const token = await listed()
      await serve(as, {
        claims: { ...claims, ...(exp !== undefined && { exp: clock.seconds + exp - 5 }) },
      })
      expect(await asked(protectedHere, token)).toBe('accepted')
      as.restore()
      as.setStatus(token, 'invalid')
      clock.pass(age * 0.79)
      expect(await asked(protectedHere, token)).toBe('accepted')
      expect(fetches(as)).toBe(1)
      clock.pass(age * 0.21)
      expect(await asked(protectedHere, token)).toBe('401 revoked_by_status')
      expect(fetches(as)).toBe(2)
    },
  )

  it('is short of that while it is in use: it is refreshed in the background', async () => {
    const { as, clock, protectedHere, listed } = await setUp()
    const token = await listed()
    for (const _ of [1, 2]) expect(await asked(protectedHere, token)).toBe('accepted')
    clock.pass(48)
    as.fail('status-list', 'hold')
    const arrived = as.nextRequest('status-list')
    expect(await asked(protectedHere, token)).toBe('accepted')
    await arrived
    expect(fetches(as)).toBe(2)
    as.restore()
  })

  it('is no reason for 503 where a list wants to be asked for more often than it is', async () => {
    const { as, clock, protectedHere, listed } = await setUp({ statusList: { staleSeconds: 0 } })
    const token = await listed()
    await serve(as, { claims: { ttl: 1 } })
    expect(await asked(protectedHere, token)).toBe('accepted')
    clock.pass(4)
    expect(await asked(protectedHere, token)).toBe('accepted')
    expect(fetches(as)).toBe(1)
  })

  it('does not matter without use: nothing is fetched', async () => {
    const { as, clock, protectedHere, listed } = await setUp()
    const token = await listed()
    expect(await asked(protectedHere, token)).toBe('accepted')
    clock.pass(3600)
    expect(await asked(protectedHere, await as.token())).toBe('accepted')
    expect(fetches(as)).toBe(1)
  })
})

describe('several issuers', () => {
  it('have lists of their own: what one signs says nothing of the tokens of another', async () => {
    const clock = new TestClock()
    const [one, other] = [await server({ clock: clock.read }), await server({ clock: clock.read })]
    const uris = [one.endpoints.statusList]
    const protectedHere = api({
      clock: clock.read,
      issuers: [
        { issuer: one.issuer, jwt: { statusList: { uris } } },
        { issuer: other.issuer, jwt: { statusList: { uris } } },
      ],
    })
    const own = await one.token({ status: true })
    const stranger = await other.token({ status: { idx: 0, uri: uris[0] } })
    expect(await asked(protectedHere, own)).toBe('accepted')
    expect(await failureOf(protectedHere, stranger)).toBe('wrong_issuer')
    await serve(one, { claims: { iss: undefined } })
    clock.pass(1)
    expect(await failureOf(protectedHere, stranger)).toBe('wrong_signature')
  })
})

describe('the claims of the application', () => {
  it('are the same with a schema: what was verified tells where the status is', async () => {
    const schema = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (claims: unknown) => ({ value: { sub: (claims as ClaimSet)['sub'] } }),
      },
    } as const
    const { as, protectedHere, listed } = await setUp({
      statusList: {},
      api: { claims: schema as never },
    })
    const token = await listed()
    as.setStatus(token, 'invalid')
    expect(await asked(protectedHere, token)).toBe('401 revoked_by_status')
  })
})

describe('under fapi2, a status list is a source of revocation (FAPI 2.0 section 5.3.4)', () => {
  async function setUpFapi2(
    more: (introspection: TestOptions['issuers'][0]['introspection']) => Partial<IssuerOptions>,
  ) {
    const { as, clock, protectedHere } = await setUp()
    await protectedHere.close()
    const { issuer } = as
    const statusList = { uris: [as.endpoints.statusList] }
    const fapi2 = api({
      clock: clock.read,
      log: () => {},
      profile: 'fapi2',
      issuers: [
        {
          issuer,
          jwt: { statusList },
          ...more(as.options.issuers[0].introspection),
        } as IssuerOptions,
      ],
    })
    const key = as.dpopKey()
    const ask = async (options: TokenOptions, status?: 'invalid') => {
      const token = await as.token({ ...aDay, boundTo: key, ...options })
      if (status !== undefined) {
        as.setStatus(token, status)
        clock.pass(60)
      }
      const headers = { ...key.headers({ method: 'GET', url: 'https://api.test/', token }) }
      return outcome(await fapi2.verify({ method: 'GET', url: '/', headers }))
    }
    return { as, ask }
  }

  it('without introspection: a token without a status is refused', async () => {
    const { as, ask } = await setUpFapi2(() => ({}))
    expect(await ask({ status: true })).toBe('accepted')
    expect(await ask({ status: true }, 'invalid')).toBe('401 revoked_by_status')
    expect(await ask({})).toBe('401 status_missing')
    expect(as.received('introspection')).toEqual([])
  })

  it('beside introspection: a token without a status is asked about, one with it is not', async () => {
    const { as, ask } = await setUpFapi2((introspection) => ({ introspection }))
    expect(await ask({ status: true })).toBe('accepted')
    expect(as.received('introspection')).toEqual([])
    expect(await ask({})).toBe('accepted')
    expect(as.received('introspection')).toHaveLength(1)
  })

  it('unless it is ignored: then all are asked about', async () => {
    const { as, ask } = await setUpFapi2((introspection) => ({
      introspection,
      jwt: { statusList: 'ignore' },
    }))
    expect(await ask({ status: true })).toBe('accepted')
    expect(as.received('introspection')).toHaveLength(1)
  })

  it.each([{}, { statusList: 'ignore' as const }])('needs one or the other: %j', (jwt) => {
    const issuers = { issuer: 'https://as.example.com', jwt }
    expect(() => api({ profile: 'fapi2', issuers })).toThrow(
      'issuers.introspection: is required under `profile: "fapi2"`, unless there is `jwt.statusList`',
    )
  })
})

describe('the option', () => {
  const good = 'https://as.example.com/statuslists/1'
  const fault = (statusList: unknown) => () =>
    api({ issuers: { issuer: 'https://as.example.com', jwt: { statusList } as never } })

  it.each<[string, unknown, string]>([
    ['true', true, 'statusList: must be an object or "ignore", not true'],
    ['another word', 'ignored', 'statusList: must be an object or "ignore", not'],
    ['null', null, 'statusList: must be an object or "ignore", not null'],
    ['no address', {}, 'statusList.uris: is required'],
    ['an empty list', { uris: [] }, 'statusList.uris: must be a non-empty array'],
    ['one that is no list', { uris: good }, 'statusList.uris: must be'],
    [
      'plain http',
      { uris: [good, 'http://as.example.com/'] },
      'statusList.uris[1]: must be an absolute https URL',
    ],
    [
      'a prefix with a query',
      { uris: ['https://as.example.com/?list=/'] },
      'statusList.uris[0]: must be an absolute https URL without user information, query and fragment',
    ],
    ['user information', { uris: ['https://a@as.example.com/'] }, 'statusList.uris[0]: must be'],
    [
      'too often',
      { uris: [good], maxAgeSeconds: 4 },
      'statusList.maxAgeSeconds: must be a number of seconds from 5 to 86400, not 4',
    ],
    ['too seldom', { uris: [good], maxAgeSeconds: 86_401 }, 'statusList.maxAgeSeconds: must be'],
    ['a negative time', { uris: [good], staleSeconds: -1 }, 'statusList.staleSeconds: must be'],
    ['a misspelt name', { uris: [good], maxAge: 5 }, 'statusList.maxAge: '],
  ])('throws for %s', (_, statusList, message) => {
    expect(fault(statusList)).toThrow(message)
  })

  it('takes exact addresses with a query, and prefixes', () => {
    expect(fault({ uris: [`${good}?list=1`, 'https://lists.example.com/'] })).not.toThrow()
  })
})

describe('an encrypted token', () => {
  it('is looked up as any other', async () => {
    const { as, protectedHere, clock } = await setUp()
    await protectedHere.close()
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const decryptionKeys = [privateKey.export({ format: 'jwk' })]
    const statusList = { uris: [as.endpoints.statusList] }
    const open = api({
      clock: clock.read,
      issuers: { issuer: as.issuer, jwt: { decryptionKeys, statusList } },
    })
    const [good, bad] = [await as.token({ status: true }), await as.token({ status: true })]
    as.setStatus(bad, 'suspended')
    const encrypted = (token: string) =>
      new CompactEncrypt(Buffer.from(token))
        .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', cty: 'JWT' })
        .encrypt(publicKey)
    expect(await asked(open, await encrypted(good))).toBe('accepted')
    expect(await asked(open, await encrypted(bad))).toBe('401 revoked_by_status')
  })
})
