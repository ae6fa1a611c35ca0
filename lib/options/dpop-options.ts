import type { Algorithm } from '../jws/algorithms.ts'

/** How proofs of possession are judged (RFC 9449). */
export interface DpopOptions {
  /**
   * How long after its `iat` a proof is accepted, from 1 to 600 (RFC 9449 section 11.1). It is
   * remembered as long, so that it is accepted once.
   * @defaultValue 60
   */
  windowSeconds?: number
  /**
   * How far in the future its `iat` may be, at most 60: clocks of clients differ.
   * @defaultValue 10
   */
  futureSeconds?: number
  /**
   * `required`: every proof must carry a nonce that this API handed out, which clients learn by a
   * challenge (RFC 9449 sections 8 and 9): proofs cannot be made in advance.
   * @defaultValue 'off'
   */
  nonce?: 'off' | 'required'
  /**
   * What nonces are made and recognised with: 32 characters or more, at random. Processes of one API
   * share it, or each knows only its own nonces. Of several, the first makes them, and all recognise.
   * @defaultValue made at random by each process
   */
  nonceSecret?: string | readonly string[]
  /**
   * How long a nonce is accepted, from 10 to 86,400. A new one comes with the response once half of
   * it is over.
   * @defaultValue 300
   */
  nonceMaxAgeSeconds?: number
  /** What proofs may be signed with. @defaultValue the whole table; `fapi2`: PS256, ES256, Ed25519 */
  algorithms?: readonly Algorithm[]
  /**
   * How many proofs are remembered at once, at about 150 bytes each. While so many are within their
   * window, further ones get 503, and from half of it on those of a key that has an eighth of it to
   * itself: none is ever accepted twice, and no client can take all the room.
   * @defaultValue 200_000
   */
  maxRememberedProofs?: number
  /**
   * What happens while the shared `store` cannot tell whether a proof was spent. `refuse`: 503, and the
   * client comes back with a new one. `accept`: what this process remembers decides, so that each
   * process may accept it once.
   * @defaultValue 'refuse'
   */
  onStoreLoss?: 'refuse' | 'accept'
}

/** `DpopOptions`, complete and frozen. */
export interface DpopSettings {
  readonly windowMs: number
  readonly futureMs: number
  /** `undefined`: proofs need no nonce. */
  readonly nonce: NonceSettings | undefined
  readonly algorithms: ReadonlySet<Algorithm>
  readonly maxRememberedProofs: number
  readonly onStoreLoss: 'refuse' | 'accept'
}

export interface NonceSettings {
  /** The first makes nonces, all recognise them. */
  readonly secrets: readonly [string, ...string[]]
  readonly maxAgeMs: number
}
