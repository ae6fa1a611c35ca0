import type { AccessToken } from '../verification/access-token.ts'
import { verifiedClaims } from '../verified-claims.ts'
import { kinds, type Revocation } from './revocation.ts'

/** What revocations of more than one token know a token by. */
export type TokenMarks = Readonly<Record<(typeof kinds)[number], string | undefined>> & {
  readonly issuer: string
  readonly iat: unknown
}

export function tokenMarks(token: AccessToken): TokenMarks {
  const { jti, sid, iat } = verifiedClaims(token)
  const { issuer, subject, clientId } = token
  return { jti: text(jti), session: text(sid), subject, clientId, issuer, iat }
}

/** Whether all members that the revocation has are the token's, and it was issued in time. */
export function concerns(revocation: Revocation, marks: TokenMarks): boolean {
  const { iat } = marks
  return (
    revocation.issuer === marks.issuer &&
    kinds.every((kind) => revocation[kind] === undefined || revocation[kind] === marks[kind]) &&
    // A token that does not say when it was issued may be as old as any.
    !(typeof iat === 'number' && Math.floor(iat) > (revocation.issuedUntil as number))
  )
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
