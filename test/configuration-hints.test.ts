import { beforeEach, describe, expect, it } from '@jest/globals'
import type {
  IssuerOptions,
  LogRecord,
  ResourceServer,
  ResourceServerOptions,
} from '../lib/index.ts'
import type { TestAuthorizationServer, TokenOptions } from '../lib/testing/index.ts'
import { closingAfter, repairLog, resource, TestClock } from './fixtures/protected-api.ts'

const closing = closingAfter('each')

let as: TestAuthorizationServer
let clock: TestClock
let records: LogRecord[]

beforeEach(async () => {
  clock = new TestClock()
  as = await closing.server({ clock: clock.read })
  records = []
})

/** Has keys at hand, so that all is said before the verdict is there. */
async function make(
  issuer: Partial<IssuerOptions> = {},
  options: Partial<ResourceServerOptions> = {},
): Promise<ResourceServer> {
  const api = closing.api({
    issuers: { ...as.options.issuers[0], ...issuer } as IssuerOptions,
    clock: clock.read,
    log: repairLog(records),
    ...options,
  })
  await api.ready()
  return api
}

async function present(api: ResourceServer, token: string, scope?: string, roles?: string) {
  const headers = { authorization: `Bearer ${token}` }
  const policy = scope ? { scope } : roles ? { roles } : undefined
  // Each has its turn: no more than one is looked at in a second.
  clock.pass(1)
  return api.verify({ method: 'GET', url: '/', headers }, policy)
}

const plain = { jwt: { profile: 'plain' } } as const

describe('a refused token that its issuer signed', () => {
  const rows: [
    what: string,
    issuer: Partial<IssuerOptions>,
    token: TokenOptions,
    code: string,
    seen: unknown,
    expected: unknown,
    option: string,
  ][] = [
    [
      'of another type',
      {},
      { header: { typ: 'JWT' } },
      ...(['wrong_type', 'JWT', ['at+jwt'], 'issuers[].jwt.profile'] as const),
    ],
    [
      'without a type',
      {},
      { header: { typ: undefined } },
      ...(['wrong_type', 'no typ', ['at+jwt'], 'issuers[].jwt.profile'] as const),
    ],
    [
      'of another type under the plain profile',
      plain,
      { header: { typ: 'logout+jwt' } },
      ...(['wrong_type', 'logout+jwt'] as const),
      ['at+jwt', 'JWT', 'no typ'],
      'issuers[].jwt.profile',
    ],
    [
      'with an algorithm that is not accepted',
      { jwt: { algorithms: ['RS256', 'PS256'] } },
      {},
      ...(['unsupported_algorithm', 'ES256', ['RS256', 'PS256']] as const),
      'issuers[].jwt.algorithms',
    ],
    [
      'without claims of RFC 9068',
      {},
      { claims: { jti: undefined, client_id: undefined } },
      'missing_claim',
      { missing: ['client_id', 'jti'] },
      ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti'],
      'issuers[].jwt.profile',
    ],
    [
      'without an audience under the plain profile',
      plain,
      { claims: { aud: undefined } },
      ...(['missing_claim', { missing: ['aud'] }, ['iss', 'exp', 'aud']] as const),
      'issuers[].jwt.profile',
    ],
    [
      'without a time under the plain profile, for any audience',
      { ...plain, audience: 'none', clients: ['a'] },
      { claims: { exp: undefined } },
      ...(['missing_claim', { missing: ['exp'] }, ['iss', 'exp']] as const),
      'issuers[].jwt.profile',
    ],
    [
      'without the mark of an access token',
      { ...plain, scopesFrom: ['grants'] },
      { claims: { client_id: undefined } },
      ...(['not_an_access_token', 'no access token', ['client_id', 'grants']] as const),
      'issuers[].scopesFrom',
    ],
    [
      'for another audience',
      { audience: ['https://one.test', 'https://two.test'] },
      { audience: ['https://three.test', 'account'] },
      ...(['wrong_audience', ['https://three.test', 'account']] as const),
      ['https://one.test', 'https://two.test'],
      'issuers[].audience',
    ],
  ]

  it.each(rows)('%s is told of once', async (_, issuer, of, code, seen, expected, option) => {
    as = await closing.server({ clock: clock.read, algorithms: ['ES256'] })
    const api = await make(issuer)
    for (let i = 0; i < 3; i++) {
      const { verdict } = await present(api, await as.token(of))
      expect(verdict).toBe('refused')
    }
    expect(records).toEqual([
      {
        level: 'warn',
        code,
        message: expect.stringContaining('A token that this issuer signed'),
        details: { issuer: as.issuer, seen, expected, option },
      },
    ])
    expect([records[0], records[0]?.details].map(Object.isFrozen)).toEqual([true, true])
  })

  it('is told of for each issuer and each reason', async () => {
    const other = await closing.server({ clock: clock.read })
    const issuers = [as.options.issuers[0], { issuer: other.issuer }]
    const api = await make({}, { issuers })
    for (const server of [as, other, as, other]) {
      await present(api, await server.token({ header: { typ: 'JWT' } }))
      await present(api, await server.token({ audience: 'https://other.test' }))
    }
    expect(records.map(({ code, details }) => [code, details['issuer']])).toEqual([
      ['wrong_type', as.issuer],
      ['wrong_audience', as.issuer],
      ['wrong_type', other.issuer],
      ['wrong_audience', other.issuer],
    ])
  })

  it('is told of also where its keys have to be fetched for that, and the verdict does not wait', async () => {
    as.fail('jwks', 'hold')
    const api = closing.api({ ...as.options, clock: clock.read, log: (record) => tell(record) })
    let tell = (_: LogRecord) => {}
    const told = new Promise<LogRecord>((resolve) => {
      tell = (record) => void (record.level === 'warn' && resolve(record))
    })
    const arrived = as.nextRequest('jwks')
    const { verdict } = await present(api, await as.token({ header: { typ: 'JWT' } }))
    expect(verdict).toBe('refused')
    await arrived
    as.restore()
    expect(await told).toMatchObject({ code: 'wrong_type' })
  })

  it('for reasons that are everyday life is not told of', async () => {
    const api = await make({ clients: ['known'] })
    await present(api, await as.token({ expired: true }))
    await present(api, await as.token({ claims: { client_id: 'unknown' } }))
    await present(api, await as.token({ claims: { exp: '1' } }))
    await present(api, await as.token({ header: { crit: ['b64'] } }))
    expect(records).toEqual([])
  })

  it('is quoted only where that is harmless', async () => {
    const api = await make()
    const typ = 'JWT\nlevel=error msg="all is well"'
    const audience = ['https://fine.test', 'a\u001b[31mb', `eyJ${'x'.repeat(40)}`, 'x'.repeat(101)]
    await present(api, await as.token({ header: { typ } }))
    await present(api, await as.token({ audience: [...audience, 'five', 'six'] }))
    const hidden = 'something that is not shown'
    expect(records.map(({ details }) => details['seen'])).toEqual([
      hidden,
      ['https://fine.test', hidden, hidden, hidden, 'five'],
    ])
  })

  it('is quoted in no other type than text', async () => {
    const api = await make()
    await present(api, await as.token({ header: { typ: { toString: 1 } } }))
    expect(records.map(({ details }) => details['seen'])).toEqual(['something that is not shown'])
  })
})

