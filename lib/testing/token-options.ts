import type { JsonWebKey, KeyObject } from 'node:crypto'
import type { Algorithm } from '../jws/algorithms.ts'
import type { Binding } from './confirmation.ts'
import type { StatusOptions } from './status-options.ts'

/** Whose private key signs. */
export type Signer =
  | 'own'
  | 'foreign'
  | KeyObject
  | (JsonWebKey & { kid?: string })
  | { readonly privateKey: KeyObject; readonly kid?: string }

/** How a token is signed, well or badly. */
export interface SigningOptions {
  /**
   * An algorithm of the table, or one that nobody may accept: `none` (an empty signature), or HMAC
   * with the public key as the secret (RFC 8725 section 2.1).
   * @defaultValue the server's
   */
  algorithm?: Algorithm | 'none' | 'HS256' | 'HS384' | 'HS512'
  /**
   * `own`: the published key. `foreign`: a key that is not published, under the published `kid`.
   * Or a private key of yours, or one of `as.keys` or `dpopKey()`.
   * @defaultValue 'own'
   */
  signedBy?: Signer
  /** The secret for HMAC. @defaultValue the PEM text of the published public key */
  secret?: string | Buffer
  /** Members of the header, over the usual ones; `undefined` removes one. */
  header?: Readonly<Record<string, unknown>>
  /** Members of the payload, over the usual ones; `undefined` removes one. */
  claims?: Readonly<Record<string, unknown>>
  /** The header, byte for byte, for what JSON.stringify cannot write (duplicate members). */
  rawHeader?: string | Buffer
  /** The payload, byte for byte. */
  rawPayload?: string | Buffer
}

/** What a token grants, and for how long. */
export interface GrantOptions {
  /** Scope-tokens, space-separated or a list. @defaultValue no `scope` at all */
  scope?: string | readonly string[]
  /** @defaultValue the server's `resource` */
  audience?: string | readonly string[]
  /** @defaultValue the server's */
  issuer?: string
  /** From now; negative for the past. @defaultValue 300 */
  expiresInSeconds?: number
  /** It expired an hour ago. @defaultValue false */
  expired?: boolean
  /**
   * The key of `dpopKey()`, the certificate, or both, that the presenter must prove possession of:
   * the `cnf` of the token. Introspection says `token_type: DPoP` if it is a key.
   * @defaultValue none: a bearer token
   */
  boundTo?: Binding | readonly Binding[] | undefined
}

/** An ID token, or what should not pass for one. */
export interface IdTokenOptions extends SigningOptions, GrantOptions {}

/** A JWT access token (RFC 9068 section 2), or what should not pass for one. */
export interface TokenOptions extends SigningOptions, GrantOptions {
  /**
   * A `status` claim: `true` for the next place in the status list of the server, where it is valid
   * until `setStatus()`; or members of `status_list`, as they are.
   * @defaultValue none
   */
  status?: StatusOptions
}

/** An opaque token, and what introspection says about it. */
export interface OpaqueOptions extends GrantOptions {
  /** What the token starts with, for `opaquePrefixes`. @defaultValue '' */
  prefix?: string
  /** The token itself, of any form. @defaultValue 32 random characters without a dot */
  token?: string
  /** @defaultValue true */
  active?: boolean
  /**
   * Members of the answer, over the usual ones; `undefined` removes one. With `active` or `exp`
   * in it, the answer stays as it is also when the token has expired.
   */
  response?: Readonly<Record<string, unknown>>
  /** How signed answers (RFC 9701) about this token are made. */
  signed?: SigningOptions
}
