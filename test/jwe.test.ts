import { generateKeyPairSync, type JsonWebKey, randomBytes } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { CompactEncrypt, importJWK } from 'jose'
import { encodeBase64url } from '../lib/jws/base64url.ts'
import { decryptJwe } from '../lib/jws/decrypt-jwe.ts'

const text = 'It is a token, inside.'

function oct(octets: number): JsonWebKey {
  return { kty: 'oct', k: encodeBase64url(randomBytes(octets)) }
}

function privateJwk(pair: {
  privateKey: { export(o: { format: 'jwk' }): JsonWebKey }
}): JsonWebKey {
  return pair.privateKey.export({ format: 'jwk' })
}

const rsa = privateJwk(generateKeyPairSync('rsa', { modulusLength: 2048 }))
const p256 = privateJwk(generateKeyPairSync('ec', { namedCurve: 'P-256' }))
const p521 = privateJwk(generateKeyPairSync('ec', { namedCurve: 'P-521' }))
const x25519 = privateJwk(generateKeyPairSync('x25519'))
const contentOctets = {
  A128GCM: 16,
  A192GCM: 24,
  A256GCM: 32,
  'A128CBC-HS256': 32,
  'A192CBC-HS384': 48,
  'A256CBC-HS512': 64,
} as const
type Content = keyof typeof contentOctets

/** The public part where there is one: what a sender holds. */
function senderKey({ kty, crv, n, e, x, y, k }: JsonWebKey): JsonWebKey {
  return JSON.parse(JSON.stringify({ kty, crv, n, e, x, y, k }))
}

async function encrypt(
  header: { alg: string; enc?: string; [member: string]: unknown },
  key: JsonWebKey,
  plaintext: string = text,
): Promise<string> {
  const protectedHeader = { enc: 'A256GCM', ...header }
  return new CompactEncrypt(Buffer.from(plaintext))
    .setProtectedHeader(protectedHeader)
    .encrypt(
      await importJWK(senderKey(key), header.alg === 'dir' ? protectedHeader.enc : header.alg),
    )
}

/** The token with another header, which nobody authenticated. */
function withHeader(token: string, change: (header: Record<string, unknown>) => unknown): string {
  const [header, ...rest] = token.split('.')
  const changed = change(JSON.parse(Buffer.from(header!, 'base64url').toString()))
  return [encodeBase64url(JSON.stringify(changed)), ...rest].join('.')
}

async function open(token: string, ...keys: JsonWebKey[]): Promise<string | undefined> {
  return (await decryptJwe(token, keys))?.toString()
}

