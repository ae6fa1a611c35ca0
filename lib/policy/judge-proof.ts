import type { ProofMethod } from '../auth.ts'
import { askingFor, type RefusalValue, refuse, type Scheme } from '../errors/refusal-value.ts'
import type { PolicySettings } from './policy.ts'

/** Nothing when the token was proved to be the presenter's own in the required way, else the refusal. */
export function judgeProof(
  proofs: readonly ProofMethod[],
  { proof, knownScope }: Pick<PolicySettings<never, never>, 'proof' | 'knownScope'>,
): RefusalValue | undefined {
  if (proof === undefined || (proof === 'any' ? proofs.length > 0 : proofs.includes(proof))) {
    return undefined
  }
  const refusal = Object.freeze({ ...refuse('proof_required'), schemes: demanded[proof] })
  // It takes a new token, so that the client is told which scope to come back with.
  return knownScope.length > 0 ? askingFor(knownScope, refusal) : refusal
}

/** Not the scheme that was used: in the same one the client would be refused again. */
const demanded: Readonly<Record<'any' | ProofMethod, readonly Scheme[]>> = Object.freeze({
  // Where DPoP is off, the challenge for Bearer tells of it.
  any: Object.freeze<Scheme[]>(['DPoP']),
  dpop: Object.freeze<Scheme[]>(['DPoP']),
  // RFC 8705 section 3: a token that is bound to a certificate is presented as Bearer.
  mtls: Object.freeze<Scheme[]>(['Bearer']),
})
