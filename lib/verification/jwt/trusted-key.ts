import type { VerificationKey } from '../../jws/verification-key.ts'
import type { Trust } from '../access-token.ts'

/** A key, and the issuer's word for it: what it verified holds as long as both do. */
export interface TrustedKey extends Trust {
  readonly key: VerificationKey
}
