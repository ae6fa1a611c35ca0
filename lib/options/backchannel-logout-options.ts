import type { TransmitterOptions, TransmitterSettings } from './transmitter-options.ts'

/** How logout tokens of an OpenID provider are received (OpenID Connect Back-Channel Logout 1.0). */
export interface BackchannelLogoutOptions extends TransmitterOptions {
  /** The clients whose sessions end here: what `aud` of a logout token must hold one of. */
  clientId: string | readonly string[]
  /**
   * Also takes logout tokens whose `typ` is `JWT` or absent, as older providers send.
   * @defaultValue false
   */
  untyped?: boolean
  /**
   * How old a logout token may be.
   * @defaultValue 600
   */
  maxAgeSeconds?: number
}

/** `BackchannelLogoutOptions`, complete and frozen. */
export interface BackchannelLogoutSettings extends TransmitterSettings {
  readonly untyped: boolean
}
