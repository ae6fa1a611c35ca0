import { afterEach, describe, expect, it, jest } from '@jest/globals'
import type { IssuerOptions } from '../lib/index.ts'
import { accepted, asked, closingAfter, present, TestClock } from './fixtures/protected-api.ts'

const { server, api } = closingAfter('each')

afterEach(() => {
  jest.useRealTimers()
})

describe('one issuer', () => {
  it.each([
    ['both', ''],
    ['oauth', ''],
    ['openid', ''],
    ['oauth', '/tenant'],
    ['openid', '/tenant'],
    ['both', '/a/b/'],
    ['oauth', '/slash/'],
    ['openid', '/slash/'],
  ] as const)(
    'is found by %s discovery under the path %j (RFC 8414 section 3.1)',
    async (discovery, path) => {
      const as = await server({ discovery, path })
      const protectedHere = api(as.options)
      expect(as.issuer.endsWith(path)).toBe(true)
      expect(await asked(protectedHere, await as.token())).toBe('accepted')
      expect(await asked(protectedHere, await as.opaque())).toBe('accepted')
    },
  )

  it('may stand without a list around it', async () => {
    const as = await server()
    const protectedHere = api({ issuers: as.options.issuers[0] })
    expect(await asked(protectedHere, await as.token())).toBe('accepted')
  })

  it.each([
    ['another issuer', (issuer: string) => ({ issuer: `${issuer}/other` })],
    ['a slash more', (issuer: string) => ({ issuer: `${issuer}/` })],
    ['no issuer', () => ({ issuer: undefined })],
    ['an issuer that is no string', (issuer: string) => ({ issuer: [issuer] })],
  ])('is not believed when its metadata name %s (RFC 8414 section 3.3)', async (_, change) => {
    const metadata: Record<string, unknown> = {}
    const as = await server({ metadata })
    Object.assign(metadata, change(as.issuer))
    const protectedHere = api(as.options)
    expect(await asked(protectedHere, await as.token())).toBe('503 discovery_failed')
    expect(await asked(protectedHere, await as.opaque())).toBe('503 discovery_failed')
    expect(as.received('jwks')).toHaveLength(0)
    expect(as.received('introspection')).toHaveLength(0)
  })

  it('is asked at the configured metadata URL and nowhere else', async () => {
    const as = await server({ discovery: 'openid', path: '/t' })
    const [issuer] = as.options.issuers
    const here = api({ issuers: { ...issuer, discovery: { metadataUrl: as.endpoints.discovery } } })
    expect(await asked(here, await as.token())).toBe('accepted')
    expect(as.received('discovery').map(({ url }) => url)).toEqual([
      '/t/.well-known/openid-configuration',
    ])
    const elsewhere = api({
      issuers: { ...issuer, discovery: { metadataUrl: `${as.issuer}/elsewhere` } },
    })
    expect(await asked(elsewhere, await as.token())).toBe('503 discovery_failed')
  })

  it('is never asked for metadata where everything is given', async () => {
    const as = await server({ discovery: 'none' })
    const protectedHere = api({
      issuers: {
        issuer: as.issuer,
        discovery: false,
        jwt: { keys: { uri: as.endpoints.jwks } },
        introspection: { endpoint: as.endpoints.introspection, client: as.client },
      },
    })
    await protectedHere.ready()
    expect(await asked(protectedHere, await as.token())).toBe('accepted')
    expect(await asked(protectedHere, await as.opaque())).toBe('accepted')
    expect(as.received('discovery')).toHaveLength(0)
    expect(as.received('other')).toHaveLength(0)
  })

  it('whose metadata name a URL of plain http elsewhere is not asked there', async () => {
    const as = await server({ metadata: { jwks_uri: 'http://192.0.2.1/jwks' } })
    const protectedHere = api(as.options)
    expect(await asked(protectedHere, await as.token())).toBe('503 discovery_failed')
  })

  it('with jwt: false has every token introspected, and no key set is fetched', async () => {
    const as = await server()
    const [issuer] = as.options.issuers
    const protectedHere = api({ issuers: { ...issuer, jwt: false } })
    const token = await as.token({ scope: 'a' })
    expect(await accepted(protectedHere, token)).toMatchObject({ source: 'introspection' })
    // Nothing is parsed: what is no JWT at all is the authorization server's to judge.
    const odd = await as.opaque({ token: 'eyJhbGciOiJub25lIn0.e30.' })
    expect(await asked(protectedHere, odd)).toBe('accepted')
    expect(await asked(protectedHere, `${token}x`)).toBe('401 inactive')
    expect(as.received('jwks')).toHaveLength(0)
  })

  it('without introspection refuses opaque tokens, and asks nobody', async () => {
    const as = await server()
    const protectedHere = api({ issuers: { issuer: as.issuer } })
    expect(await asked(protectedHere, await as.opaque())).toBe('401 opaque_not_accepted')
    expect(as.requests).toHaveLength(0)
  })
})

