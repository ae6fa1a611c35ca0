import { ConfigurationError } from '../errors/configuration-error.ts'
import type { Algorithm } from '../jws/algorithms.ts'

/**
 * The algorithm, which the profile allows.
 *
 * @param allowed - all, unless the profile says which
 * @throws ConfigurationError
 */
export function allowedAlgorithm(
  algorithm: Algorithm,
  path: string,
  allowed: readonly Algorithm[] | undefined,
): Algorithm {
  if (allowed && !allowed.includes(algorithm)) {
    throw new ConfigurationError(
      path,
      `"${algorithm}" is not one of those that \`profile: "fapi2"\` allows: ${allowed.join(', ')}.`,
    )
  }
  return algorithm
}
