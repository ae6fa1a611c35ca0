import { andThen } from './and-then.ts'
import { Auth } from './auth.ts'
import { tokenDigest } from './cache/token-digest.ts'
import { extract } from './credentials/extract.ts'
import { wellFormed } from './credentials/well-formed.ts'
import {
  askingFor,
  type RefusalValue,
  refuse,
  type Scheme,
  toldIn,
} from './errors/refusal-value.ts'
import { type UnavailableValue, unavailable } from './errors/unavailable-value.ts'
import { decisionLog } from './observability/decision-log.ts'
import { newTrace, publishDecision, type Trace, traceIssuer } from './observability/decisions.ts'
import type { ResourceServerSettings } from './options/resource-server-options.ts'
import { authorize } from './policy/authorize.ts'
import type { PolicySettings } from './policy/policy.ts'
import { possession } from './proof/possession.ts'
import type { PresentedRequest } from './request/presented-request.ts'
import { type SharedRevocations, sharedRevocations } from './revocation/shared-revocations.ts'
import { type SealedStore, sealedStore } from './store/sealed-store.ts'
import { type TrustedIssuers, trustedIssuers } from './trusted-issuers.ts'
import type { AccessToken } from './verification/access-token.ts'
import { cached, type VerdictCache } from './verification/cached.ts'
import { coalesced } from './verification/coalesced.ts'
import { evictions } from './verification/evictions.ts'

/** Who is calling, or one of the two ways to say no. */
export type Decision = Auth<object> | No

type No = RefusalValue | UnavailableValue

/** One request, and what is asked about it. */
export interface Question<Subject> {
  readonly request: PresentedRequest
  /** Who was found to be calling earlier in this request: a token is verified, and a proof spent, once. */
  readonly auth?: Auth<object> | undefined
  readonly policy?: PolicySettings<object, Subject> | undefined
  /** A request without credentials is nobody's fault: no decision is published for it. */
  readonly optional?: boolean
  /** What scope functions and `check` are given: the request as the application knows it. */
  readonly subject: Subject
  /** Told before the policy is judged. */
  readonly onAuthenticated?: (auth: Auth<object>) => void
  /** Told which nonce the client should use from now on, whatever the decision will be. */
  readonly onNonce?: (nonce: string) => void
}

export interface Story {
  /** At once when all that is needed is held, and a promise otherwise. */
  decide<Subject>(question: Question<Subject>): Decision | Promise<Decision>
  readonly issuers: TrustedIssuers
  readonly verdicts: VerdictCache
  readonly revocations: SharedRevocations
  /** What is shared with other processes, if anything. */
  readonly store: SealedStore | undefined
  /** Whether requests can be decided: nothing is lacking, and nothing is closed. */
  isReady(): boolean
  close(): Promise<void>
}

/**
 * The story of a request: five questions, in this order. The stage that cannot go on ends it with
 * a value: *refused* is the client's fault, *unavailable* is nobody's. `challenge/` says it on the
 * wire, and the edges pass it on.
 *
 * @param routeOf - the pattern of the route that a subject is for, where its framework tells
 */
