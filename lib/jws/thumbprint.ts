import { hash } from 'node:crypto'
import type { PublicJwk } from './public-jwk.ts'

/**
 * The SHA-256 thumbprint of a public key (RFC 7638 section 3), base64url. The template is the
 * canonical form: required members only, in lexicographic order; their values are base64url or
 * curve names, so nothing needs escaping.
 */
export function thumbprint(key: PublicJwk): string {
  return hash('sha256', canonical(key), 'base64url')
}

function canonical(key: PublicJwk): string {
  switch (key.kty) {
    case 'RSA':
      return `{"e":"${key.e}","kty":"RSA","n":"${key.n}"}`
    case 'EC':
      return `{"crv":"${key.crv}","kty":"EC","x":"${key.x}","y":"${key.y}"}`
    case 'OKP': // RFC 8037 section 2
      return `{"crv":"${key.crv}","kty":"OKP","x":"${key.x}"}`
  }
}
