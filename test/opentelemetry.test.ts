import { AsyncLocalStorage } from 'node:async_hooks'
import { channel } from 'node:diagnostics_channel'
import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import {
  type Context,
  type ContextManager,
  context,
  diag,
  metrics,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import {
  AggregationTemporality,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { ConfigurationError, type ResourceServer } from '../lib/index.ts'
import { type Observation, type ObserveOptions, observe } from '../lib/opentelemetry/index.ts'
import { signals } from '../lib/opentelemetry/signals.ts'
import type { TestAuthorizationServer } from '../lib/testing/index.ts'
import { closingAfter, resource, TestClock } from './fixtures/protected-api.ts'

const closing = closingAfter('each')
const channels = [...new Set(signals.map((signal) => signal.channel))]

let as: TestAuthorizationServer
let api: ResourceServer
let clock: TestClock
let exporter: InMemoryMetricExporter
let reader: PeriodicExportingMetricReader
let meterProvider: MeterProvider
let spans: InMemorySpanExporter
let tracerProvider: BasicTracerProvider
const observations: Observation[] = []

/** The context manager of the SDK for Node, in brief. */
class AsyncContext implements ContextManager {
  readonly #store = new AsyncLocalStorage<Context>()
  active(): Context {
    return this.#store.getStore() ?? ROOT_CONTEXT
  }
  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    active: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.#store.run(active, () => fn.apply(thisArg, args))
  }
  bind<T>(_: Context, target: T): T {
    return target
  }
  enable(): this {
    return this
  }
  disable(): this {
    return this
  }
}

beforeAll(() => {
  context.setGlobalContextManager(new AsyncContext())
})

afterAll(() => context.disable())

beforeEach(async () => {
  exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 2 ** 30 })
  meterProvider = new MeterProvider({ readers: [reader] })
  spans = new InMemorySpanExporter()
  tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] })
  clock = new TestClock()
  as = await closing.server({ clock: clock.read })
  api = closing.api({ ...as.options, clock: clock.read })
})

afterEach(async () => {
  for (const one of observations.splice(0)) one.stop()
  await meterProvider.shutdown()
  await tracerProvider.shutdown()
})

function begin(options: ObserveOptions = {}): Observation {
  const begun = observe({ meterProvider, tracerProvider, clock: clock.read, ...options })
  observations.push(begun)
  return begun
}

function request(token?: string) {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return { method: 'GET', url: '/', headers }
}

/** The points of a metric, each as its value beside its attributes. */
async function points(name: string): Promise<{ value: unknown; attributes: object }[]> {
  await reader.forceFlush()
  const all =
    exporter
      .getMetrics()
      .at(-1)
      ?.scopeMetrics.flatMap((scope) => scope.metrics) ?? []
  const metric = all.find(({ descriptor }) => descriptor.name === name)
  return (metric?.dataPoints ?? []).map(({ value, attributes }) => ({ value, attributes }))
}

async function unitOf(name: string): Promise<string | undefined> {
  await reader.forceFlush()
  const all =
    exporter
      .getMetrics()
      .at(-1)
      ?.scopeMetrics.flatMap((scope) => scope.metrics) ?? []
  return all.find(({ descriptor }) => descriptor.name === name)?.descriptor.unit
}

/** Runs within a span of a request, as an instrumentation of HTTP begins one, and gives that span. */
async function inRequest(work: () => Promise<unknown>): Promise<ReadableSpan> {
  const span = tracerProvider.getTracer('http').startSpan('GET /', { kind: SpanKind.SERVER })
  await context.with(trace.setSpan(context.active(), span), work)
  span.end()
  return spans.getFinishedSpans().find(({ kind }) => kind === SpanKind.SERVER)!
}

