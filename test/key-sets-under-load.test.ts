import { describe, expect, it, jest } from '@jest/globals'
import type { ResourceServerOptions } from '../lib/index.ts'
import type { Fault, FaultyEndpoint, TestAuthorizationServer } from '../lib/testing/index.ts'
import { asked, closingAfter, present, TestClock } from './fixtures/protected-api.ts'

// Tens of thousands of requests, on a machine that may be busy.
jest.setTimeout(60_000)

const { server, api } = closingAfter('each')

/** Only where nothing comes: a busy machine is slow, too. */
const impatient = { timeoutMs: 400 }
const lasting = { expiresInSeconds: 86_400 }
const coolDown = 30
const keys = { maxAgeSeconds: 120, coolDownSeconds: coolDown, staleSeconds: 600 }
const aheadOfAge = 0.8 * keys.maxAgeSeconds

/** An authorization server and an API that trusts it, with one clock. */
async function setUp(options: Partial<ResourceServerOptions> = {}) {
  const clock = new TestClock()
  const as = await server({ clock: clock.read })
  const protectedHere = api({ ...as.options, keys, log: () => {}, ...options })
  return { clock, as, protectedHere }
}

let minted = 0

/** A good token that nobody has presented yet. */
function fresh(as: TestAuthorizationServer): Promise<string> {
  return as.token({ ...lasting, claims: { jti: `fresh-${minted++}` } })
}

/** Tokens like this one, each with another kid that nobody knows: to refuse them takes no signature. */
function unknownKids(token: string, count: number): string[] {
  const [header = '', payload, signature] = token.split('.')
  const members = JSON.parse(Buffer.from(header, 'base64url').toString()) as object
  return Array.from({ length: count }, () => {
    const other = JSON.stringify({ ...members, kid: `made-up-${minted++}` })
    return `${Buffer.from(other).toString('base64url')}.${payload}.${signature}`
  })
}

/** What becomes of requests that come at the same time: each outcome once. */
async function outcomes(
  protectedHere: ReturnType<typeof api>,
  tokens: readonly string[],
): Promise<string[]> {
  return [...new Set(await Promise.all(tokens.map((token) => asked(protectedHere, token))))]
}

async function retryAfter(protectedHere: ReturnType<typeof api>, token: string): Promise<number> {
  const { response } = await present(protectedHere, token)
  return Number(Object.fromEntries(response.headers)['Retry-After'])
}

/** After what was begun in the background at this time has been read. */
async function read(
  what: 'discovery' | 'keys',
  protectedHere: ReturnType<typeof api>,
  { now }: TestClock,
): Promise<void> {
  const tooLong = AbortSignal.timeout(10_000)
  const readAt = () => protectedHere.health().issuers[0]?.[what]?.fetchedAt
  while (readAt() !== now && !tooLong.aborted) await new Promise(setImmediate)
  expect(readAt()).toBe(now)
}

describe('an outage of the key set', () => {
  it('lets every good token pass for the whole time of grace, with one fetch for each step of the back-off', async () => {
    const { clock, as, protectedHere } = await setUp()
    const cached = await Promise.all(Array.from({ length: 18 }, () => fresh(as)))
    const [unknown = ''] = unknownKids(cached[0]!, 1)
    expect(await outcomes(protectedHere, cached)).toEqual(['accepted'])
    const end = clock.seconds + keys.maxAgeSeconds + keys.staleSeconds
    as.fail('jwks', 'down')
    as.forgetRequests()
    const fetches: number[] = []
    clock.pass(coolDown)
    while (clock.seconds < end) {
      const before = as.received('jwks').length
      const good = outcomes(protectedHere, [...cached, await fresh(as), await fresh(as)])
      // This one waits for a fetch that the others began, so that the clock stands still meanwhile.
      expect(await asked(protectedHere, unknown)).toBe('503 keys_unreachable')
      expect(await good).toEqual(['accepted'])
      const now = as.received('jwks').length - before
      expect(now).toBeLessThanOrEqual(1)
      if (now === 1) fetches.push(clock.seconds)
      clock.pass(fetches.length < 6 ? 0.25 : 2.5)
    }
    const pauses = fetches.slice(1).map((at, index) => at - fetches[index]!)
    expect(pauses.length).toBeGreaterThan(20)
    for (const [index, pause] of pauses.entries()) {
      const full = Math.min(coolDown, 2 ** index)
      expect(pause).toBeGreaterThanOrEqual(full * 0.75)
      expect(pause).toBeLessThanOrEqual(full)
    }

    const after = [...cached, await fresh(as)]
    expect(await outcomes(protectedHere, after)).toEqual(['503 keys_unreachable'])
    as.restore()
    clock.pass(coolDown)
    expect(await outcomes(protectedHere, after)).toEqual(['accepted'])
  })

  const outages = (['jwks', 'discovery', 'all'] as const).flatMap((endpoint) =>
    [1, 5, 45, 200].map((seconds): [FaultyEndpoint, number] => [endpoint, seconds]),
  )

  it.each(outages)(
    'at a cold start is over within the back-off and a second, as Retry-After says: %s down for %i s',
    async (endpoint, seconds) => {
      const { clock, as, protectedHere } = await setUp()
      const tokens = [await fresh(as), await fresh(as), await fresh(as)]
      as.fail(endpoint, 'down')
      for (let second = 0; second < seconds; second++) {
        for (const outcome of await outcomes(protectedHere, tokens))
          expect(outcome).toMatch(/^503 /)
        clock.pass(1)
      }
      const wait = await retryAfter(protectedHere, tokens[0]!)
      const attempts = as.received(endpoint === 'jwks' ? 'jwks' : 'discovery').length
      as.restore()
      expect(wait).toBeGreaterThanOrEqual(1)
      expect(wait).toBeLessThanOrEqual(Math.min(coolDown, 2 ** (attempts - 1)) + 1)
      clock.pass(wait)
      expect(await outcomes(protectedHere, tokens)).toEqual(['accepted'])
    },
  )
})

