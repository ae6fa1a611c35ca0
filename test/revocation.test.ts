import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  type Auth,
  ConfigurationError,
  InvalidToken,
  type ResourceServer,
  type ResourceServerOptions,
  type RevocationEvent,
  type RevocationSelector,
  resourceServer,
  type Store,
} from '../lib/index.ts'
import { readRevocation } from '../lib/revocation/read-revocation.ts'
import type { LogFollower } from '../lib/store/store.ts'
import { memoryStore, type TestAuthorizationServer } from '../lib/testing/index.ts'
import { accepted, asked, closingAfter, resource, TestClock } from './fixtures/protected-api.ts'

const { server, api } = closingAfter('each')
const revoked = '401 revoked'

async function setUp(options: Partial<ResourceServerOptions> = {}) {
  const clock = new TestClock()
  const as = await server({ clock: clock.read })
  return { clock, as, api: api({ ...as.options, clock: clock.read, ...options }) }
}

/** A token with all that revocations know tokens by. */
function described(as: TestAuthorizationServer, more: object = {}): Promise<string> {
  const claims = { sub: 'alice', client_id: 'shop', jti: 'token-1', sid: 'session-1', ...more }
  return as.token({ claims })
}

const heard: RevocationEvent[] = []
const listen = (event: unknown) => void heard.push(event as RevocationEvent)

afterEach(() => {
  unsubscribe('scopegate:revocation', listen)
  heard.length = 0
})

