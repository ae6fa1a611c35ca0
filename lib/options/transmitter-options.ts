import type { Algorithm } from '../jws/algorithms.ts'
import type { HttpOptions } from './http-options.ts'
import type { IssuerSettings, JsonWebKeySet } from './issuer-options.ts'
import type { LogRecord } from './log-record.ts'

/** Whose word it is that something was revoked, and how it is received. */
export interface TransmitterOptions {
  /** Its issuer identifier, compared character by character with `iss`: an absolute https URL. */
  issuer: string
  /** @defaultValue the `jwks_uri` that its metadata names */
  keys?: { jwks: JsonWebKeySet; uri?: never } | { uri: string; jwks?: never }
  /** Where its metadata is, if not at the well-known place. */
  metadataUrl?: string
  /** @defaultValue the whole table: RS, PS, ES families, Ed25519 and EdDSA */
  algorithms?: readonly Algorithm[]
  /**
   * How far its clock may be ahead, at most 600.
   * @defaultValue 5
   */
  clockToleranceSeconds?: number
  /**
   * What ends where both a session and its user are named: the tokens with that `sid`, or all of
   * the user. Where tokens carry no `sid`, only `subject` has any effect.
   * @defaultValue 'session'
   */
  ends?: 'session' | 'subject'
  /**
   * How long the body of a request may take to arrive, in milliseconds.
   * @defaultValue 10_000
   */
  bodyTimeoutMs?: number
  /** How the transmitter is reached for its metadata and keys. */
  http?: HttpOptions
  /** @defaultValue `process.emitWarning` for warnings and errors, nothing for the rest */
  log?: (record: LogRecord) => void
  /**
   * The time, in milliseconds since the epoch.
   * @defaultValue Date.now
   */
  clock?: () => number
}

/** `TransmitterOptions`, complete and frozen. */
export interface TransmitterSettings {
  /** As far as its keys and their discovery need it: no access token of it is accepted here. */
  readonly issuer: IssuerSettings
  /** Who we are to the transmitter. */
  readonly audiences: readonly string[]
  /** What it signs may be as old when it arrives. */
  readonly maxAgeMs: number
  readonly ends: 'session' | 'subject'
  readonly bodyTimeoutMs: number
  readonly log: (record: LogRecord) => void
  readonly clock: () => number
}
