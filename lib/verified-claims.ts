import type { ClaimSet } from './options/issuer-options.ts'
import type { AccessToken } from './verification/access-token.ts'

/** The claims as they were verified: what proofs and policies rest on. */
export function verifiedClaims({ verified, claims }: AccessToken): ClaimSet {
  return verified ?? (claims as ClaimSet)
}
