import type { JsonWebKey } from 'node:crypto'
import * as v from 'valibot'
import { ConfigurationError } from '../errors/configuration-error.ts'
import type { Algorithm } from '../jws/algorithms.ts'
import { allowedAlgorithm } from './allowed-algorithm.ts'
import type { ClientAuthenticationSettings } from './client-authentication.ts'
import { frozenCopy } from './frozen-copy.ts'
import { mustBe, optionsSchema, parseOptions } from './parse-options.ts'
import { callable, oneOf, text } from './rules.ts'
import { signingAlgorithm } from './signing-algorithm.ts'

// A secret read from a file often ends with its newline (RFC 6749 appendix A.2 has none).
const visible = 'a non-empty string without control characters, such as a newline at its end'
const credential = v.pipe(v.string(visible), v.regex(/^[^\x00-\x1F\x7F]+$/, visible))

// RFC 6750 section 2.1
const bearerRule = 'an access token without `Bearer ` before it, or a function that gives one'
const bearer = v.pipe(v.string(bearerRule), v.regex(/^[A-Za-z0-9\-._~+/]+=*$/, bearerRule))

const schemas = {
  client_secret_basic: optionsSchema({
    method: v.literal('client_secret_basic'),
    clientId: credential,
    clientSecret: credential,
    encoding: v.optional(oneOf('form', 'raw'), 'form'),
  }),
  client_secret_post: optionsSchema({
    method: v.literal('client_secret_post'),
    clientId: credential,
    clientSecret: credential,
  }),
  private_key_jwt: optionsSchema({
    method: v.literal('private_key_jwt'),
    clientId: credential,
    key: v.custom<JsonWebKey>(
      (key) => typeof key === 'object' && key !== null,
      "a private key as a JSON Web Key (createPrivateKey(pem).export({ format: 'jwk' }) makes one)",
    ),
    algorithm: v.optional(text),
  }),
  tls_client_auth: optionsSchema({ method: v.literal('tls_client_auth'), clientId: credential }),
  bearer: optionsSchema({
    method: v.literal('bearer'),
    token: v.union([bearer, callable<() => string | Promise<string>>()], bearerRule),
    clientId: v.optional(credential),
  }),
}

const methods = Object.keys(schemas) as (keyof typeof schemas)[]
const anyMethod = v.looseObject({ method: v.optional(v.unknown()) }, 'an object')

/**
 * How this resource server authenticates itself.
 *
 * @param allowed - the algorithms of the profile, which go for what we sign, too
 * @throws ConfigurationError, which never quotes a secret
 */
export function clientAuthenticationSettings(
  options: unknown,
  path: string,
  allowed?: readonly Algorithm[],
): ClientAuthenticationSettings {
  const { method: named } = parseOptions(anyMethod, options, path)
  const method = methods.find((known) => known === named)
  if (named === 'client_secret_jwt') {
    throw new ConfigurationError(
      `${path}.method`,
      '"client_secret_jwt" is not in this version: use "private_key_jwt", or "client_secret_basic" with the same secret.',
    )
  }
  if (method === undefined) {
    throw mustBe(methods.map((known) => `"${known}"`).join(' or '), named, `${path}.method`)
  }
  const given = parseOptions<v.InferOutput<(typeof schemas)[typeof method]>>(
    schemas[method],
    options,
    path,
  )
  switch (given.method) {
    case 'client_secret_basic':
      // RFC 7617 section 2: a colon would end the user-id. Form-encoding hides it.
      if (given.encoding === 'raw' && given.clientId.includes(':')) {
        throw new ConfigurationError(
          `${path}.clientId`,
          'must not contain a colon where `encoding` is "raw": leave that out, or use "client_secret_post".',
        )
      }
      return Object.freeze(given)
    case 'private_key_jwt':
      return Object.freeze({
        ...given,
        algorithm: allowedAlgorithm(
          signingAlgorithm(given.key, given.algorithm, path),
          `${path}.algorithm`,
          allowed,
        ),
        key: frozenCopy(given.key),
      })
    case 'bearer':
      return Object.freeze({
        method: given.method,
        token: given.token,
        ...(given.clientId !== undefined && { clientId: given.clientId }),
      })
    default:
      return Object.freeze(given)
  }
}
