import { type RefusalValue, refuse } from '../../errors/refusal-value.ts'
import type { ClaimSet } from '../../options/issuer-options.ts'
import { otherKinds, otherTypes } from '../other-kinds.ts'

/**
 * Refuses other tokens that an authorization server also calls active: ID tokens, refresh tokens,
 * logout tokens. An answer that says nothing about the kind is one about an access token, since
 * that is what was asked for, unless it looks like an ID token.
 */
export function judgeKind(
  claims: ClaimSet,
  accessClaims: readonly string[],
): RefusalValue | undefined {
  const has = (name: string): boolean => (claims[name] ?? undefined) !== undefined
  const type = lowerCase(claims['token_type'])
  const isOther =
    (has('token_type') && !tokenTypes.has(type)) ||
    (has('token_use') && !tokenUses.has(lowerCase(claims['token_use']))) ||
    otherTypes.has(lowerCase(claims['typ'])) ||
    otherKinds.some(has) ||
    (has('nonce') && !has('client_id') && !accessClaims.some(has))
  if (isOther) return refuse('not_an_access_token')
  // RFC 9449 section 7.2: bound to a key, whichever; it must not pass for want of `cnf`.
  return type === 'dpop' && !Object.hasOwn(claims, 'cnf') ? refuse('proof_missing') : undefined
}

/** RFC 7662 section 2.2 means those of RFC 6749; some servers name the kind of token instead. */
const tokenTypes: ReadonlySet<unknown> = new Set([
  'bearer',
  'dpop',
  'access_token',
  'at+jwt',
  'application/at+jwt',
  'urn:ietf:params:oauth:token-type:access_token', // RFC 8693 section 3
])

/** Cognito says `access`, Hydra `access_token`. */
const tokenUses: ReadonlySet<unknown> = new Set(['access', 'access_token'])

/** Servers spell these in any case. */
function lowerCase(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value
}
