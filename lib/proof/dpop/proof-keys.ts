import { LRUCache } from 'lru-cache'
import { type RefusalValue, refuse } from '../../errors/refusal-value.ts'
import { type Algorithm, isAlgorithm } from '../../jws/algorithms.ts'
import type { JoseHeader } from '../../jws/compact.ts'
import { importVerificationKey, type VerificationKey } from '../../jws/verification-key.ts'

/** The header of a proof, judged: its type, its algorithm and its key are accepted. */
export interface ProofHeader {
  readonly header: JoseHeader
  readonly algorithm: Algorithm
  readonly key: VerificationKey
}

/**
 * The header that was judged, or why it is refused. It imports the key, which costs as much as a
 * signature check.
 */
export function judgeProofHeader(
  header: JoseHeader,
  accepted: ReadonlySet<Algorithm>,
): ProofHeader | RefusalValue {
  // RFC 9449 section 4.3, check 4; section 11.6 is why it is compared exactly.
  if (header['typ'] !== 'dpop+jwt') {
    return refuse('wrong_proof_type')
  }
  // RFC 9449 section 4.3, check 5.
  const { alg } = header
  if (!isAlgorithm(alg) || !accepted.has(alg)) {
    return refuse('unsupported_proof_algorithm')
  }
  // RFC 7515 section 4.1.11: no extension is understood here.
  if (header['crit'] !== undefined) {
    return refuse('malformed_proof')
  }
  // RFC 9449 section 4.3, check 7: no private key, nor one that is weak or for something else.
  const key = importVerificationKey(header['jwk'])
  return 'fault' in key || !key.algorithms.has(alg)
    ? refuse('unfit_proof_key')
    : Object.freeze({ header, algorithm: alg, key })
}

/** Longer ones are RSA keys of unusual size: they are imported each time. */
const longestKept = 1536

/**
 * Remembers the headers of good proofs by their segment, as it was sent. Only what came with a good
 * token that is bound to that very key gets in: keys that anybody makes up push out nothing.
 */
export class ProofKeys {
  readonly #known = new LRUCache<string, ProofHeader>({ max: 10_000 })

  known(segment: string): ProofHeader | undefined {
    return this.#known.get(segment)
  }

  keep(segment: string, header: ProofHeader): void {
    if (segment.length <= longestKept) {
      // Made anew from octets: a slice would keep the proof that it was cut from.
      this.#known.set(Buffer.from(segment, 'latin1').toString('latin1'), header)
    }
  }
}
