import * as v from 'valibot'
import type { Algorithm } from '../jws/algorithms.ts'
import { checkClock } from './check-clock.ts'
import { checkedUrl } from './checked-url.ts'
import { defaultLog } from './default-log.ts'
import { guardedLog } from './guarded-log.ts'
import { httpSettings } from './http-settings.ts'
import type { JwtSettings } from './issuer-options.ts'
import { jwtSettings } from './jwt-settings.ts'
import type { LogRecord } from './log-record.ts'
import type { OptionSchema } from './parse-options.ts'
import { callable, deadlineMs, oneOf, text } from './rules.ts'
import type { TransmitterSettings } from './transmitter-options.ts'

type Optional<Value, Default = undefined> = v.OptionalSchema<OptionSchema<Value>, Default>

/** What the options of all receivers have in common. */
export const transmitterEntries: {
  issuer: OptionSchema<string>
  keys: Optional<unknown>
  metadataUrl: Optional<string>
  algorithms: Optional<unknown>
  clockToleranceSeconds: Optional<unknown>
  ends: Optional<TransmitterSettings['ends'], 'session'>
  bodyTimeoutMs: Optional<number, 10_000>
  http: Optional<unknown>
  log: Optional<(record: LogRecord) => void>
  clock: Optional<() => number>
} = {
  issuer: text,
  keys: v.optional(v.unknown()),
  metadataUrl: v.optional(text),
  algorithms: v.optional(v.unknown()),
  clockToleranceSeconds: v.optional(v.unknown()),
  ends: v.optional(oneOf('session', 'subject'), 'session'),
  bodyTimeoutMs: v.optional(deadlineMs, 10_000),
  http: v.optional(v.unknown()),
  log: v.optional(callable<(record: LogRecord) => void>()),
  clock: v.optional(callable<() => number>()),
}

interface Given {
  readonly issuer: string
  readonly keys?: unknown
  readonly metadataUrl?: string | undefined
  readonly algorithms?: unknown
  readonly clockToleranceSeconds?: unknown
  readonly ends: 'session' | 'subject'
  readonly bodyTimeoutMs: number
  readonly http?: unknown
  readonly log?: ((record: LogRecord) => void) | undefined
  readonly clock?: (() => number) | undefined
}

/**
 * The settings of a transmitter.
 *
 * @param given - that fits the entries above
 * @param metadataUrlOf - the well-known place; none where all those of RFC 8414 are asked
 * @throws ConfigurationError
 */
export function transmitterSettings(
  given: Given,
  audiences: readonly string[],
  maxAgeMs: number,
  metadataUrlOf?: (issuer: string) => string,
): TransmitterSettings {
  const { metadataUrl, clock, log } = given
  if (clock !== undefined) checkClock(clock)
  const http = httpSettings(given.http ?? {}, 'http')
  const { insecureHosts } = http
  const issuer = checkedUrl(given.issuer, { insecureHosts }, 'issuer')
  return Object.freeze({
    issuer: Object.freeze({
      issuer,
      audiences,
      resource: audiences[0] as string,
      clients: undefined,
      jwt: jwt(given, insecureHosts),
      introspection: undefined,
      opaquePrefixes: Object.freeze([]),
      scopesFrom: () => undefined,
      rolesFrom: () => undefined,
      accessClaims: Object.freeze([]),
      scopeClaims: Object.freeze([]),
      principalFrom: undefined,
      http,
      discovery: Object.freeze({
        metadataUrl:
          metadataUrl === undefined
            ? metadataUrlOf?.(issuer)
            : checkedUrl(metadataUrl, { insecureHosts, mayHaveQuery: true }, 'metadataUrl'),
      }),
    }),
    audiences,
    maxAgeMs,
    ends: given.ends,
    bodyTimeoutMs: given.bodyTimeoutMs,
    log: log ? guardedLog(log) : defaultLog,
    clock: clock ?? (() => Date.now()),
  })
}

/** Keys, algorithms and tolerance are those of any JWT. */
function jwt(
  { keys, algorithms, clockToleranceSeconds }: Given,
  insecureHosts: readonly string[],
): JwtSettings {
  const options = {
    ...(keys !== undefined && { keys }),
    ...(algorithms !== undefined && { algorithms: algorithms as readonly Algorithm[] }),
    ...(clockToleranceSeconds !== undefined && { clockToleranceSeconds }),
  }
  return jwtSettings(options, '', insecureHosts)
}
