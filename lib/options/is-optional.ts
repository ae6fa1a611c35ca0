import * as v from 'valibot'
import { optionsSchema, parseOptions } from './parse-options.ts'
import { flag } from './rules.ts'

const schema = optionsSchema({ optional: v.optional(flag, false) })

/**
 * Whether a call was given `{ optional: true }`.
 *
 * @throws ConfigurationError for anything else than such an object: `auth(req, 'optional')`
 */
export function isOptional(how: unknown, call: string): boolean {
  return how !== undefined && parseOptions(schema, how, call).optional
}
