import type { UnavailableReason } from '../../errors/unavailable-value.ts'
import { HttpFailure } from '../../http/http-failure.ts'
import type { Verdict } from '../verifier.ts'
import type { BreakerOutcome } from './breaker.ts'
import { faultOf } from './fault.ts'

/**
 * What a verdict says of the endpoint. A status 4xx is an answer, and may be about the token: whoever
 * sends made-up ones must not be able to have the endpoint left alone.
 */
export function breakerOutcome(verdict: Verdict): BreakerOutcome {
  if (verdict.verdict !== 'unavailable' || answers.has(verdict.reason)) return answered
  if (verdict.reason !== 'introspection_failed') return nothing
  if (verdict.cause instanceof HttpFailure) {
    const { code } = verdict.cause
    if (code === 'too_large') return answered
    return code === 'not_allowed' ? nothing : { outcome: 'failed', reason: code }
  }
  const { fault = 'unexpected', status = 200, retryAfterSeconds } = faultOf(verdict) ?? {}
  if (fault === 'no_client_token') return nothing
  if (status >= 400 && status < 500 && status !== 429) return answered
  return {
    outcome: 'failed',
    reason: fault,
    ...(retryAfterSeconds !== undefined && { askedForMs: retryAfterSeconds * 1000 }),
  }
}

const answered: BreakerOutcome = Object.freeze({ outcome: 'answered' })
const nothing: BreakerOutcome = Object.freeze({ outcome: 'nothing' })
const answers: ReadonlySet<UnavailableReason> = new Set(['client_refused', 'live_unsupported'])
