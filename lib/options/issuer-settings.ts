import * as v from 'valibot'
import { ConfigurationError } from '../errors/configuration-error.ts'
import type { Algorithm } from '../jws/algorithms.ts'
import { checkIssuerTogether } from './check-issuer-together.ts'
import { checkedUrl } from './checked-url.ts'
import { fapi2Algorithms } from './fapi2-algorithms.ts'
import type { HttpSettings } from './http-options.ts'
import { httpSettings } from './http-settings.ts'
import { introspectionSettings } from './introspection-settings.ts'
import type { ClaimSet, IssuerSettings, Principal } from './issuer-options.ts'
import { jwtSettings } from './jwt-settings.ts'
import { claimNames, namesFrom } from './names-from.ts'
import { mustBe, optionsSchema, parseOptions } from './parse-options.ts'
import { callable, listOf, text, texts, tokenPrefix } from './rules.ts'
import { scopeTokensIn } from './scope-tokens-in.ts'

/** What an issuer takes over from its resource server. */
export interface IssuerDefaults {
  readonly resource: string
  readonly http: HttpSettings
  /** @defaultValue 'default' */
  readonly profile?: 'default' | 'fapi2'
}

const namesRule = 'a non-empty array of claim names, or a function of the claims'
const namesSource = v.optional(
  v.union([texts, callable<(claims: ClaimSet) => unknown>()], namesRule),
)

const schema = optionsSchema({
  issuer: text,
  audience: v.optional(v.union([text, texts], 'a non-empty string or a non-empty array of those')),
  clients: v.optional(texts),
  scopesFrom: namesSource,
  rolesFrom: namesSource,
  principalFrom: v.optional(callable<(claims: ClaimSet) => Principal>()),
  http: v.optional(v.unknown()),
  discovery: v.optional(v.unknown(), {}),
  jwt: v.optional(v.unknown(), {}),
  introspection: v.optional(v.unknown()),
  opaquePrefixes: v.optional(listOf(tokenPrefix, 'a non-empty array of prefixes')),
})

const discoverySchema = optionsSchema({ metadataUrl: v.optional(text) })

/**
 * The settings of one issuer. Also called for what an `issuers` function returns.
 *
 * @param path - where the issuer stands in the options
 * @throws ConfigurationError
 */
export function issuerSettings(
  options: unknown,
  path: string,
  { resource, http: defaultHttp, profile = 'default' }: IssuerDefaults,
): IssuerSettings {
  const at = (name: string): string => `${path}.${name}`
  const given = parseOptions(schema, options, path)
  const http = given.http === undefined ? defaultHttp : httpSettings(given.http, at('http'))
  const { insecureHosts } = http
  const allowed = profile === 'fapi2' ? fapi2Algorithms : undefined
  const clients = given.clients && new Set(given.clients)
  const scopeNames = given.scopesFrom ?? ['scope', 'scp']
  const roleNames = given.rolesFrom ?? ['roles']
  const settings: IssuerSettings = Object.freeze({
    issuer: checkedUrl(given.issuer, { insecureHosts }, at('issuer')),
    audiences: audiences(given.audience ?? resource, clients, at('audience')),
    resource,
    clients,
    jwt: jwt(given.jwt, at('jwt'), insecureHosts, allowed),
    introspection:
      given.introspection === undefined
        ? undefined
        : introspectionSettings(given.introspection, at('introspection'), insecureHosts, allowed),
    opaquePrefixes: Object.freeze([...new Set(given.opaquePrefixes)]),
    // RFC 6749 section 3.3: a space separates scope-tokens. A role may contain spaces.
    scopesFrom: namesFrom(scopeNames, scopeTokensIn),
    rolesFrom: namesFrom(roleNames, (text) => [text]),
    scopeClaims: Object.freeze(claimNames(scopeNames)),
    accessClaims: Object.freeze([...claimNames(scopeNames), ...claimNames(roleNames)]),
    principalFrom: given.principalFrom,
    http,
    discovery: discovery(given.discovery, at('discovery'), insecureHosts),
  })
  checkIssuerTogether(settings, path, profile)
  return settings
}

function audiences(
  given: string | readonly string[],
  clients: ReadonlySet<string> | undefined,
  path: string,
): readonly string[] | undefined {
  if (given === 'none') {
    if (!clients) {
      throw new ConfigurationError(
        path,
        '"none" needs `clients`: without an audience, the client ids must be checked.',
      )
    }
    return undefined
  }
  const list = [...new Set([given].flat())]
  if (list.includes('none')) {
    throw new ConfigurationError(path, '"none" means that there is no audience: it stands alone.')
  }
  return Object.freeze(list)
}

function jwt(
  given: unknown,
  path: string,
  insecureHosts: readonly string[],
  allowed: readonly Algorithm[] | undefined,
): IssuerSettings['jwt'] {
  return isFalse(given, path) ? undefined : jwtSettings(given, path, insecureHosts, allowed)
}

/** @throws ConfigurationError where there is neither `false` nor what can be an object */
function isFalse(given: unknown, path: string): boolean {
  if (given !== false && (typeof given !== 'object' || given === null)) {
    throw mustBe('an object or false', given, path)
  }
  return given === false
}

function discovery(
  given: unknown,
  path: string,
  insecureHosts: readonly string[],
): IssuerSettings['discovery'] {
  if (isFalse(given, path)) {
    return undefined
  }
  const { metadataUrl } = parseOptions(discoverySchema, given, path)
  return Object.freeze({
    metadataUrl:
      metadataUrl === undefined
        ? undefined
        : checkedUrl(metadataUrl, { insecureHosts, mayHaveQuery: true }, `${path}.metadataUrl`),
  })
}