describe('revoke()', () => {
  it.each<[string, RevocationSelector]>([
    ['jti', { jti: 'token-1' }],
    ['session', { session: 'session-1' }],
    ['subject', { subject: 'alice' }],
    ['client', { clientId: 'shop' }],
    ['subject and client', { subject: 'alice', clientId: 'shop' }],
  ])('refuses tokens by %s, also one whose verdict is cached', async (_, selector) => {
    const { as, api } = await setUp()
    const token = await described(as)
    const other = await as.token({ claims: { sub: 'bob', client_id: 'other', jti: 'token-2' } })
    for (const one of [token, token, token, other]) {
      expect(await asked(api, one)).toBe('accepted')
    }
    await api.revoke(selector)
    expect(await asked(api, token)).toBe(revoked)
    expect(await asked(api, await described(as, { extra: 1 }))).toBe(revoked)
    expect(await asked(api, other)).toBe('accepted')
  })

  it('refuses one token, and no other, by the token itself', async () => {
    const { as, api } = await setUp()
    for (const make of [() => as.token(), () => as.opaque()]) {
      const [token, other] = [await make(), await make()]
      expect(await asked(api, token)).toBe('accepted')
      await api.revoke({ token })
      expect(await asked(api, token)).toBe(revoked)
      expect(await asked(api, other)).toBe('accepted')
    }
  })

  it.each(['ES256', 'ES384', 'ES512'] as const)(
    'refuses a token also with the other signature that %s has of it',
    async (algorithm) => {
      const clock = new TestClock()
      const as = await server({ clock: clock.read, algorithms: [algorithm] })
      const protectedApi = api({ ...as.options, clock: clock.read })
      const [token, other] = [await as.token(), await as.token()]
      const again = withOtherSignature(token, algorithm)
      expect(again).not.toBe(token)
      // Anybody can make it, and it verifies: (r, s) and (r, n - s) are both signatures.
      expect(await asked(protectedApi, again)).toBe('accepted')
      const signal = protectedApi.signal(await accepted(protectedApi, again))
      await protectedApi.revoke({ token })
      expect(await asked(protectedApi, token)).toBe(revoked)
      expect(await asked(protectedApi, again)).toBe(revoked)
      expect(signal.aborted).toBe(true)
      expect(await asked(protectedApi, other)).toBe('accepted')
    },
  )

  it('tells opaque tokens apart by all that they are', async () => {
    const { as, api } = await setUp()
    const [one, other] = ['a.b.c', 'a.b.d'].map((token) => as.opaque({ token }))
    expect(await asked(api, await other!)).toBe('accepted')
    await api.revoke({ token: await one! })
    expect(await asked(api, await one!)).toBe(revoked)
    expect(await asked(api, await other!)).toBe('accepted')
  })

  it('refuses before its promise resolves', async () => {
    const { as, api } = await setUp()
    const token = await as.token()
    expect(await asked(api, token)).toBe('accepted')
    const promise = api.revoke({ token })
    expect(await asked(api, token)).toBe(revoked)
    await promise
  })

  it('refuses only what has all members of the selector', async () => {
    const { as, api } = await setUp()
    const token = await described(as)
    await api.revoke({ subject: 'alice', clientId: 'another' })
    await api.revoke({ subject: 'alice', session: 'another' })
    await api.revoke({ jti: 'another', subject: 'alice' })
    expect(await asked(api, token)).toBe('accepted')
  })

  it('leaves alone what was issued after the second of the revocation', async () => {
    const { clock, as, api } = await setUp()
    await api.revoke({ subject: 'alice' })
    expect(await asked(api, await described(as))).toBe(revoked)
    clock.pass(1)
    expect(await asked(api, await described(as))).toBe('accepted')
    await api.revoke({ subject: 'alice', issuedUntil: clock.seconds - 1 })
    expect(await asked(api, await described(as))).toBe('accepted')
    await api.revoke({ subject: 'alice', issuedUntil: clock.seconds })
    expect(await asked(api, await described(as))).toBe(revoked)
  })

  it('is not undone by an earlier one for the same tokens', async () => {
    const { clock, as, api } = await setUp()
    const token = await described(as)
    await api.revoke({ subject: 'alice' })
    await api.revoke({ subject: 'alice', issuedUntil: clock.seconds - 60 })
    expect(await asked(api, token)).toBe(revoked)
  })

  it('takes a token without iat for old', async () => {
    const { as, api } = await setUp()
    const token = await as.opaque({ response: { sub: 'alice', iat: undefined } })
    await api.revoke({ subject: 'alice', issuedUntil: 1 })
    expect(await asked(api, token)).toBe(revoked)
  })

  it('refuses all that was issued up to a time', async () => {
    const { clock, as, api } = await setUp()
    const [jwt, opaque] = [await as.token(), await as.opaque()]
    await api.revoke({ issuedUntil: clock.seconds })
    expect(await asked(api, jwt)).toBe(revoked)
    expect(await asked(api, opaque)).toBe(revoked)
    clock.pass(1)
    expect(await asked(api, await as.token())).toBe('accepted')
  })

  it('holds until the token expires', async () => {
    const { clock, as, api } = await setUp({ revocation: { maxTokenAgeSeconds: 60 } })
    const token = await as.token({ expiresInSeconds: 7200 })
    await api.revoke({ token })
    for (const seconds of [59, 2, 3600, 3500]) {
      clock.pass(seconds)
      expect(await asked(api, token)).toBe(revoked)
      await api.revoke({ subject: 'somebody else' })
    }
    clock.pass(3600)
    expect(await asked(api, token)).toBe('401 expired')
  })

  it('holds for the age that tokens may reach, and no longer', async () => {
    const { clock, as, api } = await setUp({ revocation: { maxTokenAgeSeconds: 3600 } })
    const token = await as.opaque({ response: { sub: 'alice' }, expiresInSeconds: 86_400 })
    await api.revoke({ subject: 'alice' })
    clock.pass(3599)
    expect(await asked(api, token)).toBe(revoked)
    clock.pass(1)
    expect(await asked(api, token)).toBe('accepted')
  })

  it('is by issuer: the same subject of another one is somebody else', async () => {
    const clock = new TestClock()
    const [one, other] = [await server({ clock: clock.read }), await server({ clock: clock.read })]
    const both = api({
      issuers: [one, other].flatMap(({ options }) =>
        [options.issuers].flat().map(({ introspection: _, ...local }) => local),
      ),
      clock: clock.read,
    })
    const [a, b] = [await described(one), await described(other)]
    await both.revoke({ issuer: one.issuer, subject: 'alice' })
    expect(await asked(both, a)).toBe(revoked)
    expect(await asked(both, b)).toBe('accepted')
    await expect(both.revoke({ subject: 'alice' })).rejects.toThrow(
      'selector.issuer: is required: several authorization servers are trusted',
    )
    await expect(both.revoke({ issuer: `${one.issuer}x`, subject: 'a' })).rejects.toThrow(
      'selector.issuer: must be one of the configured issuers',
    )
  })

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'revoke(selector) takes an object such as { token } or { subject }'],
    ['a token by itself', 'secret-token', 'revoke(selector) takes an object'],
    ['an empty selector', {}, 'selector: must say which tokens'],
    ['an issuer alone', { issuer: 'https://as.test' }, 'selector: must say which tokens'],
    ['a misspelt member', { sub: 'alice' }, 'selector.sub'],
    ['an empty subject', { subject: '' }, 'selector.subject: must be a non-empty string'],
    ['a token and more', { token: 'secret-token', subject: 'a' }, 'selector.subject: says nothing'],
    ['a whole field', { token: 'Bearer secret-token' }, 'selector.token: must be one access token'],
    ['a line end', { token: 'secret-token\n' }, 'selector.token: must be one access token'],
    ['an empty token', { token: '' }, 'selector.token: must be one access token'],
    ['the future', { issuedUntil: 9e9 }, 'selector.issuedUntil: must be a time in seconds'],
    ['no number', { issuedUntil: Number.NaN }, 'selector.issuedUntil: must be a time in seconds'],
    ['milliseconds', { subject: 'a', issuedUntil: Date.now() }, 'selector.issuedUntil: must be'],
  ])('says what is wrong with %s, and never tells a token', async (_, selector, says) => {
    const { api } = await setUp()
    const error = await api.revoke(selector as never).then(
      () => undefined,
      (reason: unknown) => reason as Error,
    )
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error?.message).toContain(says)
    expect(error?.message).not.toContain('secret-token')
  })

  it('is told on a channel, without values', async () => {
    subscribe('scopegate:revocation', listen)
    const { as, api } = await setUp()
    await api.revoke({ subject: 'alice' })
    await api.revoke({ subject: 'alice' })
    await api.revoke({ token: await as.token() })
    await api.revoke({ issuedUntil: 1 })
    const of = { resource, outcome: 'revoked', origin: 'here' }
    expect(heard).toEqual([
      { ...of, by: 'subject', issuer: as.issuer },
      { ...of, by: 'token' },
      { ...of, by: 'issuedUntil', issuer: as.issuer },
    ])
  })

  it('refuses exactly what a plain reading of the selectors says', async () => {
    const { clock, as, api } = await setUp()
    const letters = fc.constantFrom('a', 'b')
    const selectors = fc.record(
      {
        jti: letters,
        session: letters,
        subject: letters,
        issuedUntil: fc.constantFrom(clock.seconds - 5, clock.seconds),
      },
      { requiredKeys: ['issuedUntil'] },
    )
    const values = ['a', 'b'] as const
    const tokens: { claims: Record<string, unknown>; token: string }[] = []
    for (const jti of values)
      for (const sid of values)
        for (const sub of values) {
          const claims = { jti, sid, sub, iat: clock.seconds - 3 }
          tokens.push({ claims, token: await as.token({ claims }) })
        }
    await fc.assert(
      fc.asyncProperty(fc.array(selectors, { minLength: 1, maxLength: 3 }), async (list) => {
        const fresh: ResourceServer = await setUpAgain(as, clock)
        for (const one of list) await fresh.revoke(one)
        for (const { claims, token } of tokens) {
          const isMeant = list.some(
            ({ jti, session, subject, issuedUntil }) =>
              (jti ?? claims['jti']) === claims['jti'] &&
              (session ?? claims['sid']) === claims['sid'] &&
              (subject ?? claims['sub']) === claims['sub'] &&
              (claims['iat'] as number) <= issuedUntil,
          )
          expect(await asked(fresh, token)).toBe(isMeant ? revoked : 'accepted')
        }
        await fresh.close()
      }),
      { numRuns: 60 },
    )
    await api.close()
  }, 60_000)
})

