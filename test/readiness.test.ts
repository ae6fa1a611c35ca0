import { beforeEach, describe, expect, it } from '@jest/globals'
import express from 'express'
import supertest from 'supertest'
import {
  ConfigurationError,
  type ReadinessOptions,
  type ResourceServer,
  type ResourceServerOptions,
  type Store,
} from '../lib/index.ts'
import type { LogFollower } from '../lib/store/store.ts'
import { memoryStore, type TestAuthorizationServer } from '../lib/testing/index.ts'
import { closingAfter, TestClock } from './fixtures/protected-api.ts'

const closing = closingAfter('each')

let as: TestAuthorizationServer
let clock: TestClock

beforeEach(async () => {
  clock = new TestClock()
  as = await closing.server({ clock: clock.read })
})

function make(options: Partial<ResourceServerOptions> = {}): ResourceServer {
  return closing.api({ ...as.options, clock: clock.read, ...options })
}

function probed(api: ResourceServer, options?: ReadinessOptions) {
  const app = express()
  app.use('/ready', api.readiness(options))
  return (method: 'get' | 'head' | 'post' | 'options' = 'get') => supertest(app)[method]('/ready')
}

/** The answers to probes, until one says that it is ready. */
async function untilReady(probe: ReturnType<typeof probed>): Promise<number[]> {
  const statuses: number[] = []
  while (statuses.at(-1) !== 200 && statuses.length < 500) {
    statuses.push((await probe()).status)
  }
  return statuses
}

const issuer = () => as.options.issuers[0]
const fetches = () => as.requests.filter(({ endpoint }) => endpoint === 'jwks')

