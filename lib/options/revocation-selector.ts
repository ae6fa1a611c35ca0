import * as v from 'valibot'
import { ConfigurationError } from '../errors/configuration-error.ts'
import { mustTake } from './must-take.ts'
import { mustBe, optionsSchema, parseOptions } from './parse-options.ts'
import type { ResourceServerSettings } from './resource-server-options.ts'
import { text } from './rules.ts'

/**
 * Which tokens to refuse from now on: one token, or all that have every member given here and were
 * issued up to a second.
 */
export type RevocationSelector =
  | {
      /** The access token itself, JWT or opaque. */
      readonly token: string
    }
  | {
      /**
       * Whose tokens: `iss`, as configured.
       * @defaultValue the issuer, where there is only one
       */
      readonly issuer?: string
      /** The identifier of one token: `jti` (RFC 7519 section 4.1.7). */
      readonly jti?: string
      /** `sub`. */
      readonly subject?: string
      /** `sid` (OpenID Connect Front-Channel Logout section 3). */
      readonly session?: string
      /** `client_id`, or `azp`, `cid`, `appid`. */
      readonly clientId?: string
      /**
       * Tokens with a later `iat` are untouched; in seconds since the epoch, at most 600 ahead. Given
       * alone, it is for all tokens of the issuer.
       * @defaultValue now
       */
      readonly issuedUntil?: number
    }

/** What to refuse, complete: `issuer` is there except for one token. */
export type CheckedSelector =
  | { readonly token: string }
  | {
      readonly issuer: string
      readonly jti?: string | undefined
      readonly subject?: string | undefined
      readonly session?: string | undefined
      readonly clientId?: string | undefined
      readonly issuedUntil: number
    }

const untilRule = 'a time in seconds since the epoch, at most 600 ahead'
/** Clocks of authorization servers, which write `iat`, may be ahead. */
const aheadSeconds = 600

// RFC 6750 section 2.1: no request presents anything else, so it would refuse nothing, and nobody know.
const tokenRule = 'one access token by itself, without `Bearer` before it'
const accessToken = v.pipe(v.string(tokenRule), v.regex(/^[A-Za-z0-9\-._~+/]+=*$/, tokenRule))

const schema = optionsSchema({
  token: v.optional(accessToken),
  issuer: v.optional(text),
  jti: v.optional(text),
  subject: v.optional(text),
  session: v.optional(text),
  clientId: v.optional(text),
  issuedUntil: v.optional(
    v.pipe(v.number(untilRule), v.finite(untilRule), v.minValue(0, untilRule)),
  ),
})

/** @throws ConfigurationError for what selects nothing, or not what was meant */
export function revocationSelector(
  given: unknown,
  { issuers, clock }: Pick<ResourceServerSettings, 'issuers' | 'clock'>,
): CheckedSelector {
  if (typeof given !== 'object' || given === null) {
    // A token would fit here, and must not be told.
    throw mustTake('revoke(selector)', 'an object such as { token } or { subject }', given)
  }
  const { token, ...selected } = parseOptions(schema, given, 'selector')
  const [other] = Object.keys(selected)
  if (token !== undefined) {
    if (other !== undefined) {
      throw new ConfigurationError(
        `selector.${other}`,
        'says nothing beside `token`, which is one token by itself. Leave one of them out.',
      )
    }
    return { token }
  }
  const { issuer, ...members } = selected
  if (Object.keys(members).length === 0) {
    throw new ConfigurationError(
      'selector',
      'must say which tokens: `token`, `jti`, `subject`, `session`, `clientId`, or `issuedUntil` for all of an issuer.',
    )
  }
  const now = clock() / 1000
  const issuedUntil = Math.floor(members.issuedUntil ?? now)
  if (issuedUntil > now + aheadSeconds) {
    // Who is to be kept out from now on is refused by `check`, or at the authorization server.
    throw mustBe(untilRule, members.issuedUntil, 'selector.issuedUntil')
  }
  return { ...members, issuer: issuerOf(issuer, issuers), issuedUntil }
}

function issuerOf(issuer: string | undefined, issuers: ResourceServerSettings['issuers']): string {
  const known = Array.isArray(issuers) ? issuers.map((one) => one.issuer as string) : undefined
  if (issuer === undefined) {
    if (known?.length === 1) {
      return known[0] as string
    }
    throw new ConfigurationError(
      'selector.issuer',
      'is required: several authorization servers are trusted, and each names its own subjects.',
    )
  }
  if (known && !known.includes(issuer)) {
    throw mustBe('one of the configured issuers', issuer, 'selector.issuer', known)
  }
  return issuer
}
