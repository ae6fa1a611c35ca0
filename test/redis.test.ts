import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { Redis } from 'ioredis'
import { createClient, createSentinel } from 'redis'
import {
  type IoredisClient,
  type RedisClient,
  type RedisStoreOptions,
  redisStore,
} from '../lib/redis/index.ts'
import { clientKinds, clusterKinds, settledClientKinds } from './fixtures/redis-clients.ts'
import { type RedisServer, redisServer, wantsRedis } from './fixtures/redis-server.ts'

// To start a server takes a while on a machine that does much else.
jest.setTimeout(30_000)

const secret = 'a secret of 32 characters or more'
/** A busy machine is no outage. */
const timeoutMs = 5000

describe('the options of a store on Redis', () => {
  const client: RedisClient = { call: () => Promise.resolve(null), duplicate() {} }
  Object.assign(client, { disconnect() {} })

  const wrong: [name: string, options: object, option: string, says: string][] = [
    ['a missing client', { secret }, 'store.client', 'is required'],
    ['a client of something else', { secret, client: { get() {} } }, 'store.client', '`ioredis`'],
    ['no secret', { client }, 'store.secret', 'is required'],
    ['a short secret', { client, secret: 'x'.repeat(31) }, 'store.secret', '32 characters'],
    ['an empty list of secrets', { client, secret: [] }, 'store.secret', 'non-empty array'],
    ['a short secret in a list', { client, secret: [secret, 'x'] }, 'store.secret', '32 char'],
    ['a prefix with a space', { client, secret, prefix: 'a b' }, 'store.prefix', 'letters, digits'],
    ['an empty prefix', { client, secret, prefix: '' }, 'store.prefix', 'letters, digits'],
    ['no time', { client, secret, timeoutMs: 0 }, 'store.timeoutMs', 'from 1 to'],
    ['a misspelt one', { client, secrets: secret }, 'store.secrets', 'Did you mean `secret`?'],
  ]

  it.each(wrong)('cannot have %s', (_name, options, option, says) => {
    expect(() => redisStore(options as RedisStoreOptions)).toThrow(
      expect.objectContaining({
        code: 'invalid_configuration',
        option,
        message: expect.stringContaining(says),
      }),
    )
  })

  it('cannot have a sentinel of redis, whose commands are others', () => {
    const sentinel = createSentinel({ name: 'a', sentinelRootNodes: [{ host: 'a', port: 1 }] })
    expect(() => redisStore({ client: sentinel as unknown as RedisClient, secret })).toThrow(
      'store.client: must be a client or cluster of `redis` or `ioredis`, not an object.',
    )
  })

  it('keep a wrong secret to themselves', () => {
    const short = 'hunter2'
    expect(() => redisStore({ client, secret: short })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(short) }),
    )
    expect(() => redisStore({ client, secret: [secret, short] })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(short) }),
    )
  })

  it('have one secret or several, which a printed store does not show', () => {
    expect(redisStore({ client, secret }).secrets).toEqual([secret])
    const store = redisStore({ client, secret: [`new ${secret}`, secret] })
    expect(store.secrets).toEqual([`new ${secret}`, secret])
    expect(Object.isFrozen(store.secrets)).toBe(true)
    expect(inspect(store, { depth: 9, showHidden: true }) + JSON.stringify(store)).not.toContain(
      secret,
    )
  })
})

if (wantsRedis()) {
  describe('a store on Redis', onRedis)
  describe('a store on a Redis Cluster', onCluster)
} else {
  it.skip('SKIPPED, since there is no redis-server', () => {})
}

