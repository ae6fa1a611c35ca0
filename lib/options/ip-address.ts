/**
 * The octets of an IP address: 4 of IPv4, 16 of IPv6 (RFC 4291 section 2.2); `undefined` for what is
 * none. An IPv4 address within an IPv6 one (`::ffff:10.0.0.1`) is that IPv4 address: as such Node
 * tells of IPv4 clients where it listens on `::`.
 */
export function ipAddress(text: string): readonly number[] | undefined {
  const octets = text.includes(':') ? ipv6(text) : ipv4(text)
  return octets && isMapped(octets) ? octets.slice(12) : octets
}

/** RFC 4291 section 2.5.5.2: ::ffff:0:0/96. */
function isMapped(octets: readonly number[]): boolean {
  return (
    octets.length === 16 &&
    octets.slice(0, 10).every((octet) => octet === 0) &&
    octets[10] === 0xff &&
    octets[11] === 0xff
  )
}

/** Four decimal numbers. A leading zero would be octal to some. */
function ipv4(text: string): readonly number[] | undefined {
  const parts = text.split('.')
  const isAddress =
    parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && +part < 256)
  return isAddress ? parts.map(Number) : undefined
}

function ipv6(text: string): readonly number[] | undefined {
  const [start = '', end, more] = text.split('::')
  if (end === undefined) {
    const whole = groups(start)
    return whole?.length === 16 ? whole : undefined
  }
  const head = start === '' ? [] : groups(start, false)
  const tail = end === '' ? [] : groups(end)
  // `::` stands for one group of zeros at least.
  if (more !== undefined || !head || !tail || head.length + tail.length > 14) {
    return undefined
  }
  return [...head, ...new Array<number>(16 - head.length - tail.length).fill(0), ...tail]
}

/** Only the last group may be written as an IPv4 address, which stands for two. */
function groups(text: string, mayEndInIpv4 = true): readonly number[] | undefined {
  const octets: number[] = []
  const parts = text.split(':')
  for (const [index, part] of parts.entries()) {
    const isLast = mayEndInIpv4 && index === parts.length - 1
    const value = /^[0-9a-f]{1,4}$/i.test(part)
      ? [Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 0xff]
      : isLast && ipv4(part)
    if (!value) {
      return undefined
    }
    octets.push(...value)
  }
  return octets
}
