import { LRUCache } from 'lru-cache'
import { type RefusalValue, refuse } from '../../errors/refusal-value.ts'
import { type Algorithm, algorithms, isAlgorithm } from '../../jws/algorithms.ts'
import type { JoseHeader } from '../../jws/compact.ts'
import { readPublicJwk } from '../../jws/public-jwk.ts'
import { thumbprint } from '../../jws/thumbprint.ts'
import { importVerificationKey, type VerificationKey } from '../../jws/verification-key.ts'

/** The header of a proof, judged: its type and its algorithm are accepted, its key may be. */
export interface OfferedKey {
  readonly header: JoseHeader
  readonly algorithm: Algorithm
  /** Of the public key that it shows (RFC 7638), whatever else it may be. */
  readonly thumbprint: string
}

/** The same with the key, which is fit to verify signatures. */
export interface ProofHeader extends OfferedKey {
  readonly key: VerificationKey
}

/** The header that was judged, or why it is refused. It costs a hash, and imports nothing. */
export function judgeProofHeader(
  header: JoseHeader,
  accepted: ReadonlySet<Algorithm>,
): OfferedKey | RefusalValue {
  // RFC 9449 section 4.3, check 4; section 11.6 is why it is compared exactly.
  if (header['typ'] !== 'dpop+jwt') return refuse('wrong_proof_type')
  // RFC 9449 section 4.3, check 5.
  const { alg } = header
  if (!isAlgorithm(alg) || !accepted.has(alg)) return refuse('unsupported_proof_algorithm')
  // RFC 7515 section 4.1.11: no extension is understood here.
  if (header['crit'] !== undefined) return refuse('malformed_proof')
  const jwk = header['jwk']
  if (typeof jwk !== 'object' || jwk === null) return refuse('unfit_proof_key')
  const shown = readPublicJwk(jwk as Readonly<Record<string, unknown>>)
  const { kty, crv } = algorithms[alg]
  if ('fault' in shown || shown.kty !== kty || ('crv' in shown && shown.crv !== crv)) {
    return refuse('unfit_proof_key')
  }
  return { header, algorithm: alg, thumbprint: thumbprint(shown) }
}

/** The key itself, which costs as much as a signature check; or that it is not fit for that. */
export function importProofKey(offered: OfferedKey): ProofHeader | RefusalValue {
  const { header, algorithm } = offered
  // RFC 9449 section 4.3, check 7: no private key, nor one that is weak or for something else.
  const key = importVerificationKey(header['jwk'])
  if ('fault' in key || !key.algorithms.has(algorithm)) return refuse('unfit_proof_key')
  // Only what is looked at again: the rest of a header may be of any size.
  const kept = Object.freeze({ alg: header.alg })
  return Object.freeze({ header: kept, algorithm, thumbprint: key.thumbprint, key })
}

/** Longer ones are RSA keys of unusual size: they are imported each time. */
const longestKept = 1536

/**
 * Remembers the headers of good proofs by their segment, as it was sent, one for each key. Only what
 * came with a good token that is bound to that very key gets in: keys that anybody makes up push out
 * nothing, and neither does one client that spells its header anew each time.
 */
export class ProofKeys {
  readonly #bySegment = new Map<string, ProofHeader>()
  readonly #segments = new LRUCache<string, string>({
    max: 10_000,
    dispose: (segment) => this.#bySegment.delete(segment),
  })

  known(segment: string): ProofHeader | undefined {
    const header = this.#bySegment.get(segment)
    // As it is used, it stays.
    if (header) this.#segments.get(header.thumbprint)
    return header
  }

  keep(segment: string, header: ProofHeader): void {
    if (segment.length <= longestKept) {
      // Made anew from octets: a slice would keep the proof that it was cut from.
      const copy = Buffer.from(segment, 'latin1').toString('latin1')
      this.#segments.set(header.thumbprint, copy)
      this.#bySegment.set(copy, header)
    }
  }
}
