import { hash } from 'node:crypto'
import { andThen } from '../../and-then.ts'
import { type RefusalValue, refuse } from '../../errors/refusal-value.ts'
import { type UnavailableValue, unavailable } from '../../errors/unavailable-value.ts'
import { type CompactJws, decodeHeader, parseCompact } from '../../jws/compact.ts'
import { verifySignature } from '../../jws/verify-signature.ts'
import { proofChannel, publish } from '../../observability/channels.ts'
import type { DpopSettings } from '../../options/dpop-options.ts'
import { fieldValues } from '../../request/field-values.ts'
import type { PresentedRequest } from '../../request/presented-request.ts'
import type { SealedStore } from '../../store/sealed-store.ts'
import type { ReplayGuard } from '../replay-guard.ts'
import { judgeProofClaims } from './judge-proof-claims.ts'
import { type Nonces, nonces } from './nonces.ts'
import { type ProofClaims, readProofClaims } from './proof-claims.ts'
import {
  importProofKey,
  judgeProofHeader,
  type OfferedKey,
  type ProofHeader,
  ProofKeys,
} from './proof-keys.ts'
import { replayMemory } from './replay-memory.ts'
import { type MatchTarget, targetMatcher } from './request-target.ts'
import { sharedReplays } from './shared-replays.ts'

/** A proof that is good, and not known to be spent. */
export interface GoodProof {
  /** A digest of all that may not come twice: key, target and `jti`. */
  readonly replayKey: string
  readonly thumbprint: string
  /** Until when it is accepted, in milliseconds since the epoch. */
  readonly endsAtMs: number
  /** The nonce that the client should use from now on. */
  readonly newNonce: string | undefined
  /** The header to know from now on, where it is not known yet. */
  readonly newHeader: ProofHeader | undefined
  /** Its segment, as it was sent. */
  readonly segment: string
}

/** The access token that a proof comes with. */
export interface ProvedToken {
  /** SHA-256 of it, as a latin1 string. */
  readonly digest: string
  /** The key that it is bound to; `undefined` while that is not known. */
  readonly jkt: string | undefined
}

/** A proof whose signature is left to be checked. */
interface ReadProof {
  readonly jws: CompactJws
  readonly claims: ProofClaims
  readonly target: string
  readonly newNonce: string | undefined
  readonly segment: string
  readonly known: ProofHeader | undefined
  readonly offered: OfferedKey
}

export interface DpopSurroundings {
  readonly clock: () => number
  readonly publicUrls: readonly string[]
  readonly resource: string
  /** Where all processes of the API remember spent proofs, if anywhere. */
  readonly shared?: SealedStore | undefined
}

const longestProof = 8192

/** Judges DPoP proofs by the twelve checks of RFC 9449 section 4.3, and spends them. */
export class DpopProofs {
  readonly #settings: DpopSettings
  readonly #clock: () => number
  readonly #matchTarget: MatchTarget
  readonly #nonces: Nonces | undefined
  readonly #replays: ReplayGuard
  readonly #shared: SealedStore | undefined
  readonly #keys = new ProofKeys()

  constructor(settings: DpopSettings, { clock, publicUrls, resource, shared }: DpopSurroundings) {
    this.#settings = settings
    this.#clock = clock
    this.#matchTarget = targetMatcher(publicUrls)
    this.#nonces = settings.nonce && nonces(settings.nonce, resource)
    const longestMs = settings.windowMs + settings.futureMs
    const own = replayMemory(longestMs, settings.maxRememberedProofs, clock)
    this.#shared = shared
    this.#replays = shared
      ? sharedReplays(own, shared, settings, () =>
          publish(proofChannel, () => ({ resource, outcome: 'accepted_without_store' })),
        )
      : own
  }

