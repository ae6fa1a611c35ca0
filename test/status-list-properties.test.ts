import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it, jest } from '@jest/globals'
import fc from 'fast-check'
import { isListedUri } from '../lib/verification/status/is-listed-uri.ts'
import { type StatusBits, StatusList } from '../lib/verification/status/status-list.ts'
import { mostListBytes, unpackStatusList } from '../lib/verification/status/unpack-status-list.ts'

// Many cases in one test: enough also on a machine that does much else.
jest.setTimeout(60_000)

const bitSizes = fc.constantFrom<StatusBits>(1, 2, 4, 8)

/** The statuses of an octet as the draft draws them: written in binary, read from the right. */
function naively(octets: Uint8Array, bits: StatusBits): number[] {
  return [...octets].flatMap((octet) => {
    const digits = octet.toString(2).padStart(8, '0')
    const groups = digits.match(new RegExp(`.{${bits}}`, 'g')) ?? []
    return groups.reverse().map((group) => Number.parseInt(group, 2))
  })
}

describe('a status list', () => {
  it('gives what a reading of its binary digits gives, at every index', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), bitSizes, (octets, bits) => {
        const expected = naively(octets, bits)
        const list = new StatusList(octets, bits)
        expect(expected.map((_, index) => list.at(index))).toEqual(expected)
        expect(expected).toHaveLength((octets.length * 8) / bits)
      }),
    )
  })

  it('has nothing beyond its end, however far', () => {
    const far = fc.constantFrom(0, 1, 7, 8, 2 ** 31, 2 ** 32, 2 ** 40, Number.MAX_SAFE_INTEGER)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), bitSizes, far, (octets, bits, beyond) => {
        const index = Math.min((octets.length * 8) / bits + beyond, Number.MAX_SAFE_INTEGER)
        expect(new StatusList(octets, bits).at(index)).toBeUndefined()
      }),
    )
  })

  it('says how much it takes', () => {
    expect(new StatusList(new Uint8Array(7), 2).bytes).toBe(7)
  })

  // draft-ietf-oauth-status-list section 4.1, and 4.2 for the text.
  const examples: [StatusBits, string, number[]][] = [
    [1, 'eNrbuRgAAhcBXQ', [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]],
    [2, 'eNo76fITAAPfAgc', [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]],
  ]

  it.each(examples)(
    'of %i bits is that of the example in the draft',
    async (bits, lst, statuses) => {
      const list = await unpackStatusList({ bits, lst })
      expect(statuses.map((_, index) => list?.at(index))).toEqual(statuses)
      expect(list?.at(statuses.length)).toBeUndefined()
    },
  )
})

describe('unpacking', () => {
  it('gives what was packed, at every level of compression', async () => {
    const levels = fc.integer({ min: 0, max: 9 })
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        bitSizes,
        levels,
        async (octets, bits, level) => {
          const lst = deflateSync(octets, { level }).toString('base64url')
          const list = await unpackStatusList({ bits, lst })
          const expected = naively(octets, bits)
          expect(list?.bytes).toBe(octets.length)
          expect(expected.map((_, index) => list?.at(index))).toEqual(expected)
        },
      ),
    )
  })

  it('ends at its bound, and not before', async () => {
    const lst = (bytes: number) =>
      deflateSync(Buffer.alloc(bytes), { level: 9 }).toString('base64url')
    expect((await unpackStatusList({ bits: 1, lst: lst(mostListBytes) }))?.bytes).toBe(
      mostListBytes,
    )
    for (const bytes of [mostListBytes + 1, mostListBytes * 16]) {
      expect(await unpackStatusList({ bits: 1, lst: lst(bytes) })).toBeUndefined()
    }
  })

  it('never throws, whatever the list is, and takes nothing that was cut off', async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything(), async (claim) => {
        expect(await unpackStatusList(claim)).toBeUndefined()
      }),
    )
    await fc.assert(
      fc.asyncProperty(fc.base64String(), bitSizes, async (lst, bits) => {
        const list = await unpackStatusList({ bits, lst })
        expect(list === undefined || list instanceof StatusList).toBe(true)
      }),
    )
    const whole = deflateSync(Buffer.from('some statuses of some tokens'))
    for (let length = 0; length < whole.length; length++) {
      const lst = whole.subarray(0, length).toString('base64url')
      expect(await unpackStatusList({ bits: 8, lst })).toBeUndefined()
    }
  })

  it.each<[string, unknown]>([
    ['gzip', { bits: 1, lst: gzipSync('ab').toString('base64url') }],
    ['DEFLATE without ZLIB', { bits: 1, lst: deflateRawSync('ab').toString('base64url') }],
    ['base64', { bits: 1, lst: `${deflateSync('ab').toString('base64url')}=` }],
    ['three bits', { bits: 3, lst: deflateSync('ab').toString('base64url') }],
    ['16 bits', { bits: 16, lst: deflateSync('ab').toString('base64url') }],
    ['no bits', { bits: 0, lst: deflateSync('ab').toString('base64url') }],
    ['bits in a string', { bits: '1', lst: deflateSync('ab').toString('base64url') }],
  ])('takes no %s', async (_, claim) => {
    expect(await unpackStatusList(claim)).toBeUndefined()
  })
})

describe('addresses below one that is configured', () => {
  const prefix = 'https://as.example.com/lists/'
  const piece = fc.constantFrom(
    '1',
    'a',
    '.',
    '..',
    '...',
    '/',
    '%2e',
    '%2f',
    ';',
    '?',
    '#',
    '\\',
    '@',
    ':',
    ' ',
    '-',
    '~',
    '_',
    'é',
    '\n',
  )
  const paths = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''))

  it('are those that a URL parser leaves as they are, below it', () => {
    let taken = 0
    fc.assert(
      fc.property(paths, (path) => {
        const uri = `${prefix}${path}`
        if (!isListedUri(uri, [prefix])) return
        taken++
        const url = new URL(uri)
        expect([url.href, url.search, url.hash, url.username]).toEqual([uri, '', '', ''])
        expect(url.pathname.startsWith('/lists/')).toBe(true)
        expect(uri).toMatch(/^[\x21-\x7E]+$/)
        expect(uri).not.toMatch(/[%;]|\/\/.*\/\//)
      }),
      { numRuns: 2000 },
    )
    expect(taken).toBeGreaterThan(50)
  })

  it.each(['1', 'a/b', 'a.b', '.a', '...', '2026-11-22', 'a/b/c~_'])('may be %s', (path) => {
    expect(isListedUri(`${prefix}${path}`, [prefix])).toBe(true)
  })

  it.each([
    '',
    '/',
    '.',
    '..',
    '../x',
    'a/../x',
    'a//b',
    'a/',
    '%61',
    'a;b',
    'a?b=c',
    'a#b',
    'a\n',
  ])('may not be %j', (path) => {
    expect(isListedUri(`${prefix}${path}`, [prefix])).toBe(false)
  })

  it('are not below one that does not end in a slash', () => {
    expect(isListedUri(`${prefix}1`, [prefix.slice(0, -1)])).toBe(false)
    expect(isListedUri(prefix.slice(0, -1), [prefix.slice(0, -1)])).toBe(true)
    expect(
      isListedUri('https://as.example.com/lists/1', ['https://as.example.com/lists/2', prefix]),
    ).toBe(true)
    expect(isListedUri('https://as.example.com/listsx/1', [prefix])).toBe(false)
    expect(isListedUri('https://as.example.com/list', [])).toBe(false)
  })
})
