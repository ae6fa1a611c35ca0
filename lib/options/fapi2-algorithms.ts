import type { Algorithm } from '../jws/algorithms.ts'

/** FAPI 2.0 Security Profile section 5.4.1. */
export const fapi2Algorithms: readonly Algorithm[] = Object.freeze([
  'PS256',
  'ES256',
  'Ed25519',
  'EdDSA',
] as const)
