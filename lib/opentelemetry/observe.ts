import { type ChannelListener, subscribe, unsubscribe } from 'node:diagnostics_channel'
import { diag, type Meter } from '@opentelemetry/api'
import { attributesOf, type ChannelEvent } from './attributes.ts'
import { bounded } from './bounded.ts'
import { type ObserveOptions, observeSettings } from './observe-options.ts'
import { type Signal, signals } from './signals.ts'
import { tellCall, tellDecision } from './spans.ts'

/** What `observe()` has begun. */
export interface Observation {
  /** Records nothing any more. The providers are not shut down. */
  stop(): void
  [Symbol.dispose](): void
}

/** More time series than anybody looks at; the rest goes together as `_OTHER`. */
const mostValues = 100

/**
 * Records what every resource server of this process does, until it is stopped: metrics of all
 * channels, the decision on the span of the request, and a span for each call.
 *
 * @throws ConfigurationError for options that are unknown or cannot be right
 */
export function observe(options: ObserveOptions = {}): Observation {
  const { meterProvider, tracerProvider, clock } = observeSettings(options)
  const meter = meterProvider.getMeter('scopegate')
  const tracer = tracerProvider.getTracer('scopegate')
  const listeners = signals.map((signal) => {
    const measure = measurement(meter, signal)
    const { channel, span } = signal
    const listener: ChannelListener = (message) => {
      const event = message as ChannelEvent
      attempt(() => measure(event))
      if (channel === 'scopegate:decision') {
        attempt(() => tellDecision(event))
      }
      if (span !== undefined) {
        attempt(() => tellCall(tracer, span, event, clock()))
      }
    }
    subscribe(channel, listener)
    return { channel, listener }
  })

  function stop(): void {
    for (const { channel, listener } of listeners) {
      unsubscribe(channel, listener)
    }
  }
  return { stop, [Symbol.dispose]: stop }
}

/** What a subscriber throws ends the process: no exporter or span processor that fails may do that. */
function attempt(record: () => void): void {
  try {
    record()
  } catch (error) {
    diag.error('scopegate: what was observed could not be recorded.', error)
  }
}

function measurement(
  meter: Meter,
  { metric, description, unit }: Signal,
): (event: ChannelEvent) => void {
  const name = bounded(mostValues)
  if (unit !== 's') {
    const counter = meter.createCounter(metric, { description, unit })
    return (event) => counter.add(1, attributesOf(event, name))
  }
  const histogram = meter.createHistogram(metric, {
    description,
    unit,
    advice: { explicitBucketBoundaries },
  })
  return (event) => {
    const { durationMs } = event
    // What was not even asked took no time, and is no answer that was fast.
    if (typeof durationMs === 'number') {
      histogram.record(durationMs / 1000, attributesOf(event, name))
    }
  }
}

/** Those of the semantic conventions for calls over HTTP, in seconds. */
const explicitBucketBoundaries = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
]
