import { type RefusalValue, refuse } from '../../errors/refusal-value.ts'
import type { ClaimSet, IssuerSettings, JwtSettings } from '../../options/issuer-options.ts'
import { otherKinds, otherTypes } from '../other-kinds.ts'

/**
 * Refuses other kinds of JWT that the same keys sign: ID tokens, logout tokens, security events
 * (RFC 8725 section 3.12).
 */
export function judgeKind(
  claims: ClaimSet,
  issuer: IssuerSettings,
  profile: JwtSettings['profile'],
): RefusalValue | undefined {
  if (profile === 'rfc9068') {
    // RFC 9068 section 2.2. The type in the header tells the kind.
    return rfc9068Claims.every((name) => claims[name] !== undefined)
      ? undefined
      : refuse('missing_claim')
  }
  const type = claims['typ']
  if (
    otherKinds.some((name) => Object.hasOwn(claims, name)) ||
    (claims['token_use'] !== undefined && claims['token_use'] !== 'access') ||
    (typeof type === 'string' && otherTypes.has(type.toLowerCase()))
  ) {
    return refuse('not_an_access_token')
  }
  // A nonce is of ID tokens (OpenID Connect Core section 2), and Entra ID writes roles into those.
  const marks = Object.hasOwn(claims, 'nonce') ? issuer.scopeClaims : issuer.accessClaims
  // Nothing in the header tells the kind, so something in the claims must.
  const marked =
    claims['token_use'] === 'access' ||
    (typeof type === 'string' && type.toLowerCase() === 'bearer') ||
    typeof claims['client_id'] === 'string' ||
    marks.some((name) => (claims[name] ?? undefined) !== undefined)
  return marked ? undefined : refuse('not_an_access_token')
}

/** RFC 9068 section 2.2: those that every token has. */
export const rfc9068Claims: readonly string[] = [
  'iss',
  'exp',
  'aud',
  'sub',
  'client_id',
  'iat',
  'jti',
]
