/** One value in the Distinguished Encoding Rules (X.690 section 8.1): tag, length, content. */
export function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const octets = Buffer.concat(content)
  return Buffer.concat([Buffer.from([tag, ...lengthOctets(octets.length)]), octets])
}

export function sequence(...items: readonly Uint8Array[]): Buffer {
  return der(0x30, ...items)
}

export function boolean(value: boolean): Buffer {
  return der(0x01, Buffer.from([value ? 0xff : 0]))
}

/** A positive integer, most significant octet first. */
export function integer(octets: Uint8Array): Buffer {
  // X.690 section 8.3.3: the first bit is the sign.
  return der(0x02, (octets[0] ?? 0) < 0x80 ? octets : Buffer.concat([Buffer.of(0), octets]))
}

export function bitString(octets: Uint8Array, unusedBits = 0): Buffer {
  return der(0x03, Buffer.of(unusedBits), octets)
}

export function octetString(octets: Uint8Array): Buffer {
  return der(0x04, octets)
}

export function utf8String(text: string): Buffer {
  return der(0x0c, Buffer.from(text))
}

/** An object identifier in dotted form. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...others] = dotted.split('.').map(Number)
  return der(0x06, Buffer.from([first * 40 + second, ...others].flatMap(base128)))
}

/** RFC 5280 section 4.1.2.5: two digits of the year up to 2049, four from then on. */
export function time(at: Date): Buffer {
  const digits = `${at.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`
  const year = at.getUTCFullYear()
  return year >= 1950 && year < 2050
    ? der(0x17, Buffer.from(digits.slice(2)))
    : der(0x18, Buffer.from(digits))
}

/** A context-specific tag; `constructed` where it holds other values. */
export function tagged(number: number, content: Uint8Array, constructed = false): Buffer {
  return der((constructed ? 0xa0 : 0x80) | number, content)
}

/** X.690 section 10.1: in as few octets as possible. */
function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length]
  const octets: number[] = []
  for (let rest = length; rest > 0; rest >>= 8) octets.unshift(rest & 0xff)
  return [0x80 | octets.length, ...octets]
}

/** X.690 section 8.19.2: seven bits an octet, all but the last with the first bit set. */
function base128(number: number): number[] {
  const octets = [number & 0x7f]
  for (let rest = number >> 7; rest > 0; rest >>= 7) octets.unshift(0x80 | (rest & 0x7f))
  return octets
}
