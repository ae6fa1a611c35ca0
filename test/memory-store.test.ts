import { describe, expect, it } from '@jest/globals'
import { memoryStore } from '../lib/testing/index.ts'

const octets = (text: string) => new TextEncoder().encode(text)

function setUp() {
  let now = 1_800_000_000_000
  const store = memoryStore({ clock: () => now, timeoutMs: 1 })
  const heard: string[] = []
  const follower = {
    entry: (value: Uint8Array) => void heard.push(Buffer.from(value).toString()),
    current: () => void heard.push('current'),
    lost: () => void heard.push('lost'),
  }
  const pass = (ms: number) => {
    now += ms
  }
  const told = () => new Promise(setImmediate)
  return { store, heard, follower, pass, told }
}

describe('memoryStore()', () => {
  it('keeps a value until its time is over', async () => {
    const { store, pass } = setUp()
    await store.set('a', octets('1'), 1000)
    pass(999)
    expect(await store.get('a')).toEqual(octets('1'))
    pass(1)
    expect(await store.get('a')).toBeUndefined()
    expect(await store.get('b')).toBeUndefined()
  })

  it('lets a key be claimed once, until its time is over', async () => {
    const { store, pass } = setUp()
    expect(await store.claim('a', 1000)).toBe(true)
    expect(await store.claim('b', 1000)).toBe(true)
    expect(await store.claim('a', 1000)).toBe(false)
    pass(1000)
    expect(await store.claim('a', 1000)).toBe(true)
  })

  it('tells those who follow a log what is in it, then what is added, each in its order', async () => {
    const { store, heard, follower, pass, told } = setUp()
    await store.append('log', octets('old'), 10)
    pass(10)
    await store.append('log', octets('1'), 1000)
    await store.append('other', octets('x'), 1000)
    const end = store.follow('log', follower)
    expect(heard).toEqual([])
    await told()
    expect(heard).toEqual(['1', 'current'])
    await store.append('log', octets('2'), 1000)
    await end()
    await store.append('log', octets('3'), 1000)
    expect(heard).toEqual(['1', 'current', '2'])
  })

  it('tells nobody who stopped before it began', async () => {
    const { store, heard, follower, told } = setUp()
    await store.follow('log', follower)()
    await told()
    await store.append('log', octets('1'), 1000)
    expect(heard).toEqual([])
  })

  it.each([
    ['refused', 'ECONNREFUSED'],
    ['hang', 'timeout'],
  ] as const)(
    'fails as it is told to (%s), and tells what was missed when all is well',
    async (fault, code) => {
      const { store, heard, follower, told } = setUp()
      store.follow('log', follower)
      await told()
      store.fail(fault)
      store.plantEntry('log', octets('missed'))
      for (const operation of [
        () => store.get('a'),
        () => store.set('a', octets('1'), 1000),
        () => store.claim('a', 1000),
        () => store.append('log', octets('1'), 1000),
      ]) {
        await expect(operation()).rejects.toMatchObject({ code })
      }
      expect(heard).toEqual(['current', 'lost'])
      store.restore()
      expect(heard).toEqual(['current', 'lost', 'missed', 'current'])
      expect(await store.get('a')).toBeUndefined()
    },
  )

  it('hangs until it gives up, and refuses at once', async () => {
    const store = memoryStore({ timeoutMs: 60_000 })
    const soon = async () => {
      const settled = store.get('a').catch(() => 'failed')
      return Promise.race([settled, new Promise((resolve) => setImmediate(resolve, 'pending'))])
    }
    store.fail('hang')
    expect(await soon()).toBe('pending')
    store.fail('refused')
    expect(await soon()).toBe('failed')
  })

  it('loses who begins to follow while it fails', async () => {
    const { store, heard, follower, told } = setUp()
    store.fail('refused')
    store.follow('log', follower)
    await told()
    store.restore()
    expect(heard).toEqual(['lost', 'current'])
  })

  it('shows what is in it, takes anything that is planted, and forgets all', async () => {
    const { store, heard, follower, told } = setUp()
    store.follow('log', follower)
    await told()
    await store.append('log', octets('1'), 1000)
    await store.set('a', octets('2'), 1000)
    expect([...store.dump()]).toEqual([
      ['a', octets('2')],
      ['log 0', octets('1')],
    ])
    store.plant('a', 'nothing that is bytes')
    expect(await store.get('a')).toBe('nothing that is bytes')
    store.flush()
    expect([...store.dump()]).toEqual([])
    expect(await store.get('a')).toBeUndefined()
    await store.append('log', octets('3'), 1000)
    expect(heard).toEqual(['current', '1', '3'])
  })

  it('names a misspelt fault or option', () => {
    expect(() => memoryStore().fail('hangs' as 'hang')).toThrow('hang')
    expect(() => memoryStore({ secret: 'x' } as object)).toThrow('has no member "secret"')
  })
})
