import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import type {
  BreakerEvent,
  BreakerOptions,
  CacheEvent,
  DecisionEvent,
  IntrospectionOptions,
  ResourceServer,
  ResourceServerOptions,
} from '../lib/index.ts'
import type { Fault, TestAuthorizationServer } from '../lib/testing/index.ts'
import { asked, closingAfter, present, TestClock } from './fixtures/protected-api.ts'
import { active, inactive, ScriptedIntrospection } from './fixtures/scripted-introspection.ts'

const { server, api } = closingAfter('each')

const changes: BreakerEvent[] = []
const onChange = (event: unknown) => {
  changes.push(event as BreakerEvent)
}

beforeEach(() => {
  subscribe('scopegate:breaker', onChange)
  // Pauses are as long as they may be.
  jest.spyOn(Math, 'random').mockReturnValue(0)
})

afterEach(() => {
  unsubscribe('scopegate:breaker', onChange)
  changes.length = 0
  jest.restoreAllMocks()
})

/** How long the endpoint was left alone, each time. */
function pauses(): unknown[] {
  return changes.filter(({ state }) => state === 'open').map(({ pauseMs }) => pauseMs)
}

interface Setup {
  readonly clock: TestClock
  readonly as: TestAuthorizationServer
  readonly protectedHere: ResourceServer
  /** What becomes of a request with a token that is good and was never seen. */
  readonly ask: () => Promise<string>
  readonly questions: () => number
}

/** An authorization server and an API that trusts it, with one clock. */
async function setUp(
  introspection: Partial<IntrospectionOptions> = {},
  options: Partial<ResourceServerOptions> = {},
): Promise<Setup> {
  const clock = new TestClock()
  const as = await server({ clock: clock.read })
  const [issuer] = as.options.issuers
  const protectedHere = api({
    clock: clock.read,
    log: () => {},
    issuers: [{ ...issuer, introspection: { ...issuer.introspection, ...introspection } }],
    ...options,
  })
  await protectedHere.ready()
  const ask = async () => asked(protectedHere, await opaque(as))
  return { clock, as, protectedHere, ask, questions: () => as.received('introspection').length }
}

function opaque(as: TestAuthorizationServer): Promise<string> {
  return as.opaque({ expiresInSeconds: 86_400 })
}

/** Lets the endpoint fail so often, one token after another. */
async function failures({ as, ask }: Setup, times: number, fault: Fault = 500): Promise<void> {
  as.fail('introspection', fault)
  for (let count = 0; count < times; count++) expect(await ask()).toBe('503 introspection_failed')
}

async function retryAfter(protectedHere: ResourceServer, token: string): Promise<number> {
  const { response } = await present(protectedHere, token)
  return Number(new Map(response.headers).get('Retry-After'))
}

function introspectionOf(protectedHere: ResourceServer) {
  return protectedHere.health().issuers[0]?.introspection
}

/** An API with an endpoint that answers when it is told. */
function scripted(
  introspection: Partial<IntrospectionOptions> = {},
  options: Partial<ResourceServerOptions> = {},
) {
  const clock = new TestClock()
  const endpoint = new ScriptedIntrospection()
  const protectedHere = api({ ...endpoint.options(introspection), clock: clock.read, ...options })
  return { clock, endpoint, protectedHere }
}

/** After everything that can go on without the endpoint went on. */
const settled = () => new Promise(setImmediate)
const times = (count: number, outcome: string) => Array.from({ length: count }, () => outcome)

