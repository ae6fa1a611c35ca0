import type { LogRecord } from './log-record.ts'

type Log = (record: LogRecord) => void

/**
 * A `log` that fails decides nothing: neither a verdict nor the process. What it did not take is
 * told by its code alone, through `process.emitWarning`; what it threw may quote anything.
 */
export function guardedLog(log: Log): Log {
  return (record) => {
    // An async function may reject, which would end the process.
    new Promise((resolve) => resolve(log(record))).catch(() => {
      process.emitWarning(`The \`log\` of the options failed at the record "${record.code}".`, {
        type: 'ScopegateWarning',
        code: 'SCOPEGATE_LOG_FAILED',
      })
    })
  }
}
