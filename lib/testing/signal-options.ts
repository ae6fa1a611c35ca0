import type { SigningOptions } from './token-options.ts'

/** A logout token (OpenID Connect Back-Channel Logout section 2.4), or what should not pass for one. */
export interface LogoutTokenOptions extends SigningOptions {
  /** `sub`; `undefined` leaves it out. @defaultValue 'alice' */
  subject?: string | undefined
  /** `sid`. @defaultValue none */
  session?: string | undefined
  /** The client that is told. @defaultValue 'test-client' */
  audience?: string | readonly string[]
  /** Negative for the future. @defaultValue 0 */
  issuedSecondsAgo?: number
}

/** A security event token (RFC 8417), as SSF 1.0 profiles it, or what should not pass for one. */
export interface SecurityEventOptions extends SigningOptions {
  /** The event type URI. @defaultValue CAEP's session-revoked */
  event?: string
  /** What the event itself says. @defaultValue `{}` */
  payload?: Readonly<Record<string, unknown>>
  /**
   * Whom it is about: `sub_id`. `undefined` leaves it out.
   * @defaultValue `{ format: 'iss_sub', iss: as.issuer, sub: 'alice' }`
   */
  subject?: Readonly<Record<string, unknown>> | undefined
  /** The receiver. @defaultValue the server's `resource` */
  audience?: string | readonly string[]
  /** Negative for the future. @defaultValue 0 */
  issuedSecondsAgo?: number
}
