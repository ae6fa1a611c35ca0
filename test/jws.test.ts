import {
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { calculateJwkThumbprint, compactVerify, importJWK } from 'jose'
import { type Algorithm, algorithms, isAlgorithm } from '../lib/jws/algorithms.ts'
import { decodeBase64url, encodeBase64url } from '../lib/jws/base64url.ts'
import { parseCompact } from '../lib/jws/compact.ts'
import { parseJsonObject } from '../lib/jws/json.ts'
import { signJws } from '../lib/jws/sign-jws.ts'
import { importVerificationKey, type VerificationKey } from '../lib/jws/verification-key.ts'
import { verifySignature } from '../lib/jws/verify-signature.ts'
import { anyCharacter } from './fixtures/any-character.ts'

interface Pair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pairs: Record<string, Pair> = {
  RSA: rsa,
  'P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'P-384': generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  'P-521': generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  Ed25519: generateKeyPairSync('ed25519'),
}
const names = Object.keys(algorithms) as Algorithm[]

function pairFor(algorithm: Algorithm): Pair {
  return pairs[algorithms[algorithm].crv ?? 'RSA']!
}

function publicJwk(kind: string): JsonWebKey {
  return pairs[kind]!.publicKey.export({ format: 'jwk' })
}

function importKey(jwk: unknown): VerificationKey {
  const key = importVerificationKey(jwk)
  if ('fault' in key) throw new Error(`unexpected fault: ${key.fault}`)
  return key
}

function keyFor(algorithm: Algorithm): VerificationKey {
  return importKey(pairFor(algorithm).publicKey.export({ format: 'jwk' }))
}

function faultOf(jwk: unknown): string | undefined {
  const key = importVerificationKey(jwk)
  return 'fault' in key ? key.fault : undefined
}

function mint(algorithm: Algorithm, payload: object | string = { sub: 'a' }, header = {}): string {
  return signJws({ header, payload, key: pairFor(algorithm).privateKey, algorithm })
}

const json = (text: string) => parseJsonObject(Buffer.from(text))

describe('base64url', () => {
  it('decodes what it encodes, whatever the octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => {
        expect(decodeBase64url(encodeBase64url(octets))).toEqual(Buffer.from(octets))
      }),
    )
  })

  it('accepts exactly one spelling of any octets (RFC 7515 section 2)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 12 }), (text) => {
        const octets = decodeBase64url(text)
        expect(octets === undefined || encodeBase64url(octets) === text).toBe(true)
      }),
    )
  })

  it.each([
    ['padding', 'Zg=='],
    ['the plus of base64', '-+8A'],
    ['the slash of base64', '_/8A'],
    ['a length no octets have', 'Zm9vY'],
    ['bits left over after one octet', 'Zh'],
    ['bits left over after two octets', 'Zm9'],
    ['a space inside', 'Zm 9v'],
    ['a line feed at the end', 'Zm9v\n'],
    ['a NUL at the end', 'Zm9v\0'],
    ['a letter that is not ASCII', 'Zm9é'],
    ['a letter whose low octet is one of the alphabet', 'Zm9\u0141'],
  ])('refuses %s', (_, text) => {
    expect(decodeBase64url(text)).toBeUndefined()
  })

  it('decodes the empty text to no octets, and encodes strings as UTF-8', () => {
    expect(decodeBase64url('')).toEqual(Buffer.alloc(0))
    expect(encodeBase64url('é')).toBe('w6k')
  })
})

