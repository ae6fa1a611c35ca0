import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals'
import type { LogFollower, Store } from '../lib/index.ts'
import { redisStore } from '../lib/redis/index.ts'
import { type Ask, LogReader } from '../lib/redis/log-reader.ts'
import { type ClientKind, clientKinds, settledClientKinds } from './fixtures/redis-clients.ts'
import { type RedisServer, redisServer, wantsRedis } from './fixtures/redis-server.ts'

jest.setTimeout(30_000)

const secret = 'a secret of 32 characters or more'
/** A busy machine is no outage. */
const timeoutMs = 5000
const key = 'scopegate:log:a'

describe('whoever reads a log', () => {
  it('is told what is new in another one, also when its connection was lost before it knew', async () => {
    const told: string[] = []
    const reader = new LogReader(key, (value) => told.push(Buffer.from(value).toString()))
    let log = [entry('1000-0', 'one')]
    let lost = false
    const ask: Ask = async (command) => {
      const after = Number.parseInt(command.at(command[0] === 'XREAD' ? -1 : 2) as string, 10)
      if (command[0] === 'XREAD')
        return [[key, log.filter(([id]) => Number.parseInt(id, 10) > after)]]
      if (lost) throw new Error('lost')
      return log.filter(([id]) => Number.parseInt(id, 10) === after)
    }
    expect(await reader.read(ask, 0)).toBe(false)
    log = [entry('500-0', 'two'), entry('2000-0', 'three')]
    lost = true
    await expect(reader.read(ask, 1000)).rejects.toThrow('lost')
    lost = false
    expect(await reader.read(ask, 0)).toBe(true)
    expect(await reader.read(ask, 0)).toBe(false)
    expect(told).toEqual(['one', 'three', 'three', 'two', 'three'])
    // From then on it is that log.
    expect(await reader.read(ask, 0)).toBe(false)
    expect(told).toHaveLength(5)
  })

  const entry = (id: string, text: string) => [id, ['m', text64(text)]] as const
})

if (wantsRedis()) describe('a log on Redis', onRedis)
else it.skip('SKIPPED, since there is no redis-server', () => {})

