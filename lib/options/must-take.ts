import { ConfigurationError } from '../errors/configuration-error.ts'
import { describedKind } from './described-value.ts'

/**
 * The error for a call with something impossible: "auth(req) takes <what>". It tells the kind of
 * what was given, never the value, which may be a token.
 */
export function mustTake(call: string, what: string, given: unknown): ConfigurationError {
  return new ConfigurationError('', `${call} takes ${what}, not ${describedKind(given)}.`)
}
