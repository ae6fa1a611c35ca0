const messages = {
  timed_out: 'Redis did not answer in time.',
  not_answering: 'Redis has not answered for a while, and is asked nothing more until it does.',
  failed: 'Redis could not do what it was asked.',
  log_full:
    'The log in Redis takes no more entries, since somebody wrote one at the greatest id of a stream. Delete the keys that begin with the prefix and `:log:`, and revoke anew what matters to processes that start later.',
  too_large: 'The value is larger than what is read back.',
} as const

/**
 * Why an operation was not done. It has no cause: errors of clients hold the command, with all that
 * was in it.
 */
export class RedisStoreError extends Error {
  override readonly name = 'RedisStoreError'
  /** Fit for metrics: one of ours, or for what failed what Redis or the client calls it. */
  readonly code: string

  /** @param called - the first word of what Redis said, such as `READONLY`, or the client's code */
  constructor(kind: keyof typeof messages, called?: string) {
    super(called === undefined ? messages[kind] : `${messages[kind]} (${called})`)
    this.code = called ?? kind
  }
}
