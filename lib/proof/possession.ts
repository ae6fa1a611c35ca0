import { andThen } from '../and-then.ts'
import type { ProofMethod } from '../auth.ts'
import { type RefusalValue, refuse } from '../errors/refusal-value.ts'
import type { UnavailableValue } from '../errors/unavailable-value.ts'
import { proofChannel, publish } from '../observability/channels.ts'
import type { ClaimSet } from '../options/issuer-options.ts'
import type { ResourceServerSettings } from '../options/resource-server-options.ts'
import type { PresentedRequest } from '../request/presented-request.ts'
import type { SealedStore } from '../store/sealed-store.ts'
import type { AccessToken } from '../verification/access-token.ts'
import type { Credentials } from '../verification/verifier.ts'
import { verifiedClaims } from '../verified-claims.ts'
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
   *
   * @param claims - what the token says of itself, unverified; `undefined` for one that says nothing
   */
  refute(
    request: PresentedRequest,
    credentials: Credentials,
    claims: ClaimSet | undefined,
  ): RefusalValue | undefined
}

type Answered = Proved | RefusalValue | UnavailableValue

interface Judged extends Proved {
  /** The proof that is left to spend. */
  readonly unspent?: GoodProof | undefined
}

/** The proof to spend, why it cannot be good, or nothing where that is as much as should be told. */
type JudgeProof = (...of: Parameters<DpopProofs['judge']>) => GoodProof | RefusalValue | undefined

const unbound: Judged = Object.freeze({ proofs: Object.freeze([]) })
const methods = {
  dpop: Object.freeze<ProofMethod[]>(['dpop']),
  mtls: Object.freeze<ProofMethod[]>(['mtls']),
  both: Object.freeze<ProofMethod[]>(['dpop', 'mtls']),
}

/** @param shared - where all processes of the API remember spent proofs, if anywhere */
export function possession(settings: ResourceServerSettings, shared?: SealedStore): Possession {
  const { mtls, resource } = settings
  const dpop = settings.dpop && new DpopProofs(settings.dpop, { ...settings, shared })
  const judgeFully: JudgeProof | undefined = dpop?.judge.bind(dpop)
  // For a token that nobody verified, no key is imported and no signature checked.
  const refuteOnly: JudgeProof | undefined = dpop?.refute.bind(dpop)

  /** By what the token is bound: the proofs it came with, one of which may be left to spend. */
  function judge(
    request: PresentedRequest,
    credentials: Credentials,
    claims: ClaimSet,
    judgeProof: JudgeProof | undefined,
  ): Judged | RefusalValue {
    if (!Object.hasOwn(claims, 'cnf')) {
      if (settings.senderConstrained === 'required') {
        return refuse('not_sender_constrained')
      }
      return credentials.scheme === 'Bearer' ? unbound : refuse('not_dpop_bound')
    }
    const confirmation = readConfirmation(claims['cnf'])
    return confirmation
      ? judgeBound(request, credentials, confirmation, judgeProof)
      : refuse('proof_missing')
  }

  function judgeBound(
    request: PresentedRequest,
    { scheme, digest }: Credentials,
    { jkt, x5t }: Confirmation,
    judgeProof: JudgeProof | undefined,
  ): Judged | RefusalValue {
    // RFC 8705 section 3: the certificate of this very connection.
    const fault = x5t === undefined ? undefined : judgeCertificate(request, x5t)
    if (fault) {
      return fault
    }
    if (scheme === 'Bearer' || !judgeProof) {
      // RFC 9449 section 7.2: a token bound to a DPoP key is no bearer token.
      return jkt === undefined ? { proofs: methods.mtls } : refuse('proof_missing')
    }
    // RFC 9449 section 7.1: what is presented as bound must be.
    const proof =
      jkt === undefined ? refuse('not_dpop_bound') : judgeProof(request, { digest, jkt })
    if (proof && 'verdict' in proof) {
      return proof
    }
    return { proofs: x5t === undefined ? methods.dpop : methods.both, unspent: proof }
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
    prove(request, credentials, token) {
      const judged = judge(request, credentials, verifiedClaims(token), judgeFully)
      if ('verdict' in judged || !judged.unspent) {
        return judged
      }
      const { proofs, unspent } = judged
      const spent = (dpop as DpopProofs).spend(unspent)
      return andThen(spent, (fault) => fault ?? { proofs, nonce: unspent.newNonce })
    },
    refute(request, credentials, claims) {
      const { scheme, digest } = credentials
      // An opaque token does not say what it is bound to; its proof says much all the same.
      const judged = claims
        ? judge(request, credentials, claims, refuteOnly)
        : scheme === 'DPoP' && refuteOnly?.(request, { digest, jkt: undefined })
      return judged && 'verdict' in judged ? judged : undefined
    },
  }
}
