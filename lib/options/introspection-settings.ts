import * as v from 'valibot'
import type { Algorithm } from '../jws/algorithms.ts'
import { acceptedAlgorithms } from './accepted-algorithms.ts'
import { checkedUrl } from './checked-url.ts'
import { clientAuthenticationSettings } from './client-authentication-settings.ts'
import type { BreakerSettings, IntrospectionSettings } from './introspection-options.ts'
import { mustBe, optionsSchema, parseOptions } from './parse-options.ts'
import { deadlineMs, flag, oneOf, seconds, text, wholeNumber } from './rules.ts'
import { tokenShapeSettings } from './token-shape-settings.ts'

const schema = optionsSchema({
  endpoint: v.optional(text),
  client: v.optional(v.unknown()),
  audience: v.optional(oneOf('unless-typed', 'when-present', 'required'), 'unless-typed'),
  signedResponse: v.optional(flag, false),
  timeoutMs: v.optional(deadlineMs, 2000),
  // As many connections are opened to one origin.
  maxConcurrent: v.optional(wholeNumber(1, 64), 64),
  breaker: v.optional(v.unknown(), {}),
  tokenShape: v.optional(v.unknown()),
})

const breakerSchema = optionsSchema({
  failures: v.optional(wholeNumber(1, 1000), 5),
  windowSeconds: v.optional(seconds(600, 1), 10),
  openSeconds: v.optional(seconds(300, 1), 30),
})

/**
 * How the authorization server is asked about tokens.
 *
 * @param allowed - the algorithms of the profile
 * @throws ConfigurationError
 */
export function introspectionSettings(
  options: unknown,
  path: string,
  insecureHosts: readonly string[],
  allowed?: readonly Algorithm[],
): IntrospectionSettings {
  const { endpoint, client, breaker, tokenShape, ...given } = parseOptions(schema, options, path)
  return Object.freeze({
    ...given,
    endpoint:
      endpoint === undefined
        ? 'discovered'
        : checkedUrl(endpoint, { insecureHosts, mayHaveQuery: true }, `${path}.endpoint`),
    client: clientAuthenticationSettings(client, `${path}.client`, allowed),
    answerAlgorithms: acceptedAlgorithms(undefined, path, allowed),
    breaker: breakerSettings(breaker, `${path}.breaker`),
    tokenShape:
      tokenShape === undefined ? undefined : tokenShapeSettings(tokenShape, `${path}.tokenShape`),
  })
}

function breakerSettings(given: unknown, path: string): BreakerSettings {
  if (given !== false && (typeof given !== 'object' || given === null)) {
    throw mustBe('an object or false', given, path)
  }
  const { failures, windowSeconds, openSeconds } = parseOptions(
    breakerSchema,
    given === false ? {} : given,
    path,
  )
  return Object.freeze({
    failures: given === false ? Number.POSITIVE_INFINITY : failures,
    windowMs: windowSeconds,
    openMs: openSeconds,
  })
}
