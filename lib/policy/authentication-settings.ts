import { ConfigurationError } from '../errors/configuration-error.ts'
import { mustBe } from '../options/parse-options.ts'
import { isScopeToken } from '../options/scope-token.ts'
import type { AuthenticationSettings, Policy } from './policy.ts'

/**
 * How the user must have authenticated for a policy; `undefined` where it does not say.
 *
 * @throws ConfigurationError for what no challenge can ask for
 */
export function authenticationSettings({
  acrValues,
  maxAuthenticationAgeSeconds: maxAgeSeconds,
}: Pick<Policy<never, never>, 'acrValues' | 'maxAuthenticationAgeSeconds'>):
  | AuthenticationSettings
  | undefined {
  if (acrValues === undefined && maxAgeSeconds === undefined) {
    return undefined
  }
  // RFC 9470 section 3: a non-negative integer. Of none, no authentication is ever young enough.
  if (maxAgeSeconds !== undefined && !(Number.isSafeInteger(maxAgeSeconds) && maxAgeSeconds >= 1)) {
    throw mustBe(
      'a whole number of seconds, 1 or more',
      maxAgeSeconds,
      'maxAuthenticationAgeSeconds',
    )
  }
  return Object.freeze({
    ...(acrValues !== undefined && { acrValues: acrList(acrValues) }),
    ...(maxAgeSeconds !== undefined && { maxAgeSeconds }),
  })
}

function acrList(given: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(given) ? [...given] : [given]
  if (list.length === 0) {
    throw new ConfigurationError('acrValues', 'requires nothing: name at least one value.')
  }
  for (const [index, value] of list.entries()) {
    // A challenge separates them with spaces (RFC 9470 section 3), and can say what scope can.
    if (!isScopeToken(value)) {
      throw mustBe(
        'one value of `acr`, or a list of them: no spaces, quotes or backslashes in any',
        value,
        Array.isArray(given) ? `acrValues[${index}]` : 'acrValues',
      )
    }
  }
  return Object.freeze(list as readonly string[])
}
