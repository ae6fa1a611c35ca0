import type { SecurityEventAction } from './security-event-types.ts'
import type { TransmitterOptions, TransmitterSettings } from './transmitter-options.ts'

/** A subject identifier (RFC 9493 section 3) as it was sent: its `format`, and what that has. */
export type SubjectIdentifier = Readonly<Record<string, unknown>>

/** Whom the access tokens of an issuer name: the user by `sub`, the session by `sid`, or both. */
export interface TokenSubject {
  /** `sub` of the tokens. */
  readonly subject?: string
  /** `sid` of the tokens. */
  readonly session?: string
  /** @defaultValue the `subjectIssuer`, where that is one */
  readonly issuer?: string
}

/** A verified event, for the application. */
export interface SecurityEvent {
  /** The transmitter. */
  readonly issuer: string
  /** Of the security event token; the same in each delivery. */
  readonly jti: string
  /** The event type URI. */
  readonly type: string
  /** Deep-frozen, as it was sent. */
  readonly payload: Readonly<Record<string, unknown>>
  /** Whom it is about, as it was sent; `undefined` when the event says nothing of it. */
  readonly subject: SubjectIdentifier | undefined
  /** `revoked` when tokens were, `not_understood` when nothing here tells whose, else `ignored`. */
  readonly outcome: 'revoked' | 'not_understood' | 'ignored'
}

/** How security event tokens of a transmitter are received (SSF 1.0, RFC 8935). */
export interface SecurityEventsOptions extends TransmitterOptions {
  /** Who we are to the transmitter: what `aud` must hold one of. */
  audience: string | readonly string[]
  /**
   * The issuers of the API whose tokens this transmitter may speak of. About the subjects of
   * others it has no say.
   * @defaultValue the `issuer`
   */
  subjectIssuer?: string | readonly string[]
  /**
   * What the `Authorization` header field of each delivery must be (`authorization_header` of the
   * stream configuration), compared in constant time; or a function that says whether it is good.
   */
  authorization?: string | ((header: string | undefined) => boolean)
  /** By event type URI, where it differs: other types can be made to revoke, and known ones not to. */
  actions?: Readonly<Record<string, SecurityEventAction>>
  /**
   * Asked first about each subject identifier: for those that name no `sub` (email, phone_number,
   * account, did and so on). `undefined` leaves it to what is known of the format.
   */
  subjectOf?: (
    identifier: SubjectIdentifier,
  ) => TokenSubject | undefined | Promise<TokenSubject | undefined>
  /**
   * Told the `state` of a verification event (SSF section 8.1.4.1); `false` when that is not what
   * was asked for, which the transmitter is then told.
   */
  onVerification?: (state: string | undefined) => unknown
  /** Told each verified event once it is done; delivery is acknowledged after that. */
  onEvent?: (event: SecurityEvent) => unknown
  /**
   * How old a security event token may be. Transmitters repeat what was not acknowledged.
   * @defaultValue 86_400
   */
  maxAgeSeconds?: number
}

/** `SecurityEventsOptions`, complete and frozen. */
export interface SecurityEventsSettings extends TransmitterSettings {
  readonly subjectIssuers: readonly string[]
  readonly authorization: ((header: string | undefined) => boolean) | string | undefined
  readonly actionOf: (type: string) => SecurityEventAction
  readonly subjectOf: NonNullable<SecurityEventsOptions['subjectOf']>
  readonly onVerification: NonNullable<SecurityEventsOptions['onVerification']>
  readonly onEvent: NonNullable<SecurityEventsOptions['onEvent']>
}
