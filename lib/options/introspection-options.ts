import type { Algorithm } from '../jws/algorithms.ts'
import type { ClientAuthentication, ClientAuthenticationSettings } from './client-authentication.ts'

/** When an introspection answer must name this API as its audience. */
export type IntrospectedAudience = 'unless-typed' | 'when-present' | 'required'

/** How the authorization server is asked about tokens (RFC 7662). */
export interface IntrospectionOptions {
  /** @defaultValue the `introspection_endpoint` found by discovery */
  endpoint?: string
  client: ClientAuthentication
  /**
   * What an answer without `aud` gets (RFC 7662 section 4 leaves that check to the authorization
   * server). `unless-typed`: it is refused, unless `token_type` says that it is about an access
   * token; some servers describe refresh tokens with neither. `when-present`: it is accepted.
   * `required`: it is refused.
   * @defaultValue 'unless-typed'
   */
  audience?: IntrospectedAudience
  /**
   * Ask for, and accept only, signed answers (RFC 9701).
   * @defaultValue false
   */
  signedResponse?: boolean
  /**
   * Deadline of one question, in milliseconds: the wait for its turn, our own authentication and
   * the answer.
   * @defaultValue 2000
   */
  timeoutMs?: number
  /**
   * How many questions are asked at a time, from 1 to 64. Tokens that were not known to be good
   * lately have three quarters of it at most, and 16 times as many of each kind wait; more get 503.
   * @defaultValue 64
   */
  maxConcurrent?: number
  /**
   * When the endpoint is left alone, because it does not answer; `false`: never, unless it asks for
   * that (`Retry-After`).
   * @defaultValue `{}`
   */
  breaker?: false | BreakerOptions
  /** What opaque tokens of this issuer look like. Others are refused, and nobody is asked. */
  tokenShape?: TokenShape
}

/** When an endpoint that does not answer is left alone, and for how long. */
export interface BreakerOptions {
  /**
   * After how many failures in a row, from 1 to 1000.
   * @defaultValue 5
   */
  failures?: number
  /**
   * Within which time these must be, from 1 to 600.
   * @defaultValue 10
   */
  windowSeconds?: number
  /**
   * The longest pause, from 1 to 300. The first takes a second, and each failure after a pause
   * doubles it.
   * @defaultValue 30
   */
  openSeconds?: number
}

/** The characters of opaque tokens, behind their prefix. */
export type TokenAlphabet = 'hex' | 'alphanumeric' | 'base64url' | 'base64'

/** What opaque tokens look like. All that is given must fit. */
export interface TokenShape {
  prefix?: string
  /** Of the whole token. */
  minLength?: number
  /** Of the whole token. */
  maxLength?: number
  /** What may follow the prefix: a well-known alphabet, or the characters one by one. */
  alphabet?: TokenAlphabet | { characters: string }
}

/** `IntrospectionOptions`, complete and frozen. */
export interface IntrospectionSettings {
  readonly endpoint: string | 'discovered'
  readonly client: ClientAuthenticationSettings
  readonly audience: IntrospectedAudience
  readonly signedResponse: boolean
  /** Of signed answers, where there are no JWTs whose algorithms are named. */
  readonly answerAlgorithms: ReadonlySet<Algorithm>
  readonly timeoutMs: number
  readonly maxConcurrent: number
  readonly breaker: BreakerSettings
  /** `undefined`: of whatever kind. */
  readonly tokenShape: TokenShapeSettings | undefined
}

/** `BreakerOptions`, complete and frozen. */
export interface BreakerSettings {
  /** `Infinity` where it is off. */
  readonly failures: number
  readonly windowMs: number
  readonly openMs: number
}

/** `TokenShape`, complete and frozen. */
export interface TokenShapeSettings {
  readonly prefix: string
  readonly minLength: number
  readonly maxLength: number
  /** Every character that may follow the prefix; `undefined`: all of them. */
  readonly characters: string | undefined
}