function onRedis(): void {
  let server: RedisServer
  const ending: (() => unknown)[] = []

  beforeAll(async () => {
    server = await redisServer()
  })

  afterEach(async () => {
    server.proceed()
    for (const end of ending.splice(0).reverse()) await end()
    await server.command('FLUSHALL')
  })

  afterAll(() => server.stop())

  /** A store of a process of its own. */
  async function storeBy({ connect }: ClientKind, ms = timeoutMs, on = server): Promise<Store> {
    const { client, close } = await connect(on.port)
    ending.push(close)
    return redisStore({ client, secret, timeoutMs: ms })
  }

  function follow(store: Store, log = 'a'): Told {
    const told = new Told()
    ending.push(store.follow(log, told))
    return told
  }

  describe.each([...clientKinds, ...settledClientKinds])('by a client of $name', (kind) => {
    it('tells what is there, oldest first, and then what is added by anybody', async () => {
      const store = await storeBy(kind)
      const other = await storeBy(clientKinds[0] as ClientKind)
      await append(store, 'one')
      await append(other, 'two')
      const told = follow(store)
      await told.until('current')
      await append(other, 'three')
      await append(store, 'four')
      await told.until('four')
      expect(told.all).toEqual(['one', 'two', 'current', 'three', 'four'])
    })
  })

  it('is waited on for longer than a second, and than the deadline, and loses nothing', async () => {
    const kinds = [...clientKinds, ...settledClientKinds]
    const stores = await Promise.all(kinds.map((kind) => storeBy(kind, 900)))
    const [store] = stores as [Store]
    await append(store, 'one')
    const [xreads, xranges] = [await callsOf('xread'), await callsOf('xrange')]
    const all = stores.map((each) => follow(each))
    await Promise.all(all.map((told) => told.until('current')))
    // All have asked whether the log is still the same by then, and wait again.
    while ((await callsOf('xrange')) < xranges + all.length);
    expect((await callsOf('xread')) - xreads).toBeLessThan(4 * all.length)
    await append(store, 'two')
    await Promise.all(all.map((told) => told.until('two')))
    for (const { all: texts } of all) expect(texts).toEqual(['one', 'current', 'two'])
  })

  describe.each(clientKinds)('by a client of $name', (kind) => {
    it('is current at once when there is nothing', async () => {
      const told = follow(await storeBy(kind))
      await told.until('current')
      expect(told.all).toEqual(['current'])
    })

    it('tells thousands of entries before it is current', async () => {
      const store = await storeBy(kind)
      const texts = Array.from({ length: 2500 }, (_, at) => `entry ${at}`)
      await Promise.all(texts.map((text) => append(store, text)))
      const told = follow(store)
      await told.until('current')
      expect(told.all).toEqual([...texts, 'current'])
    })

    it('has other logs apart', async () => {
      const store = await storeBy(kind)
      const told = follow(store, 'b')
      await told.until('current')
      await append(store, 'for a')
      await store.append('b', Buffer.from('for b'), 60_000)
      await told.until('for b')
      expect(told.all).toEqual(['current', 'for b'])
    })

    it('tells a loss at once, and what was added meanwhile once', async () => {
      const store = await storeBy(kind)
      await append(store, 'one')
      const told = follow(store)
      await told.until('current')
      await server.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
      await told.until('lost')
      await append(await storeBy(kind), 'two')
      await told.until('two', 'current')
      expect(told.all.filter((text) => !['lost', 'current'].includes(text))).toEqual(['one', 'two'])
    })

    it('comes back when Redis does, with nothing in it', async () => {
      const other = await redisServer()
      ending.push(() => other.stop())
      const store = await storeBy(kind, timeoutMs, other)
      await append(store, 'one')
      const told = follow(store)
      await told.until('current')
      await other.kill()
      await told.until('lost')
      await other.start()
      await told.until('current')
      await append(store, 'two')
      await told.until('two')
      expect(told.all).toEqual(['one', 'current', 'lost', 'current', 'two'])
    })

    it('is lost while Redis stands still, and current again when it goes on', async () => {
      const store = await storeBy(kind, 100)
      const told = follow(store)
      await told.until('current')
      const before = await connections()
      server.pause()
      await told.until('lost')
      server.proceed()
      await told.until('current')
      // The connection that was not answered on is not kept.
      while ((await connections()) !== before);
      await append(await storeBy(kind), 'one')
      await told.until('one')
      expect(told.all.at(-1)).toBe('one')
    })

    it('begins when there is a Redis, as late as that may be', async () => {
      const other = await redisServer()
      ending.push(() => other.stop())
      const store = await storeBy(kind, timeoutMs, other)
      await other.kill()
      const told = follow(store)
      await told.until('lost')
      await other.start()
      await told.until('current')
      await append(store, 'one')
      await told.until('one')
      expect(told.all).toEqual(['lost', 'current', 'one'])
    })

    it('tells what is new by ids that are not, as when a clock was set back', async () => {
      const store = await storeBy(kind)
      await server.command('XADD', key, '2000-5', 'm', text64('one'))
      const told = follow(store)
      await told.until('current')
      await server.command('DEL', key)
      await server.command('XADD', key, '1000-0', 'm', text64('two'))
      await waitIsOver()
      await told.until('two')
      expect(told.all).toEqual(['one', 'current', 'two'])
    })

    it('tells what has the id of another entry, as when Redis was emptied in between', async () => {
      const store = await storeBy(kind)
      await server.command('XADD', key, '1000-0', 'm', text64('one'))
      const told = follow(store)
      await told.until('current')
      await server.command('DEL', key)
      await server.command('XADD', key, '1000-0', 'm', text64('two'))
      await server.command('XADD', key, '1000-1', 'm', text64('three'))
      await told.until('two')
      await told.until('three')
    })

    it('tells what is new in an older copy of the log', async () => {
      const store = await storeBy(kind)
      await server.command('XADD', key, '1000-0', 'm', text64('one'))
      await server.command('XADD', key, '3000-0', 'm', text64('two'))
      const told = follow(store)
      await told.until('current')
      const replaced = `
        redis.call('DEL', KEYS[1])
        redis.call('XADD', KEYS[1], '1000-0', 'm', ARGV[1])
        redis.call('XADD', KEYS[1], '2000-0', 'm', ARGV[2])
      `
      await server.command('EVAL', replaced, '1', key, text64('one'), text64('three'))
      await waitIsOver()
      await told.until('three')
      expect(told.all).toEqual(['one', 'two', 'current', 'one', 'three'])
    })

    it.each<[name: string, fields: string[]]>([
      ['of other fields', ['other', text64('bad')]],
      ['that is no base64url', ['m', '{"all":true}']],
      ['that is large', ['other', 'x'.repeat(5_000_000)]],
      ['of many fields', Array.from({ length: 2000 }, (_, at) => `f${at}`)],
      ['without a name', ['', '']],
    ])('passes over an entry %s', async (_name, fields) => {
      const store = await storeBy(kind)
      await server.command('XADD', key, '*', ...fields)
      const told = follow(store)
      await told.until('current')
      await server.command('XADD', key, '*', ...fields)
      await append(store, 'one')
      await told.until('one')
      expect(told.all).toEqual(['current', 'one'])
    })

    it('is lost while its key is something else, and comes back', async () => {
      const store = await storeBy(kind)
      const told = follow(store)
      await told.until('current')
      await append(store, 'one')
      await told.until('one')
      await server.command('SET', key, 'x')
      await waitIsOver()
      await told.until('lost')
      await expect(append(store, 'none')).rejects.toMatchObject({ code: 'WRONGTYPE' })
      await server.command('DEL', key)
      await append(store, 'two')
      await told.until('two')
      await told.until('current')
      expect(told.all).not.toContain('none')
    })

    it('tells nothing any more when it is ended, and releases its connection', async () => {
      const store = await storeBy(kind)
      const before = await connections()
      const told = new Told()
      const end = store.follow('a', told)
      await told.until('current')
      expect(await connections()).toBe(before + 1)
      await end()
      await append(store, 'one')
      // What it was waiting for has been answered to nobody, or never.
      while ((await connections()) !== before);
      expect(told.all).toEqual(['current'])
      await end()
    })

    it('leaves no connection when it is ended while it connects', async () => {
      const store = await storeBy(kind)
      const before = await connections()
      const told = new Told()
      const end = store.follow('a', told)
      await new Promise<void>((resolve) => setImmediate(resolve))
      await end()
      // Redis knows of that connection by the time that it knows of the next.
      const next = new Told()
      const endNext = store.follow('a', next)
      await next.until('current')
      await endNext()
      while ((await connections()) !== before);
      expect(told.all).toEqual([])
    })

    it('keeps no process from ending', async () => {
      const store = await storeBy(kind)
      const sockets = () =>
        process.getActiveResourcesInfo().filter((kind) => kind.startsWith('TCP')).length
      const before = sockets()
      const told = follow(store)
      await told.until('current')
      expect(sockets()).toBe(before)
    })

    it('is ended at once while Redis stands still', async () => {
      const store = await storeBy(kind)
      const told = new Told()
      const end = store.follow('a', told)
      await told.until('current')
      server.pause()
      await end()
      expect(told.all).toEqual(['current'])
    })

    it('is ended at once while there is no Redis, and before it has begun', async () => {
      const other = await redisServer()
      ending.push(() => other.stop())
      const store = await storeBy(kind, timeoutMs, other)
      await store.follow('a', new Told())()
      const told = follow(store)
      await told.until('current')
      await other.kill()
      await told.until('lost')
      await store.follow('a', new Told())()
    })
  })

  describe('has room', () => {
    it('for what is young enough, as each entry came with its age, and for nothing else', async () => {
      const store = await storeBy(clientKinds[0] as ClientKind)
      await server.command('XADD', key, '1-0', 'm', 'old', 'a', '1000')
      await server.command('XADD', key, '2-0', 'other', 'field')
      await server.command('XADD', key, '3-0', 'm', 'old', 'a', 'x')
      await append(store, 'one', 3_600_000)
      expect(await server.command('XLEN', key)).toBe('1')
      const before = Number(await server.command('PTTL', key))
      await append(store, 'two', 1)
      await append(store, 'three', 60_000)
      expect(Number(await server.command('PTTL', key))).toBeGreaterThan(before - 60_000)
      const told = follow(store)
      await told.until('current')
      expect(told.all).toEqual(['one', 'two', 'three', 'current'])
    })

    it('for more than is added, so that it shrinks', async () => {
      const store = await storeBy(clientKinds[0] as ClientKind)
      for (let at = 1; at <= 50; at++) {
        await server.command('XADD', key, `${at}-0`, 'm', 'old', 'a', '1')
      }
      await append(store, 'one')
      expect(await server.command('XLEN', key)).toBe('19')
      await append(store, 'two')
      expect(await server.command('XLEN', key)).toBe('2')
    })

    it('for what is followed while the oldest is removed', async () => {
      const store = await storeBy(clientKinds[0] as ClientKind)
      await server.command('XADD', key, '1-0', 'm', text64('old'), 'a', '1')
      const told = follow(store)
      await told.until('current')
      await append(store, 'one')
      await told.until('one')
      await append(store, 'two')
      await told.until('two')
      expect(new Set(told.all)).toEqual(new Set(['old', 'current', 'one', 'two']))
    })
  })

  async function connections(): Promise<number> {
    // Less the one that asks.
    return (await server.command('CLIENT', 'LIST', 'TYPE', 'normal')).split('\n').length - 1
  }

  /** Redis answers whoever waits for a log as when the second is over. */
  async function waitIsOver(): Promise<void> {
    for (;;) {
      const clients = await server.command('CLIENT', 'LIST', 'TYPE', 'normal')
      const waiting = /^id=(\d+) .* cmd=xread /m.exec(clients)?.[1]
      if (waiting && (await server.command('CLIENT', 'UNBLOCK', waiting)) === '1') return
    }
  }

  /** How often the server has carried out a command. */
  async function callsOf(name: string): Promise<number> {
    const all = await server.command('INFO', 'commandstats')
    return Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(all)?.[1] ?? 0)
  }
}

function append(store: Store, text: string, maxAgeMs = 60_000): Promise<void> {
  return store.append('a', Buffer.from(text), maxAgeMs)
}

function text64(text: string): string {
  return Buffer.from(text).toString('base64url')
}

/** Writes down what it is told. */
class Told implements LogFollower {
  readonly all: string[] = []
  #seen = 0
  #look = () => {}

  entry(value: Uint8Array): void {
    this.#add(Buffer.from(value).toString())
  }

  current(): void {
    this.#add('current')
  }

  lost(): void {
    this.#add('lost')
  }

  /** Once it was told each of these, in this order, after what was waited for before. */
  async until(...texts: string[]): Promise<void> {
    for (const text of texts) {
      await new Promise<void>((resolve) => {
        this.#look = () => {
          const at = this.all.indexOf(text, this.#seen)
          if (at === -1) return
          this.#seen = at + 1
          this.#look = () => {}
          resolve()
        }
        this.#look()
      })
    }
  }

  #add(text: string): void {
    this.all.push(text)
    this.#look()
  }
}