describe('an endpoint that does not answer', () => {
  it('is left alone after five failures in a row: 503 at once, for a second', async () => {
    const setup = await setUp()
    const { as, ask, protectedHere, questions } = setup
    const [good, bad] = [await opaque(as), await as.opaque({ active: false })]
    expect(await asked(protectedHere, good)).toBe('accepted')
    expect(await asked(protectedHere, bad)).toBe('401 inactive')
    await failures(setup, 5)
    const before = questions()
    expect(await ask()).toBe('503 introspection_paused')
    expect(await retryAfter(protectedHere, await opaque(as))).toBe(1)
    // Verdicts that are held are as good as before.
    expect(await asked(protectedHere, good)).toBe('accepted')
    expect(await asked(protectedHere, bad)).toBe('401 inactive')
    expect(questions()).toBe(before)
  })

  it('is asked one question when the pause is over, and all again once that is answered', async () => {
    const setup = await setUp()
    const { as, ask, clock, questions } = setup
    await failures(setup, 5)
    as.fail('introspection', 'hold')
    clock.now += 999
    expect(await ask()).toBe('503 introspection_paused')
    clock.now += 1
    const before = questions()
    const arrived = as.nextRequest('introspection')
    const probe = ask()
    await arrived
    expect(await Promise.all([ask(), ask()])).toEqual(times(2, '503 introspection_paused'))
    as.restore()
    expect(await probe).toBe('accepted')
    expect(questions()).toBe(before + 1)
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(times(3, 'accepted'))
  })

  it('is told of on scopegate:breaker with each change', async () => {
    const setup = await setUp()
    const { as, ask, clock } = setup
    await failures(setup, 5, 'down')
    await ask()
    as.restore()
    clock.pass(1)
    await ask()
    const named = { resource: 'https://api.test', issuer: as.issuer }
    expect(changes).toEqual([
      { ...named, state: 'open', reason: 'connection_failed', pauseMs: 1000 },
      { ...named, state: 'half_open', reason: 'connection_failed' },
      { ...named, state: 'closed' },
    ])
    expect(changes.every(Object.isFrozen)).toBe(true)
  })

  it('is left alone for twice as long each time, up to openSeconds', async () => {
    const setup = await setUp({ breaker: { failures: 1, openSeconds: 5 } })
    const { as, ask, clock } = setup
    await failures(setup, 1)
    for (let count = 0; count < 4; count++) {
      clock.pass(10)
      expect(await ask()).toBe('503 introspection_failed')
    }
    as.restore()
    clock.pass(10)
    expect(await ask()).toBe('accepted')
    await failures(setup, 1)
    expect(pauses()).toEqual([1000, 2000, 4000, 5000, 5000, 1000])
  })

  it('is left alone again as soon as one question after the pause fails', async () => {
    const setup = await setUp({ breaker: { failures: 3 } })
    const { ask, clock } = setup
    await failures(setup, 3)
    clock.pass(1)
    await failures(setup, 1)
    expect(await ask()).toBe('503 introspection_paused')
    expect(pauses()).toEqual([1000, 2000])
  })

  it('is left alone for up to a quarter less, so that processes do not come back together', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0.999999)
    await failures(await setUp({ breaker: { failures: 1 } }), 1)
    expect(pauses()[0]).toBeCloseTo(750, 1)
  })

  it('is asked on where one question in five is answered', async () => {
    const setup = await setUp()
    for (let count = 0; count < 3; count++) {
      await failures(setup, 4)
      setup.as.restore()
      expect(await setup.ask()).toBe('accepted')
    }
    expect(changes).toEqual([])
  })

  it('is asked on where the failures are further apart than windowSeconds', async () => {
    const setup = await setUp({ breaker: { failures: 2, windowSeconds: 10 } })
    const { ask, clock } = setup
    await failures(setup, 1)
    clock.now += 10_001
    expect(await ask()).toBe('503 introspection_failed')
    expect(changes).toEqual([])
    clock.now += 10_000
    expect(await ask()).toBe('503 introspection_failed')
    expect(pauses()).toHaveLength(1)
  })

  it.each<[string, Fault, string]>([
    ['closes the connection', 'down', 'connection_failed'],
    ['resets the connection', 'reset', 'connection_failed'],
    ['hangs', 'hang', 'timeout'],
    ['sends 500', 500, 'status'],
    ['sends 429', 429, 'status'],
    ['sends a web page', 'html', 'not_json'],
    ['sends half of it', 'truncated', 'connection_failed'],
    ['redirects', 'redirect', 'redirected'],
    ['sends what cannot be read', 'gzip-bomb', 'unreadable'],
  ])('is one that %s', async (_, fault, reason) => {
    const timeoutMs = fault === 'hang' ? 100 : 2000
    const setup = await setUp({ breaker: { failures: 1 }, timeoutMs })
    await failures(setup, 1, fault)
    expect(await setup.ask()).toBe('503 introspection_paused')
    expect(changes).toMatchObject([{ state: 'open', reason }])
  })

  it.each<[string, Fault, string]>([
    ['refuses our credentials', 401, 'client_refused'],
    ['refuses us', 403, 'client_refused'],
    ['dislikes the question', 400, 'client_refused'],
    ['is not there', 404, 'introspection_failed'],
    ['says too much of a token', 'huge', 'introspection_failed'],
  ])('is none that %s: that may be about the token', async (_, fault, reason) => {
    const { as, ask } = await setUp({ breaker: { failures: 1 } })
    as.fail('introspection', fault)
    expect([await ask(), await ask()]).toEqual(times(2, `503 ${reason}`))
    expect(changes).toEqual([])
  })

  it('answers again when it refuses our credentials after a pause', async () => {
    const setup = await setUp({ breaker: { failures: 1 } })
    const { as, ask, clock } = setup
    await failures(setup, 1)
    as.fail('introspection', 401)
    clock.pass(1)
    expect([await ask(), await ask()]).toEqual(times(2, '503 client_refused'))
    expect(changes.map(({ state }) => state)).toEqual(['open', 'half_open', 'closed'])
  })

  it('is none that cannot be asked about JWTs', async () => {
    const { as, protectedHere } = await setUp({ breaker: { failures: 1 } })
    as.fail('introspection', { status: 400, body: { error: 'unsupported_token_type' } })
    for (const _ of [1, 2]) {
      const told = await asked(protectedHere, await as.token(), { live: true })
      expect(told).toBe('503 live_unsupported')
    }
    expect(changes).toEqual([])
  })

  it('is none that was not asked, for want of a token of our own', async () => {
    const client = { method: 'bearer', token: () => Promise.reject(new Error('none')) } as const
    const { endpoint, protectedHere } = scripted({ client, breaker: { failures: 1 } })
    for (const token of ['a', 'b']) {
      expect(await asked(protectedHere, token)).toBe('503 introspection_failed')
    }
    expect(endpoint.questions).toHaveLength(0)
    expect(changes).toEqual([])
  })

  it('of one issuer has no bearing on another', async () => {
    const [down, up] = [await server(), await server()]
    const breaker = { failures: 1 }
    const protectedHere = api({
      issuers: [
        {
          issuer: down.issuer,
          introspection: { client: down.client, breaker },
          opaquePrefixes: ['down-'],
        },
        { issuer: up.issuer, introspection: { client: up.client, breaker } },
      ],
    })
    down.fail('introspection', 500)
    expect(await asked(protectedHere, 'down-1')).toBe('503 introspection_failed')
    expect(await asked(protectedHere, 'down-2')).toBe('503 introspection_paused')
    expect(await asked(protectedHere, await up.opaque())).toBe('accepted')
  })

  it('is asked no live question either', async () => {
    const setup = await setUp({ breaker: { failures: 1 } })
    const { as, protectedHere, questions } = setup
    await failures(setup, 1)
    const before = questions()
    const told = await asked(protectedHere, await as.token(), { live: true })
    expect(told).toBe('503 introspection_paused')
    expect(questions()).toBe(before)
  })

  it('is not left alone longer because the clock was set back', async () => {
    const setup = await setUp({ breaker: { failures: 1 } })
    const { as, ask, clock } = setup
    await failures(setup, 1)
    as.restore()
    clock.pass(-3600)
    expect(await ask()).toBe('503 introspection_paused')
    clock.pass(1)
    expect(await ask()).toBe('accepted')
  })

  it('is asked each time where breaker is false', async () => {
    const setup = await setUp({ breaker: false })
    await failures(setup, 20)
    setup.as.restore()
    expect(await setup.ask()).toBe('accepted')
    expect(changes).toEqual([])
  })
})

