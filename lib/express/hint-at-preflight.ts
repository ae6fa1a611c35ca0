import type { Request } from 'express'
import type { RefusalValue } from '../errors/refusal-value.ts'
import type { UnavailableValue } from '../errors/unavailable-value.ts'
import type { LogRecord } from '../options/log-record.ts'
import { fieldValues } from '../request/field-values.ts'

/**
 * Says once why the browsers of an API cannot reach it: preflights carry no credentials, so they
 * are refused unless CORS is answered first.
 */
export function hintAtPreflight(
  log: (record: LogRecord) => void,
): (request: Request, outcome: RefusalValue | UnavailableValue) => void {
  let said = false
  return function hint(request, outcome) {
    if (
      said ||
      request.method !== 'OPTIONS' ||
      outcome.reason !== 'no_credentials' ||
      fieldValues(request.rawHeaders ?? [], 'access-control-request-method').length === 0
    ) {
      return
    }
    said = true
    log({
      level: 'warn',
      code: 'cors_preflight_refused',
      message:
        'A CORS preflight was refused, since preflights carry no credentials. Mount cors() before the middleware of scopegate.',
      details: {},
    })
  }
}
