import { type KeyFault, keyFault } from './key-fault.ts'

/** RFC 7518 section 3.3: 2048 bits or more. */
const leastBits = 2048
/** A larger key makes each check cost as much as a hundred ordinary ones. */
const mostBits = 8192

/** What makes signatures under this RSA key forgeable or too dear to check, if anything does. */
export function rsaFault(modulus: Buffer, exponent: Buffer): KeyFault | undefined {
  const bits = modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24
  if (bits < leastBits) return keyFault('weak')
  if (bits > mostBits) return keyFault('unsupported')
  if (exponent.length > 4) return keyFault('unsupported')
  const e = exponent.readUIntBE(0, exponent.length)
  // With exponent 1 the signature is the padded hash itself; with an even one there is no inverse.
  if (e < 3 || e % 2 === 0) return keyFault('weak')
  const n = BigInt(`0x${modulus.toString('hex')}`)
  if (n % 2n === 0n) return keyFault('weak')
  const residues = smallPrimes.map((prime) => Number(n % BigInt(prime)))
  if (residues.includes(0)) return keyFault('weak')
  return isRoca(residues) ? keyFault('weak') : undefined
}

/** The odd primes up to 167: the flawed generator builds on at least these, whatever the size. */
const smallPrimes = Array.from({ length: 83 }, (_, i) => 2 * i + 3).filter(
  (n, _, odd) => !odd.some((divisor) => divisor < n && n % divisor === 0),
)

/** By prime, the powers of 65537 modulo that prime. */
const powers = smallPrimes.map((prime) => {
  const found = new Set<number>()
  for (let power = 1; !found.has(power); power = (power * 65537) % prime) found.add(power)
  return found
})

/**
 * ROCA (CVE-2017-15361): the primes of the flawed generator, and so the modulus too, are powers of
 * 65537 modulo every small prime. A sound key looks so once in two hundred million.
 */
function isRoca(residues: readonly number[]): boolean {
  return residues.every((residue, i) => powers[i]?.has(residue))
}
