import type { Signer, SigningOptions } from '../token-options.ts'

/** A DPoP proof, right for one request, or wrong in any way. */
export interface ProofOptions extends SigningOptions {
  /**
   * One that fits the key, or one that nobody may accept.
   * @defaultValue that of the key
   */
  algorithm?: NonNullable<SigningOptions['algorithm']>
  /** The method of the request, which becomes `htm`. */
  method: string
  /** The absolute URL of the request; without query and fragment it becomes `htu`. */
  url: string
  /** The access token that goes with the proof; its hash becomes `ath`. @defaultValue no `ath` */
  token?: string | undefined
  /** What the server sent in `DPoP-Nonce`. @defaultValue no `nonce` */
  nonce?: string | undefined
  /** @defaultValue a new one for every proof */
  jti?: string
  /** How old the proof is by its `iat`; negative for the future. @defaultValue 0 */
  issuedSecondsAgo?: number
  /**
   * `own`: the key that the proof shows. `foreign`: one that it does not show. Or a private key of
   * yours; the proof shows its own key all the same.
   * @defaultValue 'own'
   */
  signedBy?: Signer
}

/** The proof for a request with an access token. */
export interface PresentationOptions extends ProofOptions {
  token: string
}
