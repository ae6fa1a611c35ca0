import type { RefusalValue } from '../errors/refusal-value.ts'
import type { UnavailableValue } from '../errors/unavailable-value.ts'
import { type CacheOutcome, type DecisionEvent, decisionChannel, publish } from './channels.ts'
import { fingerprint } from './fingerprint.ts'

/** What is known of a request besides its verdict; filled in on the way. */
export interface Trace {
  cache?: CacheOutcome
  /** SHA-256 of the token, as a latin1 string. */
  digest?: string
}

/** A trace for a new request, or nothing while nobody listens: then observing costs nothing. */
export function newTrace(): Trace | undefined {
  return decisionChannel.hasSubscribers ? {} : undefined
}

/** The outcome of a request: the caller's credentials accepted, or one of the two ways to say no. */
type Outcome =
  | RefusalValue
  | UnavailableValue
  | { readonly issuer: string; readonly source: 'jwt' | 'introspection' }

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
    ...(trace?.cache && { cache: trace.cache }),
    ...(trace?.digest !== undefined && { fingerprint: fingerprint(trace.digest) }),
  }))
}

function eventOf(
  outcome: Outcome,
  passed: 'proof' | 'policy',
): Omit<DecisionEvent, 'resource' | 'cache' | 'fingerprint'> {
  if (!('verdict' in outcome)) {
    const { issuer, source } = outcome
    return { verdict: 'accepted', stage: passed, issuer, source }
  }
  const { verdict, reason } = outcome
  if (verdict === 'refused') {
    return { verdict, stage: outcome.stage, reason }
  }
  return { verdict, stage: outcome.source === 'issuers' ? 'issuer' : 'verification', reason }
}
