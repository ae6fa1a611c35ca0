import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import {
  type ClaimSet,
  type ProofEvent,
  type ResourceServer,
  type ResourceServerOptions,
  resourceServer,
  type StandardSchema,
  type Store,
  type StoreEvent,
} from '../lib/index.ts'
import {
  type DpopKey,
  dpopKey,
  type MemoryStore,
  memoryStore,
  type StoreFault,
  type TestAuthorizationServer,
  type TestAuthorizationServerOptions,
} from '../lib/testing/index.ts'
import { LeakSearch } from './fixtures/leak-search.ts'
import {
  accepted,
  asked,
  closingAfter,
  outcome,
  present,
  resource,
  TestClock,
} from './fixtures/protected-api.ts'

const opened = closingAfter('each')
const live = { live: true } as const

const events: StoreEvent[] = []
const proofEvents: ProofEvent[] = []
const onStore = (event: unknown) => void events.push(event as StoreEvent)
const onProof = (event: unknown) => void proofEvents.push(event as ProofEvent)

beforeEach(() => {
  subscribe('scopegate:store', onStore)
  subscribe('scopegate:proof', onProof)
})

afterEach(() => {
  unsubscribe('scopegate:store', onStore)
  unsubscribe('scopegate:proof', onProof)
  events.length = proofEvents.length = 0
})

/** What happened in the store, in two words each; following a log is the business of revocation. */
const happened = (of: StoreEvent['operation'][] = ['read', 'write', 'claim']) =>
  events.filter(({ operation }) => of.includes(operation)).map((e) => `${e.operation} ${e.outcome}`)

interface Setting {
  readonly clock: TestClock
  readonly as: TestAuthorizationServer
  readonly store: MemoryStore
  /** One more process of the API, or of another. */
  started(options?: Partial<ResourceServerOptions>): ResourceServer<ClaimSet>
}

async function setUp(options: TestAuthorizationServerOptions = {}): Promise<Setting> {
  const clock = new TestClock()
  const as = await opened.server({ clock: clock.read, ...options })
  const store = memoryStore({ clock: clock.read, timeoutMs: 1 })
  const started = (more: Partial<ResourceServerOptions> = {}) =>
    opened.api({ ...as.options, log: () => {}, store, ...more }) as ResourceServer<ClaimSet>
  return { clock, as, store, started }
}

const questions = (as: TestAuthorizationServer) => as.received('introspection').length

/** The issuer of the options, with some of them changed. */
function changed(as: TestAuthorizationServer, changes: object): { issuers: never } {
  return { issuers: as.options.issuers.map((issuer) => ({ ...issuer, ...changes })) as never }
}

/** The same store with some operations of another kind. */
function altered(store: MemoryStore, changes: Partial<Store>): Store {
  return { ...store, ...changes }
}

/** Keys of what was told about tokens. */
const answersIn = (store: MemoryStore) =>
  [...store.dump()].filter(([key]) => key.startsWith('answer:'))

