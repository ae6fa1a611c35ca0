import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, it, jest } from '@jest/globals'
import fc from 'fast-check'
import { type SealedStore, sealedStore } from '../lib/store/sealed-store.ts'
import { Sealing } from '../lib/store/sealing.ts'
import type { LogFollower, Store } from '../lib/store/store.ts'
import { type MemoryStore, memoryStore } from '../lib/testing/index.ts'
import { TestClock } from './fixtures/protected-api.ts'

const secret = 'a secret of thirty-two characters'
const resource = 'https://api.test'
const clock = new TestClock()
const at = { resource, clock: clock.read }

const place = { purpose: 'answer', name: 'answer:x', key: 'token' } as const
const sealed = (value: object = { a: 1 }) => new Sealing(secret, resource).seal(place, value)!

describe('what is sealed', () => {
  it('opens as it was, wherever the secret, the resource and the place are the same', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), (value) => {
        // Half a character is nothing that JSON can say.
        const said = JSON.parse(JSON.stringify(value))
        fc.pre(!/\\ud[89a-f]/.test(JSON.stringify(value)))
        expect(new Sealing(secret, resource).open(place, sealed(value))).toEqual(said)
      }),
    )
  })

  it('opens with no other secret, resource, purpose, name or token', () => {
    const octets = sealed()
    expect(new Sealing(`${secret}.`, resource).open(place, octets)).toBeUndefined()
    expect(new Sealing(secret, `${resource}/`).open(place, octets)).toBeUndefined()
    for (const other of [{ purpose: 'log' }, { name: 'answer:y' }, { key: 'other' }] as const) {
      expect(new Sealing(secret, resource).open({ ...place, ...other }, octets)).toBeUndefined()
    }
  })

  it('does not open once any bit of it was changed, or any byte was cut off or added', () => {
    const sealing = new Sealing(secret, resource)
    const octets = sealed()
    for (let bit = 0; bit < octets.length * 8; bit++) {
      const changed = Buffer.from(octets)
      changed[bit >> 3]! ^= 1 << (bit & 7)
      expect(sealing.open(place, changed)).toBeUndefined()
    }
    for (let length = 0; length < octets.length; length++) {
      expect(sealing.open(place, octets.subarray(0, length))).toBeUndefined()
    }
    expect(sealing.open(place, Buffer.concat([octets, Buffer.of(0)]))).toBeUndefined()
    expect(sealing.open(place, octets)).toEqual({ a: 1 })
  })

  it('is never the same twice, and tells nothing of what it is made from', () => {
    expect(sealed()).not.toEqual(sealed())
    expect(sealed({ sub: 'alice' }).toString('latin1')).not.toContain('alice')
  })

  it('is nothing that a store makes up, of any type and size', () => {
    const sealing = new Sealing(secret, resource)
    const like = { buffer: {}, byteOffset: 0, byteLength: 100 }
    const made = [undefined, null, '', 'x'.repeat(99), 7, like, [1, 2], new Uint16Array(40)]
    const octets = [0, 1, 28, 29, 30, 500, 70_000].map((size) => randomBytes(size))
    for (const value of [...made, ...octets, ...octets.map((one) => Buffer.of(1, ...one))]) {
      expect(sealing.open(place, value)).toBeUndefined()
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (value) => {
        expect(sealing.open(place, value)).toBeUndefined()
      }),
    )
  })

  it('is no more than is read of an authorization server', () => {
    const sealing = new Sealing(secret, resource)
    expect(sealing.seal(place, { a: 'x'.repeat(64 * 1024) })).toBeUndefined()
    const most = sealing.seal(place, { a: 'x'.repeat(64 * 1024 - 8) })!
    expect(most.length).toBe(64 * 1024 + 29)
    expect(sealing.open(place, most)).toHaveProperty('a')
  })

  it('comes out as it went in, or is not sealed: JSON has no number without end', () => {
    const sealing = new Sealing(secret, resource)
    expect(sealing.seal(place, { limits: { upTo: Number.POSITIVE_INFINITY } })).toBeUndefined()
    expect(sealing.open(place, sealing.seal(place, JSON.parse('{"__proto__":{"a":1}}')))).toEqual(
      JSON.parse('{"__proto__":{"a":1}}'),
    )
  })

  it('comes out frozen at every depth', () => {
    const opened = new Sealing(secret, resource).open(place, sealed({ a: { b: [{}] } })) as {
      a: { b: object[] }
    }
    expect([opened, opened.a, opened.a.b, opened.a.b[0]].every(Object.isFrozen)).toBe(true)
  })
})

