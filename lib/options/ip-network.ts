import { ConfigurationError } from '../errors/configuration-error.ts'
import { ipAddress } from './ip-address.ts'
import { mustBe } from './parse-options.ts'

/** The addresses that begin with the same bits. */
export interface IpNetwork {
  /** 4 of IPv4, 16 of IPv6; zero behind the prefix. */
  readonly octets: readonly number[]
  readonly prefixBits: number
}

/**
 * The network that a text names, in CIDR notation (RFC 4632 section 3.1) or as a single address.
 *
 * @throws ConfigurationError also for the network of all addresses
 */
export function ipNetwork(text: string, path: string): IpNetwork {
  const { 1: address = '', 2: prefix } = /^([^/]*)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? []
  const octets = ipAddress(address)
  // The prefix of an IPv4 address in IPv6 notation counts from the start of the IPv6 address.
  const shift = address.includes(':') && octets?.length === 4 ? 96 : 0
  const bits = (octets?.length ?? 0) * 8
  const prefixBits = prefix === undefined ? bits : Number(prefix) - shift
  if (!octets || prefixBits < 0 || prefixBits > bits) {
    throw mustBe('an IP address or a network such as 10.0.0.0/8 or fd00::/8', text, path)
  }
  if (prefixBits === 0) {
    throw new ConfigurationError(
      path,
      'must not be all addresses: anybody could claim any certificate. Name the addresses of your proxies.',
    )
  }
  const network = octets.map((octet, index) => octet & octetMask(prefixBits, index))
  if (network.some((octet, index) => octet !== octets[index])) {
    throw new ConfigurationError(
      path,
      `has bits set behind its prefix. The network is "${spelt(network)}/${prefixBits}", the address alone "${address}".`,
    )
  }
  return Object.freeze({ octets: Object.freeze(network), prefixBits })
}

/** Whether an address is in the network; IPv4 and IPv6 never match each other. */
export function isWithin(octets: readonly number[], network: IpNetwork): boolean {
  return (
    octets.length === network.octets.length &&
    octets.every(
      (octet, index) => (octet & octetMask(network.prefixBits, index)) === network.octets[index],
    )
  )
}

/** Which bits of the octet at that index belong to the prefix. */
function octetMask(prefixBits: number, index: number): number {
  const bits = Math.min(8, Math.max(0, prefixBits - 8 * index))
  return (0xff00 >> bits) & 0xff
}

function spelt(octets: readonly number[]): string {
  if (octets.length === 4) {
    return octets.join('.')
  }
  const hex = Buffer.from(octets).toString('hex')
  const groups = hex.match(/.{4}/g) ?? []
  // URLs spell it in the short form of RFC 5952.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}
