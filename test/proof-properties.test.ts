import { createHmac, hash } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { nonces } from '../lib/proof/dpop/nonces.ts'
import { normalisedUri } from '../lib/proof/dpop/normalised-uri.ts'
import { targetMatcher } from '../lib/proof/dpop/request-target.ts'
import { anyCharacter } from './fixtures/any-character.ts'
import { normalByTheLetter } from './fixtures/rfc3986.ts'

const runs = { numRuns: 3000 }

const unreserved = [...'abcXYZ019-._~']
const others = [...'!$&\'()*+,;=:@|^"<>`{}%#?[]\\ \té\u0000']
const segment = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...unreserved) },
    {
      weight: 2,
      arbitrary: fc.constantFrom('%2F', '%2f', '%41', '%7e', '%2E', '%C3%A9', '%25', '%0a'),
    },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  ),
  { maxLength: 5 },
)
const path = fc
  .array(
    fc.oneof(
      segment.map((parts) => parts.join('')),
      fc.constantFrom('.', '..', ''),
    ),
    {
      maxLength: 5,
    },
  )
  .map((segments) => `/${segments.join('/')}`)
const origin = fc.constantFrom(
  'https://api.test',
  'HTTPS://API.test:443',
  'https://api.test:',
  'http://api.test:80',
  'https://api.test:8443',
  'https://user@api.test',
  'https://[::1]:443',
  'https://evil.test',
  'https:/api.test',
  '//api.test',
)
const anyText = fc.oneof(
  fc.string({ unit: anyCharacter, maxLength: 60 }),
  fc.tuple(origin, path).map((parts) => parts.join('')),
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
)

describe('the normal form of a URI (DP-13, RFC 3986 section 6.2)', () => {
  it('is there or not, for any text whatever, and is its own normal form', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const normal = normalisedUri(text)
        if (normal !== undefined) {
          expect(normalisedUri(normal)).toBe(normal)
          expect(normal).toMatch(/^https?:\/\/[^/?#@\s]+\/[\x21-\x7e]*$/)
          expect(normal).not.toMatch(/[?#]|\/\.\.?(\/|$)/)
        }
      }),
      runs,
    )
  })

  it('is what another reading of the RFC says', () => {
    fc.assert(
      fc.property(fc.tuple(origin, path), ([where, which]) => {
        const uri = `${where}${which}`
        expect([uri, normalisedUri(uri)]).toEqual([uri, normalByTheLetter(uri)])
      }),
      runs,
    )
  })

  it('is the same for every spelling of a URI', () => {
    const respell = (text: string, how: readonly number[]): string =>
      [...text]
        .map((character, index) => {
          const hex = character.charCodeAt(0).toString(16)
          switch ((how[index % how.length] ?? 0) % 3) {
            case 1:
              return character === '/' ? '/./' : `%${hex.toUpperCase()}`
            case 2:
              return character === '/' ? '/x/../' : `%${hex.toLowerCase()}`
            default:
              return character
          }
        })
        .join('')
    const plainPath = fc
      .array(fc.array(fc.constantFrom(...'abXY09-_~'), { minLength: 1, maxLength: 4 }), {
        minLength: 1,
        maxLength: 4,
      })
      .map((segments) => `/${segments.map((one) => one.join('')).join('/')}`)
    fc.assert(
      fc.property(plainPath, fc.array(fc.nat(), { minLength: 1, maxLength: 9 }), (text, how) => {
        const spelt = `HttpS://API.Test:443${respell(text, how)}`
        expect([spelt, normalisedUri(spelt)]).toEqual([spelt, `https://api.test${text}`])
      }),
      runs,
    )
  })
})