function onRedis(): void {
  let server: RedisServer
  const closing: (() => void)[] = []

  beforeAll(async () => {
    server = await redisServer()
  })

  afterEach(async () => {
    server.proceed()
    for (const close of closing.splice(0)) close()
    await server.command('FLUSHALL')
  })

  afterAll(() => server.stop())

  describe.each([...clientKinds, ...settledClientKinds])('by a client of $name', ({ connect }) => {
    async function connected(): Promise<RedisClient> {
      const { client, close } = await connect(server.port)
      closing.push(close)
      return client
    }

    it('has what was kept, and nothing else', async () => {
      const store = redisStore({ client: await connected(), secret, timeoutMs })
      const value = Buffer.from(Array.from({ length: 256 }, (_, octet) => octet))
      await store.set('a', value, 60_000)
      expect(Buffer.from((await store.get('a')) as Uint8Array)).toEqual(value)
      expect(await store.get('b')).toBeUndefined()
      await store.set('a', Buffer.of(1), 60_000)
      expect(Buffer.from((await store.get('a')) as Uint8Array)).toEqual(Buffer.of(1))
    })

    it('lets a key be claimed once', async () => {
      const store = redisStore({ client: await connected(), secret, timeoutMs })
      expect(await store.claim('a', 60_000)).toBe(true)
      expect(await store.claim('a', 60_000)).toBe(false)
      expect(await store.claim('b', 60_000)).toBe(true)
    })
  })

  describe.each(clientKinds)('by a client of $name', ({ connect }) => {
    async function connected(): Promise<RedisClient> {
      const { client, close } = await connect(server.port)
      closing.push(close)
      return client
    }

    it('lets exactly one of a thousand have a claim, over two connections', async () => {
      const stores = [
        redisStore({ client: await connected(), secret, timeoutMs }),
        redisStore({ client: await connected(), secret, timeoutMs }),
      ] as const
      const claims = Array.from({ length: 1000 }, (_, at) =>
        stores[at % 2 === 0 ? 0 : 1].claim('a', 60_000),
      )
      expect((await Promise.all(claims)).filter((first) => first)).toHaveLength(1)
    })

    it('has Redis end all of it', async () => {
      const store = redisStore({ client: await connected(), secret, prefix: 'p', timeoutMs })
      await store.set('a', Buffer.of(1), 70_000.5)
      await store.claim('a', 80_000)
      await store.append('a', Buffer.of(1), 90_000)
      for (const [kind, longest] of [
        ['value', 70_001],
        ['claim', 80_000],
        ['log', 90_000],
      ] as const) {
        const left = Number(await server.command('PTTL', `p:${kind}:a`))
        expect(left).toBeGreaterThan(longest - 20_000)
        expect(left).toBeLessThanOrEqual(longest)
      }
      expect(await server.command('DBSIZE')).toBe('3')
    })

    it('takes any age for a time that there is', async () => {
      const store = redisStore({ client: await connected(), secret, timeoutMs })
      await store.set('a', Buffer.of(1), Number.POSITIVE_INFINITY)
      expect(Number(await server.command('PTTL', 'scopegate:value:a'))).toBeGreaterThan(2 ** 47)
      await store.set('b', Buffer.of(1), -5)
    })

    it('has large values, and neither keeps nor reads larger ones', async () => {
      const store = redisStore({ client: await connected(), secret, timeoutMs })
      const large = randomBytes(786_432)
      await store.set('a', large, 60_000)
      expect(large.equals((await store.get('a')) as Uint8Array)).toBe(true)
      await expect(store.set('a', Buffer.concat([large, large]), 60_000)).rejects.toMatchObject({
        code: 'too_large',
      })
      await server.command('SETRANGE', 'scopegate:value:a', '1048576', 'AAAA')
      expect(await store.get('a')).toBeUndefined()
    })

    it.each(['', 'a value', 'AB', 'QQ==', '\u0000', '{"active":true}'])(
      'takes %j, which others wrote, for nothing',
      async (text) => {
        const store = redisStore({ client: await connected(), secret, timeoutMs })
        await server.command('SET', 'scopegate:value:a', text)
        expect(await store.get('a')).toBeUndefined()
      },
    )

    it('says of an error of Redis its first word alone, and rejects each operation', async () => {
      const store = redisStore({ client: await connected(), secret, timeoutMs })
      for (const kind of ['value', 'claim', 'log']) {
        await server.command('HSET', `scopegate:${kind}:key1234`, 'a', '1')
      }
      const failures = await Promise.all([
        store.get('key1234').catch((error: Error) => error),
        store.claim('key1234', 1000).catch((error: Error) => error),
        store.append('key1234', Buffer.of(1), 1000).catch((error: Error) => error),
      ])
      for (const failure of failures) {
        expect(failure).toMatchObject({
          name: 'RedisStoreError',
          code: 'WRONGTYPE',
          message: 'Redis could not do what it was asked. (WRONGTYPE)',
        })
        expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain('key1234')
        expect(failure).not.toHaveProperty('cause')
      }
    })

    it('says what is wrong with a log that takes no more entries, and the way out', async () => {
      const store = redisStore({ client: await connected(), secret, timeoutMs })
      const greatest = String(2n ** 64n - 1n)
      await server.command('XADD', 'scopegate:log:a', `${greatest}-${greatest}`, 'm', 'x')
      await expect(store.append('a', Buffer.of(1), 1000)).rejects.toMatchObject({
        code: 'log_full',
        message: expect.stringContaining('Delete the keys that begin with the prefix and `:log:`'),
      })
      await server.command('DEL', 'scopegate:log:a')
      await store.append('a', Buffer.of(1), 1000)
    })

    it('waits no longer than it was told while Redis stands still, and works when it goes on', async () => {
      const client = await connected()
      const hasty = redisStore({ client, secret, timeoutMs: 50 })
      const store = redisStore({ client, secret, timeoutMs })
      await store.set('a', Buffer.of(1), 60_000)
      server.pause()
      const late = { code: 'timed_out', message: 'Redis did not answer in time.' }
      await expect(hasty.get('a')).rejects.toMatchObject(late)
      await expect(hasty.set('a', Buffer.of(2), 60_000)).rejects.toMatchObject(late)
      await expect(hasty.claim('a', 60_000)).rejects.toMatchObject(late)
      await expect(hasty.append('a', Buffer.of(2), 60_000)).rejects.toMatchObject(late)
      server.proceed()
      expect(await store.get('b')).toBeUndefined()
    })

    it('asks no more while a hundred answers are overdue, and goes on once they have come', async () => {
      const client = await connected()
      let sent = 0
      const counted = counting(client, () => sent++)
      const store = redisStore({ client: counted, secret, timeoutMs: 500 })
      server.pause()
      const first = await Promise.allSettled(Array.from({ length: 100 }, () => store.get('a')))
      expect(first.filter(({ status }) => status === 'rejected')).toHaveLength(100)
      await expect(store.get('a')).rejects.toMatchObject({ code: 'not_answering' })
      await expect(store.claim('a', 1000)).rejects.toMatchObject({ code: 'not_answering' })
      expect(sent).toBe(100)
      server.proceed()
      await redisStore({ client, secret, timeoutMs }).get('a')
      expect(await store.get('a')).toBeUndefined()
      expect(sent).toBe(101)
    })

    it('rejects while there is no Redis, and works once it is back', async () => {
      const other = await redisServer()
      try {
        const { client, close } = await connect(other.port)
        closing.push(close)
        const store = redisStore({ client, secret, timeoutMs })
        await store.set('a', Buffer.of(1), 60_000)
        await other.kill()
        const hasty = redisStore({ client, secret, timeoutMs: 100 })
        await expect(hasty.get('a')).rejects.toHaveProperty('name', 'RedisStoreError')
        await other.start()
        // The client comes back in its own time.
        await expect(store.set('a', Buffer.of(2), 60_000)).resolves.toBeUndefined()
        expect(await store.get('a')).toEqual(Buffer.of(2))
      } finally {
        await other.stop()
      }
    })
  })

  it('rejects by a client of redis that was never connected', async () => {
    const store = redisStore({ client: createClient(), secret, timeoutMs })
    await expect(store.get('a')).rejects.toMatchObject({ code: 'failed' })
  })

  it('rejects by a client of ioredis that does not get a connection', async () => {
    const client = new Redis({ host: '127.0.0.1', port: 1 })
    client.on('error', () => {})
    const store = redisStore({ client, secret, timeoutMs: 50 })
    await expect(store.get('a')).rejects.toMatchObject({ code: 'timed_out' })
    client.disconnect()
  })

  it.each<[name: string, thrown: unknown, code: string]>([
    [
      'an error with a code',
      Object.assign(new Error('a'), { code: 'ECONNREFUSED' }),
      'ECONNREFUSED',
    ],
    ['an error of Redis', new Error('READONLY You can not write'), 'READONLY'],
    ['an error that quotes', new Error('SECRET-key'), 'failed'],
    ['a code that is none', Object.assign(new Error('x'), { code: 'a key' }), 'failed'],
    ['nothing', undefined, 'failed'],
    ['a text', 'READONLY a', 'failed'],
  ])('rejects when a client throws %s', async (_name, thrown, code) => {
    const client = {
      call(): Promise<unknown> {
        throw thrown
      },
      duplicate() {},
      disconnect() {},
    }
    const store = redisStore({ client, secret, timeoutMs })
    await expect(store.get('a')).rejects.toMatchObject({ code })
  })

  it('knows its own claim when the client sent it twice', async () => {
    const { client, close } = await clientKinds[1]!.connect(server.port)
    closing.push(close)
    const send = (client as IoredisClient).call.bind(client)
    const twice = {
      async call(...command: never[]): Promise<unknown> {
        await send(...command)
        return send(...command)
      },
      duplicate() {},
      disconnect() {},
    }
    const store = redisStore({ client: twice, secret, timeoutMs })
    expect(await store.claim('a', 60_000)).toBe(true)
    expect(await store.claim('a', 60_000)).toBe(false)
  })

  it('takes no answer for late that came while this process was busy', async () => {
    const { client, close } = await clientKinds[0]!.connect(server.port)
    closing.push(close)
    const store = redisStore({ client, secret, timeoutMs: 20 })
    const answer = store.get('a')
    // Sent in this turn; answered long before the next.
    await new Promise<void>((resolve) => setImmediate(resolve))
    const until = performance.now() + 300
    while (performance.now() < until);
    await expect(answer).resolves.toBeUndefined()
  })
}

