import { hash, X509Certificate } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { BlockList, isIP, isIPv4 } from 'node:net'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, jest } from '@jest/globals'
import fc from 'fast-check'
import { ipAddress } from '../lib/options/ip-address.ts'
import { mtlsSettings } from '../lib/options/mtls-settings.ts'
import { certificateThumbprint } from '../lib/proof/mtls/certificate-thumbprint.ts'
import { isTrustedPeer } from '../lib/proof/mtls/is-trusted-peer.ts'
import { certificateAuthority } from '../lib/testing/certificates/certificate-authority.ts'
import { clientCertificate } from '../lib/testing/certificates/client-certificate.ts'
import { anyCharacter } from './fixtures/any-character.ts'

jest.setTimeout(60_000)

type Format = 'rfc9440' | 'xfcc' | 'escaped-pem' | 'pem' | 'base64-der'
const formats: readonly Format[] = ['rfc9440', 'xfcc', 'escaped-pem', 'pem', 'base64-der']

const authority = certificateAuthority()
const client = clientCertificate({ issuedBy: authority })
const other = clientCertificate({ algorithm: 'RS256', commonName: 'another client' })
const certificates = [client, other, authority]
type Certificate = (typeof certificates)[number]

const trusted = '10.0.0.1'

/** What becomes of header fields from a trusted proxy. */
function read(format: Format, ...values: string[]): string | undefined {
  const settings = mtlsSettings(
    { forwarded: { trustedPeers: [trusted], format, header: 'Cert' } },
    'mtls',
  )!
  return certificateThumbprint(
    { rawHeaders: values.flatMap((value) => ['Cert', value]), peer: { remoteAddress: trusted } },
    settings,
    () => {
      throw new Error('ignored')
    },
  )
}

const base64 = ({ der }: { der: Buffer }) => der.toString('base64')
const hexHash = ({ der }: { der: Buffer }) => hash('sha256', der, 'hex')
const escaped = ({ pem }: { pem: string }) => encodeURIComponent(pem)
/** As AWS does. */
const halfEscaped = (one: { pem: string }) =>
  escaped(one).replaceAll('%2B', '+').replaceAll('%3D', '=').replaceAll('%2F', '/')

/** A certificate as proxies write it. */
const spellings: Readonly<Record<Format, Record<string, (one: Certificate) => string>>> = {
  rfc9440: { 'as a byte sequence': (one) => `:${base64(one)}:` },
  xfcc: {
    'its hash': (one) => `Hash=${hexHash(one)}`,
    'its hash in capitals, quoted, among names': (one) =>
      `By=spiffe://a/b;By=spiffe://a/c;HASH="${hexHash(one).toUpperCase()}";Subject="O=\\"x, y\\";CN=a\\\\";URI=spiffe://c;URI=spiffe://d?e=f;DNS=c.test;DNS=`,
    'the certificate': (one) => `Cert="${escaped(one)}"`,
    both: (one) => `Hash=${hexHash(one)};Subject="";Cert="${escaped(one)}";Chain="${escaped(one)}"`,
  },
  'escaped-pem': {
    'as nginx does': escaped,
    'as AWS does': halfEscaped,
    'in small letters, without the last line break': (one) =>
      encodeURIComponent(one.pem.trimEnd()).replace(/%../g, (code) => code.toLowerCase()),
    'with line breaks of two characters': (one) =>
      encodeURIComponent(one.pem.replaceAll('\n', '\r\n')),
  },
  pem: {
    'with spaces': (one) => one.pem.trimEnd().replaceAll('\n', ' '),
    'with tabs': (one) => one.pem.trimEnd().replaceAll('\n', '\t'),
    'with a space and a tab': (one) => one.pem.trimEnd().replaceAll('\n', ' \t'),
  },
  'base64-der': {
    alone: base64,
    'before its chain': (one) => `${base64(one)},${base64(authority)}`,
    'escaped as in forms': (one) => encodeURIComponent(base64(one)),
  },
}