async function setUpAgain(as: TestAuthorizationServer, clock: TestClock): Promise<ResourceServer> {
  const fresh = api({ ...as.options, clock: clock.read })
  await fresh.ready()
  return fresh
}

describe('a signal', () => {
  it('fires when its token is revoked, and no other', async () => {
    const { as, api } = await setUp()
    const [one, other] = [await described(as), await as.token({ claims: { sub: 'bob' } })]
    const signals = []
    for (const token of [one, other]) signals.push(api.signal((await accepted(api, token)) as Auth))
    await api.revoke({ subject: 'alice' })
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
    expect(signals[0]?.reason).toBeInstanceOf(InvalidToken)
    expect(signals[0]?.reason).toMatchObject({ code: 'invalid_token', reason: 'revoked' })
  })

  it('has fired already for a token that was revoked meanwhile', async () => {
    const { as, api } = await setUp()
    const auth = await accepted(api, await described(as))
    await api.revoke({ subject: 'alice' })
    expect(api.signal(auth).aborted).toBe(true)
  })

  it('fires for a token without an expiry, and for the last of many', async () => {
    const { as, api } = await setUp()
    const signals = []
    for (let count = 0; count < 250; count++) {
      const token = await as.opaque({ response: { sub: `user-${count}`, exp: undefined } })
      signals.push(api.signal(await accepted(api, token)))
    }
    await api.revoke({ subject: 'user-3' })
    await api.revoke({ subject: 'user-249' })
    const fired = signals.flatMap(({ aborted }, index) => (aborted ? [index] : []))
    expect(fired).toEqual([3, 249])
  })

  it.each<[string, object]>([
    ['with an expiry', {}],
    ['without one', { exp: undefined }],
  ])('fires for a token %s also where nothing but a listener is left of it', async (_, more) => {
    const { as, api } = await setUp(askedEachTime)
    let fired = 0
    const listen = async (token: string) => {
      const { signal } = await signalOf(api, token)
      signal.addEventListener('abort', () => fired++)
    }
    await listen(await as.opaque({ response: { sub: 'alice', ...more } }))
    await collectGarbage()
    await api.revoke({ subject: 'alice' })
    expect(fired).toBe(1)
  })

  it('is one for a token that is asked about each time, as long as its end is the same', async () => {
    const { clock, as, api } = await setUp(askedEachTime)
    const response = { sub: 'alice', jti: 'same', exp: clock.seconds + 60 }
    const token = await as.opaque({ response })
    const first = await signalOf(api, token)
    const second = await signalOf(api, token)
    expect(second.auth).not.toBe(first.auth)
    expect(second.signal).toBe(first.signal)
    const other = await signalOf(api, await as.opaque({ response }))
    expect(other.signal).not.toBe(first.signal)
    await as.opaque({ token, response: { ...response, exp: clock.seconds + 90 } })
    const later = await signalOf(api, token)
    expect(later.signal).not.toBe(first.signal)
    await api.revoke({ token })
    const all = [first, second, later, other].map(({ signal }) => signal.aborted)
    expect(all).toEqual([true, true, true, false])
    expect((await signalOf(api, await as.opaque({ response }))).signal.aborted).toBe(false)
  })

  it('is let go of when its token, which has no expiry, is older than tokens get', async () => {
    const { clock, as, api } = await setUp({
      ...askedEachTime,
      revocation: { maxTokenAgeSeconds: 60 },
    })
    const begin = async () => {
      const token = await as.opaque({ response: { exp: undefined } })
      return new WeakRef((await signalOf(api, token)).signal)
    }
    const old = await begin()
    const kept = await signalOf(api, await as.opaque({ response: { sub: 'bob', exp: undefined } }))
    clock.pass(59)
    const young = await begin()
    for (let count = 0; count < 97; count++) await begin()
    clock.pass(1)
    await begin()
    await collectGarbage()
    expect(old.deref()).toBeUndefined()
    expect(young.deref()).toBeDefined()
    // Whoever holds it hears of it all the same.
    await api.revoke({ subject: 'bob' })
    expect(kept.signal.aborted).toBe(true)
  })

  it('costs next to nothing at a revocation that means another', async () => {
    const { clock, as } = await setUp()
    let read = 0
    const counting = () => {
      read++
      return clock.now
    }
    const busy = api({ ...as.options, clock: counting })
    const signals = []
    for (let count = 0; count < 50; count++) {
      const token = await as.opaque({ response: { sub: `user-${count}` } })
      signals.push((await signalOf(busy, token)).signal)
    }
    read = 0
    await busy.revoke({ subject: 'user-7' })
    await busy.revoke({ token: 'another' })
    expect(read).toBeLessThan(20)
    expect(signals.filter(({ aborted }) => aborted)).toHaveLength(1)
  })

  it('does not fire once the resource server is closed', async () => {
    const { as, api } = await setUp()
    const { signal } = await signalOf(api, await described(as))
    const late = await accepted(api, await described(as, { late: true }))
    await api.close()
    const signals = [signal, api.signal(late)]
    await api.revoke({ subject: 'alice' })
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false])
  })
})

