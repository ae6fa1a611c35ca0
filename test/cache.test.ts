import { generateKeyPairSync } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, describe, expect, it, jest } from '@jest/globals'
import { tokenDigest } from '../lib/cache/token-digest.ts'
import { refuse } from '../lib/errors/refusal-value.ts'
import type { CacheEvent, ResourceServerOptions } from '../lib/index.ts'
import {
  type TestAuthorizationServer,
  type TestAuthorizationServerOptions,
  tampered,
} from '../lib/testing/index.ts'
import type { AccessToken } from '../lib/verification/access-token.ts'
import { cached } from '../lib/verification/cached.ts'
import { coalesced } from '../lib/verification/coalesced.ts'
import { evictions } from '../lib/verification/evictions.ts'
import type { Verdict } from '../lib/verification/verifier.ts'
import { asked, closingAfter, TestClock } from './fixtures/protected-api.ts'

const { server, api } = closingAfter('each')

const events: CacheEvent[] = []
const listen = (event: unknown) => {
  events.push(event as CacheEvent)
}

afterEach(() => {
  unsubscribe('scopegate:cache', listen)
  events.length = 0
  jest.restoreAllMocks()
})

/** An authorization server and an API that trusts it, with one clock; the cache is observed. */
async function setUp(
  options: Partial<ResourceServerOptions> = {},
  as: TestAuthorizationServerOptions = {},
) {
  const clock = new TestClock()
  const authorizationServer = await server({ clock: clock.read, ...as })
  const protectedHere = api({ ...authorizationServer.options, ...options })
  subscribe('scopegate:cache', listen)
  return { clock, as: authorizationServer, protectedHere }
}

function outcomes(): string[] {
  return events.splice(0).map(({ outcome }) => outcome)
}

const introspections = (as: TestAuthorizationServer) => as.received('introspection').length
const fetches = (as: TestAuthorizationServer) => as.received('jwks').length
const lasting = { expiresInSeconds: 86_400 }

describe('admission', () => {
  it('a JWT is held from the second time on, and is a hit from the third', async () => {
    const { as, protectedHere } = await setUp()
    const token = await as.token()
    const sizes: number[] = []
    for (const _ of [1, 2, 3, 4]) {
      expect(await asked(protectedHere, token)).toBe('accepted')
      sizes.push(protectedHere.health().cache.good)
    }
    expect(sizes).toEqual([0, 1, 1, 1])
    expect(outcomes()).toEqual(['miss', 'miss', 'hit', 'hit'])
  })

  it('JWTs that come only once take no room', async () => {
    const { as, protectedHere } = await setUp({ cache: { maxEntries: 8 } })
    for (let count = 0; count < 50; count++) await asked(protectedHere, await as.token())
    expect(protectedHere.health().cache).toEqual({ good: 0, bad: 0 })
  })

  it('IN-5: an introspected token is held at once (RFC 7662 section 4)', async () => {
    const { as, protectedHere } = await setUp()
    const token = await as.opaque()
    expect(await asked(protectedHere, token)).toBe('accepted')
    expect(await asked(protectedHere, token)).toBe('accepted')
    expect(outcomes()).toEqual(['miss', 'hit'])
    expect(introspections(as)).toBe(1)
  })

  it('no more verdicts are held than configured, good or bad', async () => {
    const { as, protectedHere } = await setUp({ cache: { maxEntries: 10 } })
    for (let count = 0; count < 25; count++) {
      expect(await asked(protectedHere, await as.opaque())).toBe('accepted')
      expect(await asked(protectedHere, await as.opaque({ active: false }))).toBe('401 inactive')
    }
    expect(protectedHere.health().cache).toEqual({ good: 10, bad: 10 })
  })

  it('made-up tokens do not push out good ones', async () => {
    const { as, protectedHere } = await setUp({ cache: { maxEntries: 10 } })
    const token = await as.opaque()
    await asked(protectedHere, token)
    for (let count = 0; count < 100; count++) await asked(protectedHere, `made-up-${count}`)
    as.forgetRequests()
    expect(await asked(protectedHere, token)).toBe('accepted')
    expect(introspections(as)).toBe(0)
  })

  it('events name the resource and the fingerprint of the token, never the token', async () => {
    const { as, protectedHere } = await setUp()
    const token = await as.opaque()
    await asked(protectedHere, token)
    expect(events).toEqual([
      {
        resource: 'https://api.test',
        outcome: 'miss',
        fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      },
    ])
    expect(Object.isFrozen(events[0])).toBe(true)
  })
})