describe('a question that was begun before', () => {
  it('says nothing of what came after: it neither closes nor opens', async () => {
    const { clock, endpoint, protectedHere } = scripted({ breaker: { failures: 1 } })
    const early = ['good', 'late', 'failing'].map((token) => asked(protectedHere, token))
    await settled()
    endpoint.questions[2]?.fail()
    expect(await early[2]).toBe('503 introspection_failed')
    endpoint.questions[0]?.answer(active)
    expect(await early[0]).toBe('accepted')
    expect(await asked(protectedHere, 'next')).toBe('503 introspection_paused')
    clock.pass(1)
    const probe = asked(protectedHere, 'probe')
    await settled()
    endpoint.questions[3]?.answer(active)
    expect(await probe).toBe('accepted')
    endpoint.questions[1]?.fail()
    expect(await early[1]).toBe('503 introspection_failed')
    expect(changes.map(({ state }) => state)).toEqual(['open', 'half_open', 'closed'])
  })

  it('and waited for its turn gets its 503 at once, and is not sent', async () => {
    const { endpoint, protectedHere } = scripted({ breaker: { failures: 1 }, maxConcurrent: 1 })
    const all = ['a', 'b', 'c'].map((token) => asked(protectedHere, token))
    await settled()
    endpoint.questions[0]?.fail()
    expect(await Promise.all(all)).toEqual([
      '503 introspection_failed',
      '503 introspection_paused',
      '503 introspection_paused',
    ])
    expect(endpoint.questions).toHaveLength(1)
    expect(introspectionOf(protectedHere)).toMatchObject({ busy: 0, paused: 2 })
  })

  it('and waited gets its 503 at once also where those before it go on', async () => {
    const { clock, endpoint, protectedHere } = scripted({
      timeoutMs: 3_600_000,
      breaker: { failures: 1 },
      maxConcurrent: 2,
    })
    endpoint.always = (question) => question.answer(active)
    await asked(protectedHere, 'known')
    clock.pass(30)
    endpoint.always = undefined
    const [hanging, waiting, failing] = ['random-1', 'random-2', 'known'].map((token) =>
      asked(protectedHere, token),
    )
    await settled()
    endpoint.questions[2]?.fail()
    expect(await failing).toBe('503 introspection_failed')
    expect(await waiting).toBe('503 introspection_paused')
    endpoint.questions[1]?.answer(inactive)
    expect(await hanging).toBe('401 inactive')
    expect(endpoint.questions.map(({ token }) => token)).toEqual(['known', 'random-1', 'known'])
  })

  it('and came to nothing lets the next one find out', async () => {
    let token: string | undefined = 'own'
    const client = { method: 'bearer', token: async () => token ?? '' } as const
    const { clock, endpoint, protectedHere } = scripted({ client, breaker: { failures: 1 } })
    endpoint.always = (question) => question.fail()
    expect(await asked(protectedHere, 'a')).toBe('503 introspection_failed')
    clock.pass(1)
    token = undefined
    expect(await asked(protectedHere, 'b')).toBe('503 introspection_failed')
    token = 'own'
    endpoint.always = (question) => question.answer(active)
    expect(await asked(protectedHere, 'c')).toBe('accepted')
    expect(changes.map(({ state }) => state)).toEqual(['open', 'half_open', 'closed'])
  })
})

