/**
 * Which tokens are refused, as it is remembered and told to other processes: one by its digest, or
 * all of an issuer that have every member given here and were issued up to a second.
 */
export interface Revocation {
  /** SHA-256 of one token, as a latin1 string; then nothing else is looked at. */
  readonly digest?: string
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