describe('metrics', () => {
  it('count decisions by verdict, stage, reason, issuer, source and cache', async () => {
    begin()
    const token = await as.token({ scope: 'a' })
    for (let i = 0; i < 3; i++) await api.verify(request(token), { scope: 'a' })
    await api.verify(request())
    await api.verify(request(token), { scope: 'b' })
    const common = {
      'scopegate.resource': resource,
      'scopegate.issuer': as.issuer,
      'scopegate.source': 'jwt',
      'scopegate.stage': 'policy',
    }
    const accepted = { ...common, 'scopegate.verdict': 'accepted' }
    expect(await points('scopegate.decisions')).toEqual([
      { value: 2, attributes: { ...accepted, 'scopegate.cache': 'miss' } },
      { value: 1, attributes: { ...accepted, 'scopegate.cache': 'hit' } },
      {
        value: 1,
        attributes: {
          'scopegate.resource': resource,
          'scopegate.verdict': 'refused',
          'scopegate.stage': 'credentials',
          'scopegate.reason': 'no_credentials',
        },
      },
      {
        value: 1,
        attributes: {
          ...common,
          'scopegate.verdict': 'refused',
          'scopegate.cache': 'hit',
          'scopegate.reason': 'insufficient_scope',
        },
      },
    ])
    expect(await unitOf('scopegate.decisions')).toBe('{decision}')
  })

  it('call an error what nobody could tell, and not what was refused', async () => {
    begin()
    as.fail('introspection', 500)
    await api.verify(request(await as.opaque()))
    const [decision] = await points('scopegate.decisions')
    expect(decision?.attributes).toMatchObject({
      'scopegate.verdict': 'unavailable',
      'error.type': 'introspection_failed',
    })
    expect(decision?.attributes).not.toHaveProperty('scopegate.reason')
  })

  it('tell how long introspection took, in seconds', async () => {
    begin()
    as.fail('introspection', 'hold')
    const arrived = as.nextRequest('introspection')
    const verified = api.verify(request(await as.opaque()))
    await arrived
    clock.pass(0.25)
    as.restore('introspection')
    await verified
    await api.verify(request(await as.opaque({ active: false })))
    const common = { 'scopegate.resource': resource, 'scopegate.issuer': as.issuer }
    expect(await points('scopegate.introspection.duration')).toMatchObject([
      { value: { count: 1, sum: 0.25 }, attributes: { ...common, 'scopegate.outcome': 'active' } },
      {
        value: { count: 1, sum: 0 },
        attributes: { ...common, 'scopegate.outcome': 'refused', 'scopegate.reason': 'inactive' },
      },
    ])
    expect(await unitOf('scopegate.introspection.duration')).toBe('s')
    const [point] = await points('scopegate.introspection.duration')
    const { boundaries } = (point!.value as Histogram).buckets
    expect([boundaries[0], boundaries.at(-1)]).toEqual([0.005, 10])
  })

  it('tell of key sets by their host, and why one could not be fetched', async () => {
    begin()
    await api.ready()
    as.fail('jwks', 'html')
    await closing.api({ ...as.options }).verify(request(await as.token()))
    expect(await points('scopegate.keys.refresh.duration')).toMatchObject([
      {
        attributes: {
          'scopegate.resource': resource,
          'scopegate.outcome': 'refreshed',
          'server.address': new URL(as.endpoints.jwks).hostname,
        },
      },
      { attributes: { 'scopegate.outcome': 'failed', 'error.type': 'wrong_content' } },
    ])
  })

  it('count what the cache did', async () => {
    begin()
    const token = await as.opaque()
    await api.verify(request(token))
    await api.verify(request(token))
    expect(await points('scopegate.cache.outcomes')).toEqual([
      { value: 1, attributes: { 'scopegate.resource': resource, 'scopegate.outcome': 'miss' } },
      { value: 1, attributes: { 'scopegate.resource': resource, 'scopegate.outcome': 'hit' } },
    ])
  })

  it('count certificates that were not believed, and name no address', async () => {
    begin()
    const event = { resource, outcome: 'certificate_header_ignored', remoteAddress: '192.0.2.1' }
    channel('scopegate:proof').publish(Object.freeze(event))
    expect(await points('scopegate.proof.outcomes')).toEqual([
      {
        value: 1,
        attributes: {
          'scopegate.resource': resource,
          'scopegate.outcome': 'certificate_header_ignored',
        },
      },
    ])
  })

  it('tell of the shared store how long it took, where it was asked', async () => {
    begin()
    const store = channel('scopegate:store')
    store.publish({ resource, operation: 'read', outcome: 'hit', durationMs: 2 })
    store.publish({ resource, operation: 'read', outcome: 'skipped' })
    const operation = { 'scopegate.resource': resource, 'scopegate.operation': 'read' }
    expect(await points('scopegate.store.operation.duration')).toMatchObject([
      { value: { count: 1, sum: 0.002 }, attributes: { ...operation, 'scopegate.outcome': 'hit' } },
    ])
    expect(await points('scopegate.store.outcomes')).toEqual([
      { value: 1, attributes: { ...operation, 'scopegate.outcome': 'hit' } },
      { value: 1, attributes: { ...operation, 'scopegate.outcome': 'skipped' } },
    ])
  })

  it('tell what was revoked by its kind, and where an endpoint is left alone', async () => {
    begin()
    const issuer = as.issuer
    channel('scopegate:revocation').publish({
      ...{ resource, outcome: 'revoked', by: 'subject', origin: 'store', issuer },
    })
    channel('scopegate:breaker').publish({ resource, issuer, state: 'open', reason: 'timeout' })
    channel('scopegate:signals').publish({ issuer, kind: 'logout_token', outcome: 'revoked' })
    const common = { 'scopegate.resource': resource, 'scopegate.issuer': issuer }
    expect(await points('scopegate.revocation.outcomes')).toEqual([
      {
        value: 1,
        attributes: {
          ...common,
          'scopegate.outcome': 'revoked',
          'scopegate.revoked_by': 'subject',
          'scopegate.origin': 'store',
        },
      },
    ])
    expect(await points('scopegate.breaker.changes')).toEqual([
      {
        value: 1,
        attributes: { ...common, 'scopegate.state': 'open', 'scopegate.reason': 'timeout' },
      },
    ])
    expect(await points('scopegate.signals.outcomes')).toEqual([
      {
        value: 1,
        attributes: {
          'scopegate.issuer': issuer,
          'scopegate.kind': 'logout_token',
          'scopegate.outcome': 'revoked',
        },
      },
    ])
  })

  it('are recorded of every channel that there is', () => {
    const source = readFileSync(
      new URL('../lib/observability/channels.ts', import.meta.url),
      'utf8',
    )
    const published = [...source.matchAll(/channel\('(scopegate:\w+)'\)/g)].map(([, name]) => name)
    expect(published.length).toBeGreaterThan(8)
    expect([...channels].sort()).toEqual(published.sort())
  })

  it('have no attribute for a fingerprint, a subject or anything else with any number of values', async () => {
    begin()
    for (const name of channels) {
      channel(name).publish({
        ...{ resource, outcome: 'a', verdict: 'refused', durationMs: 1, fingerprint: 'f' },
        ...{
          subject: 's',
          remoteAddress: 'r',
          uri: 'https://host.test/tenant?key=k',
          clientId: 'c',
        },
        ...{ jti: 'j', kid: 'k', url: 'u', token: 't', cause: new Error('x') },
      })
    }
    for (const { metric } of signals) {
      for (const { attributes } of await points(metric)) {
        expect(attributes).toEqual({
          'scopegate.resource': resource,
          'scopegate.verdict': 'refused',
          'scopegate.outcome': 'a',
          'server.address': 'host.test',
        })
      }
    }
  })

  it('have at most a hundred issuers, and the rest as one', async () => {
    begin()
    for (let i = 0; i < 105; i++) {
      channel('scopegate:decision').publish({ resource, issuer: `https://as-${i}.test` })
    }
    channel('scopegate:decision').publish({ resource, issuer: 'https://as-0.test' })
    const all = await points('scopegate.decisions')
    expect(all).toHaveLength(101)
    const byIssuer = new Map(
      all.map(({ attributes, value }) => [Object(attributes)['scopegate.issuer'], value]),
    )
    expect(byIssuer.get('_OTHER')).toBe(5)
    expect(byIssuer.get('https://as-0.test')).toBe(2)
  })
})

