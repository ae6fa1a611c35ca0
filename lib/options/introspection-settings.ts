import * as v from 'valibot'
import type { Algorithm } from '../jws/algorithms.ts'
import { acceptedAlgorithms } from './accepted-algorithms.ts'
import { checkedUrl } from './checked-url.ts'
import { clientAuthenticationSettings } from './client-authentication-settings.ts'
import type { IntrospectionSettings } from './issuer-options.ts'
import { optionsSchema, parseOptions } from './parse-options.ts'
import { deadlineMs, flag, oneOf, text } from './rules.ts'

const schema = optionsSchema({
  endpoint: v.optional(text),
  client: v.optional(v.unknown()),
  audience: v.optional(oneOf('unless-typed', 'when-present', 'required'), 'unless-typed'),
  signedResponse: v.optional(flag, false),
  timeoutMs: v.optional(deadlineMs, 2000),
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
  const { endpoint, client, audience, signedResponse, timeoutMs } = parseOptions(
    schema,
    options,
    path,
  )
  return Object.freeze({
    endpoint:
      endpoint === undefined
        ? 'discovered'
        : checkedUrl(endpoint, { insecureHosts, mayHaveQuery: true }, `${path}.endpoint`),
    client: clientAuthenticationSettings(client, `${path}.client`, allowed),
    audience,
    signedResponse,
    answerAlgorithms: acceptedAlgorithms(undefined, path, allowed),
    timeoutMs,
  })
}
