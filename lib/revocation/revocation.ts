/** Of the members that a revocation has, the first one finds it: it tells apart the most tokens. */
export const kinds = ['jti', 'session', 'subject', 'clientId'] as const

/**
 * Which tokens are refused, as it is remembered and told to other processes: one by its identity, or
 * all of an issuer that have every member given here and were issued up to a second.
 */
export interface Revocation {
  /** Of one token, as `tokenIdentity` gives it; then nothing else is looked at. */
  readonly identity?: string
  readonly issuer?: string
  readonly jti?: string | undefined
  readonly session?: string | undefined
  readonly subject?: string | undefined
  readonly clientId?: string | undefined
  /** In seconds since the epoch; tokens without `iat` may be as old. */
  readonly issuedUntil?: number
  /** When the last of these tokens has expired, in milliseconds since the epoch. */
  readonly endsAtMs: number
}

/** What a revocation is found by; `undefined` for everything that an issuer issued. */
export function kindOf(revocation: Revocation): (typeof kinds)[number] | undefined {
  return kinds.find((kind) => revocation[kind] !== undefined)
}
