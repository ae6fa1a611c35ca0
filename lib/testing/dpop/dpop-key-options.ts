import type { Algorithm } from '../../jws/algorithms.ts'

/** How a client makes its proofs. */
export interface DpopKeyOptions {
  /** What proofs are signed with unless they say otherwise. @defaultValue 'ES256' */
  algorithm?: Algorithm
  /** The time in milliseconds, for `iat`. @defaultValue Date.now */
  clock?: () => number
}