describe('age', () => {
  it.each([
    [0, 300],
    [0.999999, 270],
  ])('a JWT is held for 270 to 300 s: with a dice of %j for %i', async (dice, seconds) => {
    const { as, clock, protectedHere } = await setUp()
    jest.spyOn(Math, 'random').mockReturnValue(dice)
    const token = await as.token(lasting)
    for (const _ of [1, 2]) await asked(protectedHere, token)
    clock.now += seconds * 1000 - 1
    await asked(protectedHere, token)
    clock.now += 2
    expect(await asked(protectedHere, token)).toBe('accepted')
    expect(outcomes()).toEqual(['miss', 'miss', 'hit', 'dropped', 'miss'])
  })

  it.each([
    [0, 30],
    [0.999999, 27],
  ])(
    'IN-5: an introspected token is held for 27 to 30 s: with a dice of %j for %i (RFC 7662 section 4)',
    async (dice, seconds) => {
      const { as, clock, protectedHere } = await setUp()
      jest.spyOn(Math, 'random').mockReturnValue(dice)
      for (const response of [{}, { exp: undefined }, { exp: 0 }]) {
        as.forgetRequests()
        const token = await as.opaque({ ...lasting, response })
        await asked(protectedHere, token)
        clock.now += seconds * 1000 - 1
        await asked(protectedHere, token)
        expect(introspections(as)).toBe(1)
        clock.now += 2
        expect(await asked(protectedHere, token)).toBe('accepted')
        expect(introspections(as)).toBe(2)
      }
    },
  )

  it('the ages are configurable, and 0 keeps nothing', async () => {
    const cache = { maxAgeSeconds: 0, introspectionMaxAgeSeconds: 5, negativeMaxAgeSeconds: 0 }
    const { as, clock, protectedHere } = await setUp({ cache })
    jest.spyOn(Math, 'random').mockReturnValue(0)
    const [jwt, opaque, bad] = [
      await as.token(),
      await as.opaque(),
      await as.opaque({ active: false }),
    ]
    for (const token of [jwt, jwt, jwt]) await asked(protectedHere, token)
    expect(outcomes()).toEqual(['miss', 'miss', 'miss'])
    await asked(protectedHere, opaque)
    clock.now += 4999
    await asked(protectedHere, opaque)
    clock.now += 1
    await asked(protectedHere, opaque)
    expect(outcomes()).toEqual(['miss', 'hit', 'dropped', 'miss'])
    for (const token of [bad, bad]) await asked(protectedHere, token)
    expect(outcomes()).toEqual(['miss', 'miss'])
  })

  it('a token revoked at the authorization server is refused when the answer has gone stale', async () => {
    const { as, clock, protectedHere } = await setUp()
    const token = await as.opaque()
    expect(await asked(protectedHere, token)).toBe('accepted')
    as.revoke(token)
    expect(await asked(protectedHere, token)).toBe('accepted')
    clock.pass(30)
    expect(await asked(protectedHere, token)).toBe('401 inactive')
  })
})