describe('several issuers', () => {
  async function two() {
    const [first, second] = [await server(), await server()]
    const protectedHere = api({
      issuers: [{ issuer: first.issuer }, { issuer: second.issuer, audience: 'urn:second' }],
    })
    return { first, second, protectedHere }
  }

  it('JT-11: each vouches for its own tokens with its own keys (RFC 8725bis section 3.8)', async () => {
    const { first, second, protectedHere } = await two()
    expect(first.keys[0]!.kid).toBe(second.keys[0]!.kid)
    expect(await asked(protectedHere, await first.token())).toBe('accepted')
    const audience = 'urn:second'
    expect(await accepted(protectedHere, await second.token({ audience }))).toMatchObject({
      issuer: second.issuer,
    })
    // The same kid in both: the key of one never serves the other.
    const forged = await second.token({ issuer: first.issuer })
    expect(await asked(protectedHere, forged)).toBe('401 wrong_signature')
    const reverse = await first.token({ issuer: second.issuer, audience })
    expect(await asked(protectedHere, reverse)).toBe('401 wrong_signature')
    // Without a kid, too.
    const header = { kid: undefined }
    const nameless = await second.token({ issuer: first.issuer, header })
    expect(await asked(protectedHere, nameless)).toBe('401 wrong_signature')
  })

  it('each has its own audience: what one accepts is not for the other', async () => {
    const { first, second, protectedHere } = await two()
    expect(await asked(protectedHere, await second.token())).toBe('401 wrong_audience')
    const audience = 'urn:second'
    expect(await asked(protectedHere, await first.token({ audience }))).toBe('401 wrong_audience')
  })

  it('JT-11: they stay apart when they share a key set (RFC 8725bis section 3.8)', async () => {
    const as = await server()
    const keys = { uri: as.endpoints.jwks }
    const [a, b] = ['https://a.test', 'https://b.test']
    const protectedHere = api({
      issuers: [
        { issuer: a, discovery: false, jwt: { keys }, audience: 'urn:a' },
        { issuer: b, discovery: false, jwt: { keys, profile: 'plain' }, audience: 'urn:b' },
      ],
    })
    const outcomeOf = async (issuer: string, audience: string, typ = 'at+jwt') =>
      asked(protectedHere, await as.token({ issuer, audience, header: { typ } }))
    expect(await outcomeOf(a, 'urn:a')).toBe('accepted')
    expect(await outcomeOf(b, 'urn:b')).toBe('accepted')
    expect(await outcomeOf(a, 'urn:b')).toBe('401 wrong_audience')
    expect(await outcomeOf(b, 'urn:b', 'JWT')).toBe('accepted')
    expect(await outcomeOf(a, 'urn:a', 'JWT')).toBe('401 wrong_type')
    expect(as.received('jwks')).toHaveLength(1)
  })

  it('an iss that nobody has verified never causes a fetch', async () => {
    const { first, protectedHere } = await two()
    const evil = await server()
    for (const issuer of [evil.issuer, `${first.issuer}/..`, `${first.issuer}@${evil.issuer}`]) {
      const token = await evil.token({ issuer, header: { kid: evil.endpoints.jwks } })
      expect(await asked(protectedHere, token)).toBe('401 unknown_issuer')
    }
    expect(evil.requests).toHaveLength(0)
    expect(first.requests).toHaveLength(0)
  })

  it('opaque tokens go to the issuer of their prefix, and to no other', async () => {
    const [one, two, three] = [await server(), await server(), await server()]
    const protectedHere = api({
      issuers: [
        { ...one.options.issuers[0], opaquePrefixes: ['one_', 'first_'] },
        { ...two.options.issuers[0], opaquePrefixes: ['two_'] },
        three.options.issuers[0],
      ],
    })
    const asks = () => [one, two, three].map((as) => as.received('introspection').length)
    expect(await asked(protectedHere, await one.opaque({ prefix: 'one_' }))).toBe('accepted')
    expect(await asked(protectedHere, await one.opaque({ prefix: 'first_' }))).toBe('accepted')
    expect(asks()).toEqual([2, 0, 0])
    expect(await asked(protectedHere, await two.opaque({ prefix: 'two_' }))).toBe('accepted')
    expect(asks()).toEqual([2, 1, 0])
    expect(await asked(protectedHere, await three.opaque())).toBe('accepted')
    // Never tried in turn: the one who knows the token is not asked.
    expect(await asked(protectedHere, await three.opaque({ prefix: 'one_' }))).toBe('401 inactive')
    expect(await asked(protectedHere, await one.opaque())).toBe('401 inactive')
    expect(asks()).toEqual([3, 1, 2])
  })

  it('opaque tokens without any of the prefixes are refused where all issuers have some', async () => {
    const [one, two] = [await server(), await server()]
    const protectedHere = api({
      issuers: [
        { ...one.options.issuers[0], opaquePrefixes: ['one_'] },
        { ...two.options.issuers[0], opaquePrefixes: ['two_'] },
      ],
    })
    expect(await asked(protectedHere, await one.opaque())).toBe('401 opaque_not_accepted')
    expect(one.requests).toHaveLength(0)
    expect(two.requests).toHaveLength(0)
  })

  it('JWTs and opaque tokens stand side by side, each as its issuer wants', async () => {
    const [local, remote] = [await server(), await server()]
    const protectedHere = api({
      issuers: [{ issuer: local.issuer }, { ...remote.options.issuers[0], jwt: false }],
    })
    expect(await accepted(protectedHere, await local.token())).toMatchObject({ source: 'jwt' })
    for (const token of [await remote.token(), await remote.opaque()]) {
      expect(await accepted(protectedHere, token)).toMatchObject({ source: 'introspection' })
    }
    expect(local.received('introspection')).toHaveLength(0)
    expect(remote.received('jwks')).toHaveLength(0)
  })

  it('a JWT is verified locally also where its issuer introspects', async () => {
    const as = await server()
    const protectedHere = api(as.options)
    expect(await accepted(protectedHere, await as.token())).toMatchObject({ source: 'jwt' })
    expect(as.received('introspection')).toHaveLength(0)
  })
})

