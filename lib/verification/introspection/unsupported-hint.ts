import { LRUCache } from 'lru-cache'
import type { LogRecord } from '../../options/log-record.ts'
import type { Verdict } from '../verifier.ts'
import { faultOf } from './fault.ts'

/** As many as an `issuers` function is remembered to have returned. */
const mostIssuers = 10_000

/**
 * Tells the operators, once for each issuer, that it cannot be asked whether its tokens are still
 * active: the callers get a 503 each time, and can do nothing about it.
 */
export function unsupportedHint(
  log: (record: LogRecord) => void,
): (issuer: string, verdict: Verdict) => void {
  const told = new LRUCache<string, true>({ max: mostIssuers })
  return (issuer, verdict) => {
    if (verdict.verdict !== 'unavailable' || verdict.reason !== 'live_unsupported') return
    if (told.has(issuer)) return
    told.set(issuer, true)
    const fault = faultOf(verdict)
    log(
      Object.freeze({
        level: 'warn',
        code: 'live_unsupported',
        message:
          fault?.fault === 'no_introspection'
            ? 'Whether tokens of this issuer are still active cannot be asked: `live` needs its `introspection`.'
            : 'Whether tokens of this issuer are still active cannot be asked: its introspection endpoint does not take tokens of this kind. Let it issue opaque ones, or do without `live` and `profile: "fapi2"`.',
        details: Object.freeze({ issuer, ...fault }),
      }),
    )
  }
}
