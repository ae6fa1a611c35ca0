import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Middleware } from '../express/middleware.ts'
import type { SignalsEvent } from '../observability/channels.ts'
import { mustTake } from '../options/must-take.ts'
import type { TransmitterSettings } from '../options/transmitter-options.ts'
import { answerSignal, answerWrongMethod, type SignalAnswers } from './answer-signal.ts'
import type { SignalClaims } from './judge-signal.ts'
import { Once } from './once.ts'
import { type Body, readBody } from './read-body.ts'
import { reporter } from './report.ts'
import type { SignalOutcome } from './signal-outcome.ts'
import { refuseSignal, type SignalReason } from './signal-refusal.ts'
import { type SignalKind, transmitter } from './transmitter.ts'

/** Middleware that answers every request it gets; to be closed at the end. */
export type Receiver = Middleware & {
  /** Releases the sockets to the transmitter. Deliveries that come later get 503. */
  close(): Promise<void>
}

/** What one kind of receiver does in its own way. */
export interface Reception extends SignalKind, SignalAnswers {
  readonly kind: SignalsEvent['kind']
  /** Why the request is refused by its header alone. */
  refuteRequest(request: IncomingMessage): SignalReason | undefined
  tokenIn(body: Exclude<Body, { fault: SignalReason }>): string | undefined
  /** Does what verified claims ask for. */
  act(claims: SignalClaims): Promise<SignalOutcome>
}

/** A delivery as it went: the answer, and what it was about once that was verified. */
interface Received {
  readonly outcome: SignalOutcome
  readonly types?: readonly string[]
}

/** The parts of a receiver: what answers a request, and what ends it all. */
export function receiver(
  settings: TransmitterSettings,
  reception: Reception,
): {
  answer(request: IncomingMessage, response: ServerResponse, next: (error: unknown) => void): void
  close(): Promise<void>
} {
  const from = transmitter(settings, reception)
  const once = new Once<SignalOutcome>(({ verdict }) => verdict === 'accepted')
  const report = reporter(reception.kind, settings)

  async function receive(request: IncomingMessage): Promise<Received | undefined> {
    const fault = reception.refuteRequest(request)
    if (fault !== undefined) return { outcome: refuseSignal(fault) }
    const body = await readBody(request, settings.bodyTimeoutMs)
    if (body === undefined) return undefined
    if ('fault' in body) return { outcome: refuseSignal(body.fault) }
    const token = reception.tokenIn(body)
    return token === undefined ? { outcome: refuseSignal('malformed') } : judge(token)
  }

  async function judge(token: string): Promise<Received> {
    const signal = await from.verify(token)
    if ('verdict' in signal) return { outcome: signal }
    const { claims, identity } = signal
    const outcome = await once.run(identity, () => reception.act(claims))
    // Acknowledged like the first: the transmitter may not have got that answer.
    const repeated = { verdict: 'accepted', outcome: 'repeated' } as const
    return { outcome: outcome ?? repeated, types: Object.keys(claims.events) }
  }

  return {
    answer(request, response, next) {
      if (request.method !== 'POST') {
        answerWrongMethod(response)
        return
      }
      receive(request)
        .then((received) => {
          if (received === undefined) return
          report(received.outcome, received.types)
          answerSignal(request, response, received.outcome, reception)
        })
        .catch(next)
    },
    close: from.close,
  }
}

/** @throws ConfigurationError for what is no resource server */
export function checkApi(call: string, api: unknown): void {
  if (typeof Object(api).revoke !== 'function') {
    throw mustTake(call, 'the resource server first, and then the options', api)
  }
}
