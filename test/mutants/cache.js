import { inFile } from './in-file.mjs'

export const faults = [
  ...inFile('lib/verification/cached.ts', ['cache'], {
    'cache/hit-for-ever': ['now < hit.goodUntilMs && ', ''],
    'cache/hit-at-the-end': ['now < hit.goodUntilMs', 'now <= hit.goodUntilMs'],
    'cache/hit-without-trust': [' && hit.token.trust.holds(now)', ''],
    'cache/clock-set-back-keeps': ['now < latest - setBackMs', 'false'],
    'cache/clock-set-back-once': ['latest = now\n', '\n'],
    'cache/clock-adjusted-clears': ['now < latest - setBackMs', 'now < latest'],
    'cache/refused-for-ever': ['now < refused.staleAt && ', ''],
    'cache/refused-after-new-keys': [' && refused.under === keySetGeneration()', ''],
    'cache/one-entry-for-all': ['const { digest } = credentials', "const digest = 'x'"],
    'cache/outage-remembered': [
      "if (verdict.verdict === 'unavailable') {",
      'if (Math.random() > 2) {',
    ],
    'cache/malformed-remembered': ["  'malformed_credentials',\n", ''],
    'cache/unknown-key-remembered': ["  'unknown_key',\n", ''],
    'cache/not-yet-valid-remembered': ["  'not_yet_valid',\n", ''],
    'cache/unknown-issuer-remembered': [
      "  'unknown_issuer',\n",
      '',
      { tests: ['issuers-end-to-end', 'cache'] },
    ],
    'cache/refused-as-long-as-good': [
      'clock() + cache.negativeMaxAgeMs',
      'clock() + cache.maxAgeMs',
    ],
    'cache/introspected-as-long-as-jwt': [
      'introspected ? cache.introspectionMaxAgeMs : cache.maxAgeMs',
      'cache.maxAgeMs',
    ],
    'cache/jwt-as-short-as-introspected': [
      'introspected ? cache.introspectionMaxAgeMs : cache.maxAgeMs',
      'cache.introspectionMaxAgeMs',
    ],
    'cache/zero-keeps': ['maxAgeMs <= 0 || ', ''],
    'cache/first-jwt-admitted': ['(!introspected && !door.seenBefore(digest))', 'false'],
    'cache/introspected-at-the-door': [
      '(!introspected && !door.seenBefore(digest))',
      '!door.seenBefore(digest)',
    ],
    'cache/beyond-exp': ['Math.min(clock() + life, verdict.goodUntilMs)', 'clock() + life'],
    'cache/to-exp': ['Math.min(clock() + life, verdict.goodUntilMs)', 'verdict.goodUntilMs'],
    'cache/jitter-lengthens': ['(1 - 0.1 * Math.random())', '(1.05 + 0.1 * Math.random())'],
    'cache/no-jitter': ['(1 - 0.1 * Math.random())', '1'],
    'cache/kept-for-newer-keys': ['under: generationBefore', 'under: keySetGeneration()'],
    'cache/good-unbounded': [
      'new LRUCache<string, Accepted>({ max: cache.maxEntries })',
      'new LRUCache<string, Accepted>({ max: 20_000 })',
    ],
    'cache/bad-unbounded': [
      'new LRUCache<string, BadEntry>({ max: cache.maxEntries })',
      'new LRUCache<string, BadEntry>({ max: 20_000 })',
    ],
    'cache/bad-pushes-out-good': [
      'new LRUCache<string, BadEntry>({ max: cache.maxEntries })',
      'good as never as LRUCache<string, BadEntry>',
    ],
    'cache/good-kept-at-close': ['good.clear()', ''],
    'cache/bad-kept-at-close': ['bad.clear()', ''],
    'cache/dropped-entry-kept': [
      "good.delete(digest)\n    report('dropped', digest)",
      "report('dropped', digest)",
      {
        why: 'A stale entry is judged stale again, and is replaced when the token is admitted again; it only takes room.',
      },
    ],
  }),
  ...inFile('lib/verification/coalesced.ts', ['cache'], {
    'cache/one-call-for-all-tokens': ['const { digest } = credentials', "const digest = 'x'"],
    'cache/joins-what-began-before': [' && joined.under === generation(digest)', ''],
    'cache/never-shared': ['pending.set(digest, mine)', ''],
    'cache/shared-for-ever': ['if (pending.get(digest) === mine) {', 'if (false) {'],
    'cache/shared-though-none-wanted': ['cache.introspectionMaxAgeMs === 0', 'false'],
    'cache/earlier-unshares-later': [
      'if (pending.get(digest) === mine) {',
      'if (pending.has(digest)) {',
    ],
  }),
  ...inFile('lib/cache/doorkeeper.ts', ['cache'], {
    'cache/door-open': ['return false', 'return true'],
    'cache/door-closed': ['seen.add(digest)', ''],
  }),
  ...inFile('lib/cache/marks.ts', ['cache'], {
    'cache/marked-by-slot': ['=== word(digest, 4)', '!== 0'],
    'cache/marked-for-ever': [
      'this.#marks[this.#slot(digest)] = 0',
      '',
      { tests: ['introspection-outage'] },
    ],
    'cache/unmarks-others': [
      'this.#marks && this.has(digest)',
      'this.#marks',
      {
        why: 'Two tokens would have to share a slot; the other would only wait its turn with the unknown ones.',
      },
    ],
  }),
  ...inFile('lib/cache/refresh-gate.ts', ['key-sets', 'issuers'], {
    'cache/attempts-not-joined': [
      'this.#inFlight ??= this.#run(run)',
      'this.#inFlight = this.#run(run)',
    ],
    'cache/no-cool-down': [
      'succeeded ? this.#coolDownMs : this.#backOffMs()',
      'succeeded ? 0 : this.#backOffMs()',
    ],
    'cache/no-back-off': [
      'succeeded ? this.#coolDownMs : this.#backOffMs()',
      'succeeded ? this.#coolDownMs : 0',
    ],
    'cache/failures-cool-down': [
      'succeeded ? this.#coolDownMs : this.#backOffMs()',
      'this.#coolDownMs',
    ],
    'cache/cool-down-ignored': ['this.#inFlight === undefined && this.waitMs(now) > 0', 'false'],
    'cache/clock-set-back-waits': ['this.#endedAt = Math.min(this.#endedAt, now)', ''],
    'cache/clock-set-back-allows': [
      'this.#endedAt = Math.min(this.#endedAt, now)',
      'if (now < this.#endedAt) return 0',
    ],
    'cache/back-off-constant': ['firstBackOffMs * 2 ** (this.#failures - 1)', 'firstBackOffMs'],
    'cache/back-off-unbounded': [
      'Math.min(longest, firstBackOffMs * 2 ** (this.#failures - 1))',
      'firstBackOffMs * 2 ** (this.#failures - 1)',
    ],
    'cache/failures-forgotten': ['succeeded ? 0 : this.#failures + 1', 'succeeded ? 0 : 1'],
    'cache/failures-remembered': [
      'succeeded ? 0 : this.#failures + 1',
      'succeeded ? this.#failures : this.#failures + 1',
    ],
    'cache/never-tries-again': ['this.#inFlight = undefined\n', '\n'],
    'cache/cool-down-from-the-start': ['this.#endedAt = this.#clock()', ''],
  }),
  ...inFile('lib/cache/refreshed.ts', ['key-sets', 'issuers'], {
    'cache/no-grace': ['this.#age(now) < maxAgeMs + staleMs', 'this.#age(now) < maxAgeMs'],
    'cache/grace-for-ever': ['this.#held && this.#age(now) < maxAgeMs + staleMs', 'this.#held'],
    'cache/grace-inclusive': [
      'this.#age(now) < maxAgeMs + staleMs',
      'this.#age(now) <= maxAgeMs + staleMs',
      { tests: ['key-sets', 'outage', 'issuers'] },
    ],
    'cache/old-without-waiting': [
      'if (age >= maxAgeMs && !this.failing) {',
      'if (false as boolean) {',
    ],
    'cache/waits-while-failing': ['age >= maxAgeMs && !this.failing', 'age >= maxAgeMs'],
    'cache/waits-for-ever': ['attempt && this.#wait.for(attempt)', 'attempt'],
    'cache/running-not-joined': [
      'this.again(now) : this.#gate.running',
      'this.again(now) : undefined',
    ],
    'cache/settled-without-doubt': [
      'this.#doubted ? this.again(now) : this.#gate.running',
      'this.again(now)',
    ],
    'cache/never-ahead': ['age >= maxAgeMs * refreshAhead', 'age >= maxAgeMs'],
    'cache/doubt-ignored': ['this.failing || this.#doubted ||', 'this.failing ||'],
    'cache/no-retry-in-background': ['this.failing || this.#doubted ||', 'this.#doubted ||'],
    'cache/doubt-for-ever': ['this.#doubted = false\n    const', 'const'],
    'cache/loads-after-close': ['return this.#closed ? undefined :', 'return false ? undefined :'],
    'cache/takes-answers-after-close': ['if (this.#closed) return false', ''],
    'cache/failure-not-kept': ['this.#failure = loaded.failure', ''],
    'cache/failure-kept': ['this.#failure = undefined\n', '\n'],
    'cache/clock-set-back-is-young': ['now < this.#held.since ? this.#maxAgeMs :', 'false ? 0 :'],
    'cache/background-rejection': ['this.again(now)?.catch(() => {})', 'void this.again(now)'],
    'cache/old-value-lost-on-failure': [
      'this.#failure = loaded.failure',
      'this.#failure = loaded.failure\n      this.#held = undefined',
    ],
    'cache/age-from-the-end': [
      '{ ...loaded, since }',
      '{ ...loaded, since: this.#settings.clock() }',
    ],
  }),
  ...inFile('lib/cache/brief-wait.ts', ['key-sets'], {
    'cache/each-waits-anew': ['if (this.#attempt !== attempt) {', 'if (true) {'],
    'cache/waited-once-for-all': ['if (this.#attempt !== attempt) {', 'if (!this.#attempt) {'],
    'cache/wait-is-never-over': ['if (this.#attempt === attempt) this.#end = undefined', ''],
    'cache/wait-without-end': ['        resolve()\n', '\n'],
    'cache/wait-leaves-timers': ['.finally(() => clearTimeout(timer))', ''],
    'cache/wait-hides-bugs': [
      'attempt.then(resolve, reject)',
      'attempt.then(resolve, () => resolve())',
    ],
  }),
]