describe('a hit is checked again', () => {
  it('for exp, to the millisecond, tolerance included', async () => {
    const { as, clock, protectedHere } = await setUp()
    const token = await as.token({ expiresInSeconds: 10 })
    for (const _ of [1, 2, 3]) expect(await asked(protectedHere, token)).toBe('accepted')
    clock.now += 14_999
    expect(await asked(protectedHere, token)).toBe('accepted')
    clock.now += 1
    expect(await asked(protectedHere, token)).toBe('401 expired')
    expect(outcomes()).toEqual(['miss', 'miss', 'hit', 'hit', 'dropped', 'miss'])
  })

  it('IN-4: an introspected token is not held beyond exp (RFC 7662 section 4)', async () => {
    const { as, clock, protectedHere } = await setUp()
    const token = await as.opaque({ expiresInSeconds: 10 })
    await asked(protectedHere, token)
    clock.now += 9_999
    expect(await asked(protectedHere, token)).toBe('accepted')
    expect(introspections(as)).toBe(1)
    // Whatever difference of clocks is tolerated: from here on only a fresh answer counts.
    clock.now += 1
    expect(await asked(protectedHere, token)).toBe('401 inactive')
    expect(introspections(as)).toBe(2)
  })

  it('IN-5: a clock that is set back does not lengthen the life of anything (RFC 7662 section 4)', async () => {
    const { as, clock, protectedHere } = await setUp()
    const token = await as.opaque({ expiresInSeconds: 86_400 })
    const inactive = await as.opaque({ active: false })
    for (const one of [token, inactive]) await asked(protectedHere, one)
    as.revoke(token)
    clock.pass(-3600)
    expect(await asked(protectedHere, token)).toBe('401 inactive')
    expect(await asked(protectedHere, inactive)).toBe('401 inactive')
    expect(introspections(as)).toBe(4)
    // Adjustments of less than a second are usual, and leave the cache alone.
    clock.now -= 999
    expect(await asked(protectedHere, inactive)).toBe('401 inactive')
    expect(introspections(as)).toBe(4)
  })

  it('for the key: one removed from the key set stops cached tokens at the next refresh', async () => {
    const { as, clock, protectedHere } = await setUp({ cache: { maxAgeSeconds: 86_400 } })
    const token = await as.token(lasting)
    for (const _ of [1, 2, 3]) await asked(protectedHere, token)
    as.rotate({ overlap: false })
    clock.pass(400)
    expect(await asked(protectedHere, token)).toBe('accepted')
    clock.pass(200)
    expect(await asked(protectedHere, token)).toBe('401 unknown_key')
    expect(fetches(as)).toBe(2)
  })

  it('for the key: one that stays published keeps them', async () => {
    const { as, clock, protectedHere } = await setUp({ cache: { maxAgeSeconds: 86_400 } })
    const token = await as.token(lasting)
    for (const _ of [1, 2]) await asked(protectedHere, token)
    as.rotate()
    clock.pass(600)
    expect(await asked(protectedHere, token)).toBe('accepted')
    outcomes()
    expect(await asked(protectedHere, token)).toBe('accepted')
    expect(outcomes()).toEqual(['hit'])
  })
})

/** The cache by itself. */
function setUpAlone(verdicts: readonly Verdict[]) {
  const state = { generation: 0, calls: 0, meanwhile: () => {} }
  const evicted = evictions()
  const { verify, evict, size } = cached(
    async () => {
      const verdict = verdicts[state.calls++]!
      state.meanwhile()
      return verdict
    },
    {
      resource: 'https://api.test',
      clock: () => 0,
      cache: {
        maxEntries: 10,
        maxAgeMs: 300_000,
        introspectionMaxAgeMs: 30_000,
        negativeMaxAgeMs: 10_000,
        staleMs: 0,
      },
    },
    { keySetGeneration: () => state.generation, evictions: evicted },
  )
  const ask = async () =>
    verify({ scheme: 'Bearer', token: 't', digest: tokenDigest('t') }, undefined)
  return { state, ask, evict, size }
}
const token = { source: 'introspection', trust: { holds: () => true } } as unknown as AccessToken
const good: Verdict = {
  verdict: 'accepted',
  token,
  goodUntilMs: Number.POSITIVE_INFINITY,
  restsOn: 'introspection',
}

describe('what verdicts rest on', () => {
  it('is what it was when the question was asked, not when the answer came', async () => {
    const { state, ask } = setUpAlone([refuse('wrong_signature'), refuse('inactive')])
    state.meanwhile = () => {
      state.generation++
    }
    await ask()
    expect(await ask()).toMatchObject({ reason: 'inactive' })
  })
})