describe('Retry-After of the endpoint (RFC 9110 section 10.2.3)', () => {
  it.each<[number, string, BreakerOptions | false]>([
    [503, 'seconds', {}],
    [429, 'seconds', {}],
    [503, 'a date', {}],
    [429, 'seconds', false],
  ])('of a %i, as %s, is waited for: with breaker %j', async (status, form, breaker) => {
    const { as, ask, clock, protectedHere, questions } = await setUp({ breaker })
    const field = form === 'seconds' ? '17' : new Date(clock.now + 17_000).toUTCString()
    as.fail('introspection', { status, headers: { 'retry-after': field } }, { times: 1 })
    expect(await retryAfter(protectedHere, await opaque(as))).toBe(17)
    const before = questions()
    clock.pass(10)
    expect(await retryAfter(protectedHere, await opaque(as))).toBe(7)
    clock.now += 6999
    expect(await ask()).toBe('503 introspection_paused')
    expect(questions()).toBe(before)
    clock.now += 1
    expect(await ask()).toBe('accepted')
  })

  it('of more than five minutes is looked after in five', async () => {
    const { as, ask, clock } = await setUp()
    as.fail('introspection', { status: 503, headers: { 'retry-after': '86400' } }, { times: 1 })
    await ask()
    clock.now += 299_999
    expect(await ask()).toBe('503 introspection_paused')
    clock.now += 1
    expect(await ask()).toBe('accepted')
  })

  it('does not shorten the pause', async () => {
    const { as, ask, clock } = await setUp({ breaker: { failures: 1 } })
    as.fail('introspection', { status: 503, headers: { 'retry-after': '2' } })
    for (let count = 0; count < 3; count++) {
      await ask()
      clock.pass(2)
    }
    expect(pauses()).toEqual([2000, 2000, 4000])
  })

  it('is none where it says no time', async () => {
    const { as, ask } = await setUp()
    as.fail('introspection', { status: 503, headers: { 'retry-after': 'soon' } }, { times: 1 })
    expect(await ask()).toBe('503 introspection_failed')
    expect(await ask()).toBe('accepted')
  })
})