describe('the certificate in a header field of a trusted proxy', () => {
  const all = formats.flatMap((format) =>
    Object.entries(spellings[format]).map(([how, write]) => ({ format, how, write })),
  )

  it.each(all)('is read from $format, $how (MT-3, RFC 9440 section 2)', ({ format, write }) => {
    for (const one of certificates) {
      expect(read(format, write(one))).toBe(one.thumbprint)
      // Once more: from memory.
      expect(read(format, write(one))).toBe(one.thumbprint)
    }
  })

  it.each(all)('is none in any other format than $format, $how', ({ format, write }) => {
    for (const another of formats) {
      if (another !== format) expect(read(another, write(client))).toBeUndefined()
    }
  })

  it.each(formats)('is none when %s is repeated, or absent (MT-3)', (format) => {
    for (const write of Object.values(spellings[format])) {
      const value = write(client)
      expect(read(format, value, value)).toBeUndefined()
      expect(read(format, value, '')).toBeUndefined()
      expect(read(format, '', value)).toBeUndefined()
      expect(read(format, `${value}, ${value}`)).toBeUndefined()
    }
    expect(read(format)).toBeUndefined()
  })

  it.each(formats)('is none when %s holds what proxies write for none', (format) => {
    const placeholders = [
      '',
      '-',
      '(null)',
      'null',
      'undefined',
      'NONE',
      '::',
      ':',
      '$ssl_client_escaped_cert',
      '$ssl_client_cert',
      '%{SSL_CLIENT_CERT}s',
      '%{+Q}[ssl_c_der,base64]',
      '%[ssl_c_der,base64]',
      '{http.request.tls.client.certificate_der_base64}',
      'Hash=',
      'Cert=""',
      'Hash=;Cert=""',
      'By=spiffe://a/b;Subject="";URI=',
      '-----BEGIN CERTIFICATE----- -----END CERTIFICATE-----',
      '-----BEGIN CERTIFICATE-----',
      '-----BEGIN%20CERTIFICATE-----%0A-----END%20CERTIFICATE-----%0A',
      '-----BEGIN%20CERTIFICATE-----%0A%0A-----END%20CERTIFICATE-----%0A',
    ]
    for (const value of placeholders)
      expect([value, read(format, value)]).toEqual([value, undefined])
  })

  it.each<[what: string, der: (der: Buffer) => Buffer]>([
    ['with an octet after it', (der) => Buffer.concat([der, Buffer.of(0)])],
    ['without its last octet', (der) => der.subarray(0, -1)],
    ['with another after it', (der) => Buffer.concat([der, other.der])],
    ['as PEM within', () => Buffer.from(client.pem)],
    ['which is only its public key', () => publicKeyOf(client)],
  ])('is none %s', (_what, change) => {
    const der = change(client.der)
    const lines = der.toString('base64').match(/.{1,64}/g) ?? []
    const pem = ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join(
      '\n',
    )
    const wrong = { ...client, der, pem }
    for (const format of formats) {
      for (const [how, write] of Object.entries(spellings[format])) {
        // A hash says only itself.
        if (!how.includes('hash'))
          expect([how, read(format, write(wrong))]).toEqual([how, undefined])
      }
    }
  })

  const spaced = client.pem.trimEnd().replaceAll('\n', ' ')
  it.each<[format: Format, what: string, value: string]>([
    ['rfc9440', 'parameters', `:${base64(client)}:;a=1`],
    ['rfc9440', 'a list', `:${base64(client)}:, :${base64(client)}:`],
    ['rfc9440', 'base64url', `:${other.der.toString('base64url')}:`],
    ['rfc9440', 'no padding', `:${padded().replace(/=+$/, '')}:`],
    ['rfc9440', 'space within', `: ${base64(client)}:`],
    ['rfc9440', 'bits left over', `:${padded().replace(/.(=+)$/, (_, end) => `/${end}`)}:`],
    ['xfcc', 'an element more, at the end', `Hash=${hexHash(client)},Hash=${hexHash(other)}`],
    ['xfcc', 'an element more, without a certificate', `Hash=${hexHash(client)},By=spiffe://a`],
    ['xfcc', 'an empty element more', `Hash=${hexHash(client)},`],
    ['xfcc', 'an empty pair more', `Hash=${hexHash(client)};`],
    [
      'xfcc',
      'a name that holds a further hash',
      `URI=a;hash=${hexHash(other)};Hash=${hexHash(client)}`,
    ],
    ['xfcc', 'the same hash twice', `Hash=${hexHash(client)};Hash=${hexHash(client)}`],
    ['xfcc', 'the same certificate twice', `Cert="${escaped(client)}";cert="${escaped(client)}"`],
    ['xfcc', 'a hash of another certificate', `Hash=${hexHash(other)};Cert="${escaped(client)}"`],
    ['xfcc', 'a malformed hash beside it', `Hash=0;Cert="${escaped(client)}"`],
    ['xfcc', 'a malformed certificate beside the hash', `Hash=${hexHash(client)};Cert="x"`],
    ['xfcc', 'an empty certificate beside the hash', `Hash=${hexHash(client)};Cert=`],
    ['xfcc', 'text after the quotes', `Cert="${escaped(client)}"x`],
    ['xfcc', 'quotes that stay open', `Hash=${hexHash(client)};Subject="`],
    ['xfcc', 'a hash that is too long', `Hash=${hexHash(client)}00`],
    ['xfcc', 'a chain alone', `Chain="${escaped(client)}"`],
    ['xfcc', 'space around', `Hash= ${hexHash(client)}`],
    ['xfcc', 'a name without a value', `Hash=${hexHash(client)};By`],
    ['escaped-pem', 'a plus for space', escaped(client).replaceAll('%20', '+')],
    ['escaped-pem', 'two certificates', escaped({ pem: client.pem + other.pem })],
    ['escaped-pem', 'text before', `x${escaped(client)}`],
    ['escaped-pem', 'two line breaks after', `${escaped(client)}%0A`],
    ['escaped-pem', 'a percent sign alone', `${escaped(client)}%`],
    [
      'escaped-pem',
      'another label',
      escaped(client).replaceAll('CERTIFICATE', 'TRUSTED%20CERTIFICATE'),
    ],
    ['escaped-pem', 'octets that are no ASCII', escaped(client).replace('%0A', '%0A%FF')],
    ['escaped-pem', 'line breaks as they are', client.pem],
    ['pem', 'line breaks as they are', client.pem.trimEnd()],
    ['pem', 'no line of its own for the first boundary', spaced.replace('----- MI', '-----MI')],
    ['pem', 'no line of its own for the last boundary', spaced.replace(' -----END', '-----END')],
    ['pem', 'two certificates', (client.pem + other.pem).trimEnd().replaceAll('\n', ' ')],
    ['pem', 'nothing between the lines and their boundaries', client.pem.replaceAll('\n', '')],
    ['pem', 'text after', `${client.pem.replaceAll('\n', ' ')}x`],
    ['base64-der', 'space after a comma', `${base64(client)}, ${base64(other)}`],
    ['base64-der', 'a chain of what are no certificates', `${base64(client)},AAAA`],
    ['base64-der', 'a comma after', `${base64(client)},`],
    ['base64-der', 'a comma before', `,${base64(client)}`],
    [
      'base64-der',
      'both a plus and an escape',
      `${base64(client)},${encodeURIComponent(withPlus())}`.replace(/%2B/, '+'),
    ],
    [
      'base64-der',
      'an escape of a letter',
      encodeURIComponent(base64(client)).replace(/^M/, '%4D'),
    ],
    ['base64-der', 'base64url', other.der.toString('base64url')],
  ])('is none when %s has %s', (format, _what, value) => {
    expect(read(format, value)).toBeUndefined()
  })

  /** Base64 that ends in padding. */
  function padded(): string {
    const one = certificates.find(({ der }) => der.length % 3 !== 0) ?? client
    return base64(one)
  }

  /** Base64 with a plus in it; by chance nearly every certificate's has one. */
  function withPlus(): string {
    return certificates.map(base64).find((text) => text.includes('+')) ?? base64(client)
  }
})