describe('the target of a request (DP-9, RFC 9449 section 4.3, check 9)', () => {
  const match = targetMatcher(['https://api.test/v1', 'http://localhost:3000'])

  it('matches a proof only where both are the same URI below a public URL', () => {
    fc.assert(
      fc.property(
        anyText,
        fc.oneof(path, fc.string({ unit: anyCharacter, maxLength: 30 })),
        (htu, target) => {
          const found = match(htu, target)
          if (found !== undefined) {
            expect(found).toBe(normalisedUri(htu))
            const asked = [`https://api.test/v1${target}`, `http://localhost:3000${target}`]
            const root = ['https://api.test/v1', 'http://localhost:3000/']
            expect([...asked, ...root].map((one) => normalisedUri(one))).toContain(found)
          }
        },
      ),
      runs,
    )
  })

  it('matches the proof that was made for it, with any query, unless a router reads it otherwise', () => {
    fc.assert(
      fc.property(path, fc.string({ maxLength: 9 }), (target, query) => {
        const htu = `https://api.test/v1${target.split(/[?#]/)[0]}`
        const sent = `${target.split(/[?#]/)[0]}?${query}`
        const found = match(htu, sent)
        const normal = normalisedUri(htu)
        const hasDots = /(^|\/)(\.|%2e){1,2}(\/|$)/i.test(target.split(/[?#]/)[0] ?? '')
        const isOdd = hasDots || /[#\\\s]/.test(sent)
        expect([htu, found]).toEqual([htu, isOdd ? undefined : normal])
      }),
      runs,
    )
  })
})

describe('nonces (RFC 9449 section 8)', () => {
  const maxAgeMs = 300_000
  const start = 1_800_000_000_000
  const ours = nonces({ secrets: ['x'.repeat(32)], maxAgeMs }, 'https://api.test')

  it('are good from when they are made until their age is over, whatever the time is', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 40), fc.integer({ min: -20_000, max: 400_000 }), (at, later) => {
        const made = ours.issue(at)
        const ageMs = at + later - Math.floor(at / 1000) * 1000
        const isGood = ageMs >= -10_000 && ageMs <= maxAgeMs
        expect(ours.judge(made, at + later)).toBe(
          isGood ? (ageMs > maxAgeMs / 2 ? 'old' : 'good') : 'wrong',
        )
      }),
      runs,
    )
  })

  it('are wrong with any other character, cut or lengthened, and for any text whatever', () => {
    const made = ours.issue(start)
    const changed = fc
      .tuple(fc.nat(made.length - 1), fc.constantFrom(...'AZaz09-_+/=. é'))
      .map(([at, character]) => made.slice(0, at) + character + made.slice(at + 1))
    const texts = fc.oneof(
      changed,
      fc.nat(made.length - 1).map((end) => made.slice(0, end)),
      fc.string({ minLength: 1 }).map((tail) => made + tail),
      fc.string({ unit: anyCharacter }),
      fc
        .uint8Array({ minLength: 21, maxLength: 21 })
        .map((octets) => Buffer.from(octets).toString('base64url')),
    )
    fc.assert(
      fc.property(texts, (text) => {
        expect(ours.judge(text, start)).toBe(text === made ? 'good' : 'wrong')
      }),
      runs,
    )
  })

  it('cannot be told ahead: none follows from another, from the time, or without the secret', () => {
    const guess = nonces({ secrets: ['y'.repeat(32)], maxAgeMs }, 'https://api.test')
    const issued = new Map<string, number>()
    fc.assert(
      fc.property(fc.nat(10_000_000), (seconds) => {
        const at = start + seconds * 1000
        const made = ours.issue(at)
        expect(issued.get(made) ?? seconds).toBe(seconds)
        issued.set(made, seconds)
        expect(guess.judge(made, at)).toBe('wrong')
        const octets = Buffer.from(made, 'base64url')
        // The same proof of authenticity under another time is none.
        octets.writeUIntBE(seconds + 1 + start / 1000, 0, 5)
        expect(ours.judge(octets.toString('base64url'), at)).toBe('wrong')
      }),
      runs,
    )
  })

  it('are made with keys that change: what one period used makes none of the next', () => {
    const key = (period: number) =>
      createHmac('sha256', 'x'.repeat(32)).update(`DPoP-Nonce ${period} https://api.test`).digest()
    const at = Math.ceil(start / maxAgeMs) * maxAgeMs
    const forge = (seconds: number, with_: Buffer) => {
      const time = Buffer.alloc(5)
      time.writeUIntBE(seconds, 0, 5)
      const mac = createHmac('sha256', with_).update(time).digest().subarray(0, 16)
      return Buffer.concat([time, mac]).toString('base64url')
    }
    const period = at / maxAgeMs
    expect(ours.judge(forge(at / 1000, key(period)), at)).toBe('good')
    expect(ours.judge(forge(at / 1000, key(period - 1)), at)).toBe('wrong')
    expect(ours.judge(forge(at / 1000, hash('sha256', 'x', 'buffer')), at)).toBe('wrong')
  })

  it('are wrong when the clock gives no number', () => {
    expect(ours.judge(ours.issue(start), Number.NaN)).toBe('wrong')
  })
})