describe('questions at once', () => {
  it('are as many as maxConcurrent, three quarters of it about tokens that were not good lately', async () => {
    const { endpoint, protectedHere } = scripted({ maxConcurrent: 8 })
    const all = Array.from({ length: 20 }, (_, index) => asked(protectedHere, `t-${index}`))
    await settled()
    expect(endpoint.questions).toHaveLength(6)
    expect(introspectionOf(protectedHere)).toMatchObject({ underWay: 6, waiting: 14 })
    endpoint.always = (question) => question.answer(active)
    for (const question of [...endpoint.questions]) question.answer(active)
    expect(await Promise.all(all)).toEqual(times(20, 'accepted'))
    expect(endpoint.most).toBe(6)
    expect(introspectionOf(protectedHere)).toMatchObject({ underWay: 0, waiting: 0, busy: 0 })
  })

  it('about tokens that were good lately go first, and have a part of their own', async () => {
    const { clock, endpoint, protectedHere } = scripted({ maxConcurrent: 2 })
    endpoint.always = (question) => question.answer(active)
    const known = ['known-1', 'known-2', 'known-3']
    for (const token of known) expect(await asked(protectedHere, token)).toBe('accepted')
    endpoint.always = undefined
    endpoint.questions.length = 0
    clock.pass(30)
    const flood = Array.from({ length: 5 }, (_, index) => asked(protectedHere, `random-${index}`))
    const good = known.map((token) => asked(protectedHere, token))
    const sent = () => endpoint.questions.map(({ token }) => token)
    await settled()
    expect(sent()).toEqual(['random-0', 'known-1'])
    endpoint.questions[0]?.answer(inactive)
    await settled()
    expect(sent().slice(2)).toEqual(['known-2'])
    endpoint.questions[1]?.answer(active)
    await settled()
    expect(sent().slice(3)).toEqual(['known-3'])
    endpoint.always = (question) => question.answer(inactive)
    endpoint.questions[2]?.answer(active)
    endpoint.questions[3]?.answer(active)
    expect(await Promise.all(good)).toEqual(times(3, 'accepted'))
    expect(await Promise.all(flood)).toEqual(times(5, '401 inactive'))
  })

  it('about a token that was found inactive go with the unknown ones', async () => {
    const { clock, endpoint, protectedHere } = scripted({ maxConcurrent: 2 })
    endpoint.always = (question) => question.answer(active)
    await asked(protectedHere, 'revoked')
    clock.pass(30)
    endpoint.always = (question) => question.answer(inactive)
    await asked(protectedHere, 'revoked')
    clock.pass(30)
    endpoint.always = undefined
    const waiting = [asked(protectedHere, 'random'), asked(protectedHere, 'revoked')]
    await settled()
    expect(endpoint.questions.slice(2).map(({ token }) => token)).toEqual(['random'])
    endpoint.always = (question) => question.answer(inactive)
    endpoint.questions[2]?.answer(inactive)
    expect(await Promise.all(waiting)).toEqual(times(2, '401 inactive'))
  })

  it('about verified JWTs go first: nobody makes those up', async () => {
    const { as, ask, protectedHere, questions } = await setUp({ maxConcurrent: 2 })
    as.fail('introspection', 'hold')
    const first = as.nextRequest('introspection')
    const flood = [ask(), ask(), ask()]
    await first
    const second = as.nextRequest('introspection')
    const live = asked(protectedHere, await as.token(), { live: true })
    await second
    expect(questions()).toBe(2)
    as.restore()
    expect(await live).toBe('accepted')
    expect(await Promise.all(flood)).toEqual(times(3, 'accepted'))
  })

  it('wait in a short queue; more get 503 with a reason of its own', async () => {
    const { endpoint, protectedHere } = scripted({ maxConcurrent: 1 })
    const all = Array.from({ length: 1 + 16 }, (_, index) => asked(protectedHere, `t-${index}`))
    expect(await asked(protectedHere, 'one-more')).toBe('503 introspection_busy')
    expect(await retryAfter(protectedHere, 'another')).toBe(1)
    expect(introspectionOf(protectedHere)).toMatchObject({ underWay: 1, waiting: 16, busy: 2 })
    endpoint.always = (question) => question.answer(active)
    endpoint.questions[0]?.answer(active)
    expect(await Promise.all(all)).toEqual(times(17, 'accepted'))
  })

  it('wait for three quarters of timeoutMs at most, and no caller longer than all of it', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] })
    try {
      const { endpoint, protectedHere } = scripted({ maxConcurrent: 1, timeoutMs: 1000 })
      const ended: string[] = []
      const asking = (token: string) =>
        asked(protectedHere, token).then((told) => void ended.push(`${token}: ${told}`))
      const all = [asking('first'), asking('second'), asking('third')]
      await settled()
      jest.advanceTimersByTime(700)
      endpoint.questions[0]?.answer(active)
      await settled()
      jest.advanceTimersByTime(50)
      await settled()
      expect(ended).toEqual(['first: accepted', 'third: 503 introspection_busy'])
      // The second was sent after 700 ms, and its time is over all the same.
      jest.advanceTimersByTime(249)
      await settled()
      expect(ended).toHaveLength(2)
      jest.advanceTimersByTime(1)
      await Promise.all(all)
      expect(ended[2]).toBe('second: 503 introspection_failed')
    } finally {
      jest.useRealTimers()
    }
  })

  it('that could not be sent in time say nothing of the server', async () => {
    const { endpoint, protectedHere } = scripted({
      maxConcurrent: 1,
      timeoutMs: 60,
      breaker: { failures: 2 },
    })
    const all = ['a', 'b', 'c', 'd'].map((token) => asked(protectedHere, token))
    expect((await Promise.all(all)).sort()).toEqual([
      ...times(3, '503 introspection_busy'),
      '503 introspection_failed',
    ])
    expect(changes).toEqual([])
    expect(endpoint.questions).toHaveLength(1)
  })

  it('end with the resource server, also those that wait', async () => {
    const { protectedHere } = scripted({ maxConcurrent: 1 })
    const all = ['a', 'b'].map((token) => asked(protectedHere, token))
    await settled()
    await protectedHere.close()
    expect(await Promise.all(all)).toEqual(times(2, '503 closed'))
  })
})