describe('a rotation of keys', () => {
  it.each([
    ['at once', 0],
    ['late', 5],
  ])(
    'with overlap refuses no good token, 100 times under load: the key set comes %s',
    async (_, milliseconds) => {
      const { clock, as, protectedHere } = await setUp()
      if (milliseconds > 0) as.fail('jwks', 'slow', { milliseconds })
      const kids = new Set<string>()
      let cached = await fresh(as)
      for (let rotation = 0; rotation < 100; rotation++) {
        expect(await outcomes(protectedHere, [cached, await fresh(as)])).toEqual(['accepted'])
        const old = await fresh(as)
        as.rotate({ overlap: true })
        as.publish({ keys: as.jwks().keys.slice(0, 2) })
        clock.pass(coolDown / 2)
        const meanwhile = outcomes(protectedHere, unknownKids(cached, 5))
        expect(await outcomes(protectedHere, [cached, old])).toEqual(['accepted'])
        expect(await meanwhile).toEqual(['401 unknown_key'])
        clock.pass(coolDown / 2)
        const next = await fresh(as)
        const all = [cached, old, next, await fresh(as), cached, next]
        const flood = outcomes(protectedHere, unknownKids(cached, 5))
        expect(await outcomes(protectedHere, all)).toEqual(['accepted'])
        expect(await flood).toEqual(['401 unknown_key'])
        cached = next
        kids.add(as.keys[0]!.kid)
      }
      expect(kids.size).toBe(100)
    },
  )

  it.each([0, 1, 13, 29])(
    'without overlap costs 401 for one cool-down at most, also in a flood of unknown kids: %i s after the last fetch',
    async (offset) => {
      const { clock, as, protectedHere } = await setUp()
      const old = await fresh(as)
      expect(await asked(protectedHere, old)).toBe('accepted')
      clock.pass(coolDown)
      expect(await outcomes(protectedHere, unknownKids(old, 50))).toEqual(['401 unknown_key'])
      expect(as.received('jwks')).toHaveLength(2)
      clock.pass(offset)
      as.rotate({ overlap: false })
      const next = await fresh(as)
      for (let second = offset; second < 2 * coolDown; second++) {
        const flood = outcomes(protectedHere, unknownKids(old, 20))
        const expected = second < coolDown ? '401 unknown_key' : 'accepted'
        expect([second, await asked(protectedHere, next)]).toEqual([second, expected])
        expect(await flood).toEqual(['401 unknown_key'])
        clock.pass(1)
      }
    },
  )
})

describe('10,000 tokens with random kids', () => {
  const endpoints: [what: string, fault: Fault | undefined, good: string, forged: string][] = [
    ['is good', undefined, 'accepted', '401 unknown_key'],
    ['has no key', { body: { keys: [] } }, '503 no_usable_key', '503 no_usable_key'],
    ['fails', 500, 'accepted', '503 keys_unreachable'],
    ['hangs', 'hang', 'accepted', '503 keys_unreachable'],
  ]

  it.each(endpoints)(
    'cause at most two fetches where the key set %s, and good tokens fare as ever',
    async (_, fault, good, forged) => {
      const { clock, as, protectedHere } = await setUp(fault === 'hang' ? { http: impatient } : {})
      const cached = await fresh(as)
      expect(await asked(protectedHere, cached)).toBe('accepted')
      if (fault !== undefined) as.fail('jwks', fault)
      clock.pass(coolDown)
      as.forgetRequests()
      for (let batch = 0; batch < 20; batch++) {
        const flood = outcomes(protectedHere, unknownKids(cached, 500))
        // Until the first answer is there, what is held is all there is to go by.
        const expected = batch === 0 ? 'accepted' : good
        expect(await outcomes(protectedHere, [cached, await fresh(as)])).toEqual([expected])
        expect(await flood).toEqual([forged])
        clock.pass(0.05)
      }
      expect([1, 2]).toContain(as.received('jwks').length)
      expect(as.received('discovery').length).toBeLessThanOrEqual(2)
    },
  )
})