describe('a refused token that its issuer did not sign', () => {
  it('is not told of, and does not use up the line for those that it did', async () => {
    const api = await make()
    const header = { typ: 'JWT' }
    await present(api, await as.token({ header, signedBy: 'foreign' }))
    await present(api, await as.token({ header, algorithm: 'none' }))
    await present(api, await as.token({ header, algorithm: 'HS256' }))
    await present(api, await as.token({ header: { ...header, kid: 'unknown' } }))
    await present(api, await as.token({ header: { ...header, kid: 1 } }))
    expect(records).toEqual([])
    await present(api, await as.token({ header }))
    expect(records.map(({ code }) => code)).toEqual(['wrong_type'])
  })

  it('costs a signature check at most once a second, whatever somebody sends', async () => {
    const api = await make()
    const header = { typ: 'JWT' }
    const [foreign, own, again, last] = await Promise.all([
      as.token({ header, signedBy: 'foreign' }),
      as.token({ header }),
      as.token({ header }),
      as.token({ header }),
    ])
    const at = (token: string) =>
      api.verify({ method: 'GET', url: '/', headers: { authorization: `Bearer ${token}` } })
    await at(foreign)
    clock.pass(0.999)
    await at(own)
    expect(records).toEqual([])
    // A clock that is set back does not silence it.
    clock.pass(-3600)
    await at(again)
    expect(records).toHaveLength(1)
    await at(last)
    expect(records).toHaveLength(1)
  })

  it('makes no fetch that other made-up tokens would not make', async () => {
    const api = await make({}, { keys: { coolDownSeconds: 3600 } })
    const fetches = () => as.requests.filter(({ endpoint }) => endpoint === 'jwks').length
    const before = fetches()
    for (let i = 0; i < 20; i++) {
      await present(api, await as.token({ header: { typ: 'JWT', kid: `unknown-${i}` } }))
    }
    expect(fetches() - before).toBeLessThanOrEqual(1)
  })
})