describe('what cannot be recorded', () => {
  it('changes no verdict and ends no process, and the rest is recorded', async () => {
    const errors: unknown[][] = []
    const quiet = () => {}
    diag.setLogger({
      error: (...told) => errors.push(told),
      ...{ warn: quiet, info: quiet, debug: quiet, verbose: quiet },
    })
    try {
      const fails = () => {
        throw new Error('the exporter is gone')
      }
      const instrument = () => ({ add: fails, record: fails })
      const meter = { createCounter: instrument, createHistogram: instrument }
      begin({ meterProvider: { getMeter: () => meter } as unknown as MeterProvider })
      const tracer = { startSpan: fails }
      begin({ tracerProvider: { getTracer: () => tracer } as unknown as BasicTracerProvider })
      const span = await inRequest(async () => {
        expect(await api.verify(request(await as.opaque()))).toMatchObject({ verdict: 'accepted' })
      })
      // What subscribers throw ends the process in the next tick.
      await new Promise((resolve) => setImmediate(resolve))
      expect(span.attributes).toMatchObject({ 'scopegate.verdict': 'accepted' })
      expect(spans.getFinishedSpans().map(({ name }) => name)).toContain('scopegate.introspection')
      expect(await points('scopegate.decisions')).toHaveLength(1)
      // A cache outcome, the introspection and the decision; and the span of the introspection.
      expect(errors).toHaveLength(4)
      expect(errors[0]).toEqual([
        'scopegate: what was observed could not be recorded.',
        new Error('the exporter is gone'),
      ])
    } finally {
      diag.disable()
    }
  })
})

