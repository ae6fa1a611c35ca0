import type { IncomingMessage, ServerResponse } from 'node:http'
import type { SignalOutcome } from './signal-outcome.ts'
import type { SignalRefusal } from './signal-refusal.ts'

/** How a kind of receiver says yes and no. */
export interface SignalAnswers {
  readonly doneStatus: 200 | 202
  readonly problem: (refusal: SignalRefusal) => Readonly<Record<string, string>>
}

/** Answers a delivery, unless that was done already. A connection with an unread body is not kept. */
export function answerSignal(
  request: IncomingMessage,
  response: ServerResponse,
  outcome: SignalOutcome,
  { doneStatus, problem }: SignalAnswers,
): void {
  if (response.headersSent || response.writableEnded) return
  response.setHeader('Cache-Control', 'no-store')
  if (!request.complete) response.setHeader('Connection', 'close')
  if (outcome.verdict === 'accepted') {
    response.statusCode = doneStatus
    response.end()
    return
  }
  if (outcome.verdict === 'unavailable') {
    // The transmitter keeps what was not acknowledged, and sends it again (RFC 8935 section 4.2).
    response.statusCode = 503
    response.setHeader('Retry-After', outcome.retryAfterSeconds)
    response.end()
    return
  }
  response.statusCode = 400
  response.setHeader('Content-Type', 'application/json')
  // RFC 8935 section 2.3.
  response.setHeader('Content-Language', 'en')
  response.end(JSON.stringify(problem(outcome)))
}

/** Says which method there is. */
export function answerWrongMethod(response: ServerResponse): void {
  if (response.headersSent || response.writableEnded) return
  response.statusCode = 405
  response.setHeader('Allow', 'POST')
  response.end()
}