/** Each request has its token verified anew: nothing but signals is kept of it. */
const askedEachTime = { cache: { introspectionMaxAgeSeconds: 0 } }

async function signalOf(api: ResourceServer, token: string) {
  const auth = await accepted(api, token)
  return { auth, signal: api.signal(auth) }
}

/** What a weak reference gave in this turn is kept until it is over. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setImmediate(resolve))
    collect()
  }
}

describe('processes that share a store', () => {
  async function setUpTwo(options: Partial<ResourceServerOptions> = {}) {
    const clock = new TestClock()
    const as = await server({ clock: clock.read })
    const store = memoryStore({ clock: clock.read })
    const process = () => api({ ...as.options, clock: clock.read, store, ...options })
    return { clock, as, store, process, one: process(), other: process() }
  }

  it('refuse what another one revoked, whatever it was selected by', async () => {
    const { as, one, other } = await setUpTwo()
    const [a, b, c] = [await described(as), await as.token(), await as.opaque()]
    for (const token of [a, b, c]) {
      expect(await asked(one, token)).toBe('accepted')
      expect(await asked(other, token)).toBe('accepted')
    }
    await one.revoke({ subject: 'alice' })
    await one.revoke({ token: b })
    await other.revoke({ token: c })
    for (const token of [a, b, c]) {
      expect(await asked(one, token)).toBe(revoked)
      expect(await asked(other, token)).toBe(revoked)
    }
  })

  it('end the signals of what another one revoked', async () => {
    const { as, one, other } = await setUpTwo()
    const signal = other.signal(await accepted(other, await described(as)))
    await one.revoke({ session: 'session-1' })
    expect(signal.aborted).toBe(true)
  })

  it('hear of it when they start later, before the first request is decided', async () => {
    const { as, one, process } = await setUpTwo()
    const token = await described(as)
    await one.revoke({ subject: 'alice' })
    expect(await asked(process(), token)).toBe(revoked)
  })

  it('catch up after they were cut off, before they are current', async () => {
    subscribe('scopegate:revocation', listen)
    const { as, store, one, other } = await setUpTwo()
    const token = await described(as)
    expect(await asked(other, token)).toBe('accepted')
    store.fail('refused')
    await expect(one.revoke({ subject: 'alice' })).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    expect(await asked(one, token)).toBe(revoked)
    expect(await asked(other, token)).toBe('accepted')
    store.restore()
    await one.revoke({ subject: 'alice' })
    expect(await asked(other, token)).toBe(revoked)
    const outcomes = heard.map(({ outcome, origin }) => [outcome, origin].filter(Boolean).join(' '))
    expect(outcomes.filter((said) => said === 'behind')).toHaveLength(2)
    expect(outcomes.filter((said) => said === 'current')).toHaveLength(4)
    expect(outcomes.filter((said) => said === 'revoked store')).toHaveLength(1)
  })

  it.each<[string, Partial<ResourceServerOptions>, string]>([
    ['accept others while the store tells nothing', {}, 'accepted'],
    [
      'refuse nobody and accept nobody, where they must know',
      { revocation: { onStoreLoss: 'refuse' } },
      '503 revocations_unknown',
    ],
  ])('%s', async (_, options, expected) => {
    const { as, store, one, process } = await setUpTwo(options)
    const [token, bad] = [await described(as), await described(as, { sub: 'bob' })]
    expect(await asked(one, token)).toBe('accepted')
    await one.revoke({ subject: 'bob' })
    store.fail('refused')
    expect(await asked(one, token)).toBe(expected)
    expect(await asked(process(), token)).toBe(expected)
    const refused = expected !== 'accepted'
    expect(one.health()).toMatchObject({
      status: refused ? 'unavailable' : 'ok',
      revocations: { status: 'behind', refused },
    })
    // What is known to be revoked stays so.
    expect(await asked(one, bad)).toBe(revoked)
    store.restore()
    expect(await asked(one, token)).toBe('accepted')
    expect(one.health()).toMatchObject({
      status: 'ok',
      revocations: { status: 'current', refused: false },
    })
  })

  /** What a decision has come to by now, if to anything. */
  function followed(decision: Promise<string>): () => string | undefined {
    let decided: string | undefined
    void decision.then((outcome) => {
      decided = outcome
    })
    return () => decided
  }

  /** A store of which the test says when it tells its log. */
  function slowStore() {
    const store = memoryStore()
    const followers: LogFollower[] = []
    const follow: Store['follow'] = (_, follower) => {
      followers.push(follower)
      return async () => {}
    }
    return { store: { ...store, follow }, followers }
  }

  it.each<[keyof LogFollower & ('current' | 'lost'), string]>([
    ['current', 'accepted'],
    ['lost', '503 revocations_unknown'],
  ])('decide nothing before the log was read, or is %s', async (told, expected) => {
    const { as, clock } = await setUp()
    const { store, followers } = slowStore()
    const revocation = { onStoreLoss: 'refuse' } as const
    const waiting = api({ ...as.options, clock: clock.read, store, revocation })
    const token = await described(as)
    await waiting.ready()
    const soFar = followed(asked(waiting, token))
    await turns(20)
    expect(soFar()).toBeUndefined()
    for (const follower of followers) follower[told]()
    await turns(20)
    expect(soFar()).toBe(expected)
  })

  it.each<[keyof LogFollower & ('current' | 'lost'), string]>([
    ['current', 'accepted'],
    ['lost', '503 revocations_unknown'],
  ])('are not waited for where a store tells at once that it is %s', async (told, expected) => {
    const { as, clock } = await setUp()
    const follow: Store['follow'] = (_, follower) => {
      follower[told]()
      return async () => {}
    }
    const store = { ...memoryStore(), follow }
    const revocation = { onStoreLoss: 'refuse' } as const
    const telling = api({ ...as.options, clock: clock.read, store, revocation })
    const token = await described(as)
    await telling.ready()
    const soFar = followed(asked(telling, token))
    await turns(20)
    expect(soFar()).toBe(expected)
  })

  it('are no part of the health of a process that shares nothing', async () => {
    const { as, clock } = await setUp()
    expect(api({ ...as.options, clock: clock.read }).health()).not.toHaveProperty('revocations')
  })

  it('forget no earlier because another one remembers for a shorter time', async () => {
    const { clock, as, store, one } = await setUpTwo()
    const revocation = { maxTokenAgeSeconds: 60 }
    const hasty = api({ ...as.options, clock: clock.read, store, revocation })
    const token = await described(as)
    await one.revoke({ subject: 'alice' })
    await hasty.revoke({ subject: 'alice' })
    clock.pass(61)
    expect(await asked(one, token)).toBe(revoked)
    expect(await asked(hasty, token)).toBe(revoked)
  })

  it('know what was revoked also when the store forgot it', async () => {
    const { as, store, one, other } = await setUpTwo()
    const token = await described(as)
    await one.revoke({ subject: 'alice' })
    expect(await asked(other, token)).toBe(revoked)
    store.flush()
    expect(await asked(one, token)).toBe(revoked)
    expect(await asked(other, token)).toBe(revoked)
  })

  it('are not told by whoever writes in the store', async () => {
    const { as, store, one, other } = await setUpTwo()
    const token = await described(as)
    await one.revoke({ subject: 'somebody' })
    expect(await asked(other, token)).toBe('accepted')
    const [log] = [...store.dump().keys()].map((key) => key.replace(/ \d+$/, ''))
    const forged = { issuer: as.issuer, subject: 'alice', issuedUntil: 9e9, endsAtMs: 9e15 }
    for (const entry of [JSON.stringify(forged), '', 'x', '\0'.repeat(100)]) {
      store.plantEntry(log as string, Buffer.from(entry))
    }
    for (const nonsense of [undefined, null, 7, {}, 'text']) {
      store.plantEntry(log as string, nonsense)
    }
    expect(await asked(one, token)).toBe('accepted')
    expect(await asked(other, token)).toBe('accepted')
    await one.revoke({ subject: 'alice' })
    expect(await asked(other, token)).toBe(revoked)
  })

  it('must know what was revoked under fapi2', () => {
    expect(() =>
      resourceServer({
        resource,
        issuers: { issuer: 'https://as.example.com', introspection: { client } },
        profile: 'fapi2',
        revocation: { onStoreLoss: 'accept' },
      }),
    ).toThrow('revocation.onStoreLoss: must be "refuse" under `profile: "fapi2"`. Leave it out.')
  })
})