function onCluster(): void {
  let server: RedisServer

  beforeAll(async () => {
    server = await redisServer('--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1')
    await server.command('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
    while (!(await server.command('CLUSTER', 'INFO')).includes('cluster_state:ok'));
  })

  afterAll(() => server.stop())

  it.each(clusterKinds)('does each operation by $name', async ({ name, connect }) => {
    const { client, close } = await connect(server.port)
    const store = redisStore({ client, secret, prefix: name.replaceAll(' ', '-'), timeoutMs })
    for (let at = 0; at < 20; at++) {
      await store.set(`a${at}`, Buffer.of(at), 60_000)
      expect(await store.get(`a${at}`)).toEqual(Buffer.of(at))
      expect(await store.claim(`a${at}`, 60_000)).toBe(true)
      expect(await store.claim(`a${at}`, 60_000)).toBe(false)
    }
    await store.append('log', Buffer.of(1), 60_000)
    const told: string[] = []
    let stop = async () => {}
    let appended: Promise<void> | undefined
    await new Promise<void>((resolve) => {
      stop = store.follow('log', {
        entry(value) {
          told.push(Buffer.from(value).toString('hex'))
          if (told.length === 3) resolve()
        },
        current() {
          told.push('current')
          appended = store.append('log', Buffer.of(2), 60_000)
        },
        lost: () => {},
      })
    })
    expect(told).toEqual(['01', 'current', '02'])
    await appended
    await stop()
    close()
  })
}

/** The client, with whoever counts what is sent by it. */
function counting(client: RedisClient, count: () => void): RedisClient {
  return new Proxy(client, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target)
      if (typeof member !== 'function' || !['call', 'sendCommand'].includes(String(name)))
        return member
      return (...command: unknown[]) => {
        count()
        return member.apply(target, command)
      }
    },
  })
}
