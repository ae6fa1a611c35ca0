/**
 * scopegate was configured or called in a way that cannot be right. The message names the option,
 * the value, the rule and the way out.
 */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
  readonly code = 'invalid_configuration'
  /** Where in the options the fault is, such as `issuers[0].jwt.algorithms`; empty for calls. */
  readonly option: string
  readonly status = 500
  readonly statusCode = 500

  constructor(option: string, message: string) {
    super(option === '' ? message : `${option}: ${message}`)
    this.option = option
  }
}
