import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { EventEmitter, once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, jest } from '@jest/globals'
import express from 'express'
import supertest from 'supertest'
import {
  type ResourceServer,
  type ResourceServerOptions,
  type RevocationEvent,
  resourceServer,
} from '../lib/index.ts'
import { redisStore } from '../lib/redis/index.ts'
import { securityEvents } from '../lib/signals/index.ts'
import {
  dpopKey,
  type TestAuthorizationServer,
  tampered,
  testAuthorizationServer,
} from '../lib/testing/index.ts'
import { asked, outcome } from './fixtures/protected-api.ts'
import { clientKinds, type TestClient } from './fixtures/redis-clients.ts'
import { type RedisServer, redisServer, wantsRedis } from './fixtures/redis-server.ts'

jest.setTimeout(60_000)

const url = 'https://api.test/orders'
const spentOnce = [...Array(3).fill('401 replayed_proof'), 'accepted'].join()
const secret = 'a secret of 32 characters or more'

/** Two resource servers, as two processes would be, each with a client of its own. */
interface Pair {
  readonly apis: readonly ResourceServer[]
  close(): Promise<void>
}

let redis: RedisServer
let as: TestAuthorizationServer
const told = new EventEmitter()
const listen = (event: unknown) => void told.emit((event as RevocationEvent).outcome, event)

if (wantsRedis()) {
  beforeAll(async () => {
    ;[redis, as] = await Promise.all([redisServer(), testAuthorizationServer()])
  })
  afterAll(() => Promise.all([redis.stop(), as.close()]))
  beforeEach(() => subscribe('scopegate:revocation', listen))
  afterEach(() => {
    unsubscribe('scopegate:revocation', listen)
    told.removeAllListeners()
  })
  onOneRedis()
} else {
  it.skip('SKIPPED, since there is no redis-server', () => {})
}

async function pair(
  ports: readonly number[] = [redis.port, redis.port],
  options: Partial<ResourceServerOptions> = {},
): Promise<Pair> {
  const clients: TestClient[] = []
  const apis: ResourceServer[] = []
  for (const [index, port] of ports.entries()) {
    const connected = await clientKinds[index]!.connect(port)
    clients.push(connected)
    const store = redisStore({ client: connected.client, secret, timeoutMs: 500 })
    const current = once(told, 'current')
    const cache = { maxEntries: 1000 }
    apis.push(
      resourceServer({
        resource: as.resource,
        ...as.options,
        dpop: true,
        store,
        cache,
        ...options,
      }),
    )
    await current
  }
  return {
    apis,
    async close() {
      await Promise.all(apis.map((api) => api.close()))
      for (const { close } of clients) close()
    },
  }
}

/** Resolves when another process has heard of a revocation from the store. */
function heardElsewhere(): Promise<void> {
  return new Promise((resolve) => {
    told.on('revoked', ({ origin }: RevocationEvent) => {
      if (origin === 'store') resolve()
    })
  })
}

/** What both say of one proof that is sent to each of them twice, at once. */
async function spent({ apis }: Pair, key: ReturnType<typeof dpopKey>, token: string) {
  const headers = Object.entries(key.headers({ method: 'GET', url, token }))
  const requests = [...apis, ...apis].map((api) =>
    api.verify({ method: 'GET', url: '/orders', headers }),
  )
  return (await Promise.all(requests)).map(outcome).sort()
}