describe('an answer of introspection', () => {
  it('is asked for once by two resource servers that share a store', async () => {
    const { as, started } = await setUp()
    const token = await as.opaque({ scope: 'a b', response: { sub: 'alice' } })
    const [one, other] = [started(), started()]
    const there = await accepted(one, token)
    const here = await accepted(other, token)
    expect(questions(as)).toBe(1)
    expect(here.claims).toEqual(there.claims)
    expect({ ...here, scopes: here.scopes, by: here.source, sub: here.subject }).toEqual({
      ...there,
      scopes: ['a', 'b'],
      by: 'introspection',
      sub: 'alice',
    })
    expect(happened()).toEqual(['read miss', 'write written', 'read hit'])
  })

  it('is read once for a hundred requests at once, and not at all once it is here', async () => {
    const { as, started } = await setUp()
    const token = await as.opaque()
    expect(await asked(started(), token)).toBe('accepted')
    const other = started()
    const outcomes = await Promise.all(Array.from({ length: 100 }, () => asked(other, token)))
    expect(new Set(outcomes)).toEqual(new Set(['accepted']))
    expect(await asked(other, token)).toBe('accepted')
    expect(happened()).toEqual(['read miss', 'write written', 'read hit'])
    expect(questions(as)).toBe(1)
  })

  it('is judged anew by the settings of whoever reads it', async () => {
    const { as, started } = await setUp()
    const token = await as.opaque({ response: { sub: 'alice' } })
    expect(await asked(started(), token)).toBe('accepted')
    const schema = (
      validate: StandardSchema<ClaimSet>['~standard']['validate'],
    ): StandardSchema<ClaimSet> => ({
      '~standard': { version: 1, vendor: 'test', validate },
    })
    const misfit = schema(() => ({ issues: [{ message: 'no' }] }))
    expect(await asked(started({ claims: misfit }), token)).toBe('401 claims_misfit')
    const fitting = schema(() => ({ value: { of: 'the application' } }))
    const { claims } = await accepted(started({ claims: fitting }), token)
    expect(claims).toEqual({ of: 'the application' })
    // What a schema made of the claims stays with whoever has it.
    const young = await as.opaque({ response: { sub: 'bob' } })
    expect(await asked(started({ claims: fitting }), young)).toBe('accepted')
    const before = questions(as)
    expect((await accepted(started(), young)).claims).toMatchObject({ sub: 'bob' })
    expect(questions(as)).toBe(before)
    const audience = changed(as, { audience: 'https://other.test' })
    expect(await asked(started(audience), token)).toBe('401 wrong_audience')
    const clients = changed(as, { clients: ['another'] })
    expect(await asked(started(clients), token)).toBe('401 wrong_client')
  })

  it('serves while the authorization server is down, wherever another process asked', async () => {
    const { as, started } = await setUp()
    const token = await as.opaque()
    const unknown = await as.opaque()
    expect(await asked(started(), token)).toBe('accepted')
    as.fail('introspection', 'down')
    const other = started()
    expect(await asked(other, token)).toBe('accepted')
    expect(await asked(other, unknown)).toBe('503 introspection_failed')
  })

  it('is rested on as long after it was asked for as one of our own, and no longer', async () => {
    const { as, clock, store, started } = await setUp()
    const token = await as.opaque({ expiresInSeconds: 3600 })
    // A store that keeps what it has for ever.
    const keeping = altered(store, { set: (key, value) => store.set(key, value, 1e12) })
    expect(await asked(started({ store: keeping }), token)).toBe('accepted')
    as.revoke(token)
    clock.pass(20)
    const other = started()
    expect(await asked(other, token)).toBe('accepted')
    clock.pass(9)
    expect(await asked(started(), token)).toBe('accepted')
    clock.pass(2)
    expect(await asked(other, token)).toBe('401 inactive')
    expect(await asked(started(), token)).toBe('401 inactive')
  })

  it('goes by the shortest age that a process allows, also one that allows more', async () => {
    const { as, clock, started } = await setUp()
    const token = await as.opaque({ expiresInSeconds: 3600 })
    expect(await asked(started({ cache: { introspectionMaxAgeSeconds: 300 } }), token)).toBe(
      'accepted',
    )
    as.revoke(token)
    clock.pass(31)
    expect(await asked(started({ cache: { introspectionMaxAgeSeconds: 60 } }), token)).toBe(
      'accepted',
    )
    expect(await asked(started(), token)).toBe('401 inactive')
  })

  it('does not outlive the token, whatever the store keeps', async () => {
    const { as, clock, store, started } = await setUp()
    const keeping = altered(store, { set: (key, value) => store.set(key, value, 1e12) })
    const token = await as.opaque({ expiresInSeconds: 10 })
    expect(await asked(started({ store: keeping }), token)).toBe('accepted')
    clock.pass(16)
    as.fail('introspection', 'down')
    expect(await asked(started(), token)).toBe('503 introspection_failed')
  })

  it('does not outlive the token in the memory of whoever read it', async () => {
    const { as, clock, started } = await setUp()
    const token = await as.opaque({ expiresInSeconds: 25 })
    expect(await asked(started(), token)).toBe('accepted')
    const other = started()
    expect(await asked(other, token)).toBe('accepted')
    clock.pass(25)
    expect(await asked(other, token)).toBe('401 inactive')
  })

  it('is kept by the store no longer than it is rested on', async () => {
    const { as, store, started } = await setUp()
    const ages: number[] = []
    const told = altered(store, {
      async set(_key, _value, maxAgeMs) {
        ages.push(maxAgeMs)
      },
    })
    const api = started({ store: told })
    await asked(api, await as.opaque({ expiresInSeconds: 10 }))
    await asked(api, await as.opaque({ expiresInSeconds: 3600 }))
    expect(ages).toEqual([10_000, 30_000])
  })

  it('is believed of a process whose clock is a little ahead, and not of one that is far', async () => {
    const { as, clock, started } = await setUp()
    for (const [ahead, times] of [
      [4000, 1],
      [6000, 2],
    ] as const) {
      const token = await as.opaque({ expiresInSeconds: 3600 })
      const before = questions(as)
      expect(await asked(started({ clock: () => clock.now + ahead }), token)).toBe('accepted')
      expect(await asked(started(), token)).toBe('accepted')
      expect(questions(as) - before).toBe(times)
    }
  })

  it('is nothing to an API with another identifier, secret or issuer, or that wants it signed', async () => {
    const { as, store, started } = await setUp()
    const aud = [resource, 'https://b.test']
    const token = await as.opaque({ response: { aud, iss: undefined } })
    expect(await asked(started(), token)).toBe('accepted')
    const [issuer] = as.options.issuers
    const others: Partial<ResourceServerOptions>[] = [
      { resource: 'https://b.test' },
      { store: altered(store, { secrets: ['a secret of others that has 32 chars'] }) },
      changed(as, { introspection: { ...issuer?.introspection, signedResponse: true } }),
    ]
    for (const [index, other] of others.entries()) {
      expect(await asked(started(other), token)).toBe('accepted')
      expect(questions(as)).toBe(index + 2)
    }
    const elsewhere = await opened.server()
    const other = elsewhere.options.issuers
    expect(await asked(started({ issuers: other }), token)).toBe('401 inactive')
  })

  it('is not kept where every request is asked about, nor of what is verified here', async () => {
    const { as, store, started } = await setUp()
    await asked(started({ cache: { introspectionMaxAgeSeconds: 0 } }), await as.opaque())
    await asked(started(), await as.token())
    await asked(started(), `${await as.token()}x`)
    expect(happened()).toEqual([])
    expect(store.dump().size).toBe(0)
  })

  it('that refuses is not kept: whoever floods us with tokens fills no store', async () => {
    const { as, store, started } = await setUp()
    const api = started()
    for (const token of ['made-up', 'another', await as.opaque({ active: false })]) {
      expect(await asked(api, token)).toBe('401 inactive')
    }
    expect(answersIn(store)).toEqual([])
  })

  it('is not looked for of a token that cannot be one of this issuer', async () => {
    const { as, started } = await setUp()
    const [issuer] = as.options.issuers
    const introspection = { ...issuer?.introspection, tokenShape: { prefix: 'at_' } }
    expect(await asked(started(changed(as, { introspection })), 'made-up')).toBe('401 wrong_shape')
    expect(happened()).toEqual([])
  })

  it('is not kept while it cannot be had', async () => {
    const { as, store, started } = await setUp()
    as.fail('introspection', 500)
    expect(await asked(started(), await as.opaque())).toBe('503 introspection_failed')
    expect(answersIn(store)).toEqual([])
  })
})