describe('whatever trusted proxies may write', () => {
  /** The oracle marks with these. */
  const isApartFromMarks = (text: string) => !/[\u0001\u0002]/.test(text)
  /** Small damage to a genuine text. */
  const damage = fc.array(
    fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      drop: fc.constantFrom(0, 1, 1, 2, 64, 5000),
      put: fc.oneof(
        fc.constantFrom(
          '',
          '',
          ...';,="\\:%+ \t-_/Aa0'.split(''),
          '%0A',
          '%00',
          '%2',
          '%2B',
          '\0',
          ', ',
          '\r\n',
          'Hash=',
          'Cert=',
        ),
        fc.string({ maxLength: 3, unit: anyCharacter }).filter(isApartFromMarks),
      ),
    }),
    { maxLength: 3 },
  )
  const genuine = (format: Format) =>
    fc
      .tuple(fc.constantFrom(...Object.values(spellings[format])), fc.constantFrom(...certificates))
      .map(([write, one]) => write(one))
  const anything = (format: Format) =>
    fc.oneof(
      { weight: 8, arbitrary: fc.tuple(genuine(format), damage).map(damaged) },
      {
        weight: 1,
        arbitrary: fc.tuple(fc.constantFrom(...formats).chain(genuine), damage).map(damaged),
      },
      {
        weight: 1,
        arbitrary: fc.string({ unit: anyCharacter, maxLength: 100 }).filter(isApartFromMarks),
      },
    )

  it.each(formats)('%s is the certificate that was put in, or none (MT-3)', (format) => {
    let certificatesRead = 0
    fc.assert(
      fc.property(anything(format), (value) => {
        const expected = certificateIn(format, value)
        if (expected !== undefined) certificatesRead++
        return read(format, value) === expected
      }),
      { numRuns: 4000 },
    )
    // The oracle has something to say.
    expect(certificatesRead).toBeGreaterThan(200)
  })

  /** Small damage to the octets, which then are written as they should be. */
  const octets = fc.array(
    fc.record({
      at: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.005, 1)),
      how: fc.oneof(
        fc.nat(7).map((bit) => ({ flip: 1 << bit })),
        fc.constantFrom(
          { cut: true },
          { put: Buffer.of(0) },
          { put: Buffer.from('\n') },
          { put: Buffer.alloc(20_000) },
          ...certificates.map(({ der }) => ({ put: der })),
          { put: Buffer.from(client.pem) },
        ),
      ),
    }),
    { maxLength: 3 },
  )

  it.each(formats)('%s is no other certificate than its octets are (MT-3)', (format) => {
    const writers = Object.entries(spellings[format])
      // A hash says only itself.
      .filter(([how]) => !how.includes('hash'))
      .map(([, write]) => write)
    const count = { good: 0, bad: 0 }
    fc.assert(
      fc.property(
        fc.constantFrom(...certificates),
        octets,
        fc.constantFrom(...writers),
        (one, edits, write) => {
          const der = edits.reduce(octetsDamaged, one.der)
          const lines = der.toString('base64').match(/.{1,64}/g) ?? []
          const pem = `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
          const expected = ofBase64(der.toString('base64'))
          count[expected === undefined ? 'bad' : 'good']++
          const thumbprint = read(format, write({ ...one, der, pem }))
          expect(thumbprint).toBe(expected)
          if (!der.equals(one.der)) expect(thumbprint).not.toBe(one.thumbprint)
        },
      ),
      { numRuns: 1000 },
    )
    // Some changes leave a certificate, though nobody has signed it.
    expect(count.good).toBeGreaterThan(50)
    expect(count.bad).toBeGreaterThan(50)
  })

  function octetsDamaged(
    before: Buffer,
    { at, how }: { at: number; how: { flip?: number; cut?: boolean; put?: Buffer } },
  ): Buffer {
    const index = Math.floor(at * before.length)
    const after = before.subarray(index + (how.flip === undefined ? 0 : 1))
    if (how.cut) return before.subarray(0, index)
    const put = how.put ?? Buffer.of((before[index] ?? 0) ^ (how.flip ?? 0))
    return Buffer.concat([before.subarray(0, index), put, after])
  }

  function damaged([text, edits]: [
    string,
    readonly { at: number; drop: number; put: string }[],
  ]): string {
    return edits.reduce((before, { at, drop, put }) => {
      const index = Math.floor(at * before.length)
      return before.slice(0, index) + put + before.slice(index + drop)
    }, text)
  }

  /** The oracle: by whole expressions and `URLSearchParams`, in which the parsers have no part. */
  function certificateIn(format: Format, value: string): string | undefined {
    switch (format) {
      case 'rfc9440':
        return ofBase64(/^:([^:]*):$/s.exec(value)?.[1])
      case 'pem':
        return ofBase64(
          /^-----BEGIN CERTIFICATE-----[ \t]([^-]*)[ \t]-----END CERTIFICATE-----$/
            .exec(value)?.[1]
            ?.replace(/[ \t]/g, ''),
        )
      case 'escaped-pem':
        return ofEscapedPem(value)
      case 'base64-der': {
        const isEscaped = value.includes('%')
        if (isEscaped && /%(?!2b|2f|3d)|[+/=]/i.test(value)) return undefined
        const text = isEscaped
          ? (new URLSearchParams(`a=${value.replaceAll('&', '%26').replaceAll('#', '%23')}`).get(
              'a',
            ) ?? '')
          : value
        const all = text.split(',').map(ofBase64)
        return all.includes(undefined) ? undefined : all[0]
      }
      case 'xfcc':
        return ofXfcc(value)
    }
  }

  function ofEscapedPem(value: string): string | undefined {
    if (/[^\w%+/=-]|_|%(?![0-9a-f]{2})/i.test(value)) return undefined
    const text = new URLSearchParams(`a=${value.replaceAll('+', '%2B')}`).get('a') ?? ''
    return ofBase64(
      /^-----BEGIN CERTIFICATE-----\r?\n([^-]*?)\r?\n-----END CERTIFICATE-----(?:\r?\n)?$/
        .exec(text)?.[1]
        ?.replace(/\r?\n/g, ''),
    )
  }

  /** First, delimiters within quotes become other characters, and the quotes a character of their own. */
  function ofXfcc(value: string): string | undefined {
    let isOpen = false
    const plain = value.replace(/\\.|["\\,;]/gs, (found) => {
      if (found === '"') {
        isOpen = !isOpen
        return '\u0001'
      }
      return isOpen ? found.replace(/[",;]/, '\u0002') : found
    })
    const found: Record<string, string[]> = { hash: [], cert: [] }
    for (const text of plain.split(';')) {
      const {
        1: key = '',
        2: quoted,
        3: bare = '',
      } = /^([a-z]+)=(?:\u0001([^\u0001]*)\u0001|([^\u0001",]*))$/i.exec(text) ?? []
      if (key === '' || isOpen) return undefined
      found[key.toLowerCase()]?.push(quoted ?? bare)
    }
    const { hash: hashes = [], cert: certs = [] } = found
    if (hashes.length > 1 || certs.length > 1) return undefined
    const all = [...hashes.map(ofHex), ...certs.map(ofEscapedPem)]
    return all.every((one) => one === all[0]) ? all[0] : undefined
  }

  function ofHex(hex: string): string | undefined {
    const octets = Buffer.from(hex, 'hex')
    const isHash = octets.length === 32 && octets.toString('hex') === hex.toLowerCase()
    return isHash ? octets.toString('base64url') : undefined
  }

  /** By the alphabet, by padding, and by the length that the DER itself tells. */
  function ofBase64(text: string | undefined): string | undefined {
    if (!text || !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text))
      return undefined
    const der = Buffer.from(text, 'base64')
    if (der.toString('base64') !== text || der[0] !== 0x30) return undefined
    try {
      if (!new X509Certificate(der).raw.equals(der)) return undefined
    } catch {
      return undefined
    }
    return hash('sha256', der, 'base64url')
  }
})

describe('the address of a peer', () => {
  const networks = (...trustedPeers: string[]) =>
    mtlsSettings({ forwarded: { trustedPeers, format: 'rfc9440' } }, 'mtls')!.forwarded!
      .trustedPeers

  it.each<[address: string | undefined, of: string[], isTrusted: boolean]>([
    ['10.1.2.3', ['10.0.0.0/8'], true],
    ['11.1.2.3', ['10.0.0.0/8'], false],
    ['10.0.0.127', ['10.0.0.0/25'], true],
    ['10.0.0.128', ['10.0.0.0/25'], false],
    ['10.0.0.1', ['10.0.0.1'], true],
    ['10.0.0.2', ['10.0.0.1'], false],
    ['10.0.0.2', ['10.0.0.1', '10.0.0.2/32'], true],
    ['::ffff:10.1.2.3', ['10.0.0.0/8'], true],
    ['::ffff:a01:203', ['10.0.0.0/8'], true],
    ['::FFFF:10.1.2.3', ['10.0.0.0/8'], true],
    ['::10.1.2.3', ['10.0.0.0/8'], false],
    ['10.1.2.3', ['::ffff:10.0.0.0/104'], true],
    ['11.1.2.3', ['::ffff:10.0.0.0/104'], false],
    ['fd00::1', ['fd00::/8'], true],
    ['fe80::1', ['fd00::/8'], false],
    ['fe80::1%eth0', ['fe80::/10'], true],
    ['fe80::1%eth0', ['fe80::1'], true],
    ['fe80::1%2510.0.0.1', ['10.0.0.1'], false],
    ['::1', ['::1'], true],
    ['0:0:0:0:0:0:0:1', ['::1/128'], true],
    ['::1', ['127.0.0.1'], false],
    ['127.0.0.1', ['::1'], false],
    ['a00::1', ['10.0.0.0/8'], false],
    ['10.0.0.1', ['a00::/8'], false],
    [undefined, ['10.0.0.0/8'], false],
    ['', ['10.0.0.0/8'], false],
    ['10.0.0.1:80', ['10.0.0.0/8'], false],
    ['010.0.0.1', ['10.0.0.0/8'], false],
    ['10.1', ['10.0.0.0/8'], false],
    ['10.0.0.256', ['10.0.0.0/8'], false],
    ['1::ffff:10.1.2.3', ['10.0.0.0/8'], false],
    ['10.0.0.1::1', ['a00:1::/32'], false],
    ['::10.0.0.1:1', ['::/64'], false],
    ['/run/proxy.sock', ['10.0.0.0/8'], false],
  ])('%s among %j: %s (MT-4)', (address, of, isTrusted) => {
    expect(isTrustedPeer(address, networks(...of))).toBe(isTrusted)
  })

  it('is what Node takes for one', () => {
    const part = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.constantFrom(
          '::',
          ':',
          '.',
          '0',
          '00',
          '1',
          '255',
          '256',
          'ffff',
          'FF',
          'g',
          '10.0.0.1',
        ),
      },
      { weight: 1, arbitrary: fc.nat({ max: 99_999 }).map(String) },
      { weight: 1, arbitrary: fc.string({ maxLength: 2 }) },
    )
    const text = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.array(part, { maxLength: 17 }).map((parts) => parts.join('')),
      fc
        .tuple(fc.ipV6(), fc.nat({ max: 45 }), part)
        .map(([address, at, put]) => address.slice(0, at) + put + address.slice(at)),
    )
    fc.assert(
      fc.property(
        text.filter((one) => !one.includes('%')),
        (one) => (ipAddress(one) !== undefined) === (isIP(one) !== 0),
      ),
      { numRuns: 4000 },
    )
  })

  it('is in the networks that it is in for Node', () => {
    const near = (octets: number[]) =>
      fc
        .tuple(fc.nat({ max: octets.length * 8 - 1 }), fc.boolean())
        .map(([bit, isOther]) =>
          octets.map((octet, index) =>
            isOther && index === bit >> 3 ? octet ^ (0x80 >> (bit & 7)) : octet,
          ),
        )
    const octets = fc
      .constantFrom(4, 16)
      .chain((length) => fc.array(fc.nat({ max: 255 }), { minLength: length, maxLength: length }))
    fc.assert(
      fc.property(
        octets.chain((of) =>
          fc.tuple(fc.constant(of), near(of), fc.integer({ min: 1, max: of.length * 8 })),
        ),
        ([of, address, prefixBits]) => {
          // Both have ways of their own with these.
          fc.pre(
            ![of, address].some(
              (one) =>
                one.length === 16 &&
                isIPv4(one.slice(12).join('.')) &&
                one.slice(0, 10).every((octet) => octet === 0),
            ),
          )
          const base = of.map(
            (octet, index) =>
              octet & (0xff00 >> Math.min(8, Math.max(0, prefixBits - 8 * index))) & 0xff,
          )
          const list = new BlockList()
          const family = of.length === 4 ? 'ipv4' : 'ipv6'
          list.addSubnet(spelt(base), prefixBits, family)
          const isTrusted = isTrustedPeer(spelt(address), networks(`${spelt(base)}/${prefixBits}`))
          return isTrusted === list.check(spelt(address), family)
        },
      ),
      { numRuns: 2000 },
    )
  })

  function spelt(octets: readonly number[]): string {
    return octets.length === 4
      ? octets.join('.')
      : (Buffer.from(octets).toString('hex').match(/.{4}/g) ?? []).join(':')
  }
})

// The vectors lie beside the project, which does not copy them in.
const vectors = fileURLToPath(new URL('../../shared/vectors/rfc-examples/', import.meta.url))
if (!existsSync(vectors) && process.env['CI'] !== 'true') {
  console.warn(
    'SKIPPED: the public test vectors are not there, so the example of RFC 8705 was not run.',
  )
}
const described = existsSync(vectors) || process.env['CI'] === 'true' ? describe : describe.skip
described('the example of RFC 8705 appendix A', () => {
  it('has the thumbprint that stands there, in every format (MT-1, RFC 8705 section 3.1)', () => {
    const { raw } = new X509Certificate(readFileSync(`${vectors}rfc8705-appendix-a.client.crt`))
    const { vectors: examples } = JSON.parse(readFileSync(`${vectors}rfc-examples.json`, 'utf8'))
    const { cnf } = examples.find(({ id }: { id: string }) => id === 'rfc8705-app-a')
    const one = { ...client, der: raw, pem: new X509Certificate(raw).toString() }
    for (const format of formats) {
      for (const write of Object.values(spellings[format])) {
        expect(read(format, write(one))).toBe(cnf['x5t#S256'])
      }
    }
    const peer = { getPeerX509Certificate: () => ({ raw }) }
    const settings = mtlsSettings(true, 'mtls')!
    expect(certificateThumbprint({ rawHeaders: [], peer }, settings, () => {})).toBe(
      cnf['x5t#S256'],
    )
  })
})

function publicKeyOf({ pem }: { pem: string }): Buffer {
  return new X509Certificate(pem).publicKey.export({ format: 'der', type: 'spki' })
}