describe('spans', () => {
  it('of requests tell the decision, and name the token by its fingerprint alone', async () => {
    begin()
    const token = await as.token({ scope: 'a' })
    const span = await inRequest(() => api.verify(request(token), { scope: 'b' }))
    expect(span.attributes).toEqual({
      'scopegate.resource': resource,
      'scopegate.verdict': 'refused',
      'scopegate.stage': 'policy',
      'scopegate.reason': 'insufficient_scope',
      'scopegate.issuer': as.issuer,
      'scopegate.source': 'jwt',
      'scopegate.cache': 'miss',
      'scopegate.token.fingerprint': expect.stringMatching(/^[0-9a-f]{16}$/),
    })
    expect(span.status.code).toBe(SpanStatusCode.UNSET)
  })

  it('of requests are told nothing once they have ended', async () => {
    begin()
    const span = tracerProvider.getTracer('http').startSpan('GET /')
    span.end()
    await context.with(trace.setSpan(context.active(), span), () => api.verify(request()))
    expect(spans.getFinishedSpans()[0]?.attributes).toEqual({})
  })

  it('of calls stand under the request that waited for them, and last as long as they took', async () => {
    begin()
    as.fail('introspection', 'hold')
    const token = await as.opaque()
    const served = await inRequest(async () => {
      const arrived = as.nextRequest('introspection')
      const verified = api.verify(request(token))
      await arrived
      clock.pass(0.5)
      as.restore('introspection')
      await verified
    })
    const call = spans.getFinishedSpans().find(({ name }) => name === 'scopegate.introspection')
    expect(call).toMatchObject({
      kind: SpanKind.CLIENT,
      duration: [0, 500_000_000],
      startTime: [clock.seconds - 0.5, 0],
      parentSpanContext: { spanId: served.spanContext().spanId },
      status: { code: SpanStatusCode.UNSET },
      attributes: { 'scopegate.issuer': as.issuer, 'scopegate.outcome': 'active' },
    })
  })

  it('of calls that failed are errors', async () => {
    begin()
    as.fail('jwks', 'html')
    await api.verify(request(await as.token()))
    expect(spans.getFinishedSpans()).toMatchObject([
      {
        name: 'scopegate.keys.refresh',
        status: { code: SpanStatusCode.ERROR },
        attributes: { 'error.type': 'wrong_content' },
      },
    ])
  })

  it('hold nothing of a token', async () => {
    begin()
    const tokens = [await as.token({ scope: 'a' }), await as.opaque()]
    for (const token of tokens) await inRequest(() => api.verify(request(token)))
    const told = JSON.stringify(spans.getFinishedSpans().map(({ attributes }) => attributes))
    for (const token of tokens) {
      for (let at = 0; at + 20 <= token.length; at += 20) {
        expect(told).not.toContain(token.slice(at, at + 20))
      }
    }
  })
})

describe('observe()', () => {
  it('listens to every channel until it is stopped, however often', () => {
    const first = begin()
    const second = begin()
    expect(channels.map((name) => channel(name).hasSubscribers)).not.toContain(false)
    first.stop()
    first.stop()
    expect(channels.map((name) => channel(name).hasSubscribers)).not.toContain(false)
    second[Symbol.dispose]()
    expect(channels.map((name) => channel(name).hasSubscribers)).not.toContain(true)
  })

  it('records with the providers of the process when none is given', async () => {
    metrics.setGlobalMeterProvider(meterProvider)
    trace.setGlobalTracerProvider(tracerProvider)
    try {
      observations.push(observe())
      await api.verify(request(await as.opaque()))
      expect(await points('scopegate.decisions')).toHaveLength(1)
      expect(spans.getFinishedSpans()).toHaveLength(1)
    } finally {
      metrics.disable()
      trace.disable()
    }
  })

  it('does nothing where no SDK is set up', async () => {
    observations.push(observe())
    const { verdict } = await api.verify(request(await as.token()))
    expect(verdict).toBe('accepted')
  })

  it.each<[string, unknown, string, string]>([
    ['misspelt', { meterprovider: {} }, 'meterprovider', 'Did you mean `meterProvider`?'],
    ['of another kind', { meterProvider: {} }, 'meterProvider', 'must be a MeterProvider'],
    ['a tracer', { tracerProvider: { startSpan() {} } }, 'tracerProvider', 'a TracerProvider'],
    ['no clock', { clock: 1 }, 'clock', 'must be a function, not a number.'],
    ['no object', null, '', 'takes an object, not null.'],
  ])('refuses options that are %s', (_, options, option, says) => {
    const call = () => observe(options as ObserveOptions)
    expect(call).toThrow(ConfigurationError)
    expect(call).toThrow(
      expect.objectContaining({ option, message: expect.stringContaining(says) }),
    )
  })
})