describe('a name in the store', () => {
  const name = (...[purpose, id]: Parameters<Sealing['name']>) =>
    new Sealing(secret, resource).name(purpose, id)

  it('is another for each secret, resource, purpose and id', () => {
    const names = [
      name('answer', 'a'),
      name('answer', 'b'),
      name('proof', 'a').replace('proof', 'answer'),
      new Sealing(`${secret}.`, resource).name('answer', 'a'),
      new Sealing(secret, `${resource}/`).name('answer', 'a'),
    ]
    expect(new Set(names).size).toBe(names.length)
    expect(name('answer', 'a')).toBe(name('answer', 'a'))
    expect(name('answer', 'a')).toMatch(/^answer:[\w-]{43}$/)
  })

  it('holds no digest that somebody without the secret could make', () => {
    const digest = createHash('sha256').update('a').digest('base64url')
    expect(name('answer', 'a')).not.toContain(digest)
  })
})

describe('the store behind it', () => {
  const opened = (store: Store) => sealedStore(store, at)
  const secrets = [
    'the old secret of 32 characters...',
    'the new secret of 32 characters...',
  ] as const
  const [old, young] = secrets

  /** The same store, in a process that knows these secrets. */
  const knowing = (store: MemoryStore, ...known: [string, ...string[]]): SealedStore =>
    opened({ ...store, secrets: known })

  it('gives what was written about a token, and to nobody who asks about another', async () => {
    const store = memoryStore({ clock: clock.read })
    await opened(store).write('token', 'id', { a: 1 }, 1000)
    expect(await opened(store).read('token', 'id')).toEqual({ a: 1 })
    expect(await opened(store).read('other', 'id')).toBeUndefined()
    expect(await opened(store).read('token', 'other')).toBeUndefined()
    expect(
      await sealedStore(store, { ...at, resource: 'https://b.test' }).read('token', 'id'),
    ).toBe(undefined)
  })

  it('makes exactly one of many claims, whichever two secrets of a rotation processes know', async () => {
    for (const pair of [
      [[old], [young, old]],
      [
        [old, young],
        [young, old],
      ],
      [[young, old], [young]],
    ] as [string, ...string[]][][]) {
      const store = memoryStore({ clock: clock.read })
      const [one, other] = pair.map((known) => knowing(store, ...known))
      for (let id = 0; id < 20; id++) {
        const claims = await Promise.all(
          Array.from({ length: 10 }, (_, n) => (n % 2 ? one! : other!).claim(`${id}`, 1000)),
        )
        expect(claims.filter((claim) => claim === 'first')).toHaveLength(1)
        expect(claims.filter((claim) => claim === 'seen')).toHaveLength(9)
      }
    }
  })

  it('tells all who follow, whichever two secrets of a rotation processes know', async () => {
    for (const pair of [
      [[old], [young, old]],
      [[young, old], [young]],
    ] as [string, ...string[]][][]) {
      for (const [one, other] of [pair, [...pair].reverse()]) {
        const store = memoryStore({ clock: clock.read })
        const heard: unknown[] = []
        const reached = new Promise<void>((current) => {
          knowing(store, ...other!).follow({
            entry: (entry) => heard.push(entry),
            current,
            lost: () => heard.push('lost'),
          })
        })
        await knowing(store, ...one!).append({ revoked: 1 }, 1000)
        await reached
        await knowing(store, ...one!).append({ revoked: 2 }, 1000)
        expect(heard).toEqual([{ revoked: 1 }, { revoked: 2 }])
      }
    }
  })

  it('leaves out what is in the log and was not made for it', async () => {
    const store = memoryStore({ clock: clock.read })
    const heard: unknown[] = []
    const listening = { entry: (entry: unknown) => heard.push(entry), current() {}, lost() {} }
    opened(store).follow(listening)
    await opened(store).append({ revoked: 1 }, 1000)
    const [[name, entry] = []] = [...store.dump()]
    const log = name!.replace(/ \d+$/, '')
    const other = memoryStore({ clock: clock.read })
    await sealedStore(other, { ...at, resource: 'https://b.test' }).append({ of: 'another' }, 1000)
    for (const planted of [
      'text',
      null,
      Buffer.from('{"revoked":2}'),
      entry!.subarray(1),
      [...other.dump().values()][0],
    ]) {
      store.plantEntry(log, planted)
    }
    await opened(store).append({ revoked: 3 }, 1000)
    expect(heard).toEqual([{ revoked: 1 }, { revoked: 3 }])
  })

  it('is current once all logs are, and lost once any is, and says each once', () => {
    const followers: LogFollower[] = []
    const ended: number[] = []
    const store = {
      ...memoryStore(),
      secrets,
      follow: (_log: string, follower: LogFollower) => {
        const index = followers.push(follower)
        return async () => void ended.push(index)
      },
    }
    const heard: string[] = []
    const end = opened(store).follow({
      entry() {},
      current: () => heard.push('current'),
      lost: () => heard.push('lost'),
    })
    const [one, other] = followers as [LogFollower, LogFollower]
    one.current()
    expect(heard).toEqual([])
    other.current()
    other.current()
    expect(heard).toEqual(['current'])
    one.lost()
    other.lost()
    one.current()
    expect(heard).toEqual(['current', 'lost'])
    other.current()
    expect(heard).toEqual(['current', 'lost', 'current'])
    return end().then(() => expect(ended).toEqual([1, 2]))
  })

  it('is listened to no more once it is told to end, whatever it goes on telling', async () => {
    const store = memoryStore({ clock: clock.read })
    const heard: unknown[] = []
    let follower: LogFollower | undefined
    const end = opened({
      ...store,
      follow(_log: string, given: LogFollower) {
        follower = given
        return async () => {}
      },
    }).follow({
      entry: (entry) => heard.push(entry),
      current: () => heard.push('current'),
      lost: () => heard.push('lost'),
    })
    await opened(store).append({ revoked: 1 }, 1000)
    const [entry] = [...store.dump().values()]
    follower?.entry(entry as Uint8Array)
    expect(heard).toEqual([{ revoked: 1 }])
    await end()
    follower?.entry(entry as Uint8Array)
    follower?.current()
    follower?.lost()
    expect(heard).toEqual([{ revoked: 1 }])
  })

  it('rejects where an entry was not taken, or is too large for the log', async () => {
    const store = memoryStore({ clock: clock.read })
    const shared = opened(store)
    await expect(shared.append({ a: 'x'.repeat(70_000) }, 1000)).rejects.toThrow('does not fit')
    expect(shared.health()).toEqual({ status: 'unknown' })
    store.fail('refused')
    await expect(shared.append({ a: 1 }, 1000)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    expect(shared.health()).toMatchObject({ status: 'failing' })
  })

  it('must say how a log is followed no more, before anything is asked of it', () => {
    const follower = { entry() {}, current() {}, lost() {} }
    const promising = { ...memoryStore(), follow: async () => async () => {} }
    for (const store of [promising, { ...memoryStore(), follow: () => undefined }]) {
      expect(() => opened(store as unknown as Store).follow(follower)).toThrow(
        'store.follow: must return a function',
      )
    }
  })

  it('is told by a code why it failed, and never by what a message says', async () => {
    for (const [thrown, reason] of [
      [Object.assign(new Error('quotes a token'), { code: 'ECONNRESET' }), 'ECONNRESET'],
      [Object.assign(new Error('x'), { code: 'with a token in it' }), 'failed'],
      [new Error('quotes a token'), 'failed'],
      [undefined, 'failed'],
    ] as const) {
      const shared = opened({ ...memoryStore(), get: () => Promise.reject(thrown) })
      expect(await shared.read('token', 'id')).toBeUndefined()
      expect(shared.health()).toMatchObject({ reason })
    }
  })

  it('fails where it throws at once, and where it never answers', async () => {
    jest.useFakeTimers()
    try {
      const broken = opened({
        ...memoryStore(),
        get: () => {
          throw new Error('broken')
        },
      })
      expect(await broken.read('token', 'id')).toBeUndefined()
      expect(broken.health()).toMatchObject({ status: 'failing', reason: 'failed' })
      await Promise.resolve()
      expect(jest.getTimerCount()).toBe(0)
      const silent = opened({ ...memoryStore(), claim: () => new Promise(() => {}) })
      const claim = silent.claim('id', 1000)
      await jest.advanceTimersByTimeAsync(5000)
      expect(await claim).toBe('lost')
      expect(silent.health()).toMatchObject({ reason: 'timeout' })
      const quick = opened(memoryStore())
      expect(await quick.claim('id', 1000)).toBe('first')
      await Promise.resolve()
      expect(jest.getTimerCount()).toBe(0)
    } finally {
      jest.useRealTimers()
    }
  })

  it('is left alone for a second at first, and for five at most, less up to a quarter', async () => {
    const store = memoryStore({ clock: clock.read })
    const shared = opened(store)
    store.fail('refused')
    const waits: number[] = []
    const since = clock.now
    for (let failures = 1; failures <= 9; failures++) {
      await shared.claim('id', 1000)
      waits.push(shared.waitMs())
      clock.now += Math.ceil(shared.waitMs())
    }
    expect(waits.slice(0, 2)).toEqual([0, 0])
    const full = [1000, 2000, 4000, 5000, 5000, 5000, 5000]
    for (const [index, wait] of waits.slice(2).entries()) {
      expect(wait).toBeLessThanOrEqual(full[index]!)
      expect(wait).toBeGreaterThanOrEqual(full[index]! * 0.75)
    }
    expect(new Set(waits.slice(5)).size).toBe(4)
    expect(shared.health()).toEqual({ status: 'failing', reason: 'ECONNREFUSED', since })

    // Many that fail at once are one outage.
    const crowded = opened(store)
    await Promise.all(Array.from({ length: 50 }, () => crowded.claim('id', 1000)))
    expect(crowded.waitMs()).toBeGreaterThanOrEqual(750)
    expect(crowded.waitMs()).toBeLessThanOrEqual(1000)

    // So are those that were under way, however late they fail.
    const failing: ((reason: Error) => void)[] = []
    const slow = opened({
      ...store,
      claim: () => new Promise((_, reject) => failing.push(reject)),
    })
    const claims = Array.from({ length: 4 }, () => slow.claim('id', 1000))
    for (const fail of failing.slice(0, 3)) fail(new Error('lost'))
    await Promise.all(claims.slice(0, 3))
    clock.pass(1)
    const trial = slow.claim('id', 1000)
    failing[4]!(new Error('lost'))
    await trial
    failing[3]!(new Error('lost'))
    await claims[3]
    expect(slow.waitMs()).toBeGreaterThanOrEqual(1500)
    expect(slow.waitMs()).toBeLessThanOrEqual(2000)

    // One that succeeds ends it, and three more failures in a row are needed.
    store.restore()
    expect(await shared.claim('id', 1000)).toBe('first')
    store.fail('refused')
    await shared.claim('id', 1000)
    await shared.claim('id', 1000)
    expect(shared.waitMs()).toBe(0)
    expect(await shared.claim('id', 1000)).toBe('lost')
    expect(shared.waitMs()).toBeGreaterThanOrEqual(750)
    clock.pass(-3600)
    expect(shared.waitMs()).toBeLessThanOrEqual(1000)
  })
})
