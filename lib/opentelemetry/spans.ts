import { SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import { attributesOf, type ChannelEvent, isFailure } from './attributes.ts'

/**
 * The decision is told on the span of the request: the latest one, where a route asks more than
 * once. The fingerprint tells which requests came with the same token; nobody can make a token of it.
 */
export function tellDecision(event: ChannelEvent): void {
  const span = trace.getActiveSpan()
  if (!span?.isRecording()) {
    return
  }
  span.setAttributes(attributesOf(event))
  const { fingerprint } = event
  if (typeof fingerprint === 'string') {
    span.setAttribute('scopegate.token.fingerprint', fingerprint)
  }
}

/** A call to somebody else is a span of its own, told once it has ended. */
export function tellCall(tracer: Tracer, name: string, event: ChannelEvent, now: number): void {
  const span = tracer.startSpan(name, {
    kind: SpanKind.CLIENT,
    startTime: now - Number(event['durationMs']),
    attributes: attributesOf(event),
  })
  if (isFailure(event)) {
    span.setStatus({ code: SpanStatusCode.ERROR })
  }
  span.end(now)
}
