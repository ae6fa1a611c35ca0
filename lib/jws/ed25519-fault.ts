import { type KeyFault, keyFault } from './key-fault.ts'

/** The field of Ed25519 (RFC 8032 section 5.1). */
const p = 2n ** 255n - 19n
/** -121665 / 121666 in that field. */
const d = modulo(-121665n * power(121666n, p - 2n))

/**
 * What is wrong with 32 octets as an Ed25519 public key, if anything is. OpenSSL checks none of
 * this at import, and under a key of small order one signature holds for many messages.
 */
export function ed25519Fault(octets: Buffer): KeyFault | undefined {
  const bigEndian = Buffer.from(octets).reverse()
  bigEndian[0] = (bigEndian[0] ?? 0) & 127 // the uppermost bit is the sign of x
  const y = BigInt(`0x${bigEndian.toString('hex')}`)
  if (y >= p) return keyFault('malformed') // RFC 8032 section 5.1.3, step 1
  const y2 = modulo(y * y)
  // RFC 8032 section 5.1.3, step 2: x squared is u / v.
  const u = modulo(y2 - 1n)
  const v = modulo(d * y2 + 1n)
  // Orders 1 and 2 have x = 0, order 4 has y = 0, and order 8 doubles to y = 0: x squared is -y2.
  if (u === 0n || y === 0n || u === modulo(-y2 * v)) return keyFault('weak')
  // Step 3: u / v has a root just where u v has one, which is what Euler's criterion says.
  return power(modulo(u * v), (p - 1n) / 2n) === 1n ? undefined : keyFault('malformed')
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  let square = modulo(base)
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = modulo(result * square)
    square = modulo(square * square)
  }
  return result
}

function modulo(value: bigint): bigint {
  const rest = value % p
  return rest < 0n ? rest + p : rest
}
