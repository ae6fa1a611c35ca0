import { type MeterProvider, metrics, type TracerProvider, trace } from '@opentelemetry/api'
import { ConfigurationError } from '../errors/configuration-error.ts'
import { describedKind } from '../options/described-value.ts'
import { unknownOption } from '../options/unknown-option.ts'

export interface ObserveOptions {
  /** @defaultValue the global one, as it is when `observe()` is called */
  meterProvider?: MeterProvider
  /** @defaultValue the global one */
  tracerProvider?: TracerProvider
  /**
   * The time at which spans end, in milliseconds since the epoch.
   * @defaultValue Date.now
   */
  clock?: () => number
}

export type ObserveSettings = Required<Readonly<ObserveOptions>>

/**
 * Where measurements and spans go.
 *
 * @throws ConfigurationError
 */
export function observeSettings(options: ObserveOptions): ObserveSettings {
  if (typeof options !== 'object' || options === null) {
    throw new ConfigurationError('', `observe() takes an object, not ${describedKind(options)}.`)
  }
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(rules, name)) {
      throw new ConfigurationError(name, unknownOption(name, Object.keys(rules)))
    }
  }
  const settings: ObserveSettings = {
    meterProvider: options.meterProvider ?? metrics.getMeterProvider(),
    tracerProvider: options.tracerProvider ?? trace.getTracerProvider(),
    clock: options.clock ?? (() => Date.now()),
  }
  for (const [name, { fits, rule }] of Object.entries(rules)) {
    const given = settings[name as keyof ObserveSettings]
    if (!fits(given)) {
      throw new ConfigurationError(name, `must be ${rule}, not ${describedKind(given)}.`)
    }
  }
  return Object.freeze(settings)
}

const rules: Readonly<
  Record<keyof ObserveOptions, { readonly rule: string; readonly fits: (it: unknown) => boolean }>
> = {
  meterProvider: {
    rule: 'a MeterProvider of OpenTelemetry',
    fits: (it) => typeof (it as Partial<MeterProvider>).getMeter === 'function',
  },
  tracerProvider: {
    rule: 'a TracerProvider of OpenTelemetry',
    fits: (it) => typeof (it as Partial<TracerProvider>).getTracer === 'function',
  },
  clock: { rule: 'a function', fits: (it) => typeof it === 'function' },
}