function onOneRedis(): void {
  it('gives no wrong verdict while Redis is paused, killed, flushed, or full of garbage and of hostile values', async () => {
    const both = await pair()
    const key = dpopKey()
    const bound = await as.token({ boundTo: key })
    const banned = await as.token({ claims: { sub: 'mallory' } })
    const heard = heardElsewhere()
    await both.apis[0]!.revoke({ subject: 'mallory' })
    await heard
    const inactive = await as.opaque()
    as.revoke(inactive)
    const seen: Record<string, number> = {}

    /** All kinds of requests at once, to both; what must be is known of each. */
    async function traffic(): Promise<void> {
      const [fresh, jwt] = [await as.opaque(), await as.token()]
      const bad = tampered(jwt)
      const verdicts = both.apis.flatMap((api) => [
        [fresh, 'accepted', asked(api, fresh)] as const,
        [jwt, 'accepted', asked(api, jwt)] as const,
        [bad, '401 wrong_signature', asked(api, bad)] as const,
        [inactive, '401 inactive', asked(api, inactive)] as const,
        [banned, '401 revoked', asked(api, banned)] as const,
      ])
      const proofs = spent(both, key, bound)
      for (const [, expected, verdict] of verdicts) expect(await verdict).toBe(expected)
      const outcomes = await proofs
      for (const one of outcomes) seen[one] = (seen[one] ?? 0) + 1
      expect(outcomes.filter((one) => one === 'accepted').length).toBeLessThanOrEqual(1)
    }

    /** Until a proof is accepted exactly once again: then all is well. */
    async function recovered(): Promise<void> {
      for (let tries = 0; tries < 200; tries++) {
        const outcomes = await spent(both, key, bound)
        expect(outcomes.filter((one) => one === 'accepted').length).toBeLessThanOrEqual(1)
        if (outcomes.join() === spentOnce) return
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      throw new Error('The store is not used again.')
    }

    async function overwrite(value: (key: string) => string[]): Promise<void> {
      const keys = (await redis.command('KEYS', '*'))
        .split(/\r\n/)
        .filter((one) => /^scopegate/.test(one))
      for (const one of keys) {
        if ((await redis.command('TYPE', one)) === 'string') await redis.command(...value(one))
      }
    }

    const faults: [string, () => unknown, () => unknown][] = [
      ['paused', () => redis.pause(), () => redis.proceed()],
      ['killed', () => redis.kill(), () => redis.start()],
      ['flushed', () => redis.command('FLUSHALL'), () => {}],
      ['full of garbage', () => overwrite((one) => ['SET', one, 'garbage']), () => {}],
      [
        'of other types',
        () =>
          overwrite((one) => [
            'EVAL',
            "redis.call('DEL', KEYS[1]); return redis.call('LPUSH', KEYS[1], 'x')",
            '1',
            one,
          ]),
        () => {},
      ],
    ]
    await recovered()
    for (const [fault, inject, restore] of faults) {
      // What Redis forgets between two copies of a proof is known to the other process alone.
      const under = fault === 'flushed' ? undefined : traffic()
      await inject()
      await under
      for (let round = 0; round < 4; round++) await traffic()
      await restore()
      await recovered()
      await traffic()
    }
    expect(Object.keys(seen).sort()).toEqual([
      '401 replayed_proof',
      '503 replay_store_lost',
      'accepted',
    ])
    await both.close()
  })

  it('never believes a value that was copied from another token, or put there by somebody else', async () => {
    const both = await pair()
    const [good, gone] = [await as.opaque(), await as.opaque()]
    as.revoke(gone)
    expect(await asked(both.apis[0]!, good)).toBe('accepted')
    const written = async () =>
      (await redis.command('KEYS', 'scopegate*')).match(/^scopegate\S*$/gm)
    const names = await written()
    expect(names?.length).toBeGreaterThan(0)
    expect(await asked(both.apis[0]!, gone)).toBe('401 inactive')
    // Whatever is there under any name: what the other process reads is nothing to it.
    for (const one of names ?? []) {
      if ((await redis.command('TYPE', one)) === 'string')
        await redis.command('SET', one, '{"active":true}')
    }
    expect(await asked(both.apis[1]!, gone)).toBe('401 inactive')
    expect(await asked(both.apis[1]!, good)).toBe('accepted')
    await both.close()
  })

  it('refuses on one process what was revoked on the other, when the store has told it', async () => {
    const both = await pair()
    const token = await as.token({ claims: { sub: 'carol' } })
    for (const api of both.apis) expect(await asked(api, token)).toBe('accepted')
    for (const [from, to] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const subject = `carol-${from}`
      const one = await as.token({ claims: { sub: subject } })
      expect(await asked(both.apis[to]!, one)).toBe('accepted')
      const heard = heardElsewhere()
      await both.apis[from]!.revoke({ subject })
      await heard
      expect(await asked(both.apis[to]!, one)).toBe('401 revoked')
      expect(await asked(both.apis[to]!, token)).toBe('accepted')
    }
    await both.close()
  })

  it('has a security event that is pushed to one process in effect on both', async () => {
    const both = await pair()
    const receiver = securityEvents(both.apis[0]!, { issuer: as.issuer, audience: as.resource })
    const token = await as.token({ claims: { sub: 'dave' } })
    expect(await asked(both.apis[1]!, token)).toBe('accepted')
    const heard = heardElsewhere()
    const pushed = await as.securityEvent({
      subject: { format: 'iss_sub', iss: as.issuer, sub: 'dave' },
    })
    await supertest(express().post('/events', receiver))
      .post('/events')
      .set('Content-Type', 'application/secevent+jwt')
      .send(pushed)
      .expect(202)
    await heard
    expect(await asked(both.apis[0]!, token)).toBe('401 revoked')
    expect(await asked(both.apis[1]!, token)).toBe('401 revoked')
    await receiver.close()
    await both.close()
  })

  it('has a process that was cut off catch up before it serves again', async () => {
    const line = await cuttable(redis.port)
    const both = await pair([redis.port, line.port], { revocation: { onStoreLoss: 'refuse' } })
    const [token, other] = [
      await as.token({ claims: { sub: 'erin' } }),
      await as.token({ claims: { sub: 'frank' } }),
    ]
    for (const api of both.apis) expect(await asked(api, token)).toBe('accepted')
    const behind = once(told, 'behind')
    line.cut()
    await behind
    await both.apis[0]!.revoke({ subject: 'erin' })
    expect(await asked(both.apis[0]!, token)).toBe('401 revoked')
    expect(await asked(both.apis[1]!, token)).toBe('503 revocations_unknown')
    expect(await asked(both.apis[1]!, other)).toBe('503 revocations_unknown')
    const current = once(told, 'current')
    await line.mend()
    await current
    expect(await asked(both.apis[1]!, token)).toBe('401 revoked')
    expect(await asked(both.apis[1]!, other)).toBe('accepted')
    await both.close()
    await line.close()
  })
}

/** A line to a port that can be cut: connections end, and new ones are refused. */
async function cuttable(to: number) {
  const sockets = new Set<Socket>()
  let server: Server
  let port = 0

  async function mend(): Promise<void> {
    server = createServer((near) => {
      const far = connect(to, '127.0.0.1')
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(one)
        one.pipe(other)
        one.on('error', () => other.destroy())
        one.on('close', () => {
          sockets.delete(one)
          other.destroy()
        })
      }
    })
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  }

  function cut(): void {
    server.close()
    for (const socket of sockets) socket.destroy()
  }

  await mend()
  return {
    port,
    cut,
    mend,
    async close() {
      const closed = once(server, 'close')
      cut()
      await closed
    },
  }
}
