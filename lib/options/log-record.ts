/** One line for the operators. Never holds a token, a secret or request data. */
export interface LogRecord {
  readonly level: 'info' | 'warn' | 'error'
  /** Stable, for filters. */
  readonly code: string
  readonly message: string
  readonly details: Readonly<Record<string, unknown>>
}
