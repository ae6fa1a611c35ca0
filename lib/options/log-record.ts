/**
 * One line for the operators. It never holds a token, a secret, or what a client sent; of a token that
 * its issuer signed perhaps the type, the algorithm and the audience.
 */
export interface LogRecord {
  readonly level: 'info' | 'warn' | 'error'
  /** Stable, for filters. */
  readonly code: string
  readonly message: string
  readonly details: Readonly<Record<string, unknown>>
}