describe('health()', () => {
  it('tells how introspection goes, issuer by issuer', async () => {
    const setup = await setUp({ breaker: { failures: 1 } })
    const { as, ask, clock, protectedHere } = setup
    expect(introspectionOf(protectedHere)).toBeUndefined()
    const idle = { underWay: 0, waiting: 0, busy: 0, paused: 0, misshapen: 0 }
    const begun = clock.now
    await ask()
    expect(introspectionOf(protectedHere)).toEqual({ state: 'closed', since: begun, ...idle })
    clock.pass(5)
    await failures(setup, 1, 'html')
    await ask()
    const open = { state: 'open', since: begun + 5000, reason: 'not_json', ...idle, paused: 1 }
    expect(introspectionOf(protectedHere)).toEqual(open)
    expect(protectedHere.health().status).toBe('degraded')
    as.restore()
    clock.pass(1)
    await ask()
    const closed = { state: 'closed', since: begun + 6000, ...idle, paused: 1 }
    expect(introspectionOf(protectedHere)).toEqual(closed)
    expect(Object.isFrozen(introspectionOf(protectedHere))).toBe(true)
    expect(protectedHere.health().status).toBe('ok')
  })

  it('says unavailable where nothing but introspection verifies', async () => {
    const { endpoint, protectedHere } = scripted({ breaker: { failures: 1 } })
    endpoint.always = (question) => question.fail()
    await asked(protectedHere, 'a')
    expect(protectedHere.health()).toMatchObject({
      status: 'unavailable',
      issuers: [{ status: 'unavailable', introspection: { state: 'open' } }],
    })
  })
})