/** The orders of the curves (SEC 2 sections 2.4.2, 2.5.1 and 2.6.1). */
const orders = {
  ES256: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  ES384:
    0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  ES512:
    0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
}

/** The same token with (r, n - s) for (r, s). */
function withOtherSignature(token: string, algorithm: keyof typeof orders): string {
  const end = token.lastIndexOf('.') + 1
  const signature = Buffer.from(token.slice(end), 'base64url')
  const half = signature.length / 2
  const s = BigInt(`0x${signature.subarray(half).toString('hex')}`)
  const other = (orders[algorithm] - s).toString(16).padStart(half * 2, '0')
  const changed = Buffer.concat([signature.subarray(0, half), Buffer.from(other, 'hex')])
  return token.slice(0, end) + changed.toString('base64url')
}

/** Lets all that can go on without waiting go on. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

const client = { method: 'client_secret_basic', clientId: 'api', clientSecret: 's' } as const

describe('what another process wrote', () => {
  const whole = { issuer: 'https://as.test', subject: 'a', issuedUntil: 1, endsAtMs: 2 }

  it.each<[string, object]>([
    ['a member that is not known', { ...whole, tenant: 'x' }],
    ['a subject that is no text', { ...whole, subject: 7 }],
    ['no issuer', { subject: 'a', issuedUntil: 1, endsAtMs: 2 }],
    ['no time', { issuer: 'https://as.test', subject: 'a', endsAtMs: 2 }],
    ['a time that is none', { ...whole, issuedUntil: '1' }],
    ['no end', { issuer: 'https://as.test', subject: 'a', issuedUntil: 1 }],
    ['nothing', {}],
  ])('is no revocation with %s', (_, entry) => {
    expect(readRevocation(entry as Record<string, unknown>)).toBeUndefined()
    expect(readRevocation(whole)).toEqual(whole)
  })
})
