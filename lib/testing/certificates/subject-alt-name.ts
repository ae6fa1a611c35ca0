import { sequence, tagged } from './der.ts'

/** The tags of RFC 5280 section 4.2.1.6, by the names that OpenSSL and Node give them. */
const tags = { email: 1, DNS: 2, URI: 6, IP: 7 } as const

/** The value of the extension, of names such as `DNS:localhost` and `IP:127.0.0.1`. */
export function subjectAltName(names: readonly string[]): Buffer {
  return sequence(...names.map(generalName))
}

/** @throws TypeError for a kind of name that is not in the table, and for an address that is none */
function generalName(name: string): Buffer {
  const colon = name.indexOf(':')
  const kind = name.slice(0, colon)
  const value = name.slice(colon + 1)
  if (!Object.hasOwn(tags, kind)) {
    throw new TypeError(
      `A name in subjectAltNames starts with one of ${Object.keys(tags).join(':, ')}:, not ${name}.`,
    )
  }
  const octets = kind === 'IP' ? addressOctets(value) : Buffer.from(value)
  if (octets === undefined) {
    throw new TypeError(`${name} in subjectAltNames has no address of IPv4 or IPv6.`)
  }
  return tagged(tags[kind as keyof typeof tags], octets)
}

/** Four octets or sixteen, in network order. */
function addressOctets(address: string): Buffer | undefined {
  const host = address.includes(':') ? `[${address}]` : address
  if (!/^[\da-f.:[\]]+$/i.test(host) || !URL.canParse(`http://${host}`)) return undefined
  const { hostname } = new URL(`http://${host}`)
  if (!hostname.startsWith('[')) return Buffer.from(hostname.split('.').map(Number))
  const [before = [], after = []] = hostname
    .slice(1, -1)
    .split('::')
    .map((side) => side.split(':').filter(Boolean))
  const zeros = Array<string>(8 - before.length - after.length).fill('0')
  const groups = [...before, ...zeros, ...after]
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex')
}