describe('a token that is evicted', () => {
  it.each([
    ['good', () => setUpAlone([good, refuse('inactive')])],
    ['bad', () => setUpAlone([refuse('inactive'), good])],
  ])('is verified anew, when its verdict was %s', async (_, make) => {
    const { state, ask, evict, size } = make()
    const first = await ask()
    expect(await ask()).toMatchObject({ verdict: first.verdict })
    evict('another')
    expect(await ask()).toMatchObject({ verdict: first.verdict })
    expect(state.calls).toBe(1)
    evict('t')
    expect(size()).toEqual({ good: 0, bad: 0 })
    expect((await ask()).verdict).not.toBe(first.verdict)
  })

  it('is verified anew also when a verdict was on its way', async () => {
    for (const first of [good, refuse('wrong_signature')]) {
      const { state, ask, evict, size } = setUpAlone([first, refuse('inactive')])
      state.meanwhile = () => evict('t')
      expect(await ask()).toMatchObject({ verdict: first.verdict })
      expect(size()).toEqual({ good: 0, bad: 0 })
      state.meanwhile = () => evict('another')
      expect(await ask()).toMatchObject({ reason: 'inactive' })
      expect(size()).toEqual({ good: 0, bad: 1 })
    }
  })

  it('moves what is known of it each time, and of no other', () => {
    const evicted = evictions()
    const before = evicted.of('d')
    evicted.add('other')
    expect(evicted.of('d')).toBe(before)
    evicted.add('d')
    const once = evicted.of('d')
    evicted.add('d')
    expect(new Set([before, once, evicted.of('d')]).size).toBe(3)
  })
})

describe('a verification that others may join', () => {
  function setUpAlone() {
    const calls: ((verdict: Verdict) => void)[] = []
    const state = { generation: 0 }
    const verify = coalesced(
      () => new Promise((resolve) => calls.push(resolve)),
      { resource: 'https://api.test', cache: { introspectionMaxAgeMs: 30_000 } as never },
      () => state.generation,
    )
    const ask = () => verify({ scheme: 'Bearer', token: 't', digest: 'd' }, undefined)
    return { calls, state, ask }
  }

  it('began under the same keys: what began before they changed is no answer to who comes after', async () => {
    const { calls, state, ask } = setUpAlone()
    const before = [ask(), ask()]
    state.generation++
    const after = [ask(), ask()]
    expect(calls).toHaveLength(2)
    calls[0]!(refuse('inactive'))
    calls[1]!(refuse('expired'))
    expect(await Promise.all(before)).toEqual([refuse('inactive'), refuse('inactive')])
    expect(await Promise.all(after)).toEqual([refuse('expired'), refuse('expired')])
  })

  it('can be joined until it ends itself, whichever ends before', async () => {
    const { calls, state, ask } = setUpAlone()
    const earlier = ask()
    state.generation++
    const later = ask()
    calls[0]!(refuse('inactive'))
    await earlier
    const joined = ask()
    expect(calls).toHaveLength(2)
    calls[1]!(refuse('expired'))
    expect(await Promise.all([later, joined])).toEqual([refuse('expired'), refuse('expired')])
  })
})