  /** Everything but whether the proof comes for the first time, which `spend` finds out. */
  judge(request: PresentedRequest, token: ProvedToken): GoodProof | RefusalValue {
    const read = this.#read(request, token)
    if ('verdict' in read) return read
    const { jws, claims, target, newNonce, segment, known, offered } = read
    const replayKey = hash('sha256', `${offered.thumbprint} ${target} ${claims.jti}`, 'binary')
    // Spares the signature check of a replay; the word that counts is that of `spend`.
    if (this.#replays.seen(replayKey)) return refuse('replayed_proof')
    // Check 7: the key itself, and no private one.
    const header = known ?? importProofKey(offered)
    if ('verdict' in header) return header
    // Check 6: the signature.
    if (!verifySignature(header.algorithm, header.key, jws)) return refuse('wrong_proof_signature')
    const endsAtMs = claims.iat * 1000 + this.#settings.windowMs
    const newHeader = known ? undefined : header
    return { replayKey, thumbprint: header.thumbprint, endsAtMs, newNonce, newHeader, segment }
  }

  /** Why the proof cannot be good, as far as that costs no more than a hash. */
  refute(request: PresentedRequest, token: ProvedToken): RefusalValue | undefined {
    const read = this.#read(request, token)
    return 'verdict' in read ? read : undefined
  }

  /** All that the proof says, judged: by whom it was signed is left. */
  #read(request: PresentedRequest, token: ProvedToken): ReadProof | RefusalValue {
    const fields = fieldValues(request.rawHeaders, 'dpop')
    const text = fields[0]
    if (text === undefined) return refuse('no_proof')
    // Check 1: not more than one header field.
    if (fields.length > 1) return refuse('repeated_proof')
    // Check 2: a single well-formed JWT.
    const segment = text.slice(0, Math.max(0, text.indexOf('.')))
    const known = this.#keys.known(segment)
    const headerOf = known ? () => known.header : decodeHeader
    const jws = text.length <= longestProof ? parseCompact(text, headerOf) : undefined
    // Check 3: all required claims.
    const claims = jws && readProofClaims(jws)
    if (!claims) return refuse('malformed_proof')
    // Checks 4 and 5: type, algorithm.
    const offered = known ?? judgeProofHeader(jws.header, this.#settings.algorithms)
    if ('verdict' in offered) return offered
    // Checks 8, 9, 11 and the first half of 12: method, target, time, token.
    const target = this.#matchTarget(claims.htu, request.url)
    const now = this.#clock()
    const purpose = { method: request.method, target, ath: athOf(token.digest) }
    const fault = judgeProofClaims(claims, purpose, this.#settings, now)
    if (fault) return fault
    // Check 10: the nonce.
    const newNonce = this.#judgeNonce(claims.nonce, now)
    if (typeof newNonce === 'object') return newNonce
    // The second half of check 12: the key that the token is bound to.
    if (token.jkt !== undefined && token.jkt !== offered.thumbprint) {
      return refuse('wrong_proof_key')
    }
    return { jws, claims, target: target as string, newNonce, segment, known, offered }
  }

  /**
   * Spends a good proof: nothing when it came for the first time. Only for a token that was verified,
   * and is bound to the key of the proof: its key is known from then on.
   */
  spend(proof: GoodProof): Unspent | Promise<Unspent> {
    const { replayKey, thumbprint, endsAtMs, newHeader, segment } = proof
    return andThen(this.#replays.firstTime(replayKey, thumbprint, endsAtMs), (sighting) => {
      if (sighting === 'seen') return refuse('replayed_proof')
      if (sighting === 'full') return unavailable('replay_memory_full', endsAtMs - this.#clock())
      // The client makes a new proof: this one may have been claimed.
      if (sighting === 'lost') return unavailable('replay_store_lost', this.#shared?.waitMs() ?? 0)
      if (newHeader) this.#keys.keep(segment, newHeader)
      return undefined
    })
  }

  /** The nonce to use from now on, if it should be another; or why this one will not do. */
  #judgeNonce(nonce: string | undefined, now: number): string | undefined | RefusalValue {
    if (!this.#nonces) return undefined
    const verdict = nonce === undefined ? 'missing' : this.#nonces.judge(nonce, now)
    if (verdict === 'good') return undefined
    const next = this.#nonces.issue(now)
    if (verdict === 'old') return next
    // RFC 9449 sections 8 and 9; section 11.3: no proof without a nonce once there are any.
    const reason = verdict === 'missing' ? 'nonce_missing' : 'wrong_nonce'
    return Object.freeze({ ...refuse(reason), nonce: next })
  }
}

/** Written over for each proof: a buffer of its own costs more than all the rest. */
const octets = Buffer.alloc(32)

/** RFC 9449 section 4.2: the base64url encoding of the SHA-256 hash of the access token. */
function athOf(digest: string): string {
  octets.write(digest, 'latin1')
  return octets.toString('base64url')
}

type Unspent = RefusalValue | UnavailableValue | undefined