describe('bad news of a token', () => {
  it('that live brings reaches those who look in the store', async () => {
    const { as, started } = await setUp()
    const token = await as.opaque()
    const one = started()
    expect(await asked(one, token)).toBe('accepted')
    as.revoke(token)
    expect(await asked(one, token, live)).toBe('401 not_live')
    expect(await asked(started(), token)).toBe('401 inactive')
    expect(await asked(one, token)).toBe('401 inactive')
  })

  it('reaches them also in the middle of a change of secrets', async () => {
    const { as, store, started } = await setUp()
    const [old, young] = ['an old secret of 32 characters...', 'a new secret of 32 characters...']
    const before = started({ store: altered(store, { secrets: [old] }) })
    const during = started({ store: altered(store, { secrets: [young, old] }) })
    const token = await as.opaque()
    expect(await asked(before, token)).toBe('accepted')
    expect(await asked(during, token)).toBe('accepted')
    as.revoke(token)
    expect(await asked(during, token, live)).toBe('401 not_live')
    expect(await asked(started({ store: altered(store, { secrets: [old] }) }), token)).toBe(
      '401 inactive',
    )
  })

  it('is not undone by an answer that another process writes late', async () => {
    const { as, clock, store, started } = await setUp()
    const token = await as.opaque()
    const one = started()
    expect(await asked(one, token)).toBe('accepted')
    const [[key, late] = []] = answersIn(store)
    as.revoke(token)
    expect(await asked(one, token, live)).toBe('401 not_live')
    store.plant(key!, late)
    expect(await asked(one, token)).toBe('401 inactive')
    clock.pass(20)
    expect(await asked(one, token)).toBe('401 inactive')
  })

  it('is not undone by an answer of our own that comes late', async () => {
    const { as, clock, started } = await setUp()
    const answers: ((active: boolean) => void)[] = []
    const fetch = (() =>
      new Promise((resolve) => {
        answers.push((active) => resolve(Response.json({ active, token_type: 'Bearer' })))
      })) as typeof globalThis.fetch
    const nextQuestion = async (count: number) => {
      while (answers.length < count) await new Promise(setImmediate)
    }
    const scripted = changed(as, {
      discovery: false,
      jwt: false,
      introspection: { ...as.options.issuers[0]?.introspection, endpoint: 'http://localhost/i' },
      http: { fetch },
    })
    const one = started(scripted)
    const first = asked(one, 'token')
    await nextQuestion(1)
    answers[0]!(true)
    expect(await first).toBe('accepted')
    const nowLive = asked(one, 'token', live)
    await nextQuestion(2)
    clock.pass(31)
    const again = asked(one, 'token')
    await nextQuestion(3)
    answers[1]!(false)
    expect(await nowLive).toBe('401 not_live')
    // It was asked before, and answered after.
    answers[2]!(true)
    expect(await again).toBe('accepted')
    const other = asked(started(scripted), 'token')
    await nextQuestion(4)
    answers[3]!(false)
    expect(await other).toBe('401 inactive')
  })

  it('that a process hears when its time is over is told to those who rest longer on answers', async () => {
    const { as, clock, started } = await setUp()
    const token = await as.opaque({ expiresInSeconds: 3600 })
    const patient = { cache: { introspectionMaxAgeSeconds: 300 } }
    expect(await asked(started(patient), token)).toBe('accepted')
    as.revoke(token)
    clock.pass(60)
    expect(await asked(started(patient), token)).toBe('accepted')
    expect(await asked(started(), token)).toBe('401 inactive')
    expect(await asked(started(patient), token)).toBe('401 inactive')
  })

  it('of a JWT is not told: nothing is kept of it', async () => {
    const { as, store, started } = await setUp()
    const token = await as.token()
    as.revoke(token)
    expect(await asked(started(), token, live)).toBe('401 not_live')
    expect(answersIn(store)).toEqual([])
  })

  it('is asked for by live, whatever is in the store', async () => {
    const { as, started } = await setUp()
    const token = await as.opaque()
    expect(await asked(started(), token)).toBe('accepted')
    as.revoke(token)
    expect(await asked(started(), token, live)).toBe('401 not_live')
  })
})

