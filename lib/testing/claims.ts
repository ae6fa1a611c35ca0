import { randomBytes, randomUUID } from 'node:crypto'
import { confirmation } from './confirmation.ts'
import type { GrantOptions } from './token-options.ts'

/** What the claims of every token of a server have in common. */
export interface ClaimDefaults {
  readonly issuer: string
  readonly resource: string
  /** The time in whole seconds (NumericDate). */
  readonly now: () => number
}

/** All claims of a JWT access token that RFC 9068 section 2.2 requires, and `scope` if granted. */
export function accessTokenClaims(
  grant: GrantOptions,
  { issuer, resource, now }: ClaimDefaults,
): Record<string, unknown> {
  const expiresIn = grant.expired ? -3600 : (grant.expiresInSeconds ?? 300)
  const scope = typeof grant.scope === 'string' ? grant.scope : grant.scope?.join(' ')
  const exp = now() + expiresIn
  const cnf = confirmation(grant.boundTo)
  return {
    iss: grant.issuer ?? issuer,
    sub: 'alice',
    aud: grant.audience ?? resource,
    client_id: 'test-client',
    ...(scope !== undefined && { scope }),
    // A token that has expired was issued before that.
    iat: expiresIn > 0 ? exp - expiresIn : exp - 300,
    exp,
    jti: randomUUID(),
    ...(cnf !== undefined && { cnf }),
  }
}

/** The claims of an ID token (OpenID Connect Core section 2), whose audience is the client. */
export function idTokenClaims(
  grant: GrantOptions,
  defaults: ClaimDefaults,
): Record<string, unknown> {
  const { iss, sub, client_id, iat, exp, cnf } = accessTokenClaims(grant, defaults)
  return {
    iss,
    sub,
    aud: grant.audience ?? client_id,
    azp: client_id,
    iat,
    exp,
    auth_time: iat,
    nonce: randomUUID(),
    at_hash: randomBytes(16).toString('base64url'),
    ...(cnf !== undefined && { cnf }),
  }
}
