import * as v from 'valibot'
import { optionsSchema, parseOptions } from './parse-options.ts'
import { flag } from './rules.ts'

export interface ReadinessOptions {
  /**
   * Tell the state of each issuer, too: for those who may know whom this API trusts.
   * @defaultValue false
   */
  details?: boolean
}

const schema = optionsSchema({ details: v.optional(flag, false) })

/** @throws ConfigurationError */
export function readinessSettings(options: unknown): Required<Readonly<ReadinessOptions>> {
  return Object.freeze(parseOptions(schema, options === undefined ? {} : options, 'readiness'))
}