describe('whoever writes in the store', () => {
  it('makes nothing that is believed: swapped, changed, cut, made up, or of any size', async () => {
    const { as, store, started } = await setUp()
    const revoked = await as.opaque({ response: { sub: 'mallory' } })
    const good = await as.opaque({ response: { sub: 'alice' } })
    expect(await asked(started(), revoked)).toBe('accepted')
    expect(await asked(started(), good)).toBe('accepted')
    const [[, old] = [], [key, value] = []] = answersIn(store)
    as.revoke(good)
    const forged = Buffer.from(JSON.stringify({ asked: 2e12, claims: { active: true } }))
    const planted: unknown[] = [
      old,
      Buffer.concat([value!, Buffer.of(0)]),
      ...[0, 1, 20, value!.length >> 1, value!.length - 1].flatMap((at) => {
        const turned = Buffer.from(value!)
        turned[at]! ^= 1
        return [turned, value!.subarray(0, at)]
      }),
      forged,
      Buffer.concat([value!.subarray(0, 13), forged, value!.subarray(-16)]),
      Buffer.alloc(64 * 1024 * 1024, 1),
      '{"claims":{"active":true}}',
      null,
      7,
      { length: 100 },
      [1],
      new Float64Array(10),
    ]
    for (const one of planted) {
      store.plant(key!, one)
      expect(await asked(started(), good)).toBe('401 inactive')
    }
    const read = happened(['read']).slice(2)
    expect(read).toEqual(planted.map((one) => (one === null ? 'read miss' : 'read dropped')))
    store.plant(key!, value)
    expect((await accepted(started(), good)).subject).toBe('alice')
  })

  it('sees nothing of tokens, and of those who they are about', async () => {
    const { as, store, started } = await setUp()
    const key = dpopKey({ clock: as.options.clock! })
    const subject = 'alice.who-is-known-by-a-long-name@example.com'
    const token = await as.opaque({ response: { sub: subject }, boundTo: key })
    const api = started({ dpop: true })
    const proof = key.proof({ method: 'GET', url: `${resource}/`, token, jti: 'j'.repeat(30) })
    const request = {
      method: 'GET',
      url: '/',
      headers: [
        ['Authorization', `DPoP ${token}`],
        ['DPoP', proof],
      ] as const,
    }
    expect(outcome(await api.verify(request))).toBe('accepted')
    await api.revoke({ subject })
    await api.revoke({ token })
    expect([...store.dump().keys()].map((name) => name.replace(/:.*/, '')).sort()).toEqual([
      'answer',
      'log',
      'log',
      'proof',
    ])
    const search = new LeakSearch()
    const { createHash } = await import('node:crypto')
    const digest = createHash('sha256').update(token)
    for (const [name, secret] of Object.entries({
      token,
      subject,
      proof,
      jti: 'j'.repeat(30),
      thumbprint: key.thumbprint,
      digest: digest.copy().digest('hex'),
      'digest in base64url': digest.copy().digest('base64url'),
      secret: store.secrets[0],
      resource: `${resource}/and more of it`,
    })) {
      search.add(name, secret)
    }
    for (const [name, value] of store.dump()) {
      for (const encoding of ['latin1', 'utf8', 'base64', 'hex'] as const) {
        expect(search.find(`${name} ${Buffer.from(value).toString(encoding)}`)).toEqual([])
      }
    }
    expect(JSON.stringify(events)).not.toContain(subject)
  })
})

