import { type Algorithm, algorithms } from '../jws/algorithms.ts'
import { allowedAlgorithm } from './allowed-algorithm.ts'
import { checkedAlgorithm } from './checked-algorithm.ts'

const all = Object.keys(algorithms) as Algorithm[]

/**
 * The algorithms that signatures are accepted with: those given, or all that are allowed.
 *
 * @param allowed - those of the profile
 * @throws ConfigurationError for what is no algorithm of the table, or of the profile
 */
export function acceptedAlgorithms(
  given: readonly unknown[] | undefined,
  path: string,
  allowed?: readonly Algorithm[],
): ReadonlySet<Algorithm> {
  const accepted = new Set(
    (given ?? allowed ?? all).map((name, index) =>
      allowedAlgorithm(checkedAlgorithm(name, `${path}[${index}]`), `${path}[${index}]`, allowed),
    ),
  )
  // RFC 9864 section 2.2: `Ed25519` is what `EdDSA` means on an Ed25519 key.
  return accepted.has('Ed25519') || accepted.has('EdDSA')
    ? accepted.add('Ed25519').add('EdDSA')
    : accepted
}
