import { decodeBase64url } from './base64url.ts'
import { ed25519Fault } from './ed25519-fault.ts'
import { type KeyFault, keyFault } from './key-fault.ts'
import { rsaFault } from './rsa-fault.ts'

/** The public members of a key that may verify signatures, all well-formed, nothing else. */
export type PublicJwk =
  | { readonly kty: 'RSA'; readonly n: string; readonly e: string }
  | {
      readonly kty: 'EC'
      readonly crv: 'P-256' | 'P-384' | 'P-521'
      readonly x: string
      readonly y: string
    }
  | { readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: string }

/** RFC 7518 section 6.2.1.2: coordinates have the full length of the field. */
const coordinateBytes: ReadonlyMap<unknown, number> = new Map([
  ['P-256', 32],
  ['P-384', 48],
  ['P-521', 66],
])

/** The public key in a JWK, or what is wrong with it. Not checked here: EC points are on the curve. */
export function readPublicJwk(jwk: Readonly<Record<string, unknown>>): PublicJwk | KeyFault {
  const { kty, crv, n, e, x, y } = jwk
  if (typeof kty !== 'string') return keyFault('malformed')
  switch (kty) {
    case 'RSA':
      return readRsa(n, e)
    case 'EC':
      return readEc(crv, x, y)
    case 'OKP':
      return readOkp(crv, x)
    default:
      return keyFault('unsupported')
  }
}

/** RFC 7518 section 6.3.1. */
function readRsa(n: unknown, e: unknown): PublicJwk | KeyFault {
  if (typeof n !== 'string' || typeof e !== 'string') return keyFault('malformed')
  const modulus = decodeUint(n)
  const exponent = decodeUint(e)
  if (modulus === undefined || exponent === undefined) return keyFault('malformed')
  return rsaFault(modulus, exponent) ?? { kty: 'RSA', n, e }
}

/** RFC 7518 section 6.2.1. */
function readEc(crv: unknown, x: unknown, y: unknown): PublicJwk | KeyFault {
  if (typeof crv !== 'string') return keyFault('malformed')
  const length = coordinateBytes.get(crv)
  if (length === undefined) return keyFault('unsupported')
  if (typeof x !== 'string' || decodeBase64url(x)?.length !== length) return keyFault('malformed')
  if (typeof y !== 'string' || decodeBase64url(y)?.length !== length) return keyFault('malformed')
  return { kty: 'EC', crv: crv as 'P-256' | 'P-384' | 'P-521', x, y }
}

/** RFC 8037 section 2. */
function readOkp(crv: unknown, x: unknown): PublicJwk | KeyFault {
  if (typeof crv !== 'string') return keyFault('malformed')
  if (crv !== 'Ed25519') return keyFault('unsupported')
  if (typeof x !== 'string') return keyFault('malformed')
  const point = decodeBase64url(x)
  if (point?.length !== 32) return keyFault('malformed')
  return ed25519Fault(point) ?? { kty: 'OKP', crv, x }
}

/** RFC 7518 section 2, Base64urlUInt: in as few octets as possible, so without a leading zero. */
function decodeUint(text: string): Buffer | undefined {
  const octets = decodeBase64url(text)
  return octets?.[0] ? octets : undefined
}