describe('issuers by a function', () => {
  async function tenants(lookup?: (iss: string) => unknown) {
    const clock = new TestClock()
    const as = await server({ clock: clock.read })
    const known = (iss: string): IssuerOptions | undefined =>
      iss.startsWith('https://login.test/')
        ? { issuer: iss, discovery: false, jwt: { keys: { uri: as.endpoints.jwks } } }
        : undefined
    const find = jest.fn(async (iss: string) => (lookup ?? known)(iss) as IssuerOptions | undefined)
    return { as, clock, find, known, protectedHere: api({ clock: clock.read, issuers: find }) }
  }
  const issuer = 'https://login.test/one'

  it('1,000 tenants that share a key set make one fetch of it', async () => {
    const { as, find, protectedHere } = await tenants()
    const tokens = await Promise.all(
      Array.from({ length: 1000 }, (_, index) =>
        as.token({ issuer: `https://login.test/${index}` }),
      ),
    )
    const outcomes = await Promise.all(tokens.map((token) => asked(protectedHere, token)))
    expect(new Set(outcomes)).toEqual(new Set(['accepted']))
    expect(find).toHaveBeenCalledTimes(1000)
    expect(as.received('jwks')).toHaveLength(1)
  })

  it('it is asked once about an issuer, by all requests together', async () => {
    const { as, find, protectedHere } = await tenants()
    const tokens = await Promise.all(Array.from({ length: 100 }, () => as.token({ issuer })))
    const outcomes = await Promise.all(tokens.map((token) => asked(protectedHere, token)))
    expect(new Set(outcomes)).toEqual(new Set(['accepted']))
    expect(await asked(protectedHere, await as.token({ issuer }))).toBe('accepted')
    expect(find.mock.calls).toEqual([[issuer]])
  })

  it('an issuer that it does not know is refused, and it is not asked again for a minute', async () => {
    const { as, clock, find, protectedHere } = await tenants()
    const unknown = async () => asked(protectedHere, await as.token({ issuer: 'https://no.test' }))
    expect(await unknown()).toBe('401 unknown_issuer')
    expect(await unknown()).toBe('401 unknown_issuer')
    expect(find).toHaveBeenCalledTimes(1)
    clock.pass(60)
    expect(await unknown()).toBe('401 unknown_issuer')
    expect(find).toHaveBeenCalledTimes(2)
    expect(as.requests).toHaveLength(0)
  })

  it('an issuer that it knows by now is found at the end of that minute, whatever is remembered of its tokens', async () => {
    const { as, clock, find, known, protectedHere } = await tenants()
    const token = await as.token({ issuer })
    find.mockImplementation(async () => undefined)
    expect(await asked(protectedHere, token)).toBe('401 unknown_issuer')
    clock.pass(59)
    find.mockImplementation(async (iss) => known(iss))
    expect(await asked(protectedHere, token)).toBe('401 unknown_issuer')
    clock.pass(1)
    expect(await asked(protectedHere, token)).toBe('accepted')
  })

  it('it is not asked about what is no issuer identifier', async () => {
    const { as, find, protectedHere } = await tenants()
    for (const iss of [1, null, undefined, [issuer], { issuer }, `${issuer}/${'x'.repeat(2048)}`]) {
      const token = await as.token({ claims: { iss } })
      expect(await asked(protectedHere, token)).toBe('401 unknown_issuer')
    }
    expect(find).not.toHaveBeenCalled()
  })

  it.each<[string, (iss: string) => unknown]>([
    [
      'throws',
      () => {
        throw new Error('the database is down')
      },
    ],
    ['rejects', () => Promise.reject(new Error('the database is down'))],
    ['answers with another issuer', () => ({ issuer: 'https://login.test/two' })],
    ['answers with options that are wrong', (iss) => ({ issuer: iss, audiense: 'x' })],
    ['answers with null', () => null],
  ])('a function that %s makes it unavailable, and is asked again', async (_, lookup) => {
    const { as, clock, find, protectedHere } = await tenants(lookup)
    const result = await present(protectedHere, await as.token({ issuer }))
    expect(result).toMatchObject({
      verdict: 'unavailable',
      error: { reason: 'issuer_lookup_failed', source: 'issuers' },
    })
    expect(result.response.headers).toContainEqual(['Retry-After', '1'])
    clock.pass(1)
    await present(protectedHere, await as.token({ issuer }))
    expect(find).toHaveBeenCalledTimes(2)
  })

  it('a function that never answers makes it unavailable at the deadline', async () => {
    const { as, clock, find, known, protectedHere } = await tenants()
    const token = await as.token({ issuer })
    find.mockReturnValueOnce(new Promise(() => {}))
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance'] })
    const outcome = asked(protectedHere, token)
    await jest.advanceTimersByTimeAsync(5000)
    expect(await outcome).toBe('503 issuer_lookup_failed')
    jest.useRealTimers()
    clock.pass(1)
    find.mockImplementation(async (iss) => known(iss))
    expect(await asked(protectedHere, token)).toBe('accepted')
  })

  it('opaque tokens are refused: they name no issuer', async () => {
    const { as, find, protectedHere } = await tenants()
    expect(await asked(protectedHere, await as.opaque())).toBe('401 opaque_not_accepted')
    expect(find).not.toHaveBeenCalled()
  })

  it('only what it returns may cause a fetch', async () => {
    const { as, protectedHere } = await tenants()
    const evil = await server()
    const token = await evil.token({ header: { kid: 'x' } })
    expect(await asked(protectedHere, token)).toBe('401 unknown_issuer')
    const named = await evil.token({ issuer, header: { kid: evil.endpoints.jwks } })
    expect(await asked(protectedHere, named)).toBe('401 unknown_key')
    expect(evil.requests).toHaveLength(0)
    expect(as.received('discovery')).toHaveLength(0)
  })

  it('forgetIssuer drops the issuer with the verdicts that rest on it, cached ones too', async () => {
    const { as, find, protectedHere } = await tenants()
    const token = await as.token({ issuer })
    for (const _ of [1, 2, 3]) expect(await asked(protectedHere, token)).toBe('accepted')
    expect(protectedHere.health().cache.good).toBe(1)
    protectedHere.forgetIssuer(issuer)
    find.mockResolvedValue(undefined)
    expect(await asked(protectedHere, token)).toBe('401 unknown_issuer')
    expect(find).toHaveBeenCalledTimes(2)
  })

  it('forgetIssuer leaves nobody who comes later with a verification begun before', async () => {
    const { as, find, protectedHere } = await tenants()
    const token = await as.token({ issuer })
    as.fail('jwks', 'hold')
    const arrived = as.nextRequest('jwks')
    const before = asked(protectedHere, token)
    await arrived
    protectedHere.forgetIssuer(issuer)
    find.mockResolvedValue(undefined)
    expect(await asked(protectedHere, token)).toBe('401 unknown_issuer')
    as.restore('jwks')
    await before
    expect(await asked(protectedHere, token)).toBe('401 unknown_issuer')
  })

  it('forgetIssuer has the function asked about an issuer that was unknown, cached refusals too', async () => {
    const { as, find, known, protectedHere } = await tenants()
    const token = await as.token({ issuer })
    find.mockResolvedValueOnce(undefined)
    expect(await asked(protectedHere, token)).toBe('401 unknown_issuer')
    expect(await asked(protectedHere, token)).toBe('401 unknown_issuer')
    protectedHere.forgetIssuer(issuer)
    find.mockImplementation(async (iss) => known(iss))
    expect(await asked(protectedHere, token)).toBe('accepted')
  })

  it('forgetIssuer has every refusal judged anew: other options may accept the token', async () => {
    const { as, find, known, protectedHere } = await tenants()
    const audience = 'https://other.test'
    const token = await as.token({ issuer, audience })
    for (const _ of [1, 2]) expect(await asked(protectedHere, token)).toBe('401 wrong_audience')
    find.mockImplementation(async (iss) => ({ ...known(iss)!, audience }))
    expect(await asked(protectedHere, token)).toBe('401 wrong_audience')
    protectedHere.forgetIssuer(issuer)
    expect(await asked(protectedHere, token)).toBe('accepted')
  })

  it('forgetIssuer leaves the other issuers alone', async () => {
    const { as, find, protectedHere } = await tenants()
    const two = 'https://login.test/two'
    await asked(protectedHere, await as.token({ issuer }))
    await asked(protectedHere, await as.token({ issuer: two }))
    protectedHere.forgetIssuer(issuer)
    expect(await asked(protectedHere, await as.token({ issuer: two }))).toBe('accepted')
    expect(find).toHaveBeenCalledTimes(2)
    expect(as.received('jwks')).toHaveLength(1)
  })

  it('forgetIssuer does nothing to issuers of a list', async () => {
    const as = await server()
    const protectedHere = api(as.options)
    protectedHere.forgetIssuer(as.issuer)
    expect(await asked(protectedHere, await as.token())).toBe('accepted')
  })

  it('it is asked again about known issuers in the background, and heeded', async () => {
    const { as, clock, find, protectedHere } = await tenants()
    const outcome = async () => asked(protectedHere, await as.token({ issuer }))
    expect(await outcome()).toBe('accepted')
    clock.pass(479)
    expect(await outcome()).toBe('accepted')
    expect(find).toHaveBeenCalledTimes(1)
    find.mockResolvedValue(undefined)
    clock.pass(1)
    expect(await outcome()).toBe('accepted')
    expect(find).toHaveBeenCalledTimes(2)
    expect(await outcome()).toBe('401 unknown_issuer')
  })

  it('an issuer that it returned may be introspected and discovered like any other', async () => {
    const as = await server()
    const [options] = as.options.issuers
    const protectedHere = api({ issuers: (iss) => (iss === as.issuer ? options : undefined) })
    expect(await asked(protectedHere, await as.token())).toBe('accepted')
    expect(protectedHere.health().issuers).toMatchObject([{ issuer: as.issuer, status: 'ok' }])
  })
})

describe('signed introspection', () => {
  it('IN-8: is believed only with a signature of the issuer (RFC 9701 section 5)', async () => {
    const [as, other] = [await server(), await server()]
    const issuers = [
      { ...as.options.issuers[0], introspection: { client: as.client, signedResponse: true } },
      { issuer: other.issuer },
    ]
    const protectedHere = api({ issuers })
    expect(await accepted(protectedHere, await as.opaque())).toMatchObject({
      source: 'introspection',
    })
    // The other issuer is trusted as well, but not for this one's answers.
    await accepted(protectedHere, await other.token())
    for (const signed of [
      { signedBy: 'foreign' } as const,
      { signedBy: other.keys[0]!.privateJwk },
      { header: { kid: 'unknown' } },
      { algorithm: 'none' } as const,
    ]) {
      const token = await as.opaque({ signed })
      expect([signed, await asked(protectedHere, token)]).toEqual([
        signed,
        '503 introspection_failed',
      ])
    }
  })
})