describe('a good verdict that is stale', () => {
  const stale = { cache: { staleSeconds: 60 } }

  it('serves while the endpoint is unavailable, for staleSeconds and no longer', async () => {
    const { as, clock, protectedHere } = await setUp({}, stale)
    const token = await opaque(as)
    await asked(protectedHere, token)
    as.fail('introspection', 'down')
    clock.now += 30_000
    expect(await asked(protectedHere, token)).toBe('accepted')
    clock.now += 59_999
    expect(await asked(protectedHere, token)).toBe('accepted')
    clock.now += 1
    expect(await asked(protectedHere, token)).toBe('503 introspection_failed')
    as.restore()
    expect(await asked(protectedHere, token)).toBe('accepted')
  })

  it('serves nobody unless staleSeconds says so', async () => {
    const { as, clock, protectedHere } = await setUp()
    const token = await opaque(as)
    await asked(protectedHere, token)
    as.fail('introspection', 'down')
    clock.pass(30)
    expect(await asked(protectedHere, token)).toBe('503 introspection_failed')
  })

  it('serves in whichever way the endpoint is unavailable', async () => {
    const { as, ask, clock, protectedHere } = await setUp({ breaker: { failures: 2 } }, stale)
    const token = await opaque(as)
    await asked(protectedHere, token)
    clock.pass(30)
    for (const fault of ['html', 401, 500, 'down'] as const) {
      as.fail('introspection', fault)
      expect(await asked(protectedHere, token)).toBe('accepted')
    }
    expect(await ask()).toBe('503 introspection_paused')
    expect(await asked(protectedHere, token)).toBe('accepted')
  })

  it('does not serve when the endpoint answers: revoked is revoked, and stays so in an outage', async () => {
    const { as, clock, protectedHere } = await setUp({}, stale)
    const token = await opaque(as)
    await asked(protectedHere, token)
    clock.pass(30)
    as.revoke(token)
    expect(await asked(protectedHere, token)).toBe('401 inactive')
    as.fail('introspection', 'down')
    clock.pass(10)
    expect(await asked(protectedHere, token)).toBe('503 introspection_failed')
    expect(protectedHere.health().cache.good).toBe(0)
  })

  it('IN-4: never serves beyond exp, to the millisecond (RFC 7662 section 4)', async () => {
    const { as, clock, protectedHere } = await setUp({}, stale)
    const token = await as.opaque({ expiresInSeconds: 40 })
    await asked(protectedHere, token)
    as.fail('introspection', 'down')
    clock.now += 39_999
    expect(await asked(protectedHere, token)).toBe('accepted')
    clock.now += 1
    expect(await asked(protectedHere, token)).toBe('503 introspection_failed')
    expect(protectedHere.health().cache.good).toBe(0)
  })

  it('IN-4: does not serve where exp came before its age (RFC 7662 section 4)', async () => {
    const { as, clock, protectedHere } = await setUp({}, stale)
    const token = await as.opaque({ expiresInSeconds: 10 })
    await asked(protectedHere, token)
    as.fail('introspection', 'down')
    clock.pass(10)
    expect(await asked(protectedHere, token)).toBe('503 introspection_failed')
  })

  it('IN-4: does not serve where exp came while it was asked about (RFC 7662 section 4)', async () => {
    const { clock, endpoint, protectedHere } = scripted({}, stale)
    const exp = clock.seconds + 40
    endpoint.always = (question) => question.answer({ ...active, exp })
    await asked(protectedHere, 'token')
    clock.pass(35)
    endpoint.always = undefined
    const waiting = asked(protectedHere, 'token')
    await settled()
    clock.pass(5)
    endpoint.questions[1]?.fail()
    expect(await waiting).toBe('503 introspection_failed')
  })

  it('serves where the answer names no end', async () => {
    const { as, clock, protectedHere } = await setUp({}, stale)
    const token = await as.opaque({ response: { exp: 0 } })
    await asked(protectedHere, token)
    as.fail('introspection', 'down')
    clock.pass(60)
    expect(await asked(protectedHere, token)).toBe('accepted')
  })

  it('never serves a route that demands live', async () => {
    const { as, clock, protectedHere } = await setUp({}, stale)
    const token = await opaque(as)
    await asked(protectedHere, token)
    as.fail('introspection', 'down')
    clock.pass(30)
    expect(await asked(protectedHere, token, { live: true })).toBe('503 introspection_failed')
    expect(await asked(protectedHere, token)).toBe('accepted')
  })

  it('does not serve once a live question was answered with no, also while it is asked about', async () => {
    const { clock, endpoint, protectedHere } = scripted({}, stale)
    endpoint.always = (question) => question.answer(active)
    await asked(protectedHere, 'token')
    clock.pass(20)
    endpoint.always = undefined
    const live = asked(protectedHere, 'token', { live: true })
    await settled()
    clock.pass(10)
    const waiting = asked(protectedHere, 'token')
    await settled()
    endpoint.questions[1]?.answer(inactive)
    expect(await live).toBe('401 not_live')
    endpoint.questions[2]?.fail()
    expect(await waiting).toBe('503 introspection_failed')
    endpoint.always = (question) => question.fail()
    expect(await asked(protectedHere, 'token')).toBe('503 introspection_failed')
  })

  it('does not serve once all was let go, as the clock was set back, also while it is asked about', async () => {
    const { clock, endpoint, protectedHere } = scripted({}, stale)
    endpoint.always = (question) => question.answer(active)
    await asked(protectedHere, 'token')
    clock.pass(30)
    endpoint.always = undefined
    const waiting = asked(protectedHere, 'token')
    await settled()
    clock.pass(-10)
    endpoint.always = (question) => question.answer(inactive)
    expect(await asked(protectedHere, 'other')).toBe('401 inactive')
    endpoint.questions[1]?.fail()
    expect(await waiting).toBe('503 introspection_failed')
  })

  it('is no matter of JWTs: they need nobody', async () => {
    const { as, clock, protectedHere } = await setUp({}, stale)
    const token = await as.token({ expiresInSeconds: 10 })
    for (const _ of [1, 2, 3]) await asked(protectedHere, token)
    await as.stop()
    clock.pass(15)
    expect(await asked(protectedHere, token)).toBe('401 expired')
  })

  it('is told of by the cache, and in the decision', async () => {
    const { as, clock, protectedHere } = await setUp({}, stale)
    const seen: string[] = []
    const onCache = (event: unknown) => void seen.push((event as CacheEvent).outcome)
    const onDecision = (event: unknown) =>
      void seen.push(`decided: ${(event as DecisionEvent).cache}`)
    const token = await opaque(as)
    await asked(protectedHere, token)
    as.fail('introspection', 'down')
    clock.pass(30)
    subscribe('scopegate:cache', onCache)
    subscribe('scopegate:decision', onDecision)
    await asked(protectedHere, token)
    as.restore()
    as.revoke(token)
    await asked(protectedHere, token)
    unsubscribe('scopegate:cache', onCache)
    unsubscribe('scopegate:decision', onDecision)
    expect(seen).toEqual(['miss', 'stale', 'decided: stale', 'miss', 'dropped', 'decided: miss'])
  })
})