describe('parseJsonObject', () => {
  it.each([
    ['an array', '[]'],
    ['a string', '"a"'],
    ['null', 'null'],
    ['nothing', ''],
    ['a byte order mark', '\uFEFF{}'],
    ['a member twice', '{"a":1,"a":1}'],
    ['a member twice, once escaped', '{"alg":1,"\\u0061lg":2}'],
    ['a member twice, deep inside', '{"a":[{"b":{"c":1,"c":2}}]}'],
    ['the member __proto__ twice', '{"__proto__":1,"__proto__":2}'],
    ['two objects', '{}{}'],
    ['a trailing comma', '{"a":1,}'],
    ['a comment', '{/**/}'],
    ['half a surrogate pair, the first', '{"a":"\\ud800"}'],
    ['half a surrogate pair, the second', '{"a":"\\uDFFF"}'],
    ['half a surrogate pair as a name', '{"\\uDC00":1}'],
    ['two first halves', '{"a":"\\ud800\\ud800"}'],
  ])('refuses %s', (_, text) => {
    expect(json(text)).toBeUndefined()
  })

  it('refuses octets that are not UTF-8', () => {
    expect(parseJsonObject(Buffer.from('{"a":"\xff"}', 'latin1'))).toBeUndefined()
    expect(parseJsonObject(Buffer.from('{"a":"\xc0\xaf"}', 'latin1'))).toBeUndefined()
    expect(parseJsonObject(Buffer.from('{"a":1}', 'utf16le'))).toBeUndefined()
  })

  it('takes 32 levels, and refuses 33 before they cost anything', () => {
    const nested = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`
    expect(json(nested(32))).toBeDefined()
    expect(json(nested(33))).toBeUndefined()
    expect(json(`{"a":${'['.repeat(200_000)}`)).toBeUndefined()
    // Side by side they are no levels.
    expect(json(`{"a":[${'[],'.repeat(100)}{}],"b":[${'{},'.repeat(100)}{}]}`)).toBeDefined()
  })

  it('is not misled by colons, braces and quotes inside strings', () => {
    const value = { 'a:b': ':{}[]"\\', 'c\\': '\\"', d: '":"', e: ['x:y', { f: ':' }] }
    expect(json(JSON.stringify(value))).toEqual(value)
  })

  it('takes surrogate pairs, escaped or not, and an escaped backslash before "ud800"', () => {
    expect(json('{"a":"\\ud83d\\uDE00😀"}')).toEqual({ a: '😀😀' })
    expect(json('{"a":"\\\\ud800"}')).toEqual({ a: '\\ud800' })
  })

  it('keeps __proto__ a plain member that changes no prototype', () => {
    const value = json('{"__proto__":{"admin":true}}')
    expect(Object.hasOwn(value!, '__proto__')).toBe(true)
    expect(value!['admin']).toBeUndefined()
  })

  it('reads whatever JSON.stringify writes of an object, the same', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), (value) => {
        const text = JSON.stringify(value)
        expect(json(text)).toEqual(JSON.parse(text))
      }),
    )
  })

  it('agrees with JSON.parse on damaged texts, or refuses; and never throws', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })),
        fc.nat(),
        fc.constantFrom('"', '\\', '{', '}', '[', ']', ':', ',', '0', 'u', '\\u', ' '),
        fc.nat(2),
        (value, position, inserted, removed) => {
          const text = JSON.stringify(value)
          const at = position % text.length
          const damaged = text.slice(0, at) + inserted + text.slice(at + removed)
          const read = json(damaged)
          if (read !== undefined) expect(read).toEqual(JSON.parse(damaged))
        },
      ),
      { numRuns: 500 },
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (octets) => {
        expect(() => parseJsonObject(Buffer.from(octets))).not.toThrow()
      }),
    )
  })
})

describe('parseCompact', () => {
  const header = encodeBase64url('{"alg":"RS256"}')

  it('takes a token apart', () => {
    const jws = parseCompact(mint('ES256', { sub: 'é' }, { kid: 'k', typ: 'at+jwt' }))!
    expect(jws.header).toEqual({ alg: 'ES256', kid: 'k', typ: 'at+jwt' })
    expect(jws.payload()).toEqual({ sub: 'é' })
    expect(jws.signature()).toHaveLength(64)
    expect(jws.payload()).toBe(jws.payload())
  })

  it('deep-freezes the payload', () => {
    const payload = parseCompact(mint('ES256', { a: [{ b: {} }], c: null }))!.payload() as {
      a: [{ b: object }]
    }
    expect([payload, payload.a, payload.a[0], payload.a[0].b].every(Object.isFrozen)).toBe(true)
  })

  it.each([
    ['nothing', ''],
    ['dots alone', '..'],
    ['one segment', header],
    ['two segments', `${header}.e30`],
    ['four segments', `${header}.e30.AA.AA`],
    ['five segments', `${header}.e30.AA.AA.AA`],
    ['an empty header', '.e30.AA'],
    ['a header that is not JSON', `${encodeBase64url('alg')}.e30.AA`],
    ['a header that is no object', `${encodeBase64url('["alg"]')}.e30.AA`],
    ['a header without alg', `${encodeBase64url('{"typ":"JWT"}')}.e30.AA`],
    ['a header whose alg is no string', `${encodeBase64url('{"alg":256}')}.e30.AA`],
    ['a header with alg twice', `${encodeBase64url('{"alg":"RS256","alg":"none"}')}.e30.AA`],
    ['a header with alg inherited', `${encodeBase64url('{"__proto__":{"alg":"RS256"}}')}.e30.AA`],
    ['a header spelled with bits left over', `${header.slice(0, -1)}R.e30.AA`],
    ['padding', `${header}.e30=.AA`],
    ['the plus of base64', `${header}.e3+0.AA`],
    ['a space in front', ` ${header}.e30.AA`],
    ['a line feed at the end', `${header}.e30.AA\n`],
    ['a brace (RFC 8725bis section 3.14)', `{${header}.e30.AA}`],
    ['a letter that is not ASCII', `${header}.e30.AAé`],
  ])('JT-13: reads no token in %s', (_, token) => {
    const jws = parseCompact(token)
    expect(jws?.payload() && jws.signature()).toBeUndefined()
  })

  it('calls a token with a malformed payload or signature a JWS, so that it is not taken for opaque', () => {
    const jws = parseCompact(`${header}.Zm9vY.Zh`)!
    expect(jws.payload()).toBeUndefined()
    expect(jws.signature()).toBeUndefined()
    for (const payload of ['', encodeBase64url('[]'), encodeBase64url('{"a":1,"a":2}')]) {
      expect(parseCompact(`${header}.${payload}.AA`)?.payload()).toBeUndefined()
    }
  })

  it('takes three segments for a JWT; fewer or more may be an opaque or an encrypted token', () => {
    for (const more of ['', '.AA.AA', '.AA.AA.AA', '.AA.AA.AA.AA']) {
      expect(parseCompact(`${header}.e30${more}`)).toBeUndefined()
    }
  })

  it('never throws, whatever the string', () => {
    const segment = fc.oneof(
      fc.string({ unit: anyCharacter, maxLength: 30 }),
      fc.uint8Array({ maxLength: 30 }).map(encodeBase64url),
      fc.jsonValue().map((value) => encodeBase64url(JSON.stringify({ alg: value }))),
      fc.json().map(encodeBase64url),
    )
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 6 }), (segments) => {
        const jws = parseCompact(segments.join('.'))
        jws?.payload()
        jws?.signature()
        jws?.signingInput()
      }),
      { numRuns: 500 },
    )
  })

  it('deep-freezes the header and shares it between tokens with the same header segment', () => {
    const first = parseCompact(mint('ES256', {}, { kid: 'shared', jwk: { a: [1] } }))!
    const second = parseCompact(mint('ES256', { n: 2 }, { kid: 'shared', jwk: { a: [1] } }))!
    expect(second.header).toBe(first.header)
    expect(Object.isFrozen((first.header['jwk'] as { a: unknown }).a)).toBe(true)
  })

  it('does not keep headers that are large', () => {
    const token = mint('ES256', {}, { kid: 'x'.repeat(1000) })
    expect(parseCompact(token)?.header).not.toBe(parseCompact(token)?.header)
  })

  it('shows nothing of the token when it is printed or serialised', () => {
    const token = mint('ES256', { sub: 'secret-subject' })
    const jws = parseCompact(token)!
    jws.payload()
    for (const shown of [inspect(jws, { showHidden: true, depth: 9 }), JSON.stringify(jws)]) {
      expect(shown).not.toContain(token.split('.')[1])
      expect(shown).not.toContain('secret-subject')
    }
  })
})

describe('importVerificationKey', () => {
  const ec = publicJwk('P-256')
  const ed = publicJwk('Ed25519')
  const rsaJwk = publicJwk('RSA')
  const octets = (text: unknown) => Buffer.from(text as string, 'base64url')
  const oddPrimes = [...Array(168).keys()]
    .filter((n) => n > 2 && ![...Array(n).keys()].some((d) => d > 1 && n % d === 0))
    .map(BigInt)
  const flipped = (text: unknown) => {
    const copy = octets(text)
    copy[31]! ^= 1
    return encodeBase64url(copy)
  }

  it('lets a key with alg serve that algorithm only (RFC 8725bis section 3.1)', () => {
    expect([...importKey({ ...rsaJwk, alg: 'PS256' }).algorithms]).toEqual(['PS256'])
    expect([...importKey({ ...ec, alg: 'ES256' }).algorithms]).toEqual(['ES256'])
  })

  it('lets a key without alg serve all that fit its type and curve', () => {
    expect([...importKey(rsaJwk).algorithms].join()).toBe('RS256,RS384,RS512,PS256,PS384,PS512')
    expect([...importKey(ec).algorithms]).toEqual(['ES256'])
    expect([...importKey(publicJwk('P-384')).algorithms]).toEqual(['ES384'])
    expect([...importKey(publicJwk('P-521')).algorithms]).toEqual(['ES512'])
  })

  it.each([undefined, 'EdDSA', 'Ed25519'])(
    'JT-17: takes EdDSA and Ed25519 for one, with alg %s (RFC 9864)',
    (alg) => {
      expect([...importKey({ ...ed, alg }).algorithms]).toEqual(['Ed25519', 'EdDSA'])
    },
  )

  it('recognises two imports of one key, and tells apart another kid, alg or key', () => {
    const { identity } = importKey({ ...rsaJwk, kid: 'a', alg: 'RS256' })
    expect(importKey({ alg: 'RS256', kid: 'a', ...rsaJwk, use: 'sig' }).identity).toBe(identity)
    const others = [
      { ...rsaJwk, kid: 'b', alg: 'RS256' },
      { ...rsaJwk, kid: 'a', alg: 'PS256' },
      { ...rsaJwk, kid: 'a' },
      { ...rsaJwk, alg: 'RS256' },
      { ...rsaJwk, kid: '', alg: 'RS256' },
      { ...ec, kid: 'a' },
    ].map((jwk) => importKey(jwk).identity)
    expect(new Set([identity, ...others]).size).toBe(others.length + 1)
  })

  it('ignores members it does not know, and ones that are undefined (RFC 7517 section 4)', () => {
    const extra = {
      x5c: ['AAAA'],
      x5t: 1,
      x5u: 'https://elsewhere.example',
      ext: true,
      d: undefined,
    }
    expect(faultOf({ ...ec, ...extra, toString: 1 })).toBeUndefined()
    expect(faultOf({ ...ec, key_ops: ['verify'], use: 'sig' })).toBeUndefined()
  })

  it.each<[string, string, unknown]>([
    ['malformed', 'null', null],
    ['malformed', 'a string', 'key'],
    ['malformed', 'an array', [ec]],
    ['malformed', 'no kty', {}],
    ['malformed', 'a kty of the wrong type', { ...ec, kty: ['EC'] }],
    ['malformed', 'a kid that is no string', { ...ec, kid: 1 }],
    ['malformed', 'a kid that is null', { ...ec, kid: null }],
    ['malformed', 'an alg that is no string', { ...ec, alg: ['ES256'] }],
    ['malformed', 'a use that is no string', { ...ec, use: ['sig'] }],
    ['malformed', 'key_ops that are no array', { ...ec, key_ops: 'verify' }],
    ['malformed', 'key_ops that are not strings', { ...ec, key_ops: ['verify', 1] }],
    ['malformed', 'a missing coordinate', { ...ec, y: undefined }],
    ['malformed', 'a crv that is no string', { ...ec, crv: 256 }],
    ['malformed', 'a coordinate that is too short', { ...ec, x: 'AQ', y: 'AQ' }],
    [
      'malformed',
      'a coordinate with a zero in front (RFC 7518 section 6.2.1.2)',
      { ...ec, x: encodeBase64url(Buffer.concat([Buffer.alloc(1), octets(ec.x)])) },
    ],
    ['malformed', 'a point that is not on its curve', { ...ec, y: flipped(ec.y) }],
    ['malformed', 'the coordinates of another curve', { ...ec, crv: 'P-384' }],
    ['malformed', 'padding', { ...ec, x: `${ec.x}=` }],
    ['malformed', 'a modulus that is no string', { ...rsaJwk, n: 1 }],
    ['malformed', 'an empty modulus', { ...rsaJwk, n: '' }],
    ['malformed', 'an empty exponent', { ...rsaJwk, e: '' }],
    ['malformed', 'an exponent of zero', { ...rsaJwk, e: 'AA' }],
    [
      'malformed',
      'a modulus with a zero in front (RFC 7518 section 6.3.1.1)',
      { ...rsaJwk, n: encodeBase64url(Buffer.concat([Buffer.alloc(1), octets(rsaJwk.n)])) },
    ],
    ['malformed', 'an exponent with bits left over', { ...rsaJwk, e: 'AR' }],
    [
      'malformed',
      'an Ed25519 key of 31 octets',
      { ...ed, x: encodeBase64url(Buffer.alloc(31, 7)) },
    ],
    [
      'malformed',
      'an Ed25519 key off the curve',
      { ...ed, x: encodeBase64url(Buffer.alloc(32, 2)) },
    ],
    [
      'malformed',
      'an Ed25519 key not reduced (RFC 8032 section 5.1.3)',
      { ...ed, x: encodeBase64url(Buffer.alloc(32, 255)) },
    ],
    ['symmetric', 'a shared secret', { kty: 'oct', k: 'c2VjcmV0', alg: 'HS256' }],
    ['private', 'a private EC key', pairs['P-256']!.privateKey.export({ format: 'jwk' })],
    ['private', 'a private RSA key', rsa.privateKey.export({ format: 'jwk' })],
    ['private', 'a private Ed25519 key', pairs['Ed25519']!.privateKey.export({ format: 'jwk' })],
    [
      'private',
      'a private key whose key_ops say sign',
      { ...pairs['P-256']!.privateKey.export({ format: 'jwk' }), key_ops: ['sign'], kid: 1 },
    ],
    ['private', 'one prime alone', { ...rsaJwk, p: 'AQAB' }],
    ['private', 'a secret beside a public key', { ...ec, k: 'c2VjcmV0' }],
    ['unsupported', 'an unknown type', { kty: 'nope' }],
    ['unsupported', 'a post-quantum key', { kty: 'AKP', alg: 'ML-DSA-44', pub: 'AAAA' }],
    ['unsupported', 'secp256k1', { ...ec, crv: 'secp256k1' }],
    ['unsupported', 'a curve named like a member of Object', { ...ec, crv: 'constructor' }],
    ['unsupported', 'Ed448', { ...ed, crv: 'Ed448' }],
    ['unsupported', 'X25519', { ...ed, crv: 'X25519' }],
    ['unsupported', 'an alg that is not in the table', { ...ec, alg: 'ES521' }],
    ['unsupported', 'HS256 on an RSA key', { ...rsaJwk, alg: 'HS256' }],
    ['unsupported', 'an alg in lower case', { ...ec, alg: 'es256' }],
    ['unsupported', 'an alg named like a member of Object', { ...ec, alg: 'toString' }],
    ['mismatched', 'the alg of another curve', { ...ec, alg: 'ES384' }],
    ['mismatched', 'the alg of another type', { ...ec, alg: 'RS256' }],
    ['mismatched', 'EdDSA on an RSA key', { ...rsaJwk, alg: 'EdDSA' }],
    ['not_for_signatures', 'a use of enc', { ...rsaJwk, use: 'enc', alg: 'RSA-OAEP' }],
    ['not_for_signatures', 'a use in upper case', { ...rsaJwk, use: 'SIG' }],
    ['not_for_signatures', 'key_ops without verify', { ...rsaJwk, key_ops: ['encrypt'] }],
    ['not_for_signatures', 'no key_ops at all', { ...rsaJwk, key_ops: [] }],
    ['weak', 'RSA of 2047 bits', { ...rsaJwk, n: modulus(2047) }],
    ['weak', 'RSA of 1024 bits', { ...rsaJwk, n: modulus(1024) }],
    ['unsupported', 'RSA of 8193 bits', { ...rsaJwk, n: modulus(8193) }],
    ['weak', 'the exponent 1, under which anybody signs', { ...rsaJwk, e: 'AQ' }],
    ['weak', 'an even exponent', { ...rsaJwk, e: 'AQAA' }],
    ['unsupported', 'an exponent of five octets', { ...rsaJwk, e: 'AQAAAAE' }],
    ['weak', 'an even modulus', { ...rsaJwk, n: modulus(2048, 0) }],
    [
      'weak',
      'a modulus with a small factor',
      { ...rsaJwk, n: encodeBase64url(Buffer.alloc(256, 0xff)) },
    ],
  ])('finds %s: %s', (fault, _, jwk) => {
    expect(faultOf(jwk)).toBe(fault)
  })

  /** A modulus of so many bits with which nothing else is wrong, as far as can be seen. */
  function modulus(bits: number, parity: 0 | 1 = 1): string {
    const top = (bits - 1) % 8
    for (;;) {
      const value = randomBytes(Math.ceil(bits / 8))
      value[0] = (value[0]! & ((1 << top) - 1)) | (1 << top)
      value[value.length - 1] = (value[value.length - 1]! & 0xfe) | parity
      const n = BigInt(`0x${value.toString('hex')}`)
      if (oddPrimes.every((prime) => n % prime !== 0n)) return encodeBase64url(value)
    }
  }

  it('takes RSA keys of 2048 to 8192 bits, also with the exponent 3', () => {
    for (const n of [modulus(2048), modulus(2049), modulus(8192)]) {
      expect(faultOf({ ...rsaJwk, n })).toBeUndefined()
    }
    expect(faultOf({ ...rsaJwk, e: 'Aw' })).toBeUndefined()
  })

  it('finds a coordinate malformed whose leading zero was left out (RFC 7518 section 6.2.1.2)', () => {
    for (const name of ['x', 'y'] as const) {
      let jwk: JsonWebKey
      do
        jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })
      while (octets(jwk[name])[0] !== 0)
      expect(faultOf(jwk)).toBeUndefined()
      expect(faultOf({ ...jwk, [name]: encodeBase64url(octets(jwk[name]).subarray(1)) })).toBe(
        'malformed',
      )
    }
  })

  it('finds an RSA key of the flawed ROCA generator weak (CVE-2017-15361)', () => {
    // Such a modulus is a power of 65537 modulo the product of the small primes.
    const product = oddPrimes.reduce((all, prime) => all * prime, 2n)
    const residue = 65537n ** 1001n % product
    const modulus = ((1n << 2047n) / product + 1n) * product + residue
    const octetsOf = (n: bigint) => Buffer.from(n.toString(16), 'hex')
    expect(faultOf({ ...rsaJwk, n: encodeBase64url(octetsOf(modulus)) })).toBe('weak')
  })

  it.each([
    ['order 1', `01${'00'.repeat(31)}`],
    ['order 2', `ec${'ff'.repeat(30)}7f`],
    ['order 4', '00'.repeat(32)],
    ['order 4, x negative', `${'00'.repeat(31)}80`],
    ['order 8', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'],
    ['order 8, x negative', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa'],
    ['order 8, the other y', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'],
    [
      'order 8, the other y, x negative',
      '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
    ],
  ])('finds an Ed25519 key of small order weak: %s', (_, hex) => {
    expect(faultOf({ ...ed, x: encodeBase64url(Buffer.from(hex, 'hex')) })).toBe('weak')
  })

  it('finds no fault with Ed25519 keys as they are generated', () => {
    for (let i = 0; i < 20; i++) {
      const { publicKey } = generateKeyPairSync('ed25519')
      expect(faultOf(publicKey.export({ format: 'jwk' }))).toBeUndefined()
    }
  })

  it('never throws, whatever the value', () => {
    const member = fc.oneof(fc.anything(), fc.uint8Array({ maxLength: 70 }).map(encodeBase64url))
    const jwk = fc.record(
      {
        kty: fc.oneof(fc.constantFrom('RSA', 'EC', 'OKP', 'oct'), fc.anything()),
        crv: fc.oneof(
          fc.constantFrom('P-256', 'P-384', 'P-521', 'Ed25519', 'Ed448'),
          fc.anything(),
        ),
        alg: fc.oneof(fc.constantFrom(...names), fc.anything()),
        n: fc.oneof(fc.uint8Array({ minLength: 255, maxLength: 258 }).map(encodeBase64url), member),
        e: member,
        x: fc.oneof(fc.uint8Array({ minLength: 32, maxLength: 32 }).map(encodeBase64url), member),
        y: fc.oneof(fc.uint8Array({ minLength: 32, maxLength: 32 }).map(encodeBase64url), member),
        kid: fc.oneof(fc.string(), fc.anything()),
        use: fc.constantFrom('sig', 'enc', 1),
        key_ops: fc.oneof(fc.constant(['verify']), fc.anything()),
      },
      { requiredKeys: ['kty'] },
    )
    fc.assert(
      fc.property(fc.oneof(jwk, fc.anything()), (value) => {
        expect(importVerificationKey(value)).toBeDefined()
      }),
      { numRuns: 500 },
    )
  })

  it('has the thumbprint that jose computes (RFC 7638 section 3)', async () => {
    for (const kind of Object.keys(pairs)) {
      const jwk = publicJwk(kind)
      expect(importKey({ ...jwk, kid: 'k' }).thumbprint).toBe(await calculateJwkThumbprint(jwk))
    }
  })
})

describe('verifySignature and signJws', () => {
  it.each(names)('%s: what is signed verifies, here and with jose', async (algorithm) => {
    const token = mint(algorithm, { sub: 'a' })
    expect(verifySignature(algorithm, keyFor(algorithm), parseCompact(token)!)).toBe(true)
    await expect(compactVerify(token, pairFor(algorithm).publicKey)).resolves.toBeDefined()
  })

  it.each(names)('%s: one changed bit of header, payload or signature refuses it', (algorithm) => {
    const key = keyFor(algorithm)
    const token = mint(algorithm, { sub: 'a' }, { kid: 'kkkkkk' })
    for (const segment of [0, 1, 2]) {
      const segments = token.split('.')
      const octets = decodeBase64url(segments[segment]!)!
      // The letter before the last quote of the JSON, so that it stays JSON; any octet of the signature.
      octets[octets.length - 3]! ^= 1
      segments[segment] = encodeBase64url(octets)
      const jws = parseCompact(segments.join('.'))!
      expect(verifySignature(algorithm, key, jws)).toBe(false)
    }
  })

  it.each(names)(
    '%s: a signature of another length is refused, also one padded with zeros',
    (algorithm) => {
      const key = keyFor(algorithm)
      const [header, payload, signature] = mint(algorithm).split('.')
      const octets = decodeBase64url(signature!)!
      const zero = Buffer.alloc(1)
      const wrong = [
        Buffer.alloc(0),
        octets.subarray(1),
        octets.subarray(0, -1),
        Buffer.concat([zero, octets]),
        Buffer.concat([octets, zero]),
        Buffer.alloc(octets.length),
      ]
      for (const other of wrong) {
        const jws = parseCompact(`${header}.${payload}.${encodeBase64url(other)}`)!
        expect(verifySignature(algorithm, key, jws)).toBe(false)
      }
    },
  )

  it('refuses a signature whose last bits were changed, though the octets are the same', () => {
    const token = mint('RS256')
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const respelled = token.slice(0, -1) + alphabet[alphabet.indexOf(token.at(-1)!) + 1]
    expect(Buffer.from(respelled.split('.')[2]!, 'base64url')).toEqual(
      Buffer.from(token.split('.')[2]!, 'base64url'),
    )
    expect(verifySignature('RS256', keyFor('RS256'), parseCompact(respelled)!)).toBe(false)
  })

  it('JT-10: refuses an algorithm that the key does not serve, though the signature is right', () => {
    const key = importKey({ ...publicJwk('RSA'), alg: 'PS256' })
    expect(verifySignature('RS256', key, parseCompact(mint('RS256'))!)).toBe(false)
    expect(verifySignature('ES256', keyFor('RS256'), parseCompact(mint('ES256'))!)).toBe(false)
    expect(verifySignature('PS384', keyFor('RS256'), parseCompact(mint('RS256'))!)).toBe(false)
  })

  it('JT-10: refuses when the header names another algorithm than the one asked for', () => {
    for (const alg of ['RS384', 'none', 'HS256', 'toString', 'rs256']) {
      const jws = parseCompact(mint('RS256', {}, { alg }))!
      expect(verifySignature('RS256', keyFor('RS256'), jws)).toBe(false)
    }
  })

  it('JT-17: verifies a token that says EdDSA under a key that says Ed25519, and the reverse', () => {
    for (const [alg, other] of [
      ['EdDSA', 'Ed25519'],
      ['Ed25519', 'EdDSA'],
    ] as const) {
      const key = importKey({ ...publicJwk('Ed25519'), alg: other })
      const jws = parseCompact(mint(alg))!
      expect(verifySignature(alg, key, jws)).toBe(true)
      expect(verifySignature(other, key, jws)).toBe(true)
    }
  })

  it('refuses an ECDSA signature in DER (RFC 7518 section 3.4)', async () => {
    const { sign } = await import('node:crypto')
    const input = mint('ES256').split('.').slice(0, 2).join('.')
    const der = sign('sha256', Buffer.from(input), pairs['P-256']!.privateKey)
    const jws = parseCompact(`${input}.${encodeBase64url(der)}`)!
    expect(verifySignature('ES256', keyFor('ES256'), jws)).toBe(false)
  })

  it('refuses a PSS signature whose salt is not as long as the hash (RFC 7518 section 3.5)', async () => {
    const { constants, sign } = await import('node:crypto')
    const input = mint('PS256').split('.').slice(0, 2).join('.')
    for (const saltLength of [0, 20, 64]) {
      const signature = sign('sha256', Buffer.from(input), {
        key: rsa.privateKey,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength,
      })
      const jws = parseCompact(`${input}.${encodeBase64url(signature)}`)!
      expect(verifySignature('PS256', keyFor('PS256'), jws)).toBe(false)
    }
  })

  it('refuses a signature of another key', () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const token = signJws({ payload: {}, key: other.privateKey, algorithm: 'ES256' })
    expect(verifySignature('ES256', keyFor('ES256'), parseCompact(token)!)).toBe(false)
  })

  it('signs with a private JWK, text or octets as payload, and the header as given', () => {
    const key = pairs['P-256']!.privateKey.export({ format: 'jwk' })
    for (const payload of ['text', Buffer.from('text')]) {
      const token = signJws({ header: { kid: 'k' }, payload, key, algorithm: 'ES256' })
      expect(token.split('.')[1]).toBe(encodeBase64url('text'))
      expect(parseCompact(token)?.header).toEqual({ alg: 'ES256', kid: 'k' })
      expect(verifySignature('ES256', keyFor('ES256'), parseCompact(token)!)).toBe(true)
    }
  })

  it('does not sign with a key of another type or curve, nor with a public one', () => {
    const misfits: [Algorithm, KeyObject][] = [
      ['RS256', pairs['P-256']!.privateKey],
      ['ES256', pairs['P-384']!.privateKey],
      ['ES256', rsa.privateKey],
      ['Ed25519', rsa.privateKey],
      ['RS256', generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey],
      ['RS256', rsa.publicKey],
    ]
    for (const [algorithm, key] of misfits) {
      expect(() => signJws({ payload: {}, key, algorithm })).toThrow(/private key for/)
    }
  })

  it('agrees with jose on damaged tokens, or is stricter for a reason listed here', async () => {
    const joseKeys = new Map<Algorithm, Awaited<ReturnType<typeof importJWK>>>()
    for (const name of names) joseKeys.set(name, await importJWK(keyJwk(name), name))
    const tokens = names.map((name) => mint(name, { sub: 'a', iat: 1 }, { kid: 'k' }))

    await fc.assert(
      fc.asyncProperty(
        fc.nat(names.length - 1),
        fc.nat(),
        fc.constantFrom('', 'A', '-', '.', '=', '+', ' ', 'é'),
        fc.nat(2),
        async (index, position, inserted, removed) => {
          const token = tokens[index]!
          const at = position % token.length
          const damaged = token.slice(0, at) + inserted + token.slice(at + removed)
          const name = names[index]!
          const jws = parseCompact(damaged)
          const ours = jws !== undefined && verifySignature(name, keyFor(name), jws)
          const theirs = await compactVerify(damaged, joseKeys.get(name)!).then(
            () => true,
            () => false,
          )
          // Listed reasons: spelling of base64url, and duplicate members. Damage makes only the former.
          const canonical = damaged.split('.').every((part) => decodeBase64url(part) !== undefined)
          expect(ours).toBe(theirs && canonical)
        },
      ),
      { numRuns: 400 },
    )
  })

  function keyJwk(name: Algorithm): JsonWebKey {
    return createPublicKey(pairFor(name).privateKey).export({ format: 'jwk' })
  }
})

describe('isAlgorithm', () => {
  it('knows the table and nothing else', () => {
    expect(names.every(isAlgorithm)).toBe(true)
    for (const name of ['none', 'HS256', 'rs256', 'constructor', '__proto__', '', 1, null]) {
      expect(isAlgorithm(name)).toBe(false)
    }
  })
})