describe('readiness()', () => {
  it('answers 503 at once before keys are held, and begins to fetch them', async () => {
    as.fail('jwks', 'hold')
    const probe = probed(make())
    const arrived = as.nextRequest('jwks')
    const first = await probe()
    expect([first.status, first.body]).toEqual([503, { status: 'unready' }])
    await arrived
    await probe().expect(503)
    as.restore()
    expect((await untilReady(probe)).at(-1)).toBe(200)
    expect(fetches()).toHaveLength(1)
  })

  it('answers 200 with a small body that is not stored', async () => {
    const api = make()
    await api.ready()
    const answer = await probed(api)().expect(200)
    expect(answer.text).toBe('{"status":"ready"}')
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'application/json',
    })
    expect(answer.headers).not.toHaveProperty('www-authenticate')
  })

  it('answers HEAD as GET without the body, and other methods with 405', async () => {
    const api = make()
    await api.ready()
    const probe = probed(api)
    const head = await probe('head').expect(200)
    expect([head.text, head.headers['content-length']]).toEqual([undefined, '18'])
    for (const method of ['post', 'options'] as const) {
      const answer = await probe(method).expect(405)
      expect(answer.headers).toMatchObject({ allow: 'GET, HEAD', 'cache-control': 'no-store' })
    }
  })

  it('asks for no token, and goes on to nothing', async () => {
    const app = express()
    app.use('/ready', make().readiness(), () => {
      throw new Error('went on')
    })
    await supertest(app).get('/ready').expect(503, { status: 'unready' })
  })

  it('ends no process, whatever a `fetch` of the application rejects with', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown) => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    try {
      let fetches = 0
      const untouchable = new Proxy(new Error('fetch'), {
        getPrototypeOf() {
          throw new Error('nobody can look at it')
        },
      })
      const fetch = () => {
        fetches++
        return Promise.reject(untouchable)
      }
      const probe = probed(make({ http: { fetch } }))
      await probe().expect(503)
      while (fetches === 0) await new Promise((resolve) => setImmediate(resolve))
      await new Promise((resolve) => setImmediate(resolve))
      await probe().expect(503)
      expect(unhandled).toEqual([])
    } finally {
      process.off('unhandledRejection', note)
    }
  })

  it('stays ready with stale keys, until they are too old to rely on', async () => {
    const api = make({ keys: { maxAgeSeconds: 600, staleSeconds: 3600 } })
    await api.ready()
    const probe = probed(api)
    as.fail('all', 500)
    clock.pass(4000)
    await probe().expect(200)
    clock.pass(201)
    await probe().expect(503)
  })

  it('keeps the keys of an API fresh that gets no requests', async () => {
    const api = make({ keys: { maxAgeSeconds: 600, staleSeconds: 3600 } })
    await api.ready()
    clock.pass(601)
    const arrived = as.nextRequest('jwks')
    await probed(api)().expect(200)
    await arrived
  })

  it('is unready while any issuer of the list lacks something', async () => {
    const other = await closing.server({ clock: clock.read })
    other.fail('jwks', 500)
    const api = make({ issuers: [issuer(), { issuer: other.issuer }] })
    await expect(api.ready()).rejects.toThrow('Not ready')
    const answer = await probed(api, { details: true })().expect(503)
    expect(answer.body).toEqual({
      status: 'unready',
      issuers: [
        { issuer: as.issuer, status: 'ok', keys: 1 },
        { issuer: other.issuer, status: 'unavailable', keys: 0, reason: 'wrong_status' },
      ],
    })
    expect(answer.text).not.toContain('jwks')
  })

  it('needs keys also where nothing has to be discovered, and none where nothing is verified here', async () => {
    const { introspection } = issuer()
    const endpoint = as.endpoints.introspection
    const client = as.client
    as.fail('all', 500)
    const byHand = make({
      issuers: { issuer: as.issuer, discovery: false, jwt: { keys: { uri: as.endpoints.jwks } } },
    })
    await probed(byHand)().expect(503)
    const introspecting = make({
      issuers: {
        issuer: as.issuer,
        discovery: false,
        jwt: false,
        introspection: { client, endpoint },
      },
    })
    await probed(introspecting)().expect(200)
    as.restore()
    as.fail('jwks', 500)
    const signed = make({
      issuers: { issuer: as.issuer, jwt: false, introspection: { client, signedResponse: true } },
    })
    await expect(signed.ready()).rejects.toThrow('keys_unreachable')
    await probed(signed)().expect(503)
    as.fail('all', 500)
    const discovering = make({ issuers: { issuer: as.issuer, jwt: false, introspection } })
    await probed(discovering)().expect(503)
    as.restore()
    expect((await untilReady(probed(discovering))).at(-1)).toBe(200)
  })

  it('is ready where a function knows the issuers, and asks for none of them', async () => {
    let fetched = 0
    const counting: typeof fetch = (...call) => {
      fetched++
      return fetch(...call)
    }
    const api = make({ issuers: () => issuer(), http: { fetch: counting } })
    const probe = probed(api)
    await probe().expect(200, { status: 'ready' })
    as.fail('jwks', 500)
    await api.verify({
      ...{ method: 'GET', url: '/' },
      headers: { authorization: `Bearer ${await as.token()}` },
    })
    const before = fetched
    expect(before).toBeGreaterThan(0)
    clock.pass(3600)
    // What the first one might begin has begun by the end of the third.
    for (const _ of [1, 2, 3]) await probe().expect(200)
    expect(fetched).toBe(before)
  })

  it.each([
    ['refuse', 503],
    ['accept', 200],
  ] as const)(
    'is unready until it is known what was revoked, and without a store then where that must be known: %s',
    async (onStoreLoss, whenLost) => {
      const followers: LogFollower[] = []
      const follow: Store['follow'] = (_, follower) => {
        followers.push(follower)
        return async () => {}
      }
      const api = make({ store: { ...memoryStore(), follow }, revocation: { onStoreLoss } })
      await api.ready()
      const probe = probed(api)
      await probe().expect(503)
      for (const one of followers) one.current()
      await probe().expect(200)
      for (const one of followers) one.lost()
      await probe().expect(whenLost)
    },
  )

  it('is unready once it is closed', async () => {
    for (const issuers of [issuer(), () => issuer()]) {
      const api = make({ issuers })
      if (typeof issuers !== 'function') await api.ready()
      const probe = probed(api)
      await probe().expect(200)
      await api.close()
      await probe().expect(503, { status: 'unready' })
    }
  })

  it('refuses what is no option, and to be mounted without being called', async () => {
    const api = make()
    expect(() => api.readiness({ detail: true } as never)).toThrow(/Did you mean `details`\?/)
    expect(() => api.readiness({ details: 1 } as never)).toThrow(ConfigurationError)
    expect(() => api.readiness(null as never)).toThrow(ConfigurationError)
    const app = express()
    app.get('/', api.readiness as never)
    const answer = await supertest(app).get('/').expect(500)
    expect(answer.text).toContain('readiness() makes middleware')
  })
})