describe.each<StoreFault>(['refused', 'hang'])('while the store does not answer (%s)', (fault) => {
  it('verdicts on opaque tokens are what they are without it', async () => {
    const { as, store, started } = await setUp()
    const [good, bad] = [await as.opaque(), await as.opaque({ active: false })]
    store.fail(fault)
    const api = started()
    expect(await asked(api, good)).toBe('accepted')
    expect(await asked(api, bad)).toBe('401 inactive')
    as.fail('introspection', 'down')
    expect(await asked(api, good)).toBe('accepted')
    expect(await asked(api, await as.opaque())).toBe('503 introspection_failed')
    expect(await asked(api, await as.token())).toBe('accepted')
  })

  it('it is left alone after some failures, and asked again after a while by one request', async () => {
    const { as, clock, store, started } = await setUp()
    const api = started()
    const one = async () => expect(await asked(api, await as.opaque())).toBe('accepted')
    await one()
    expect(api.health().store).toEqual({ status: 'ok' })
    store.fail(fault)
    events.length = 0
    for (let i = 0; i < 5; i++) await one()
    const failures = happened().filter((event) => event.endsWith('failed'))
    expect(failures).toHaveLength(3)
    expect(happened().slice(-2)).toEqual(['read skipped', 'write skipped'])
    const reason = fault === 'hang' ? 'timeout' : 'ECONNREFUSED'
    expect(api.health().store).toEqual({ status: 'failing', reason, since: clock.now })
    expect(events.find(({ outcome }) => outcome === 'failed')).toMatchObject({ resource, reason })

    clock.pass(1)
    events.length = 0
    await Promise.all(Array.from({ length: 10 }, one))
    expect(happened(['read']).filter((event) => event === 'read failed')).toHaveLength(1)
    expect(happened(['read']).filter((event) => event === 'read skipped')).toHaveLength(9)

    store.restore()
    clock.pass(5)
    events.length = 0
    await one()
    expect(happened()).toEqual(['read miss', 'write written'])
    expect(api.health().store).toEqual({ status: 'ok' })
  })
})

