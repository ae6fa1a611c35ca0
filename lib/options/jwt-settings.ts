import type { JsonWebKey } from 'node:crypto'
import * as v from 'valibot'
import { ConfigurationError } from '../errors/configuration-error.ts'
import type { Algorithm } from '../jws/algorithms.ts'
import { acceptedAlgorithms } from './accepted-algorithms.ts'
import { checkedUrl } from './checked-url.ts'
import { checkedDecryptionKey } from './decryption-key.ts'
import { inlineKeySet } from './inline-key-set.ts'
import type { JsonWebKeySet, JwtSettings } from './issuer-options.ts'
import { memberPath, optionsSchema, parseOptions } from './parse-options.ts'
import { listOf, oneOf, seconds, text } from './rules.ts'
import { statusListSettings } from './status-list-settings.ts'

const keysSchema = optionsSchema({
  jwks: v.optional(
    v.custom<JsonWebKeySet>(isKeySet, 'a JSON Web Key Set: an object whose `keys` is not empty'),
  ),
  uri: v.optional(text),
})

const schema = optionsSchema({
  profile: v.optional(oneOf('rfc9068', 'plain'), 'rfc9068'),
  algorithms: v.optional(listOf(v.unknown(), 'a non-empty array of algorithms')),
  decryptionKeys: v.optional(listOf(v.unknown(), 'a non-empty array of JSON Web Keys')),
  keys: v.optional(keysSchema),
  // RFC 7519 section 4.1.4: usually no more than a few minutes.
  clockToleranceSeconds: v.optional(seconds(600), 5),
  statusList: v.optional(v.unknown()),
})

/**
 * How JWT-shaped tokens are verified.
 *
 * @param allowed - the algorithms of the profile
 * @throws ConfigurationError
 */
export function jwtSettings(
  options: unknown,
  path: string,
  insecureHosts: readonly string[],
  allowed?: readonly Algorithm[],
): JwtSettings {
  const given = parseOptions(schema, options, path)
  const accepted = acceptedAlgorithms(given.algorithms, memberPath(path, 'algorithms'), allowed)
  const decryptionKeys = given.decryptionKeys?.map((key, index) =>
    checkedDecryptionKey(key, `${path}.decryptionKeys[${index}]`),
  )
  return Object.freeze({
    profile: given.profile,
    algorithms: accepted,
    decryptionKeys: Object.freeze(decryptionKeys ?? ([] as JsonWebKey[])),
    keys: keySource(given.keys, memberPath(path, 'keys'), insecureHosts, accepted),
    clockToleranceMs: given.clockToleranceSeconds,
    statusList:
      given.statusList === undefined
        ? undefined
        : statusListSettings(given.statusList, `${path}.statusList`, insecureHosts),
  })
}

function keySource(
  given: v.InferOutput<typeof keysSchema> | undefined,
  path: string,
  insecureHosts: readonly string[],
  accepted: ReadonlySet<Algorithm>,
): JwtSettings['keys'] {
  if (!given) {
    return 'discovered'
  }
  const { jwks, uri } = given
  if (jwks && uri === undefined) {
    return Object.freeze({ jwks: inlineKeySet(jwks, `${path}.jwks`, accepted) })
  }
  if (uri !== undefined && !jwks) {
    return Object.freeze({
      uri: checkedUrl(uri, { insecureHosts, mayHaveQuery: true }, `${path}.uri`),
    })
  }
  const both = jwks !== undefined
  throw new ConfigurationError(
    path,
    `must have either \`jwks\` or \`uri\`, and has ${both ? 'both: leave one out' : 'neither: leave `keys` out to discover them'}.`,
  )
}

function isKeySet(value: unknown): boolean {
  const keys = (value as Partial<JsonWebKeySet> | null | undefined)?.keys
  return Array.isArray(keys) && keys.length > 0
}
