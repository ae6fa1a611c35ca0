import { inFile } from './in-file.mjs'

const tests = ['mtls']
const headers = ['certificate-headers']

export const faults = [
  ...inFile('lib/proof/mtls/certificate-thumbprint.ts', tests, {
    'mtls/no-forwarding-is-no-certificate': [
      'return peerThumbprint(peer)\n  }\n  const',
      'return undefined\n  }\n  const',
    ],
    'mtls/field-from-anybody': [
      'isTrustedPeer(remoteAddress, forwarded.trustedPeers)',
      'isTrustedPeer(remoteAddress, forwarded.trustedPeers) || values.length === 1',
    ],
    'mtls/nobody-is-trusted': ['isTrustedPeer(remoteAddress, forwarded.trustedPeers)', 'false'],
    'mtls/first-of-several-fields': [
      'value !== undefined && values.length === 1',
      'value !== undefined',
    ],
    'mtls/proxys-own-certificate': [
      ': undefined\n  }\n  if (values.length > 0)',
      ': peerThumbprint(peer)\n  }\n  if (values.length > 0)',
    ],
    'mtls/ignored-in-silence': ['onIgnored(remoteAddress)', ''],
    'mtls/always-told': ['if (values.length > 0)', 'if (values.length >= 0)'],
    'mtls/no-certificate-of-others': [
      'onIgnored(remoteAddress)\n  }\n  return peerThumbprint(peer)',
      'onIgnored(remoteAddress)\n  }\n  return undefined',
    ],
    'mtls/hash-of-text': ['ArrayBuffer.isView(der)', 'der'],
    'mtls/throws-for-dead-sockets': ['return undefined\n  }\n}', 'return read()\n  }\n}'],
    'mtls/address-unguarded': ['attempt(() => peer?.remoteAddress)', 'peer?.remoteAddress'],
    'mtls/hex-thumbprint': ["hash('sha256', der, 'base64url')", "hash('sha256', der, 'hex')"],
    'mtls/sha1-thumbprint': ["hash('sha256', der, 'base64url')", "hash('sha1', der, 'base64url')"],
  }),
  ...inFile('lib/proof/mtls/is-trusted-peer.ts', headers, {
    'mtls/zone-stays': [
      'zone === -1 ? remoteAddress : remoteAddress.slice(0, zone)',
      'remoteAddress',
    ],
    'mtls/zone-is-the-address': ['remoteAddress.slice(0, zone)', 'remoteAddress.slice(zone + 3)'],
    'mtls/every-network': ['trustedPeers.some(', 'trustedPeers.every('],
    'mtls/no-address-throws': ["typeof remoteAddress !== 'string'", 'false', { tests }],
    'mtls/no-address-is-trusted': ['return false', 'return true'],
  }),
  ...inFile('lib/proof/mtls/forwarded-certificate.ts', headers, {
    'mtls/memory-of-all-formats': ['`${format} ${value}`', 'value'],
    'mtls/one-thumbprint-for-all': ['known.get(key)', 'known.values().next().value'],
    'mtls/formats-swapped': ['pem: spacedPemThumbprint', 'pem: escapedPemThumbprint'],
    'mtls/nothing-remembered': [
      'known.set(key, thumbprint)',
      '',
      { why: 'Only time: the certificate is read again, which costs about ten times as much.' },
    ],
    'mtls/remembered-at-any-length': [
      'thumbprint !== undefined && key.length <= longestKept',
      'thumbprint !== undefined',
      { why: 'Only memory: longer fields than Node takes by default would be kept.' },
    ],
  }),
  ...inFile('lib/proof/mtls/der-thumbprint.ts', headers, {
    'mtls/any-octets': ['der && isCertificate(der)', 'der'],
    'mtls/octets-after-it': [
      'new X509Certificate(der).raw.equals(der)',
      'new X509Certificate(der).raw.length > 0',
    ],
    'mtls/thumbprint-of-md5': ["hash('sha256', der, 'base64url')", "hash('md5', der, 'base64url')"],
  }),
  ...inFile('lib/proof/mtls/base64.ts', headers, {
    'mtls/lenient-base64': ["octets.toString('base64') === text", 'octets.length > 0'],
  }),
  ...inFile('lib/proof/mtls/client-cert.ts', headers, {
    'mtls/byte-sequence-unopened': ["value.startsWith(':') && ", ''],
    'mtls/byte-sequence-unclosed': [" && value.endsWith(':')", ''],
    'mtls/byte-sequence-of-one-colon': [
      'value.length > 2 && ',
      '',
      { why: 'Without it, what is left is empty, which is no certificate either.' },
    ],
  }),
  ...inFile('lib/proof/mtls/pem.ts', headers, {
    'mtls/pem-begins-anywhere': ['!text.startsWith(begin) || ', ''],
    'mtls/pem-ends-anywhere': [
      '!text.startsWith(begin) || !text.endsWith(end)',
      '!text.startsWith(begin)',
    ],
    'mtls/pem-on-one-line': [
      "lines.length > 2 && lines[0] === '' && lines.at(-1) === ''",
      'lines.length > 0',
    ],
    'mtls/pem-first-line-shared': ["lines[0] === '' && ", ''],
    'mtls/pem-last-line-shared': [" && lines.at(-1) === ''", ''],
    'mtls/pem-without-tabs': ['/[ \\t]+/', '/ +/'],
    'mtls/pem-with-line-breaks': ['/[ \\t]+/', '/\\s+/'],
  }),
  ...inFile('lib/proof/mtls/escaped-pem.ts', headers, {
    'mtls/any-character': [
      '!/^(?:[A-Za-z0-9+/=-]|%[0-9A-Fa-f]{2})+$/.test(value)',
      'value.length === 0',
    ],
    'mtls/plus-is-space': ['[A-Za-z0-9+/=-]', '[A-Za-z0-9/=-]'],
    'mtls/plus-for-space': [
      'value.replace(/%(..)/g',
      "value.replaceAll('+', ' ').replace(/%(..)/g",
    ],
    'mtls/line-break-at-the-end-stays': ["text.replace(/\\r?\\n$/, '')", 'text'],
    'mtls/line-breaks-at-the-end': ['/\\r?\\n$/', '/\\s+$/'],
    'mtls/no-carriage-return': ['/\\r?\\n/)', '/\\n/)'],
  }),
  ...inFile('lib/proof/mtls/base64-der.ts', headers, {
    'mtls/last-of-chain': ['thumbprints[0]', 'thumbprints.at(-1)'],
    'mtls/rest-of-chain-is-anything': [
      'thumbprints?.every((one) => one !== undefined)',
      'thumbprints',
    ],
    'mtls/chain-with-spaces': [".split(',')", '.split(/, ?/)'],
    'mtls/never-escaped': ["!value.includes('%')", 'true'],
    'mtls/half-escaped': ['[A-Za-z0-9,]', '[A-Za-z0-9,+/=]'],
    'mtls/escape-of-anything': ['%2[BFbf]|%3[Dd]', '%[0-7][0-9A-Fa-f]'],
  }),
  ...inFile('lib/proof/mtls/xfcc.ts', headers, {
    'mtls/keys-by-case': ['const name = key.toLowerCase()', 'const name = key'],
    'mtls/last-of-repeated-keys': ['told.has(name)', 'false'],
    'mtls/hash-before-certificate': [
      'return byHash === byCert ? byHash : undefined',
      'return byHash',
    ],
    'mtls/certificate-before-hash': [
      'return byHash === byCert ? byHash : undefined',
      'return byCert ?? byHash',
    ],
    'mtls/malformed-beside-good': [
      'if (hash === undefined || cert === undefined) {',
      'if (byHash === undefined || byCert === undefined) {',
    ],
    'mtls/first-of-several-elements': ['(?:;(?=.)|$)', '(?:;(?=.)|$|,.*)'],
    'mtls/pair-after-the-last': ['(?:;(?=.)|$)', '(?:;|$)'],
    'mtls/quotes-without-escapes': ['(?:[^"\\\\]|\\\\.)*', '[^"]*'],
    'mtls/comma-in-bare-values': ['([^",;]*)', '([^";]*)'],
    'mtls/quote-in-bare-values': ['([^",;]*)', '([^,;]*)'],
    'mtls/hash-of-any-length': ['{64}$/i', '+$/i'],
    'mtls/hash-in-small-letters': ['{64}$/i', '{64}$/'],
    'mtls/pairs-not-in-a-row': ['/sy', '/sg'],
    'mtls/values-without-line-breaks': ['/sy', '/y', { why: 'Header fields hold no line breaks.' }],
  }),
  ...inFile('lib/options/ip-address.ts', headers, {
    'mtls/mapped-is-ipv6': ['octets && isMapped(octets) ? octets.slice(12) : octets', 'octets'],
    'mtls/compatible-is-mapped': ['octets[10] === 0xff &&\n    octets[11] === 0xff', 'true'],
    'mtls/mapped-behind-anything': ['octets.slice(0, 10).every((octet) => octet === 0) &&', ''],
    'mtls/octal-looking': ['(?:0|[1-9]\\d{0,2})', '\\d{1,3}'],
    'mtls/octet-of-256': ['+part < 256', '+part <= 256'],
    'mtls/three-parts': ['parts.length === 4', 'parts.length >= 3'],
    'mtls/fifteen-octets': ['whole?.length === 16', 'whole'],
    'mtls/two-gaps': ['more !== undefined || ', ''],
    'mtls/gap-for-nothing': ['tail.length > 14', 'tail.length > 16'],
    'mtls/gap-for-two-groups': ['tail.length > 14', 'tail.length > 12'],
    'mtls/ipv4-in-front': ['groups(start, false)', 'groups(start)'],
    'mtls/ipv4-anywhere': ['index === parts.length - 1', 'true'],
    'mtls/five-digits': ['{1,4}', '{1,5}'],
    'mtls/capitals-are-none': ['{1,4}$/i', '{1,4}$/'],
  }),
  ...inFile('lib/options/ip-network.ts', headers, {
    'mtls/prefix-too-long': ['prefixBits > bits', 'false', { tests }],
    'mtls/prefix-of-mapped': ["address.includes(':') && octets?.length === 4 ? 96 : 0", '0'],
    'mtls/all-addresses': ['prefixBits === 0', 'false', { tests }],
    'mtls/bits-behind-prefix': [
      'network.some((octet, index) => octet !== octets[index])',
      'false',
      { tests },
    ],
    'mtls/not-frozen': [
      'Object.freeze({ octets: Object.freeze(network), prefixBits })',
      '{ octets: network, prefixBits }',
      { tests },
    ],
    'mtls/ipv4-in-ipv6': ['octets.length === network.octets.length &&', ''],
    'mtls/mask-of-whole-octets': ['(0xff00 >> bits) & 0xff', 'bits === 0 ? 0 : 0xff'],
    'mtls/mask-too-short': ['prefixBits - 8 * index', 'prefixBits - 8 * index - 1'],
    'mtls/ipv6-spelt-with-dots': ['octets.length === 4', 'octets.length > 0', { tests }],
  }),
  ...inFile('lib/options/mtls-settings.ts', tests, {
    'mtls/true-is-nothing': ['given === true ? {} : given', 'given'],
    'mtls/text-is-something': [
      "given !== true && (typeof given !== 'object' || given === null)",
      'false',
    ],
    'mtls/on-by-itself': ['given === false || given === undefined', 'given === false'],
    'mtls/header-by-case': ['header.toLowerCase()', 'header'],
    'mtls/header-of-anything': ["!/^[!#$%&'*+\\-.^_`|~0-9A-Za-z]+$/.test(header)", 'false'],
    'mtls/header-left-out': ['header === undefined', 'false'],
    'mtls/settings-not-frozen': [
      'return Object.freeze({\n    trustedPeers',
      'return ({\n    trustedPeers',
    ],
    'mtls/usual-headers-swapped': ["xfcc: 'X-Forwarded-Client-Cert'", "xfcc: 'Client-Cert'"],
  }),
]