describe('floods of opaque tokens', () => {
  const tokenShape = { prefix: 'at_', minLength: 10, maxLength: 12, alphabet: 'hex' } as const

  it.each([
    ['another prefix', 'bt_0123456', false],
    ['too few characters', 'at_012345', false],
    ['too many characters', 'at_0123456789', false],
    ['another character', 'at_012345g', false],
    ['another character at the end', 'at_0123456_', false],
    ['the least that fits', 'at_0123456', true],
    ['the most that fits', 'at_abcdefABC', true],
  ])('are refused by their shape, and nobody is asked: %s', async (_, token, fits) => {
    const { endpoint, protectedHere } = scripted({ tokenShape })
    endpoint.always = (question) => question.answer(active)
    expect(await asked(protectedHere, token)).toBe(fits ? 'accepted' : '401 wrong_shape')
    expect(endpoint.questions).toHaveLength(fits ? 1 : 0)
    expect(introspectionOf(protectedHere)?.misshapen).toBe(fits ? 0 : 1)
    // Looking again costs less than remembering.
    expect(protectedHere.health().cache).toEqual({ good: fits ? 1 : 0, bad: 0 })
  })

  it.each<[NonNullable<IntrospectionOptions['tokenShape']>, string, string]>([
    [{ alphabet: 'alphanumeric' }, 'aZ09', 'a-9'],
    [{ alphabet: 'base64url' }, 'aZ09-_', 'aZ09~'],
    [{ alphabet: 'base64' }, 'aZ09+/=', 'aZ09-'],
    [{ alphabet: 'hex' }, 'aF09', 'aG09'],
    [{ alphabet: { characters: 'ab.-' } }, 'a.b-', 'a.c-'],
    [{ prefix: 'x~' }, 'x~-._', 'x-~'],
    [{ minLength: 3 }, 'abc', 'ab'],
    [{ maxLength: 3 }, 'abc', 'abcd'],
  ])('fit the shape %j or not', async (given, good, bad) => {
    const { endpoint, protectedHere } = scripted({ tokenShape: given })
    endpoint.always = (question) => question.answer(active)
    expect(await asked(protectedHere, good)).toBe('accepted')
    expect(await asked(protectedHere, bad)).toBe('401 wrong_shape')
  })

  it('have no shape in common with verified JWTs, which are asked about all the same', async () => {
    const { as, protectedHere } = await setUp({ tokenShape })
    expect(await asked(protectedHere, await as.token(), { live: true })).toBe('accepted')
  })

  it('of 3,000 at once ask 48 questions at a time, hold little, and leave good tokens alone', async () => {
    const { clock, endpoint, protectedHere } = scripted(
      { timeoutMs: 3_600_000 },
      { cache: { maxEntries: 1000 } },
    )
    endpoint.always = (question) => question.answer(active)
    for (const token of ['fresh', 'known']) await asked(protectedHere, token)
    clock.pass(30)
    await asked(protectedHere, 'fresh')
    endpoint.always = undefined
    endpoint.questions.length = 0
    const outcomes = new Map<string, number>()
    const flood = Array.from({ length: 3000 }, async (_, index) => {
      const told = await asked(protectedHere, `random-${index}`)
      outcomes.set(told, (outcomes.get(told) ?? 0) + 1)
    })
    await settled()
    expect(endpoint.questions).toHaveLength(48)
    const turnedAway = 3000 - 48 - 1024
    expect(introspectionOf(protectedHere)).toMatchObject({
      underWay: 48,
      waiting: 1024,
      busy: turnedAway,
    })
    // A token that was good lately is asked about at once, and one that is held needs nobody.
    expect(await asked(protectedHere, 'fresh')).toBe('accepted')
    const known = asked(protectedHere, 'known')
    await settled()
    expect(endpoint.questions.at(-1)?.token).toBe('known')
    endpoint.questions.at(-1)?.answer(active)
    expect(await known).toBe('accepted')
    endpoint.always = (question) => question.answer(inactive)
    for (const question of endpoint.questions.slice(0, 48)) question.answer(inactive)
    await Promise.all(flood)
    expect(Object.fromEntries(outcomes)).toEqual({
      '503 introspection_busy': turnedAway,
      '401 inactive': 48 + 1024,
    })
    // Refusals have a map of their own: however many, they push out nothing good.
    expect(protectedHere.health().cache).toEqual({ good: 2, bad: 1000 })
  }, 60_000)
})
