/** The field of Ed25519 (RFC 8032 section 5.1). */
const p = 2n ** 255n - 19n
/** -121665 / 121666 in the field. */
const d = modulo(-121665n * power(121666n, p - 2n))

/**
 * Whether the 32 octets encode, in the one canonical way, a point of the curve that is not of small
 * order. OpenSSL checks none of this at import, and a key of small order has signatures that hold
 * for every message.
 */
export function isSoundPoint(octets: Buffer): boolean {
  const littleEndian = Buffer.from(octets).reverse()
  const negative = (littleEndian[0] ?? 0) > 127
  littleEndian[0] = (littleEndian[0] ?? 0) & 127
  const y = BigInt(`0x${littleEndian.toString('hex')}`)
  if (y >= p) return false
  const ySquared = modulo(y * y)
  // RFC 8032 section 5.1.3: x squared is u / v, so u v must be a square.
  const u = modulo(ySquared - 1n)
  const v = modulo(d * ySquared + 1n)
  // Zero makes x zero, hence a point of order 1 or 2 (and the sign could be either).
  if (u === 0n || y === 0n || isOrderEight(u, v, ySquared)) return false
  void negative
  return power(modulo(u * v), (p - 1n) / 2n) === 1n
}

function isOrderEight(u: bigint, v: bigint, ySquared: bigint): boolean {
  return modulo(u) === modulo(-ySquared * v)
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  for (let square = modulo(base), rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = modulo(result * square)
    square = modulo(square * square)
  }
  return result
}

function modulo(value: bigint): bigint {
  const rest = value % p
  return rest < 0n ? rest + p : rest
}