describe('decryptJwe', () => {
  it.each<[string, JsonWebKey]>([
    ['RSA-OAEP', rsa],
    ['RSA-OAEP-256', rsa],
    ['RSA-OAEP-384', rsa],
    ['RSA-OAEP-512', rsa],
    ['ECDH-ES', p256],
    ['ECDH-ES', p521],
    ['ECDH-ES', x25519],
    ['ECDH-ES+A128KW', p256],
    ['ECDH-ES+A192KW', p256],
    ['ECDH-ES+A256KW', x25519],
    ['A128KW', oct(16)],
    ['A192KW', oct(24)],
    ['A256KW', oct(32)],
    ['A128GCMKW', oct(16)],
    ['A192GCMKW', oct(24)],
    ['A256GCMKW', oct(32)],
  ])('JT-8: opens what was encrypted with %s', async (alg, key) => {
    expect(await open(await encrypt({ alg }, key), key)).toBe(text)
    expect(await open(await encrypt({ alg }, key), { ...key, alg, use: 'enc' })).toBe(text)
  })

  it.each(Object.entries(contentOctets))(
    'JT-8: opens %s, also under a key used directly',
    async (enc, octets) => {
      const key = oct(octets)
      expect(await open(await encrypt({ alg: 'dir', enc }, key), key)).toBe(text)
      // RFC 7520 section 5.6 names the content encryption in the key.
      expect(await open(await encrypt({ alg: 'dir', enc }, key), { ...key, alg: enc })).toBe(text)
      expect(await open(await encrypt({ alg: 'RSA-OAEP', enc }, rsa), rsa)).toBe(text)
    },
  )

  describe('chooses the key', () => {
    const other = privateJwk(generateKeyPairSync('rsa', { modulusLength: 2048 }))

    it('by kid, else among the keys without one, else not', async () => {
      const token = await encrypt({ alg: 'RSA-OAEP-256', kid: 'mine' }, rsa)
      const mine = { ...rsa, kid: 'mine' }
      const foreign = { ...other, kid: 'other' }
      expect(await open(token, foreign, mine)).toBe(text)
      expect(await open(token, foreign, other, rsa)).toBe(text)
      expect(await open(token, { ...rsa, kid: 'yours' })).toBeUndefined()
      // A key with the right name is the only one that is tried.
      expect(await open(token, { ...other, kid: 'mine' }, rsa)).toBeUndefined()
    })

    it('by algorithm and type when the token names none, trying at most three', async () => {
      const token = await encrypt({ alg: 'RSA-OAEP-256' }, rsa)
      const unfit = [p256, oct(32), { ...rsa, alg: 'RSA-OAEP' }, { ...rsa, use: 'sig' }]
      expect(await open(token, ...unfit, { ...other }, { ...other }, rsa)).toBe(text)
      expect(await open(token, { ...other }, { ...other }, { ...other }, rsa)).toBeUndefined()
      expect(await open(token, ...unfit)).toBeUndefined()
    })

    it('not when its use, key_ops or alg are for something else', async () => {
      const token = await encrypt({ alg: 'RSA-OAEP' }, rsa)
      expect(await open(token, { ...rsa, use: 'sig' })).toBeUndefined()
      expect(await open(token, { ...rsa, key_ops: ['sign'] })).toBeUndefined()
      expect(await open(token, { ...rsa, alg: 'RS256' })).toBeUndefined()
      expect(await open(token, { ...rsa, key_ops: ['unwrapKey'] })).toBe(text)
    })

    it('not when a shared key has another length than the algorithm takes, or RSA is too short', async () => {
      const token = await encrypt({ alg: 'A128KW' }, oct(16))
      expect(await open(token, oct(32))).toBeUndefined()
      const key = oct(32)
      const dir = await encrypt({ alg: 'dir' }, key)
      expect(await open(dir, oct(16), oct(64))).toBeUndefined()
      // Nor does one that does not fit take the place of one that is tried.
      expect(await open(dir, oct(16), oct(24), oct(64), key)).toBe(text)
      const short = privateJwk(generateKeyPairSync('rsa', { modulusLength: 1024 }))
      expect(await open(await encrypt({ alg: 'RSA-OAEP' }, rsa), short)).toBeUndefined()
    })
  })

  describe('refuses', () => {
    it('JT-14: passwords, so that the sender never chooses how long we compute (RFC 8725bis section 3.13)', async () => {
      const key = oct(32)
      const token = withHeader(await encrypt({ alg: 'A256KW' }, key), (header) => ({
        ...header,
        alg: 'PBES2-HS512+A256KW',
        p2c: 2 ** 31,
        p2s: encodeBase64url(randomBytes(16)),
      }))
      // So many rounds would take longer than the test may.
      expect(await open(token, key, { ...key, alg: 'PBES2-HS512+A256KW' })).toBeUndefined()
      // However few rounds it takes.
      const genuine = await encrypt({ alg: 'PBES2-HS512+A256KW' }, key)
      expect(await open(genuine, key, { ...key, alg: 'PBES2-HS512+A256KW' })).toBeUndefined()
    })

    it.each(['RSA1_5', 'none', 'toString', 'rsa-oaep', ''])('the algorithm %p', async (alg) => {
      const token = await encrypt({ alg: 'RSA-OAEP' }, rsa)
      expect(
        await open(
          withHeader(token, (header) => ({ ...header, alg })),
          rsa,
        ),
      ).toBeUndefined()
    })

    it('JT-16: any crit, known or not (RFC 7516 section 4.1.13)', async () => {
      const token = await encrypt({ alg: 'RSA-OAEP' }, rsa)
      for (const crit of [['exp'], ['b64'], [], 'exp', null]) {
        const header = { alg: 'RSA-OAEP', enc: 'A256GCM', crit, exp: 1, b64: true }
        expect(
          await open(
            withHeader(token, () => header),
            rsa,
          ),
        ).toBeUndefined()
      }
    })

    it('members of the header that are of the wrong type', async () => {
      const token = await encrypt({ alg: 'RSA-OAEP' }, rsa)
      for (const change of [
        { alg: 1 },
        { enc: null },
        { enc: 'A1GCM' },
        { kid: 1 },
        { zip: 'GZ' },
        { zip: 1 },
      ]) {
        const changed = withHeader(token, (header) => ({ ...header, ...change }))
        expect(await open(changed, rsa)).toBeUndefined()
      }
      // Such a kid names no key, so that the keys without one are not meant either.
      for (const kid of [1, null, ['k']]) {
        expect(await open(await encrypt({ alg: 'RSA-OAEP', kid }, rsa), rsa)).toBeUndefined()
      }
    })

    it('a header with a member twice', async () => {
      const [, ...rest] = (await encrypt({ alg: 'RSA-OAEP' }, rsa)).split('.')
      const header = '{"alg":"RSA-OAEP","enc":"A256GCM","enc":"A256GCM"}'
      expect(await open([encodeBase64url(header), ...rest].join('.'), rsa)).toBeUndefined()
    })

    it('three, four and six segments, and the empty string', async () => {
      const token = await encrypt({ alg: 'RSA-OAEP' }, rsa)
      const segments = token.split('.')
      for (const wrong of [
        '',
        '....',
        segments.slice(0, 3),
        segments.slice(1),
        [...segments, 'AA'],
      ]) {
        expect(await open(Array.isArray(wrong) ? wrong.join('.') : wrong, rsa)).toBeUndefined()
      }
    })

    it('one changed bit or other spelling in any segment', async () => {
      const token = await encrypt({ alg: 'A256KW' }, sharedKey)
      for (const [index, segment] of token.split('.').entries()) {
        const octets = Buffer.from(segment, 'base64url')
        octets[octets.length - 3]! ^= 1
        for (const changed of [
          encodeBase64url(octets),
          `${segment}=`,
          `${segment}A`,
          ` ${segment}`,
          '',
        ]) {
          const segments = token.split('.')
          segments[index] = changed
          expect(await open(segments.join('.'), sharedKey)).toBeUndefined()
        }
      }
    })

    const sharedKey = oct(32)

    it('an ephemeral key that is private, on another curve or not on its curve', async () => {
      const token = await encrypt({ alg: 'ECDH-ES' }, p256)
      const foreign = privateJwk(generateKeyPairSync('ec', { namedCurve: 'P-384' }))
      for (const epk of [
        undefined,
        null,
        'key',
        {},
        senderKey(foreign),
        senderKey(x25519),
        p256,
        { ...senderKey(p256), y: p256.x },
        { ...senderKey(p256), x: 1 },
        { ...senderKey(p256), key_ops: ['x'] },
        { ...senderKey(p256), key_ops: 'x' },
        { ...senderKey(p256), ext: { x: 1 } },
        { ...senderKey(p256), y: [] },
        { ...senderKey(p256), ext: 'x' },
      ]) {
        const changed = withHeader(token, (header) => ({ ...header, epk }))
        const opened = await open(changed, p256)
        expect(opened).toBeUndefined()
      }
    })
  })

  describe('compression', () => {
    const key = oct(32)

    it('JT-14: takes a plaintext that inflates to 250 KB, refuses more (RFC 8725bis section 3.15)', async () => {
      const most = 'x'.repeat(250_000)
      expect(await open(await encrypt({ alg: 'A256KW', zip: 'DEF' }, key, most), key)).toBe(most)
      const bomb = await encrypt({ alg: 'A256KW', zip: 'DEF' }, key, `${most}x`)
      expect(bomb.length).toBeLessThan(8192)
      expect(await open(bomb, key)).toBeUndefined()
    })

    it('refuses what does not inflate', async () => {
      const octets = deflateRawSync(text).subarray(0, 5).toString('latin1')
      const token = await encrypt({ alg: 'dir' }, key, octets)
      expect(
        await open(
          withHeader(token, (header) => ({ ...header, zip: 'DEF' })),
          key,
        ),
      ).toBeUndefined()
    })
  })

  it('never rejects, whatever became of the header', async () => {
    const keys = [rsa, p256, x25519, oct(16), oct(24), oct(32), oct(48), oct(64)]
    const tokens = [
      await encrypt({ alg: 'RSA-OAEP' }, rsa),
      await encrypt({ alg: 'ECDH-ES' }, p256),
      await encrypt({ alg: 'ECDH-ES+A128KW' }, x25519),
      await encrypt({ alg: 'A256GCMKW' }, keys[5]!),
      await encrypt({ alg: 'dir' }, keys[5]!),
    ]
    const algs = ['RSA-OAEP', 'RSA-OAEP-512', 'ECDH-ES', 'ECDH-ES+A192KW', 'A128KW', 'A192KW']
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom('', 'AA', 'AAAAAAAAAAAAAAAA'),
    )
    const epkMember = fc.oneof(
      value,
      fc.constantFrom('EC', 'OKP', 'P-256', 'X25519', p256.x, x25519.x),
    )
    const change = fc.record(
      {
        alg: fc.constantFrom(...algs, 'A256KW', 'A128GCMKW', 'A192GCMKW', 'A256GCMKW', 'dir'),
        enc: fc.constantFrom(...(Object.keys(contentOctets) as Content[])),
        iv: value,
        tag: value,
        apu: value,
        apv: value,
        zip: fc.constantFrom('DEF', 'GZ'),
        epk: fc.oneof(
          value,
          fc.constantFrom(senderKey(p256), senderKey(x25519)),
          fc.dictionary(
            fc.constantFrom('kty', 'crv', 'x', 'y', 'd', 'use', 'alg', 'ext', 'oth'),
            epkMember,
          ),
          fc
            .dictionary(
              fc.constantFrom('x', 'y', 'use', 'alg', 'ext', 'kid', 'n', 'oth'),
              epkMember,
            )
            .map((members) => ({ ...senderKey(p256), ...members })),
        ),
      },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...tokens),
        change,
        fc.nat(4),
        async (token, members, emptied) => {
          const segments = withHeader(token, (header) => ({ ...header, ...members })).split('.')
          if (emptied > 0) segments[emptied] = ''
          const changed = segments.join('.')
          const opened = await open(changed, ...keys)
          expect(opened).toBe(changed === token ? text : undefined)
        },
      ),
      { numRuns: 600 },
    )
  })

  it('never rejects, whatever key it is given and whatever a token says is its kind', async () => {
    const kinds = [
      ...['P-256', 'P-384', 'P-521', 'secp256k1'].map((namedCurve) =>
        generateKeyPairSync('ec', { namedCurve }),
      ),
      generateKeyPairSync('x25519'),
      generateKeyPairSync('x448'),
      generateKeyPairSync('ed25519'),
      generateKeyPairSync('rsa', { modulusLength: 1024 }),
    ].map(privateJwk)
    const mixed: JsonWebKey = { ...kinds[0], d: p256.d! }
    const keys = [...kinds, mixed, rsa, ...[1, 16, 17, 24, 32, 48, 64].map(oct), { kty: 'oct' }]
    const segments = [1, 8, 12, 16, 24, 40, 256].map((n) => encodeBase64url(randomBytes(n)))
    for (const key of keys) {
      for (const alg of ['RSA-OAEP', 'ECDH-ES', 'ECDH-ES+A128KW', 'A128KW', 'A256GCMKW', 'dir']) {
        for (const wrapped of ['', ...segments]) {
          const header = { alg, enc: 'A256GCM', epk: senderKey(key), iv: segments[2], tag: wrapped }
          const first = encodeBase64url(JSON.stringify(header))
          const token = [first, wrapped, segments[2], segments[0], segments[3]].join('.')
          expect(await open(token, key)).toBeUndefined()
          expect(await open(token, { ...key, alg })).toBeUndefined()
        }
      }
    }
  })
})