export function story(
  settings: ResourceServerSettings,
  routeOf: (subject: unknown) => string | undefined,
): Story {
  const shared = settings.store && sealedStore(settings.store, settings)
  const issuers = trustedIssuers(settings, shared)
  const evicted = evictions()
  const verifier = wellFormed(
    coalesced(issuers.verify, settings, (digest) => issuers.generation() + evicted.of(digest)),
  )
  const verdicts = cached(verifier, settings, {
    keySetGeneration: issuers.generation,
    evictions: evicted,
  })
  const revocations = sharedRevocations(settings, shared)
  const verify = revocations.around(verdicts.verify)
  const ownership = possession(settings, shared)
  // A token that comes as Bearer is one, also where all must come with proofs: it is refused for that.
  const presentable: readonly Scheme[] = settings.dpop ? ['Bearer', 'DPoP'] : ['Bearer']
  const log = settings.requestLog && decisionLog(settings.resource, settings.requestLog)
  let closed = false

  function authenticate(
    { request, onNonce }: Pick<Question<unknown>, 'request' | 'onNonce'>,
    trace?: Trace,
  ): Decision | Promise<Decision> {
    // 1. What did the client present?
    const credentials = extract(request, settings.credentials, presentable)
    if ('verdict' in credentials) {
      return credentials
    }
    const { scheme, token } = credentials
    // 2. Whose token is it? 3. Is it good, and not revoked since?
    return andThen(verify(credentials, trace), (verdict) => {
      if (verdict.verdict !== 'accepted') {
        const refuted =
          verdict.verdict === 'unavailable' &&
          ownership.refute(request, credentials, issuers.claimsOf(token))
        return toldAs(scheme, refuted || verdict)
      }
      // 4. Does the presenter own it?
      return andThen(ownership.prove(request, credentials, verdict.token), (proved) => {
        if ('verdict' in proved) {
          return toldAs(scheme, proved)
        }
        if (proved.nonce !== undefined) {
          onNonce?.(proved.nonce)
        }
        return new Auth(verdict.token, token, proved.proofs, settings.satisfiedBy)
      })
    })
  }

  /** What the authorization server says no to is verified anew when it comes again. */
  function live(token: AccessToken, raw: string): No | undefined | Promise<No | undefined> {
    return andThen(issuers.introspectNow(token, raw), (told) => {
      if (told.verdict !== 'refused') {
        return told.verdict === 'unavailable' ? told : undefined
      }
      verdicts.evict(raw)
      return refuse('not_live')
    })
  }

  function decide<Subject>(question: Question<Subject>): Decision | Promise<Decision> {
    const { policy, subject } = question
    const trace = newTrace(log !== undefined)
    const end = (decision: Decision): Decision => {
      publishDecision(settings.resource, decision, policy ? 'policy' : 'proof', trace)
      if (log && !(decision instanceof Auth)) {
        log(decision, trace, { method: question.request.method, route: routeOf(subject) })
      }
      return decision
    }
    if (closed) {
      return end(unavailable('closed', 1000))
    }
    return andThen(question.auth ?? authenticate(question, trace), (auth) => {
      if (!(auth instanceof Auth)) {
        if (question.optional && auth.reason === 'no_credentials') {
          return auth
        }
        return end(policy && auth.verdict === 'refused' ? hinting(auth, policy) : auth)
      }
      if (trace) {
        traceIssuer(trace, auth)
        trace.digest ??= tokenDigest(auth.token)
      }
      question.onAuthenticated?.(auth)
      if (!policy) {
        return end(auth)
      }
      // 5. May it do this?
      const token = Auth.accessTokenOf(auth)
      return andThen(authorize(auth, token, policy, subject, settings, live), (no) => {
        if (no?.reason === 'insufficient_scope' && token.scopes.length === 0) {
          issuers.lacksScope(token)
        }
        return end(no ? toldAs(schemeOf(auth), no) : auth)
      })
    })
  }

  return {
    decide,
    issuers,
    verdicts,
    store: shared,
    revocations,
    isReady: () => !closed && issuers.isWarm() && revocations.isReady(),
    async close() {
      closed = true
      verdicts.clear()
      await Promise.all([issuers.close(), revocations.close()])
    },
  }
}

/** A refusal is told in the challenge of the scheme that was used. */
function toldAs(scheme: Scheme, no: No): No {
  return no.verdict === 'refused' ? toldIn([scheme], no) : no
}

/** A proof is spent exactly where the scheme says so. */
function schemeOf(auth: Auth<object>): Scheme {
  return auth.proofs.includes('dpop') ? 'DPoP' : 'Bearer'
}

/** A client that comes without a good token is told at once which scope to come back with. */
function hinting(
  refusal: RefusalValue,
  policy: { readonly knownScope: readonly string[] },
): RefusalValue {
  return refusal.status === 401 && policy.knownScope.length > 0
    ? askingFor(policy.knownScope, refusal)
    : refusal
}
