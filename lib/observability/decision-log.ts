import type { RefusalValue } from '../errors/refusal-value.ts'
import type { UnavailableValue } from '../errors/unavailable-value.ts'
import type { LogRecord } from '../options/log-record.ts'
import { stageOf, type Trace } from './decisions.ts'
import { fingerprint } from './fingerprint.ts'

/** What is told of a request besides its verdict: names, never values that a client sent. */
export interface LoggedRequest {
  readonly method: string
  /** The pattern of the route, where somebody knows it. */
  readonly route: string | undefined
}

/** Tells of a request that was not accepted. */
export type DecisionLog = (
  no: RefusalValue | UnavailableValue,
  trace: Trace | undefined,
  request: LoggedRequest,
) => void

/** One line for each request that is refused or cannot be decided, for a `log` that was given. */
export function decisionLog(resource: string, log: (record: LogRecord) => void): DecisionLog {
  return (no, trace, request) => {
    const details = Object.freeze({
      resource,
      reason: no.reason,
      stage: stageOf(no),
      ...whatWasAsked(request),
      ...(trace?.issuer !== undefined && { issuer: trace.issuer, source: trace.source }),
      ...(trace?.digest !== undefined && { fingerprint: fingerprint(trace.digest) }),
      ...(no.verdict === 'refused'
        ? { status: no.status }
        : { status: 503, retryAfterSeconds: no.retryAfterSeconds }),
    })
    log(Object.freeze({ ...said(no), details }))
  }
}

function said(no: RefusalValue | UnavailableValue): Omit<LogRecord, 'details'> {
  return no.verdict === 'refused'
    ? { level: 'info', code: 'refused', message: `A request was refused. ${no.message}` }
    : {
        level: 'warn',
        code: 'unavailable',
        message: 'A request could not be decided, and got 503.',
      }
}

/** Some frameworks take any method that a client makes up. */
function whatWasAsked({ method, route }: LoggedRequest): Partial<LoggedRequest> {
  return {
    ...(/^[A-Z-]{1,20}$/.test(method) && { method }),
    ...(route !== undefined && { route }),
  }
}
