import { ConfigurationError } from '../errors/configuration-error.ts'
import type { IssuerSettings } from './issuer-options.ts'
import { type IssuerDefaults, issuerSettings } from './issuer-settings.ts'
import { mustBe } from './parse-options.ts'
import type { IssuerLookup } from './resource-server-options.ts'

/**
 * The settings of all issuers, which can be told apart by `iss` and by prefix; or the look-up.
 *
 * @throws ConfigurationError
 */
export function issuersSettings(
  given: unknown,
  defaults: IssuerDefaults,
): readonly IssuerSettings[] | IssuerLookup {
  if (typeof given === 'function') {
    return issuerLookup(given as (iss: string) => unknown, defaults)
  }
  if (!Array.isArray(given)) {
    return Object.freeze([issuerSettings(given, 'issuers', defaults)])
  }
  if (given.length === 0) {
    throw mustBe('an issuer, a non-empty array of issuers, or a function', given, 'issuers')
  }
  const issuers = Array.from(given, (options, index) =>
    issuerSettings(options, `issuers[${index}]`, defaults),
  )
  checkDistinct(issuers)
  checkOpaqueTokens(issuers)
  return Object.freeze(issuers)
}

function issuerLookup(find: (iss: string) => unknown, defaults: IssuerDefaults): IssuerLookup {
  // The path and the messages do not name the `iss`: it comes from a token.
  return async (iss) => {
    const options = await find(iss)
    if (options === undefined) {
      return undefined
    }
    const settings = issuerSettings(options, 'issuers()', defaults)
    if (settings.issuer !== iss) {
      throw new ConfigurationError(
        'issuers().issuer',
        'must be the `iss` that was asked for; return undefined for one that is not trusted.',
      )
    }
    return settings
  }
}

function checkDistinct(issuers: readonly IssuerSettings[]): void {
  const seen = new Map<string, number>()
  for (const [index, { issuer }] of issuers.entries()) {
    const first = seen.get(issuer)
    if (first !== undefined) {
      throw new ConfigurationError(
        `issuers[${index}].issuer`,
        `is the same as issuers[${first}].issuer. One issuer takes several audiences: \`audience: [...]\`.`,
      )
    }
    seen.set(issuer, index)
  }
}

/** Every opaque token is at most one issuer's: it is never shown to another. */
function checkOpaqueTokens(issuers: readonly IssuerSettings[]): void {
  let general: number | undefined
  const seen: { prefix: string; index: number }[] = []
  for (const [index, { introspection, opaquePrefixes }] of issuers.entries()) {
    if (introspection && opaquePrefixes.length === 0) {
      if (general !== undefined) {
        throw new ConfigurationError(
          `issuers[${index}].opaquePrefixes`,
          `is required: issuers[${general}] introspects tokens of any prefix already.`,
        )
      }
      general = index
    }
    for (const prefix of opaquePrefixes) {
      const other = seen.find(
        (earlier) => earlier.index !== index && overlap(earlier.prefix, prefix),
      )
      if (other) {
        throw new ConfigurationError(
          `issuers[${index}].opaquePrefixes`,
          `overlaps with issuers[${other.index}].opaquePrefixes: a token could be either issuer's.`,
        )
      }
      seen.push({ prefix, index })
    }
  }
}

function overlap(one: string, other: string): boolean {
  return one.startsWith(other) || other.startsWith(one)
}
