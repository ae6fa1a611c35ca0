import type { Stage } from '../errors/refusal-reasons.ts'
import type { RefusalValue } from '../errors/refusal-value.ts'
import type { UnavailableSource, UnavailableValue } from '../errors/unavailable-value.ts'
import { type CacheOutcome, type DecisionEvent, decisionChannel, publish } from './channels.ts'
import { fingerprint } from './fingerprint.ts'

/** What is known of a request besides its verdict; filled in on the way. */
export interface Trace {
  cache?: CacheOutcome
  /** Whose token it is, and how it is verified: once the issuer is selected, good token or bad. */
  issuer?: string
  source?: 'jwt' | 'introspection'
  /** SHA-256 of the token, as a latin1 string. */
  digest?: string
}

/**
 * A trace for a new request, or nothing while nobody listens: then observing costs nothing.
 *
 * @param isLogged - whether a `log` is told of what is refused
 */
export function newTrace(isLogged: boolean): Trace | undefined {
  return isLogged || decisionChannel.hasSubscribers ? {} : undefined
}

/** Whose token a request carries, as far as a trace tells. */
export function traceIssuer(
  trace: Trace | undefined,
  { issuer, source }: Pick<Trace, 'issuer' | 'source'>,
): void {
  if (trace && issuer !== undefined && source !== undefined) {
    trace.issuer = issuer
    trace.source = source
  }
}

/** The outcome of a request: the caller's credentials accepted, or one of the two ways to say no. */
type Outcome = RefusalValue | UnavailableValue | { readonly issuer: string }

/** Publishes the decision on a request on `scopegate:decision`. */
export function publishDecision(
  resource: string,
  outcome: Outcome,
  passed: 'proof' | 'policy',
  trace: Trace | undefined,
): void {
  publish(decisionChannel, () => ({
    resource,
    ...eventOf(outcome, passed),
    ...(trace?.issuer !== undefined && { issuer: trace.issuer, source: trace.source }),
    ...(trace?.cache && { cache: trace.cache }),
    ...(trace?.digest !== undefined && { fingerprint: fingerprint(trace.digest) }),
  }))
}

/** Where requests end for which somebody cannot be reached. */
const stages: Readonly<Record<UnavailableSource, Stage>> = {
  issuers: 'issuer',
  keys: 'verification',
  status: 'verification',
  introspection: 'verification',
  store: 'proof',
}

function eventOf(
  outcome: Outcome,
  passed: 'proof' | 'policy',
): Pick<DecisionEvent, 'verdict' | 'stage' | 'reason'> {
  if (!('verdict' in outcome)) {
    return { verdict: 'accepted', stage: passed }
  }
  return { verdict: outcome.verdict, stage: stageOf(outcome), reason: outcome.reason }
}

/** Where a request ended. */
export function stageOf(no: RefusalValue | UnavailableValue): Stage {
  if (no.verdict === 'refused') {
    return no.stage
  }
  // What was revoked is asked before the proof is looked at.
  return no.reason === 'revocations_unknown' ? 'verification' : stages[no.source]
}
