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

/** Every channel of scopegate that is recorded: a new one is a row. */
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
])
