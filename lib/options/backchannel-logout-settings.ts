import * as v from 'valibot'
import type { BackchannelLogoutSettings } from './backchannel-logout-options.ts'
import { optionsSchema, parseOptions } from './parse-options.ts'
import { flag, seconds, text, texts } from './rules.ts'
import { transmitterEntries, transmitterSettings } from './transmitter-settings.ts'

const schema = optionsSchema({
  ...transmitterEntries,
  clientId: v.union([text, texts], 'a non-empty string or a non-empty array of those'),
  untyped: v.optional(flag, false),
  maxAgeSeconds: v.optional(seconds(undefined, 60), 600),
})

/**
 * What a receiver of logout tokens goes by.
 *
 * @param options - `BackchannelLogoutOptions`, not trusted to be of that type
 * @throws ConfigurationError
 */
export function backchannelLogoutSettings(options: unknown): BackchannelLogoutSettings {
  const given = parseOptions(schema, options, '')
  const clients = Object.freeze([given.clientId].flat())
  return Object.freeze({
    ...transmitterSettings(given, clients, given.maxAgeSeconds),
    untyped: given.untyped,
  })
}