describe('a DPoP proof', () => {
  const presenting = (key: DpopKey, token: string, more: object = {}) => {
    const proof = key.proof({ method: 'GET', url: `${resource}/`, token, ...more })
    return [
      ['Authorization', `DPoP ${token}`],
      ['DPoP', proof],
    ] as const
  }
  type Fields = ReturnType<typeof presenting>
  const presented = (api: ResourceServer<ClaimSet>, headers: Fields) =>
    api.verify({ method: 'GET', url: '/', headers })
  const spent = async (api: ResourceServer<ClaimSet>, headers: Fields) =>
    outcome(await presented(api, headers))

  async function bound(): Promise<
    Omit<Setting, 'started'> & {
      started(options?: Partial<ResourceServerOptions>): ResourceServer<ClaimSet>
      proof(more?: object): Fields
    }
  > {
    const setting = await setUp()
    const key = dpopKey({ clock: setting.clock.read })
    const token = await setting.as.token({ boundTo: key, expiresInSeconds: 3600 })
    return {
      ...setting,
      started: (options) => setting.started({ dpop: true, ...options }),
      proof: (more) => presenting(key, token, more),
    }
  }

  it('is accepted once, of many at once in two processes (DP-23, RFC 9449 section 11.1)', async () => {
    const { started, proof } = await bound()
    const apis = [started(), started()]
    for (let round = 0; round < 5; round++) {
      const fields = proof()
      const outcomes = await Promise.all(
        Array.from({ length: 40 }, (_, n) => spent(apis[n % 2]!, fields)),
      )
      expect(outcomes.filter((one) => one === 'accepted')).toHaveLength(1)
      expect(outcomes.filter((one) => one === '401 replayed_proof')).toHaveLength(39)
    }
  })

  it('that this process saw is known without asking the store', async () => {
    const { started, proof } = await bound()
    const [one, other] = [started(), started()]
    const fields = proof()
    expect(await spent(one, fields)).toBe('accepted')
    expect(await spent(one, fields)).toBe('401 replayed_proof')
    expect(await spent(other, fields)).toBe('401 replayed_proof')
    expect(await spent(other, fields)).toBe('401 replayed_proof')
    expect(happened()).toEqual(['claim first', 'claim seen'])
    // It costs no signature check either.
    expect(await spent(one, proof({ jti: 'a' }))).toBe('accepted')
    expect(await spent(one, proof({ jti: 'a', signedBy: 'foreign' }))).toBe('401 replayed_proof')
  })

  it('is claimed until no process accepts it, whose clock may be behind', async () => {
    const { clock, started, proof } = await bound()
    const one = started()
    const behind = started({ clock: () => clock.now - 55_000 })
    const fields = proof({ issuedSecondsAgo: -5 })
    expect(await spent(one, fields)).toBe('accepted')
    clock.pass(119)
    expect(await spent(behind, fields)).toBe('401 replayed_proof')
  })

  it('gets 503 while the store is lost, counts as spent, and a new one is good again', async () => {
    const { clock, store, started, proof } = await bound()
    const api = started()
    store.fail('refused')
    const fields = proof()
    const result = await presented(api, fields)
    expect(outcome(result)).toBe('503 replay_store_lost')
    expect(result.verdict === 'unavailable' && result.error.source).toBe('store')
    expect(result.response.headers).toContainEqual(['Retry-After', '1'])
    expect(result.response.headers.map(([name]) => name)).not.toContain('WWW-Authenticate')
    store.restore()
    clock.pass(1)
    expect(await spent(api, fields)).toBe('401 replayed_proof')
    expect(await spent(api, proof())).toBe('accepted')
  })

  it('is told when to come back once the store is left alone', async () => {
    const { store, started, proof } = await bound()
    const api = started()
    store.fail('refused')
    for (let i = 0; i < 6; i++) await spent(api, proof())
    expect(happened()).toEqual([
      ...Array(3).fill('claim failed'),
      ...Array(3).fill('claim skipped'),
    ])
    const { response } = await presented(api, proof())
    expect(response.headers).toContainEqual(['Retry-After', '1'])
  })

  it('whose claim was made though its answer was lost is accepted nowhere', async () => {
    const { store, started, proof } = await bound()
    const deaf = altered(store, {
      async claim(key, maxAgeMs) {
        await store.claim(key, maxAgeMs)
        throw Object.assign(new Error('late'), { code: 'timeout' })
      },
    })
    const fields = proof()
    expect(await spent(started({ store: deaf }), fields)).toBe('503 replay_store_lost')
    expect(await spent(started(), fields)).toBe('401 replayed_proof')
  })

  it.each([['OK'], [1], [undefined], [null], [{}]])(
    'is not the first because a store says %p',
    async (answer) => {
      const { store, started, proof } = await bound()
      const odd = altered(store, { claim: async () => answer as never })
      expect(await spent(started({ store: odd }), proof())).toBe('503 replay_store_lost')
    },
  )

  it('is judged by what the process remembers while the store is lost, where that is accepted', async () => {
    const { store, started, proof } = await bound()
    const options = { dpop: { onStoreLoss: 'accept' as const } }
    const [one, other] = [started(options), started(options)]
    store.fail('hang')
    const fields = proof()
    expect(await spent(one, fields)).toBe('accepted')
    expect(await spent(one, fields)).toBe('401 replayed_proof')
    // What the option says: each process may accept it once.
    expect(await spent(other, fields)).toBe('accepted')
    expect(proofEvents).toEqual([
      { resource, outcome: 'accepted_without_store' },
      { resource, outcome: 'accepted_without_store' },
    ])
    store.restore()
    const later = proof()
    expect(await spent(one, later)).toBe('accepted')
    expect(await spent(other, later)).toBe('401 replayed_proof')
    expect(proofEvents).toHaveLength(2)
  })

  it('is not claimed where there is no room to remember it', async () => {
    const { started, proof } = await bound()
    const api = started({ dpop: { maxRememberedProofs: 1 } })
    expect(await spent(api, proof())).toBe('accepted')
    expect(await spent(api, proof())).toBe('503 replay_memory_full')
    expect(happened()).toEqual(['claim first'])
  })

  it('is claimed by nobody who cannot sign it', async () => {
    const { started, proof } = await bound()
    expect(await spent(started(), proof({ signedBy: 'foreign' }))).toBe('401 wrong_proof_signature')
    expect(happened()).toEqual([])
  })
})

