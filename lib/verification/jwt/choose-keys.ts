import type { Algorithm } from '../../jws/algorithms.ts'
import type { JoseHeader } from '../../jws/compact.ts'
import type { HeldKey, HeldKeys } from './held-keys.ts'

/** Bounds the signature checks that one token can cause; authorization servers have two or three. */
const mostCandidates = 8

/**
 * The keys that may have signed a token with this header: those with its `kid`, or all when it has
 * none, of which only those that serve its `alg` (RFC 8725bis section 3.1). Several keys with one
 * `kid` are told apart by the algorithm (FAPI 2.0 section 5.4). There is no other key to fall back
 * to, and the `kid` is looked up, nothing else (RFC 8725bis section 3.10).
 */
export function chooseKeys(keys: HeldKeys, { alg, kid }: JoseHeader): readonly HeldKey[] {
  const named = kid === undefined ? keys.all : (keys.byKid.get(kid as string) ?? [])
  return named.filter(({ key }) => key.algorithms.has(alg as Algorithm)).slice(0, mostCandidates)
}
