import { inFile } from './in-file.mjs'

const store = ['redis']
const log = ['redis-log']

export const faults = [
  ...inFile('lib/options/redis-store-settings.ts', store, {
    'redis/any-prefix': ['v.regex(/^[\\w.:{}-]{1,64}$/, prefixRule)', 'v.minLength(1, prefixRule)'],
    'redis/prefix-unused': ["    'scopegate',\n", "    'scope',\n"],
  }),
  ...inFile('lib/options/rules.ts', store, {
    'redis/short-secret': ['v.minLength(32, secretRule)', 'v.minLength(1, secretRule)'],
    'redis/secrets-not-frozen': [
      'Object.freeze([given].flat() as [string, ...string[]])',
      '[given].flat() as [string, ...string[]]',
    ],
  }),
  ...inFile('lib/options/described-value.ts', ['redis'], {
    'redis/secret-in-message': ['|nonceSecret|secret)', '|nonceSecret)'],
  }),
  ...inFile('lib/redis/redis-store.ts', store, {
    'redis/value-for-ever': ["['SET', name, text, 'PX', wholeMs(maxAgeMs)]", "['SET', name, text]"],
    'redis/claim-for-ever': ["      'PX',\n      wholeMs(maxAgeMs),\n", ''],
    'redis/claimed-again': ["      'NX',\n", ''],
    'redis/own-claim-unknown': ['held === null || held === claimant', 'held === null'],
    'redis/any-claim-is-ours': ['held === null || held === claimant', 'true'],
    'redis/one-claimant': ['${this.#instance}.${this.#claims++}', '${this.#instance}'],
    'redis/same-claimant-everywhere': ["randomBytes(12).toString('base64url')", "''"],
    'redis/reads-whatever-is-there': [
      "text !== '' && text.length <= longestValue",
      "text !== ''",
      { why: 'what was cut off is one character longer, which no base64url is' },
    ],
    'redis/keeps-what-it-does-not-read': [
      "if (text.length > longestValue) throw new RedisStoreError('too_large')",
      '',
    ],
    'redis/nothing-is-a-value': ["text !== '' && ", ''],
    'redis/reads-large-values': [
      '      String(longestValue),\n',
      "      '-1',\n",
      { why: 'only the length of what is transferred differs' },
    ],
    'redis/kinds-in-one': [
      '${this.#settings.prefix}:${kind}:${key}',
      '${this.#settings.prefix}:${key}',
    ],
    'redis/no-prefix': ['${this.#settings.prefix}:${kind}:${key}', 'scopegate:${kind}:${key}'],
    'redis/broken-ages': ['Math.ceil(maxAgeMs)', 'maxAgeMs'],
    'redis/endless-ages': [
      'Math.min(Math.max(1, Math.ceil(maxAgeMs)), 2 ** 48)',
      'Math.max(1, Math.ceil(maxAgeMs))',
    ],
    'redis/negative-ages': ['Math.max(1, Math.ceil(maxAgeMs))', 'Math.ceil(maxAgeMs)'],
    'redis/secret-printed': [
      '  get secrets(): readonly [string, ...string[]] {\n    return this.#settings.secrets\n  }\n',
      '  readonly secrets: readonly [string, ...string[]] = this.#settings?.secrets ?? redisStoreSettings.length\n',
      { tests: ['redis'] },
    ],
  }),
  ...inFile('lib/redis/operations.ts', store, {
    'redis/no-bound': ['this.#overdue >= mostOverdue', 'false'],
    'redis/bound-of-more': ['mostOverdue = 100', 'mostOverdue = 101'],
    'redis/bound-for-ever': ['        this.#overdue--\n', ''],
    'redis/never-overdue': ['      this.#overdue++\n', ''],
    'redis/client-that-throws': ['(async () => ask())()', 'ask()'],
  }),
  ...inFile('lib/redis/within-deadline.ts', store, {
    'redis/no-deadline': ["        reject(new RedisStoreError('timed_out'))\n", ''],
    'redis/busy-is-late': ['setImmediate(() => {', '(() => {})(), [0].forEach(() => {'],
    'redis/foreign-errors': ['reject(failedBy(error))', 'reject(error)'],
    'redis/timer-left': [
      '      clearTimeout(timer)\n',
      '',
      { why: 'it is unreferenced and finds the answer there; only memory is held for that time' },
    ],
    'redis/timer-keeps-the-process': [
      '    timer.unref()\n',
      '',
      { why: 'it is over within the deadline of one operation' },
    ],
  }),
  ...inFile('lib/redis/failed-by.ts', store, {
    'redis/full-log-unnamed': ['wordIn(message, noIdLeft) !== undefined', 'false'],
    'redis/message-quoted': ['/^[A-Z]{2,32}(?= )/', '/^.*/'],
    'redis/code-quoted': ['/^[A-Z][A-Z_]{1,31}$/', '/^.*$/'],
    'redis/code-unknown': ['code ?? wordIn', 'wordIn'],
  }),
  ...inFile('lib/redis/shared-client-of.ts', store, {
    'redis/sentinel-taken': [" && !has(client, 'getSentinelNode')", ''],
    'redis/anything-is-a-client': ["has(client, 'sendCommand', 'duplicate', 'destroy')", 'true'],
  }),
  ...inFile('lib/redis/node-redis-client.ts', store, {
    'redis/types-of-the-application': ['typeMapping: {} }', '...({} as { typeMapping: object }) }'],
    'redis/cluster-without-key': ["'nodeClient' in client", 'false'],
  }),
  ...inFile('lib/redis/node-redis-client.ts', log, {
    'redis-log/loss-unnoticed': [
      "for (const event of ['error', 'node-error', 'end']) connection.on(event, listener)",
      "connection.on('error', () => {})",
      { why: 'the client rejects what it was asked, too, when the connection is lost' },
    ],
    'redis-log/keeps-the-process': ['  connection.unref?.()\n', ''],
    'redis-log/comes-back-by-itself': [
      'reconnectStrategy: false, ',
      '',
      { why: 'what is lost is ended, which stops that too' },
    ],
  }),
  ...inFile('lib/redis/ioredis-client.ts', log, {
    'redis-log/ioredis-loss-unnoticed': [
      "['error', 'close', 'end']",
      "['error']",
      { why: 'the client rejects what it was asked, too, when the connection is lost' },
    ],
    'redis-log/ioredis-keeps-the-process': ['      connection.stream?.unref?.()\n', ''],
    'redis-log/impatient': ['commandTimeout: undefined, ', ''],
    'redis-log/impatient-socket': ['socketTimeout: undefined, ', ''],
    'redis-log/connects-at-once': ['lazyConnect: true, ', ''],
    'redis-log/no-queue': [
      ', enableOfflineQueue: true',
      '',
      { why: 'it is asked nothing before it is connected' },
    ],
    'redis-log/ioredis-comes-back': [
      ', retryStrategy: never',
      '',
      { why: 'what is lost is ended, which stops that too' },
    ],
    'redis-log/long-farewell': [
      ', disconnectTimeout: 0',
      '',
      { why: 'only how long a process takes to end by itself differs' },
    ],
  }),
  ...inFile('lib/redis/ioredis-client.ts', store, {
    'redis/cluster-like-a-client': ['client.nodes === undefined', 'true'],
  }),
  ...inFile('lib/redis/log-script.ts', log, {
    'redis-log/nothing-removed': ["  redis.call('XDEL', KEYS[1], entry[1])\n", ''],
    'redis-log/young-ones-removed': ['  if since + age > now then break end\n', ''],
    'redis-log/garbage-stays': [
      "entry[2][3] == 'a' and tonumber(entry[2][4]) or 0",
      "entry[2][3] == 'a' and tonumber(entry[2][4]) or now",
    ],
    'redis-log/any-field-is-an-age': [
      "entry[2][3] == 'a' and ",
      '',
      { why: 'the third field of what others wrote may as well be a number' },
    ],
    'redis-log/all-at-once': ['mostRemoved = 32', 'mostRemoved = 1000'],
    'redis-log/one-at-once': ['mostRemoved = 32', 'mostRemoved = 1'],
    'redis-log/ends-early': [
      "if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then",
      'if true then',
    ],
    'redis-log/age-not-written': [", 'a', ARGV[1])", ')'],
  }),
  ...inFile('lib/redis/log-script.ts', store, {
    'redis/log-for-ever': ["  redis.call('PEXPIRE', KEYS[1], ARGV[1])\n", ''],
  }),
  ...inFile('lib/redis/log-entries.ts', log, {
    'redis-log/no-resp2': ['Array.isArray(reply[0]) ? reply[0][1] : reply[1]', 'reply[1]'],
    'redis-log/no-flat-map': ['Array.isArray(reply[0]) ? reply[0][1] : reply[1]', 'reply[0][1]'],
    'redis-log/no-object': ['Object.values(Object(reply))[0]', '[]'],
  }),
  ...inFile('lib/redis/log-reader.ts', log, {
    'redis-log/told-again': ['last?.id ?? beginning', 'beginning'],
    'redis-log/only-what-is-new': ["const beginning = '0-0'", "const beginning = '$'"],
    'redis-log/last-not-remembered': ['isSame ? (entries.at(-1) ?? last) : undefined', 'undefined'],
    'redis-log/remembered-too-early': [
      '    // As long as that',
      '    this.#last = entries.at(-1) ?? last\n    // As long as that',
    ],
    'redis-log/forgotten-when-quiet': ['entries.at(-1) ?? last', 'entries.at(-1)'],
    'redis-log/other-log-not-noticed': [
      'last === undefined || (await this.#isStillThere(last, ask))',
      'true',
    ],
    'redis-log/same-id-is-the-same': [
      'entry !== undefined && entry.fields.join() === fields.join()',
      'entry !== undefined',
    ],
    'redis-log/any-field-is-an-entry': [
      "name === entryField && typeof text === 'string'",
      "typeof text === 'string'",
    ],
    'redis-log/some-are-all': ['!isSame || entries.length === mostAtOnce', '!isSame'],
    'redis-log/does-not-wait': ['waitMs > 0 ?', 'false ?'],
    'redis-log/read-again-later': [
      '!isSame || entries.length === mostAtOnce',
      'entries.length === mostAtOnce',
      { why: 'it is read again with a wait, which comes back at once as there is something' },
    ],
  }),
  ...inFile('lib/redis/log-connection.ts', log, {
    'redis-log/loss-ends-nothing': [
      'connection.onLoss(() => this.end())',
      'connection.onLoss(() => {})',
      { why: 'the client rejects what it was asked, too, when the connection is lost' },
    ],
    'redis-log/end-waits-for-the-answer': [
      '    this.#reject?.()\n    this.#close()',
      '    this.#close()',
      { why: 'clients reject what they were asked when they are ended' },
    ],
    'redis-log/connection-kept': [
      '    this.#reject?.()\n    this.#close()',
      '    this.#reject?.()',
    ],
    'redis-log/connected-after-the-end': ['if (this.#ended) this.#close()', ''],
    'redis-log/wait-is-late': ['waitMs + this.#timeoutMs', 'this.#timeoutMs'],
    'redis-log/asked-after-the-end': [
      'if (this.#ended) this.#reject()\n      else withinDeadline',
      'withinDeadline',
      { why: 'the client rejects it' },
    ],
  }),
  ...inFile('lib/redis/follow-log.ts', log, {
    'redis-log/told-after-the-end': [
      'if (!this.#stopped) follower.entry(value)',
      'follower.entry(value)',
      { why: 'its connection is ended before that' },
    ],
    'redis-log/gives-up': ['await this.#pause()', 'return'],
    'redis-log/loss-untold': ["this.#tell('lost')", ''],
    'redis-log/current-untold': ["this.#tell('current')", ''],
    'redis-log/current-too-early': ['if (!more) this.#isCurrent()', 'this.#isCurrent()'],
    'redis-log/told-twice': ['this.#told === what || this.#stopped', 'this.#stopped'],
    'redis-log/loss-after-the-end': ['this.#told === what || this.#stopped', 'this.#told === what'],
    'redis-log/connection-left': [
      '        this.#connection?.end()\n      }\n      await',
      '      }\n      await',
    ],
    'redis-log/pauses-grow-for-ever': [
      '    this.#failures = 0\n',
      '',
      { why: 'they are a second at most' },
    ],
    'redis-log/end-waits-for-the-pause': [
      '    this.#wake?.()\n',
      '',
      { why: 'a pause is a second at most' },
    ],
    'redis-log/waits-never-end': [
      'await this.#reader.read(ask, more ? 0 : waitMs)',
      'await this.#reader.read(ask, more ? 0 : waitMs * 1000)',
    ],
  }),
]