describe('refusals', () => {
  it('are held for ten seconds, apart from the good verdicts', async () => {
    const { as, clock, protectedHere } = await setUp()
    const token = await as.opaque({ active: false })
    expect(await asked(protectedHere, token)).toBe('401 inactive')
    clock.now += 9999
    expect(await asked(protectedHere, token)).toBe('401 inactive')
    expect(introspections(as)).toBe(1)
    clock.now += 1
    expect(await asked(protectedHere, token)).toBe('401 inactive')
    expect(introspections(as)).toBe(2)
    expect(outcomes()).toEqual(['miss', 'negative_hit', 'miss'])
    expect(protectedHere.health().cache).toEqual({ good: 0, bad: 1 })
  })

  it.each([
    ['a wrong audience', { audience: 'https://other.test' }, 'wrong_audience'],
    ['a wrong signature', { signedBy: 'foreign' as const }, 'wrong_signature'],
    ['an old exp', { expired: true }, 'expired'],
    ['a wrong type', { header: { typ: 'JWT' } }, 'wrong_type'],
  ])('for %s are held', async (_, of, reason) => {
    const { as, protectedHere } = await setUp()
    await protectedHere.ready()
    const token = await as.token(of)
    for (const _ of [1, 2]) expect(await asked(protectedHere, token)).toBe(`401 ${reason}`)
    expect(outcomes()).toEqual(['miss', 'negative_hit'])
  })

  it('die with the keys that they were judged by', async () => {
    const { as, clock, protectedHere } = await setUp({ cache: { negativeMaxAgeSeconds: 3600 } })
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    await protectedHere.ready()
    const kid = as.keys[0]!.kid
    const token = await as.token({ ...lasting, signedBy: privateKey })
    expect(await asked(protectedHere, token)).toBe('401 wrong_signature')
    as.publish({ keys: [...as.jwks().keys, { ...publicKey.export({ format: 'jwk' }), kid }] })
    clock.pass(30)
    expect(await asked(protectedHere, token)).toBe('401 wrong_signature')
    await asked(protectedHere, await as.token({ header: { kid: 'another' } }))
    expect(fetches(as)).toBe(2)
    expect(await asked(protectedHere, token)).toBe('accepted')
  })

  const forLong = { cache: { negativeMaxAgeSeconds: 3600 } }

  it('for what is no token68 are never held, also beside a cached token (RFC 9110 section 11.2)', async () => {
    const { as, protectedHere } = await setUp()
    const token = await as.opaque()
    expect(await asked(protectedHere, token)).toBe('accepted')
    for (const malformed of [
      `${token} `,
      ` ${token},`,
      `${token}=a`,
      `"${token}"`,
      `\u0141${token}`,
      '',
    ]) {
      expect(await asked(protectedHere, malformed)).toBe('400 malformed_credentials')
    }
    expect(protectedHere.health().cache).toEqual({ good: 1, bad: 0 })
    expect(introspections(as)).toBe(1)
  })

  it('for an unknown kid are never held', async () => {
    const { as, clock, protectedHere } = await setUp(forLong)
    await protectedHere.ready()
    as.rotate()
    const token = await as.token(lasting)
    expect(await asked(protectedHere, token)).toBe('401 unknown_key')
    expect(protectedHere.health().cache.bad).toBe(0)
    clock.pass(30)
    expect(await asked(protectedHere, token)).toBe('accepted')
  })

  it('for a token that is not valid yet are never held', async () => {
    const { as, clock, protectedHere } = await setUp(forLong)
    const nbf = clock.seconds + 60
    for (const token of [
      await as.token({ claims: { nbf } }),
      await as.opaque({ response: { nbf: nbf + 60 } }),
    ]) {
      expect(await asked(protectedHere, token)).toBe('401 not_yet_valid')
      expect(protectedHere.health().cache.bad).toBe(0)
      clock.pass(60)
      expect(await asked(protectedHere, token)).toBe('accepted')
    }
  })

  it('503 is never held', async () => {
    const { as, clock, protectedHere } = await setUp(forLong)
    as.fail('all', 'down')
    const [jwt, opaque] = [await as.token(), await as.opaque()]
    expect(await asked(protectedHere, jwt)).toBe('503 discovery_failed')
    expect(await asked(protectedHere, opaque)).toBe('503 discovery_failed')
    expect(protectedHere.health().cache).toEqual({ good: 0, bad: 0 })
    as.restore()
    clock.pass(1)
    expect(await asked(protectedHere, jwt)).toBe('accepted')
    as.fail('introspection', 500)
    expect(await asked(protectedHere, opaque)).toBe('503 introspection_failed')
    as.restore()
    expect(await asked(protectedHere, opaque)).toBe('accepted')
  })

  it('for a missing proof or by a policy are not held: they are no verdict on the token', async () => {
    const { as, protectedHere } = await setUp()
    const bound = await as.token({ claims: { cnf: { jkt: 'x' } } })
    for (const _ of [1, 2]) expect(await asked(protectedHere, bound)).toBe('401 proof_missing')
    const token = await as.token()
    expect(await asked(protectedHere, token, { scope: 'a' })).toBe('403 insufficient_scope')
    expect(protectedHere.health().cache).toEqual({ good: 1, bad: 0 })
  })
})

describe('policy', () => {
  it('scopes are checked again after a cache hit: one entry serves routes with different scopes', async () => {
    const { as, protectedHere } = await setUp()
    for (const token of [await as.opaque({ scope: 'a b' }), await as.token({ scope: 'a b' })]) {
      for (const _ of [1, 2, 3]) {
        expect(await asked(protectedHere, token, { scope: 'a' })).toBe('accepted')
        expect(await asked(protectedHere, token, { scope: 'c' })).toBe('403 insufficient_scope')
        expect(await asked(protectedHere, token, { scope: ['a', 'b'] })).toBe('accepted')
        expect(await asked(protectedHere, token)).toBe('accepted')
      }
    }
    expect(introspections(as)).toBe(1)
    expect(protectedHere.health().cache).toEqual({ good: 2, bad: 0 })
  })
})

