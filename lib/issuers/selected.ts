import type { RefusalValue } from '../errors/refusal-value.ts'
import type { UnavailableValue } from '../errors/unavailable-value.ts'
import type { CompactJws } from '../jws/compact.ts'
import type { Issuer } from '../verification/verifier.ts'

/**
 * Whose token it is, by what the token says of itself, and how to verify it: with `jws` as a JWT,
 * `encrypted` as a JWE that holds one, else by introspection.
 */
export interface Selected {
  readonly issuer: Issuer
  readonly jws?: CompactJws
  readonly encrypted?: true
}

export type Selection = Selected | RefusalValue | UnavailableValue