describe('the options', () => {
  const configured = (options: object) => () =>
    resourceServer({ resource, issuers: { issuer: 'https://as.test' }, ...options })
  const store = memoryStore()

  it.each<[string, unknown, string]>([
    ['no object', 'redis://localhost', 'store: must be an object'],
    ['null', null, 'store: must be an object'],
    ['a client of Redis', { get() {}, set() {} }, 'store.claim: must be a function'],
    ['no secrets', { ...store, secrets: undefined }, 'store.secrets: must be'],
    ['an empty list', { ...store, secrets: [] }, 'store.secrets: must be'],
    [
      'a short secret',
      { ...store, secrets: ['of 31 characters, too short now'] },
      'store.secrets: must',
    ],
    ['a secret that is no list', { ...store, secrets: 'x'.repeat(40) }, 'store.secrets: must be'],
  ])('refuse a store that is %s, and name what is missing', (_, given, message) => {
    expect(configured({ store: given })).toThrow(message)
    expect(configured({ store: given })).not.toThrow(/31 characters|localhost/)
  })

  it('refuse onStoreLoss where it says nothing, and where fapi2 says otherwise', () => {
    const dpop = { onStoreLoss: 'accept' }
    expect(configured({ dpop })).toThrow('dpop.onStoreLoss: is for a `store`')
    expect(configured({ dpop, store, profile: 'fapi2' })).toThrow(
      'dpop.onStoreLoss: must be "refuse"',
    )
    expect(configured({ dpop: { onStoreLoss: 'acept' }, store })).toThrow('Did you mean "accept"?')
  })

  it('need no store: then nothing is told of one', async () => {
    const { as, started } = await setUp()
    const api = started({ store: undefined as never })
    expect((await present(api, await as.opaque())).verdict).toBe('accepted')
    expect(api.health()).not.toHaveProperty('store')
    expect(events).toEqual([])
  })
})
