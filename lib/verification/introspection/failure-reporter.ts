import type { UnavailableValue } from '../../errors/unavailable-value.ts'
import type { LogRecord } from '../../options/log-record.ts'
import type { Verdict } from '../verifier.ts'
import { faultOf } from './fault.ts'

const quietMs = 60_000

/**
 * Tells the operators what no retry cures, at most once a minute: the caller gets a 503 each time,
 * can do nothing about it, and may be the one who provokes it.
 */
export function failureReporter(
  issuer: string,
  log: (record: LogRecord) => void,
  clock: () => number,
): (verdict: Verdict) => void {
  const quietUntil = new Map<LogRecord['code'], number>()
  return (verdict) => {
    if (verdict.verdict !== 'unavailable') return
    const said = sentence(verdict)
    const now = clock()
    if (said === undefined || now < (quietUntil.get(said.code) ?? now)) return
    quietUntil.set(said.code, now + quietMs)
    log(Object.freeze({ ...said, details: Object.freeze({ issuer, ...faultOf(verdict) }) }))
  }
}

function sentence(verdict: UnavailableValue): Omit<LogRecord, 'details'> | undefined {
  if (verdict.reason === 'client_refused') {
    return {
      level: 'error',
      code: 'introspection_client_refused',
      message:
        'The authorization server refuses this resource server at its introspection endpoint; check `introspection.client`.',
    }
  }
  // Where the token was verified already, `unsupportedHint` says so.
  if (
    verdict.reason !== 'live_unsupported' &&
    faultOf(verdict)?.error === 'unsupported_token_type'
  ) {
    return {
      level: 'warn',
      code: 'introspection_unsupported_token_type',
      message:
        'The introspection endpoint does not take tokens of this kind; let JWTs be verified locally (`jwt`).',
    }
  }
  return undefined
}
