const messages = {
  timed_out: 'Redis did not answer in time.',
  not_answering: 'Redis has not answered for a while, and is asked nothing more until it does.',
  failed: 'Redis could not do what it was asked.',
  too_large: 'The value is larger than what is read back.',
} as const

/**
 * Why an operation was not done. It has no cause: errors of clients hold the command, with all that
 * was in it.
 */
export class RedisStoreError extends Error {
  override readonly name = 'RedisStoreError'
  readonly code: keyof typeof messages
  /** The first word of what Redis said, such as `READONLY`, or the code of the client's error. */
  readonly detail: string | undefined

  constructor(code: keyof typeof messages, detail?: string) {
    super(detail === undefined ? messages[code] : `${messages[code]} (${detail})`)
    this.code = code
    this.detail = detail
  }
}