describe('requests at once', () => {
  const times = <Value>(count: number, make: (index: number) => Value) =>
    Array.from({ length: count }, (_, index) => make(index))

  it('issue point 4: 1,000 with one new opaque token make one introspection call', async () => {
    const { as, protectedHere } = await setUp()
    const token = await as.opaque({ scope: 'a' })
    as.fail('introspection', 'hold')
    const arrived = as.nextRequest('introspection')
    const all = times(1000, (index) =>
      asked(protectedHere, token, { scope: index % 2 === 0 ? 'a' : 'b' }),
    )
    await arrived
    as.restore()
    const found = await Promise.all(all)
    expect(found.filter((one) => one === 'accepted')).toHaveLength(500)
    expect(found.filter((one) => one === '403 insufficient_scope')).toHaveLength(500)
    expect(introspections(as)).toBe(1)
    expect(as.received('discovery')).toHaveLength(1)
    expect(outcomes().filter((one) => one === 'coalesced')).toHaveLength(999)
  })

  it('issue point 4: 1,000 cold ones with JWTs make one fetch of the keys', async () => {
    const { as, protectedHere } = await setUp()
    const tokens = await Promise.all(times(1000, () => as.token()))
    const found = await Promise.all(tokens.map((token) => asked(protectedHere, token)))
    expect(new Set(found)).toEqual(new Set(['accepted']))
    expect(fetches(as)).toBe(1)
    expect(as.received('discovery')).toHaveLength(1)
  })

  it('issue point 4: 10,000 with random kids make at most two fetches of the keys', async () => {
    // All is sent in one turn, which may take longer than the first answer may.
    const { as, protectedHere } = await setUp({ http: { timeoutMs: 30_000 } })
    const token = await as.token()
    const forged = times(10_000, (index) => tampered(token, { header: { kid: `random-${index}` } }))
    const found = await Promise.all(forged.map((token) => asked(protectedHere, token)))
    expect(new Set(found)).toEqual(new Set(['401 unknown_key']))
    expect(fetches(as)).toBeLessThanOrEqual(2)
    expect(await asked(protectedHere, token)).toBe('accepted')
  })

  it('a refusal and an outage are shared as well, and an outage is not remembered', async () => {
    const { as, protectedHere } = await setUp()
    const inactive = await as.opaque({ active: false })
    const refused = await Promise.all(times(50, () => asked(protectedHere, inactive)))
    expect(new Set(refused)).toEqual(new Set(['401 inactive']))
    expect(introspections(as)).toBe(1)
    as.fail('introspection', 'reset')
    const token = await as.opaque()
    const unavailable = await Promise.all(times(50, () => asked(protectedHere, token)))
    expect(new Set(unavailable)).toEqual(new Set(['503 introspection_failed']))
    expect(introspections(as)).toBe(2)
    as.restore()
    expect(await asked(protectedHere, token)).toBe('accepted')
  })

  it('different tokens are asked about one by one: none gets the answer of another', async () => {
    const { as, protectedHere } = await setUp()
    const subjects = times(50, (index) => `subject-${index}`)
    const tokens = await Promise.all(subjects.map((sub) => as.opaque({ response: { sub } })))
    const found = await Promise.all(
      tokens.map((token) =>
        protectedHere.verify({
          method: 'GET',
          url: '/',
          headers: { authorization: `Bearer ${token}` },
        }),
      ),
    )
    expect(found.map((one) => one.verdict === 'accepted' && one.auth.subject)).toEqual(subjects)
  })

  it('IN-5: with introspectionMaxAgeSeconds 0 each has its own call (RFC 7662 section 4)', async () => {
    const { as, protectedHere } = await setUp({ cache: { introspectionMaxAgeSeconds: 0 } })
    const token = await as.opaque()
    const found = await Promise.all(times(10, () => asked(protectedHere, token)))
    expect(new Set(found)).toEqual(new Set(['accepted']))
    expect(introspections(as)).toBe(10)
    as.revoke(token)
    expect(await asked(protectedHere, token)).toBe('401 inactive')
    expect(protectedHere.health().cache.good).toBe(0)
  })
})

it('what is held is let go at close', async () => {
  const { as, protectedHere } = await setUp()
  await asked(protectedHere, await as.opaque())
  await asked(protectedHere, await as.opaque({ active: false }))
  expect(protectedHere.health().cache).toEqual({ good: 1, bad: 1 })
  await protectedHere.close()
  expect(protectedHere.health().cache).toEqual({ good: 0, bad: 0 })
})
