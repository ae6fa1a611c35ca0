import { ipAddress } from '../../options/ip-address.ts'
import { type IpNetwork, isWithin } from '../../options/ip-network.ts'

/** Whether an address is in one of the networks. Without an address, as on Unix sockets, it is not. */
export function isTrustedPeer(
  remoteAddress: string | undefined,
  trustedPeers: readonly IpNetwork[],
): boolean {
  if (typeof remoteAddress !== 'string') {
    return false
  }
  // RFC 4007 section 11: the zone, as in `fe80::1%eth0`, is the business of this machine.
  const zone = remoteAddress.indexOf('%')
  const octets = ipAddress(zone === -1 ? remoteAddress : remoteAddress.slice(0, zone))
  return octets !== undefined && trustedPeers.some((network) => isWithin(octets, network))
}
