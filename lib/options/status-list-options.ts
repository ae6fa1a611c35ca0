/** Where the status lists of an issuer are (draft-ietf-oauth-status-list), and how old they may be. */
export interface StatusListOptions {
  /**
   * The addresses of its status lists: https URLs (http as `http.insecureHosts` allows). One that
   * ends in `/` stands for all below it. Nothing else is ever fetched, whatever a token says.
   */
  uris: readonly string[]
  /**
   * How late a revocation may be noticed: age at which a list is fetched again, 5 or more; earlier
   * where its `ttl` or `exp` says so.
   * @defaultValue 60
   */
  maxAgeSeconds?: number
  /**
   * How long a list older than that is still trusted while fetching it fails; never past its `exp`.
   * @defaultValue 300
   */
  staleSeconds?: number
}

/** `StatusListOptions`, complete and frozen. */
export interface StatusListSettings {
  /** As they were given; those that end in `/` are prefixes. */
  readonly uris: readonly string[]
  readonly maxAgeMs: number
  readonly staleMs: number
}
