import { inspect } from 'node:util'
import type { LogRecord } from './log-record.ts'

/** Tells operators of warnings and errors through `process.emitWarning`, and of nothing else. */
export function defaultLog({ level, code, message, details }: LogRecord): void {
  if (level === 'info') {
    return
  }
  process.emitWarning(message, {
    type: 'ScopegateWarning',
    code: `SCOPEGATE_${code.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`,
    ...(Object.keys(details).length > 0 && { detail: inspect(details, { breakLength: 80 }) }),
  })
}