describe('a token of an unknown issuer', () => {
  const configured = 'https://as.example.com/realm'
  const issuers = {
    issuer: configured,
    discovery: false,
    jwt: { keys: { uri: `${configured}/jwks` } },
  } as const

  async function met(...names: string[]): Promise<LogRecord[]> {
    const api = closing.api({ issuers, clock: clock.read, log: repairLog(records) })
    for (const issuer of names) {
      for (const _ of [1, 2]) await present(api, await as.token({ issuer }))
    }
    return records
  }

  it.each([
    ['a slash at the end', `${configured}/`],
    ['http', 'http://as.example.com/realm'],
    ['no scheme', 'as.example.com/realm'],
    ['letters of another case', 'https://AS.example.com/Realm'],
    ['a slash at the end, http', 'http://as.example.com/realm/'],
  ])('is told of once when it differs from one of the list by %s', async (seen, issuer) => {
    expect(await met(issuer)).toEqual([
      {
        level: 'warn',
        code: 'unknown_issuer',
        message: expect.stringContaining('almost that of this issuer'),
        details: { issuer: configured, seen, expected: configured, option: 'issuers[].issuer' },
      },
    ])
  })

  it('is told of by the slash that it lacks', async () => {
    const api = closing.api({
      issuers: { ...issuers, issuer: `${configured}/` },
      clock: clock.read,
      log: repairLog(records),
    })
    await present(api, await as.token({ issuer: configured }))
    expect(records).toMatchObject([{ details: { seen: 'no slash at the end' } }])
  })

  it('is not told of when it is another one', async () => {
    const other = 'https://as.example.com'
    expect(await met(other, `${configured}//`, `${configured}?x`, `${other}/realm2`, 'x')).toEqual(
      [],
    )
  })

  it('is told of for each difference, so that nobody can use up the lines', async () => {
    const told = await met(`${configured}/`, 'http://as.example.com/realm', `${configured}/`)
    expect(told.map(({ details }) => details['seen'])).toEqual(['a slash at the end', 'http'])
  })

  it('is not told of where a function knows the issuers', async () => {
    const log = repairLog(records)
    const api = closing.api({ issuers: () => undefined, clock: clock.read, log })
    await present(api, await as.token({ issuer: `${as.issuer}/` }))
    expect(records).toEqual([])
  })
})

describe('a token without any scope', () => {
  it('is told of once when it has claims that may hold it', async () => {
    const api = await make()
    const claims = { permissions: ['a'], roles: [], realm_access: { roles: ['b'] }, other: 'c' }
    for (let i = 0; i < 2; i++) await present(api, await as.token({ claims }), 'a')
    expect(records).toEqual([
      {
        level: 'warn',
        code: 'no_scope_source',
        message: expect.stringContaining('`scopesFrom`'),
        details: {
          issuer: as.issuer,
          seen: ['permissions', 'realm_access'],
          expected: ['scope', 'scp'],
          option: 'issuers[].scopesFrom',
        },
      },
    ])
  })

  it('is not told of where another scope was granted, none was asked for, or nothing holds one', async () => {
    const api = await make()
    const claims = { permissions: ['a'] }
    await present(api, await as.token({ claims, scope: 'b' }), 'a')
    await present(api, await as.token({ claims }), undefined, 'a')
    await present(api, await as.token({ claims: { permissions: '', roles: null, scp: 1 } }), 'a')
    await present(api, await as.token({ claims: { other: 'a', groups: {} } }), 'a')
    expect(records).toEqual([])
  })

  it('is not told of where its claims are read by a function, or are read already', async () => {
    const claims = { permissions: [], groups: ['a'] }
    const reading = await make({ scopesFrom: () => [] })
    await present(reading, await as.token({ claims }), 'a')
    const naming = await make({ scopesFrom: ['permissions', 'groups'] })
    await present(naming, await as.token({ claims: { permissions: [''] } }), 'a')
    expect(records).toEqual([])
  })

  it('is told of as it was verified, whatever the schema of the application made of it', async () => {
    const schema = { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: {} }) } }
    const api = await make({}, { claims: schema as never })
    await present(api, await as.token({ claims: { permissions: ['a'] } }), 'a')
    expect(records).toMatchObject([{ code: 'no_scope_source', details: { seen: ['permissions'] } }])
  })

  it('is told of also where introspection said so', async () => {
    const api = await make()
    await present(api, await as.opaque({ response: { groups: ['a'] } }), 'a')
    expect(records).toMatchObject([{ code: 'no_scope_source', details: { seen: ['groups'] } }])
  })
})

describe('all that is told', () => {
  it('has an end, however many issuers a function knows', async () => {
    const keys = await (await fetch(as.endpoints.jwks)).json()
    const api = closing.api({
      issuers: (issuer) => ({ issuer, discovery: false, jwt: { keys: { jwks: keys as never } } }),
      clock: clock.read,
      log: repairLog(records),
    })
    for (let i = 0; i < 110; i++) {
      const issuer = `https://as-${i}.test`
      await present(api, await as.token({ issuer, audience: resource, header: { typ: 'JWT' } }))
    }
    expect(records).toHaveLength(100)
  })
})
