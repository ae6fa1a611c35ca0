import { inFile } from './in-file.mjs'

/** What OpenTelemetry gets to see, and in which words. */
export const faults = [
  ...inFile('lib/opentelemetry/attributes.ts', ['opentelemetry'], {
    'opentelemetry/fingerprint-a-metric': [
      "issuer: 'scopegate.issuer',",
      "issuer: 'scopegate.issuer',\n  fingerprint: 'scopegate.fingerprint',",
    ],
    'opentelemetry/refusals-are-errors': ['if (isFailure(event)) {', 'if (true) {'],
    'opentelemetry/unavailable-is-no-error': ["return verdict === 'unavailable' ||", 'return'],
    'opentelemetry/failed-is-no-error': [" || outcome === 'failed'", ''],
    'opentelemetry/whole-url': ['new URL(uri).hostname', 'uri'],
    'opentelemetry/names-unbounded': ['= name(attribute, value)', '= value'],
  }),
  ...inFile('lib/opentelemetry/bounded.ts', ['opentelemetry'], {
    'opentelemetry/no-bound': ['values.size >= most', 'false'],
    'opentelemetry/known-values-bounded-too': ['if (values.has(value)) {', 'if (false) {'],
  }),
  ...inFile('lib/opentelemetry/spans.ts', ['opentelemetry'], {
    'opentelemetry/no-fingerprint-on-spans': ["typeof fingerprint === 'string'", 'false'],
    'opentelemetry/calls-begin-when-they-end': ["now - Number(event['durationMs'])", 'now'],
    'opentelemetry/calls-end-later': ['span.end(now)', 'span.end()'],
    'opentelemetry/failed-calls-look-good': [
      'span.setStatus({ code: SpanStatusCode.ERROR })',
      'span.isRecording()',
    ],
  }),
  ...inFile('lib/opentelemetry/observe.ts', ['opentelemetry'], {
    'opentelemetry/never-stops': ['unsubscribe(channel, listener)', 'void [channel, listener]'],
    'opentelemetry/failures-end-the-process': [
      "diag.error('scopegate: what was observed could not be recorded.', error)",
      'throw error',
    ],
    'opentelemetry/failures-untold': [
      "diag.error('scopegate: what was observed could not be recorded.', error)",
      'void error',
    ],
    'opentelemetry/milliseconds': ['durationMs / 1000', 'durationMs'],
    'opentelemetry/skipped-took-no-time': ["typeof durationMs === 'number'", 'true'],
    'opentelemetry/no-buckets': ['advice: { explicitBucketBoundaries },', ''],
    'opentelemetry/no-decision-on-spans': ['tellDecision(event)', 'void event'],
    'opentelemetry/time-of-the-machine': [
      'tellCall(tracer, span, event, clock())',
      'tellCall(tracer, span, event, Date.now())',
    ],
  }),
  ...inFile('lib/opentelemetry/observe-options.ts', ['opentelemetry'], {
    'opentelemetry/any-option': ['if (!Object.hasOwn(rules, name)) {', 'if (false) {'],
    'opentelemetry/any-value': ['if (!fits(given)) {', 'if (false) {'],
    'opentelemetry/given-provider-ignored': [
      'options.tracerProvider ?? trace.getTracerProvider()',
      'trace.getTracerProvider()',
    ],
  }),
]