describe('keys that are removed', () => {
  it.each<[when: string, seconds: number, flood: number, first: string]>([
    ['a kid that nobody knows', coolDown, 1, '401 unknown_key'],
    ['the age of the key set', keys.maxAgeSeconds, 0, '401 unknown_key'],
    ['a refresh ahead of that', aheadOfAge, 0, 'accepted'],
  ])(
    'are refused from the next refresh on, cached verdicts included: it is due to %s',
    async (_, seconds, flood, first) => {
      const { clock, as, protectedHere } = await setUp()
      const cached = await Promise.all(Array.from({ length: 10 }, () => fresh(as)))
      const [unseen, another] = [await fresh(as), await fresh(as)]
      expect(await outcomes(protectedHere, cached)).toEqual(['accepted'])
      as.rotate({ overlap: false })
      const next = await fresh(as)
      const before = Math.min(seconds, aheadOfAge) - 1
      clock.pass(before)
      expect(await outcomes(protectedHere, cached)).toEqual(['accepted'])
      clock.pass(seconds - before)
      await outcomes(protectedHere, unknownKids(next, flood))
      expect(await outcomes(protectedHere, [...cached, unseen])).toEqual([first])
      await read('keys', protectedHere, clock)
      expect(await outcomes(protectedHere, [...cached, unseen, another])).toEqual([
        '401 unknown_key',
      ])
      expect(await asked(protectedHere, next)).toBe('accepted')
      expect(as.received('jwks')).toHaveLength(2)
    },
  )
})

describe('a key set that moves', () => {
  it.each([
    ['with the keys it had', false],
    ['with a new key', true],
  ])(
    'is followed under load as soon as the old one is gone, and no good token is refused: %s',
    async (_, rotated) => {
      const { clock, as, protectedHere } = await setUp()
      const cached = await fresh(as)
      expect(await asked(protectedHere, cached)).toBe('accepted')
      for (let move = 0; move < 20; move++) {
        as.move('jwks', `/moved-${move}`)
        const old = await fresh(as)
        if (rotated) as.rotate({ overlap: true })
        const next = await fresh(as)
        clock.pass(coolDown)
        const flood = outcomes(protectedHere, unknownKids(cached, 20))
        const good = outcomes(protectedHere, [cached, old])
        expect(await asked(protectedHere, next)).toBe('accepted')
        expect(await good).toEqual(['accepted'])
        expect(await flood).toEqual(['401 unknown_key'])
        const others = outcomes(protectedHere, unknownKids(cached, 20))
        const all = [cached, old, next, await fresh(as)]
        expect(await outcomes(protectedHere, all)).toEqual(['accepted'])
        expect(await others).toEqual(['401 unknown_key'])
      }
    },
  )
})

describe('key sets of 30 tenants', () => {
  it('are refreshed for those in use alone, for an hour; the others are there when they are asked for', async () => {
    const clock = new TestClock()
    const tenants = await Promise.all(
      Array.from({ length: 30 }, () => server({ clock: clock.read })),
    )
    const protectedHere = api({
      clock: clock.read,
      keys,
      log: () => {},
      issuers: async (issuer) => tenants.find((one) => one.issuer === issuer)?.options.issuers[0],
    })
    const [busy, ...idle] = tenants
    const tokens = await Promise.all(tenants.map(fresh))
    expect(await outcomes(protectedHere, tokens)).toEqual(['accepted'])
    for (const tenant of tenants) {
      expect(tenant.received('jwks')).toHaveLength(1)
      tenant.forgetRequests()
    }
    for (let minute = 0; minute < 60; minute++) {
      clock.pass(60)
      expect(await outcomes(protectedHere, [tokens[0]!, await fresh(busy!)])).toEqual(['accepted'])
    }
    expect(busy!.received('jwks').length).toBeGreaterThanOrEqual(20)
    expect(idle.flatMap((tenant) => tenant.requests)).toEqual([])
    expect(await outcomes(protectedHere, tokens)).toEqual(['accepted'])
    expect(idle.map((tenant) => tenant.received('jwks').length)).toEqual(idle.map(() => 1))
  })
})
