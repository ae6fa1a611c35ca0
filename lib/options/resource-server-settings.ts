import * as v from 'valibot'
import { ConfigurationError } from '../errors/configuration-error.ts'
import { cacheSettings } from './cache-settings.ts'
import { checkClock } from './check-clock.ts'
import { checkedStore } from './checked-store.ts'
import { checkedUrl } from './checked-url.ts'
import { defaultLog } from './default-log.ts'
import { guardedLog } from './guarded-log.ts'
import { httpSettings } from './http-settings.ts'
import { issuersSettings } from './issuers-settings.ts'
import type { LogRecord } from './log-record.ts'
import { mustBe, optionsSchema, parseOptions } from './parse-options.ts'
import { possessionSettings } from './possession-settings.ts'
import type { ResourceServerSettings } from './resource-server-options.ts'
import {
  callable,
  coolDownMs,
  flag,
  listOf,
  oneOf,
  seconds,
  text,
  texts,
  wholeNumber,
} from './rules.ts'
import { satisfiedBy } from './scope-hierarchy.ts'
import { isScopeToken } from './scope-token.ts'
import type { StandardSchema } from './standard-schema.ts'

const scopeToken = v.custom<string>(isScopeToken, 'one scope-token (RFC 6749 section 3.3)')

const schema = optionsSchema({
  resource: text,
  publicUrl: v.optional(v.union([text, texts], 'a URL or a non-empty array of those')),
  profile: v.optional(
    v.picklist(
      ['default', 'fapi2'],
      '"default" or "fapi2" (that of JWTs is `issuers[].jwt.profile`)',
    ),
    'default',
  ),
  issuers: v.optional(v.unknown()),
  scopesSupported: v.optional(listOf(scopeToken, 'a non-empty array of scope-tokens')),
  authorizationDetailsTypesSupported: v.optional(texts),
  scopeHierarchy: v.optional(v.unknown()),
  claims: v.optional(
    v.custom<StandardSchema>(
      isStandardSchema,
      'a schema of the Standard Schema specification (valibot, zod 3.24, arktype and others)',
    ),
  ),
  credentials: v.optional(
    optionsSchema({
      formBody: v.optional(flag, false),
      maxTokenBytes: v.optional(wholeNumber(256, 65_536), 8192),
    }),
    {},
  ),
  cache: v.optional(v.unknown(), {}),
  keys: v.optional(
    optionsSchema({
      coolDownSeconds: v.optional(coolDownMs, 30),
      maxAgeSeconds: v.optional(seconds(), 600),
      staleSeconds: v.optional(seconds(), 3600),
    }),
    {},
  ),
  dpop: v.optional(v.unknown()),
  mtls: v.optional(v.unknown()),
  senderConstrained: v.optional(oneOf('when-bound', 'required')),
  store: v.optional(v.unknown()),
  revocation: v.optional(
    optionsSchema({
      maxTokenAgeSeconds: v.optional(seconds(366 * 86_400, 60), 86_400),
      onStoreLoss: v.optional(oneOf('accept', 'refuse')),
    }),
    {},
  ),
  http: v.optional(v.unknown(), {}),
  errors: v.optional(oneOf('respond', 'forward'), 'respond'),
  metadataUrl: v.optional(text),
  verifyIn: v.optional(oneOf('main', 'pool'), 'main'),
  log: v.optional(callable<(record: LogRecord) => void>()),
  clock: v.optional(callable<() => number>()),
})

/**
 * What a resource server goes by: checked, complete and frozen.
 *
 * @param options - `ResourceServerOptions`, not trusted to be of that type
 * @throws ConfigurationError for the first thing wrong: if it can be wrong, it is wrong at start-up
 */
export function resourceServerSettings(options: unknown): ResourceServerSettings {
  const given = parseOptions(schema, options, '')
  const { keys, metadataUrl } = given
  if (given.clock !== undefined) checkClock(given.clock)
  if (given.issuers === undefined) {
    throw mustBe('an issuer, a non-empty array of issuers, or a function', undefined, 'issuers')
  }
  // Loopback only: what `http.insecureHosts` allows is for the authorization server.
  const ours = { insecureHosts: [], mayHaveQuery: true }
  const resource = checkedUrl(given.resource, ours, 'resource')
  const possession = possessionSettings(given)
  const log = given.log && guardedLog(given.log)
  const issuers = issuersSettings(given.issuers, {
    resource,
    http: httpSettings(given.http, 'http'),
    profile: given.profile,
  })
  return Object.freeze({
    resource,
    publicUrls: publicUrls(given.publicUrl ?? new URL(resource).origin),
    profile: given.profile,
    issuers,
    scopesSupported: given.scopesSupported,
    authorizationDetailsTypesSupported: given.authorizationDetailsTypesSupported,
    satisfiedBy: satisfiedBy(given.scopeHierarchy),
    claims: given.claims,
    credentials: credentialsSettings(given.credentials, given.profile),
    cache: cacheSettings(given.cache, 'cache', given.profile),
    keys: Object.freeze({
      coolDownMs: keys.coolDownSeconds,
      maxAgeMs: keys.maxAgeSeconds,
      staleMs: keys.staleSeconds,
    }),
    ...possession,
    revocation: revocationSettings(given.revocation, given.profile),
    store: checkedStore(given.store),
    errors: given.errors,
    verifyIn: given.verifyIn,
    metadataUrl:
      metadataUrl === undefined ? undefined : checkedUrl(metadataUrl, ours, 'metadataUrl'),
    log: log ?? defaultLog,
    requestLog: log,
    clock: given.clock ?? (() => Date.now()),
  })
}

/** @throws ConfigurationError for what cannot be followed by a path */
function publicUrls(given: string | readonly string[]): readonly string[] {
  const urls = [given].flat().map((url, index) => {
    const path = typeof given === 'string' ? 'publicUrl' : `publicUrl[${index}]`
    return checkedUrl(url, { insecureHosts: [] }, path).replace(/\/$/, '')
  })
  return Object.freeze(urls)
}

function credentialsSettings(
  { formBody, maxTokenBytes }: { formBody: boolean; maxTokenBytes: number },
  profile: 'default' | 'fapi2',
): ResourceServerSettings['credentials'] {
  if (profile === 'fapi2' && formBody) {
    throw new ConfigurationError(
      'credentials.formBody',
      'contradicts `profile: "fapi2"`, which takes tokens from the header alone. Leave it out.',
    )
  }
  return Object.freeze({ formBody, maxTokenBytes, refuseQueryTokens: profile === 'fapi2' })
}

function revocationSettings(
  given: { maxTokenAgeSeconds: number; onStoreLoss?: 'accept' | 'refuse' | undefined },
  profile: 'default' | 'fapi2',
): ResourceServerSettings['revocation'] {
  if (profile === 'fapi2' && given.onStoreLoss === 'accept') {
    throw new ConfigurationError(
      'revocation.onStoreLoss',
      'must be "refuse" under `profile: "fapi2"`. Leave it out.',
    )
  }
  return Object.freeze({
    maxTokenAgeMs: given.maxTokenAgeSeconds,
    onStoreLoss: given.onStoreLoss ?? (profile === 'fapi2' ? 'refuse' : 'accept'),
  })
}

/** https://standardschema.dev, version 1. Some libraries make their schemas functions. */
function isStandardSchema(value: unknown): boolean {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) {
    return false
  }
  const standard = (value as Partial<StandardSchema>)['~standard']
  return standard?.version === 1 && typeof standard.validate === 'function'
}
