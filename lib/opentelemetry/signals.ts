/** What is recorded of the events of one channel. */
export interface Signal {
  readonly channel: `scopegate:${string}`
  readonly metric: string
  readonly description: string
  /** `s`: a histogram of how long it took; else a counter of `{what}`. */
  readonly unit: 's' | `{${string}}`
  /** The name of the span of a call to somebody else, which has taken `durationMs`. */
  readonly span?: string
}

/** Every channel of scopegate that is recorded: a new one is a row, or two. */
export const signals: readonly Signal[] = Object.freeze([
  {
    channel: 'scopegate:decision',
    metric: 'scopegate.decisions',
    description: 'Verdicts on requests.',
    unit: '{decision}',
  },
  {
    channel: 'scopegate:cache',
    metric: 'scopegate.cache.outcomes',
    description: 'What the cache of verdicts did.',
    unit: '{outcome}',
  },
  {
    channel: 'scopegate:keys',
    metric: 'scopegate.keys.refresh.duration',
    description: 'How long fetching a key set took.',
    unit: 's',
    span: 'scopegate.keys.refresh',
  },
  {
    channel: 'scopegate:introspection',
    metric: 'scopegate.introspection.duration',
    description: 'How long asking the authorization server about a token took.',
    unit: 's',
    span: 'scopegate.introspection',
  },
  {
    channel: 'scopegate:proof',
    metric: 'scopegate.proof.outcomes',
    description: 'What happened to proofs of possession that no decision tells.',
    unit: '{outcome}',
  },
  {
    channel: 'scopegate:breaker',
    metric: 'scopegate.breaker.changes',
    description: 'Introspection endpoints that were left alone, tried again, or asked as usual.',
    unit: '{change}',
  },
  {
    channel: 'scopegate:revocation',
    metric: 'scopegate.revocation.outcomes',
    description: 'What was revoked, and whether all that was is known.',
    unit: '{outcome}',
  },
  {
    channel: 'scopegate:signals',
    metric: 'scopegate.signals.outcomes',
    description: 'What became of security events and logout tokens.',
    unit: '{outcome}',
  },
  {
    channel: 'scopegate:store',
    metric: 'scopegate.store.outcomes',
    description: 'What became of what the shared store was asked and told.',
    unit: '{outcome}',
  },
  {
    channel: 'scopegate:store',
    metric: 'scopegate.store.operation.duration',
    description: 'How long the shared store took to answer.',
    unit: 's',
  },
])
