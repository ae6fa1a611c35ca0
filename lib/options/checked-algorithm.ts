import { ConfigurationError } from '../errors/configuration-error.ts'
import { type Algorithm, algorithms, isAlgorithm } from '../jws/algorithms.ts'
import { mustBe } from './parse-options.ts'

/**
 * A name of the algorithm table.
 *
 * @throws ConfigurationError, which explains why `none` and the HMAC family are not in it
 */
export function checkedAlgorithm(name: unknown, path: string): Algorithm {
  if (isAlgorithm(name)) {
    return name
  }
  if (typeof name === 'string' && /^none$/i.test(name)) {
    // RFC 9068 section 2.1
    throw new ConfigurationError(path, '"none" is never accepted: access tokens must be signed.')
  }
  if (typeof name === 'string' && /^HS\d+$/i.test(name)) {
    throw new ConfigurationError(
      path,
      `"${name}" is not accepted: whoever can verify with a shared secret can also forge tokens. Let the authorization server sign with ${names.join(', ')}, or introspect its tokens (\`jwt: false\`).`,
    )
  }
  throw mustBe(`one of ${names.join(', ')}`, name, path, names)
}

const names = Object.keys(algorithms)
