import { andThen } from '../and-then.ts'
import type { ProofMethod } from '../auth.ts'
import { type RefusalValue, refuse } from '../errors/refusal-value.ts'
import type { UnavailableValue } from '../errors/unavailable-value.ts'
import { parseCompact } from '../jws/compact.ts'
import { proofChannel, publish } from '../observability/channels.ts'
import type { ResourceServerSettings } from '../options/resource-server-options.ts'
import type { PresentedRequest } from '../request/presented-request.ts'
import type { AccessToken } from '../verification/access-token.ts'
import type { Credentials } from '../verification/verifier.ts'
import { type Confirmation, readConfirmation } from './confirmation.ts'
import { DpopProofs, type GoodProof } from './dpop/dpop-proofs.ts'
import { certificateThumbprint } from './mtls/certificate-thumbprint.ts'

/** By which proofs the presenter showed that the token is its own. */
export interface Proved {
  readonly proofs: readonly ProofMethod[]
  /** The nonce that the client should use from now on (RFC 9449 section 8.2). */
  readonly nonce?: string | undefined
}

/** Answers the fourth question of the story: does the presenter own the token? */
export interface Possession {
  /** Judged for every request; a DPoP proof is spent by it. */
  prove(
    request: PresentedRequest,
    credentials: Credentials,
    token: AccessToken,
  ): Answered | Promise<Answered>
  /**
   * Why the presenter cannot own the token, whatever it is, when nobody can verify it right now: a
   * token that says of itself that it is bound is refused without its proof.
   */
  refute(request: PresentedRequest, credentials: Credentials): RefusalValue | undefined
}

type Answered = Proved | RefusalValue | UnavailableValue

const unbound: Proved = Object.freeze({ proofs: Object.freeze([]) })
const methods = {
  dpop: Object.freeze<ProofMethod[]>(['dpop']),
  mtls: Object.freeze<ProofMethod[]>(['mtls']),
  both: Object.freeze<ProofMethod[]>(['dpop', 'mtls']),
}

export function possession(settings: ResourceServerSettings): Possession {
  const { mtls, resource } = settings
  const dpop = settings.dpop && new DpopProofs(settings.dpop, settings)

  /** The proof to spend, if there is one, once all else is in order. */
  function judge(
    request: PresentedRequest,
    { scheme, digest }: Credentials,
    { jkt, x5t }: Confirmation,
  ): GoodProof | RefusalValue | undefined {
    // RFC 8705 section 3: the certificate of this very connection.
    const fault = x5t === undefined ? undefined : judgeCertificate(request, x5t)
    if (fault) {
      return fault
    }
    if (scheme === 'Bearer' || !dpop) {
      // RFC 9449 section 7.2: a token bound to a DPoP key is no bearer token.
      return jkt === undefined ? undefined : refuse('proof_missing')
    }
    // RFC 9449 section 7.1: what is presented as bound must be.
    return jkt === undefined ? refuse('not_dpop_bound') : dpop.judge(request, { digest, jkt })
  }

  function judgeCertificate(request: PresentedRequest, x5t: string): RefusalValue | undefined {
    const thumbprint = mtls && certificateThumbprint(request, mtls, reportIgnored)
    if (thumbprint === undefined) {
      return refuse('proof_missing')
    }
    return thumbprint === x5t ? undefined : refuse('wrong_certificate')
  }

  function reportIgnored(remoteAddress: string | undefined): void {
    publish(proofChannel, () => ({
      resource,
      outcome: 'certificate_header_ignored',
      ...(remoteAddress !== undefined && { remoteAddress }),
    }))
  }

  return {
    prove(request, credentials, { verified }) {
      if (!Object.hasOwn(verified, 'cnf')) {
        if (settings.senderConstrained === 'required') {
          return refuse('not_sender_constrained')
        }
        return credentials.scheme === 'Bearer' ? unbound : refuse('not_dpop_bound')
      }
      const confirmation = readConfirmation(verified['cnf'])
      if (!confirmation) {
        return refuse('proof_missing')
      }
      const proof = judge(request, credentials, confirmation)
      if (proof === undefined) {
        return { proofs: methods.mtls }
      }
      if ('verdict' in proof) {
        return proof
      }
      const proofs = confirmation.x5t === undefined ? methods.dpop : methods.both
      const spent = (dpop as DpopProofs).spend(proof)
      return andThen(spent, (fault) => fault ?? { proofs, nonce: proof.newNonce })
    },
    refute(request, credentials) {
      const claims = parseCompact(credentials.token)?.payload()
      if (claims && Object.hasOwn(claims, 'cnf')) {
        const confirmation = readConfirmation(claims['cnf'])
        const found = confirmation
          ? judge(request, credentials, confirmation)
          : refuse('proof_missing')
        return found && 'verdict' in found ? found : undefined
      }
      // An opaque token does not say what it is bound to; its proof says much all the same.
      const proof =
        credentials.scheme === 'DPoP'
          ? dpop?.judge(request, { digest: credentials.digest, jkt: undefined })
          : undefined
      return proof && 'verdict' in proof ? proof : undefined
    },
  }
}
