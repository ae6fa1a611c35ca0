import { inFile } from './in-file.mjs'

const tests = ['introspection-outage']

/** What keeps decisions right, and the authorization server alive, while introspection is not well. */
export const faults = [
  ...inFile('lib/verification/introspection/breaker.ts', tests, {
    'outage/never-left-alone': ['if (left > 0) return left', ''],
    'outage/left-alone-for-ever': [
      'if (left > 0) return left',
      'if (left > 0 || true) return Math.max(left, 1)',
    ],
    'outage/many-find-out': ['if (this.#probing) return 0', ''],
    'outage/off-finds-out-first': [
      "this.#settings.failures === Number.POSITIVE_INFINITY ? 'closed' : 'half_open'",
      "'half_open'",
      { why: 'One question at a time for as long as it takes to answer one: only slower.' },
    ],
    'outage/at-once-for-all': [
      "this.#settings.failures === Number.POSITIVE_INFINITY ? 'closed' : 'half_open'",
      "'closed'",
    ],
    'outage/old-news-count': ['permit.spent || !this.admits(permit)', 'permit.spent'],
    'outage/counted-twice': ['permit.spent = true', ''],
    'outage/nobody-finds-out-again': [
      'permit.spent = true\n    this.#probing = false',
      'permit.spent = true',
    ],
    'outage/failures-add-up': ['this.#failures = 0\n    this.#pauses = 0', 'this.#pauses = 0'],
    'outage/pauses-stay-long': ['this.#failures = 0\n    this.#pauses = 0', 'this.#failures = 0'],
    'outage/reason-stays': ['this.#reason = undefined\n    if', 'if'],
    'outage/never-as-usual-again': ["if (this.#state === 'half_open') this.#become('closed')", ''],
    'outage/no-window': ['age < 0 || age > windowMs', 'false'],
    'outage/window-too-short': ['age > windowMs', 'age >= windowMs'],
    'outage/second-chance': [
      "this.#state === 'half_open' || this.#failures >= failures",
      'this.#failures >= failures',
    ],
    'outage/retry-after-ignored': [
      'if (!enough && askedForMs === undefined) return',
      'if (!enough) return',
    ],
    'outage/retry-after-only': ['Math.max(pauseMs, askedForMs ?? 0)', 'askedForMs ?? pauseMs'],
    'outage/pause-only': ['Math.max(pauseMs, askedForMs ?? 0)', 'pauseMs'],
    'outage/pause-constant': ['firstPauseMs * 2 ** this.#pauses', 'firstPauseMs'],
    'outage/pause-unbounded': [
      'Math.min(this.#settings.openMs, firstPauseMs * 2 ** this.#pauses)',
      'firstPauseMs * 2 ** this.#pauses',
    ],
    'outage/no-jitter': ['(1 - Math.random() / 4)', '1'],
    'outage/clock-set-back': ['this.#since = Math.min(this.#since, now)', ''],
    'outage/unheard': ['this.#ports.onChange({', 'void ({'],
    'outage/reason-untold': ['...(this.#reason !== undefined && { reason: this.#reason }),', ''],
  }),
  ...inFile('lib/verification/introspection/breaker-outcome.ts', tests, {
    'outage/token-too-large-fails': ["if (code === 'too_large') return answered", ''],
    'outage/own-token-fails': ["if (fault === 'no_client_token') return nothing", ''],
    'outage/4xx-fails': [
      'if (status >= 400 && status < 500 && status !== 429) return answered',
      '',
    ],
    'outage/429-answers': [' && status !== 429', ''],
    'outage/refused-client-fails': [
      "new Set(['client_refused', 'live_unsupported'])",
      'new Set([])',
    ],
    'outage/busy-fails': ["if (verdict.reason !== 'introspection_failed') return nothing", ''],
    'outage/not-asked-for': ['askedForMs: retryAfterSeconds * 1000', 'askedForMs: 0'],
  }),
  ...inFile('lib/verification/introspection/way.ts', tests, {
    'outage/all-for-unknown-tokens': ['const unknownPart = 0.75', 'const unknownPart = 1'],
    'outage/none-for-unknown-tokens': [
      'Math.max(1, Math.floor(maxConcurrent * unknownPart))',
      'Math.floor(maxConcurrent * unknownPart)',
    ],
    'outage/endless-queue': ['const waitingTimes = 16', 'const waitingTimes = 1e9'],
    'outage/queue-not-emptied': ["if (change.state === 'open') this.#lane.turnAway(neverSent)", ''],
    'outage/asked-while-paused': [
      "if (typeof permit === 'number') return this.#pausedFor(permit)",
      "if (typeof permit === 'number') this.#pausedFor(permit)",
    ],
    'outage/bug-keeps-the-place': [
      "this.#breaker.record(permit, { outcome: 'nothing' })",
      '',
      {
        why: 'Only a bug of ours throws; it is looked like one.',
      },
    ],
    'outage/handed-on-first': [
      "end.once('abort', () => failed(unanswered(end.reason)))",
      '',
      {
        why: 'One question more is sent for each that was too late: up to `failures` of them.',
      },
    ],
    'outage/handed-on-before-broken': ['.catch((error) => failed(unanswered(error)))', ''],
    'outage/queue-without-end': [
      'if (this.#lane.isFull(isKnown)) return this.#turnedAway(neverSent)',
      '',
    ],
    'outage/no-end-of-all': ["end.abort(turn.sent ? new HttpFailure('timeout') : neverSent)", ''],
    'outage/wait-is-a-failure': [
      'late: () => end.abort(neverSent)',
      "late: () => end.abort(new HttpFailure('timeout'))",
    ],
    'outage/all-are-known': ['        isKnown,\n      )', '        true,\n      )'],
    'outage/busy-though-paused': [
      "if (this.#breaker.state === 'open') return this.#pausedFor(this.#breaker.leftMs)",
      '',
    ],
    'outage/busy-uncounted': ['this.#busy++', ''],
    'outage/paused-uncounted': ['this.#paused++', ''],
  }),
  ...inFile('lib/verification/introspection/introspect.ts', tests, {
    'outage/verified-is-unknown': [
      'verified !== undefined || goodLately.has(digest)',
      'goodLately.has(digest)',
    ],
    'outage/nobody-is-known': ["if (verdict.verdict === 'accepted') goodLately.add(digest)", ''],
    'outage/known-though-refused': [
      "if (verdict.verdict === 'refused') goodLately.delete(digest)",
      '',
    ],
    'outage/misshapen-uncounted': ['misshapen++', ''],
    'outage/verified-must-fit': ['if (verified || !fits || fits(', 'if (!fits || fits('],
    'outage/any-shape': ['if (verified || !fits || fits(credentials.token))', 'if (true)'],
  }),
  ...inFile('lib/verification/introspection/token-shape.ts', tests, {
    'outage/too-short': ['token.length >= minLength &&', ''],
    'outage/too-long': ['token.length <= maxLength &&', ''],
    'outage/any-prefix': ['token.startsWith(prefix) &&', ''],
    'outage/any-alphabet': [
      '(known === undefined || everyIsIn(known, token, prefix.length))',
      'true',
    ],
    'outage/prefix-in-the-alphabet': [
      'everyIsIn(known, token, prefix.length)',
      'everyIsIn(known, token, 0)',
    ],
    'outage/first-character-only': ['at < token.length', 'at < from + 1'],
  }),
  ...inFile('lib/verification/introspection/retry-after.ts', tests, {
    'outage/retry-after-a-minute': ['const mostMs = 300_000', 'const mostMs = 60_000'],
  }),
  ...inFile('lib/observability/health.ts', tests, {
    'outage/open-is-ok': [
      "if (status === 'unavailable' || introspection?.state !== 'open') return status",
      'return status',
    ],
    'outage/open-is-unavailable': [
      "return keys ? 'degraded' : 'unavailable'",
      "return 'unavailable'",
    ],
    'outage/open-is-degraded': ["return keys ? 'degraded' : 'unavailable'", "return 'degraded'"],
  }),
  ...inFile('lib/verification/cached.ts', tests, {
    'outage/stale-never-serves': [
      'return (hit && stale(hit, digest, trace)) ?? verdict',
      'return verdict',
    ],
    'outage/stale-for-ever': ['now < goodUntilMs + cache.staleMs &&', ''],
    'outage/stale-unasked-for': [
      'cache.staleMs > 0 &&',
      '',
      {
        why: 'Without it an entry is stale for no time at all.',
      },
    ],
    'outage/stale-beyond-exp': [
      '!(now >= (token.expiresAt ?? Number.POSITIVE_INFINITY) * 1000) &&',
      '',
    ],
    'outage/stale-after-exp': ['!(now >= (token.expiresAt', '!(now > (token.expiresAt'],
    'outage/stale-jwts': [
      "token.source === 'introspection' &&",
      '',
      {
        why: 'The trust in a key ends when its key set cannot be had; only a status list that cannot be had would tell the difference.',
      },
    ],
    'outage/stale-though-let-go': ['good.get(digest) !== hit || ', ''],
    'outage/stale-once': ['!isGoodThoughStale(hit, clock())', 'false'],
    'outage/stale-after-refusal': [
      "if (verdict.verdict === 'refused' && good.has(digest)) {",
      'if (false) {',
    ],
    'outage/stale-untold': ["report('stale', digest)", ''],
    'outage/stale-undecided': ["trace.cache = 'stale'", ''],
    'outage/shape-remembered': ["  'wrong_shape',\n", ''],
  }),
  ...inFile('lib/options/token-shape-settings.ts', ['options'], {
    'options/shape-of-nothing': ['Object.keys(options as object).length === 0', 'false'],
    'options/shape-of-no-token': ['maxLength < Math.max(minLength, prefix.length)', 'false'],
    'options/shape-of-inherited-names': [
      'Object.hasOwn(alphabets, alphabet)',
      'alphabet in alphabets',
    ],
  }),
  ...inFile('lib/options/introspection-settings.ts', ['options'], {
    'options/breaker-of-any-type': [
      "if (given !== false && (typeof given !== 'object' || given === null)) {",
      'if (false) {',
    ],
  }),
  ...inFile('lib/options/cache-settings.ts', ['options'], {
    'options/cached-for-an-hour': [
      ' maxAgeSeconds: v.optional(seconds(), 300)',
      ' maxAgeSeconds: v.optional(seconds(), 3600)',
    ],
    'options/introspected-for-minutes': [
      'introspectionMaxAgeSeconds: v.optional(seconds(), 30)',
      'introspectionMaxAgeSeconds: v.optional(seconds(), 300)',
    ],
    'options/refused-for-minutes': [
      'negativeMaxAgeSeconds: v.optional(seconds(), 10)',
      'negativeMaxAgeSeconds: v.optional(seconds(), 300)',
    ],
    'options/stale-by-default': [
      'staleSeconds: v.optional(seconds(), 0)',
      'staleSeconds: v.optional(seconds(), 60)',
      { tests: ['introspection-outage'] },
    ],
    'options/stale-under-fapi2': [
      "staleSeconds > 0 && profile === 'fapi2'",
      'false',
      { tests: ['fapi2'] },
    ],
    'options/stale-of-nothing': [
      'staleSeconds > 0 && introspectionMaxAgeSeconds === 0',
      'false',
      { tests: ['options'] },
    ],
  }),
  ...inFile('lib/options/check-issuer-together.ts', ['options'], {
    'options/shape-of-others': ['one.startsWith(prefix) || prefix.startsWith(one)', 'true'],
  }),
]
