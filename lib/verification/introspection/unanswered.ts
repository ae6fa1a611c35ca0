import { type UnavailableValue, unavailable } from '../../errors/unavailable-value.ts'
import { HttpFailure, type HttpFailureCode } from '../../http/http-failure.ts'
import { mayPassMs, needsRepairMs } from './fault.ts'

/** What it means that there was no answer. What is no failure of HTTP is a bug, and thrown again. */
export function unanswered(error: unknown): UnavailableValue {
  if (!(error instanceof HttpFailure)) throw error
  const { code } = error
  if (code === 'closed') return unavailable('closed', mayPassMs, error)
  if (code === 'busy') return unavailable('introspection_busy', mayPassMs, error)
  const pauseMs = passing.has(code) ? mayPassMs : needsRepairMs
  return unavailable('introspection_failed', pauseMs, error)
}

const passing: ReadonlySet<HttpFailureCode> = new Set(['timeout', 'connection_failed'])
