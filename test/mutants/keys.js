import { inFile } from './in-file.mjs'

const tests = ['key-sets']

export const faults = [
  ...inFile('lib/verification/jwt/held-keys.ts', tests, {
    'keys/removed-key-trusted': ['held.retired = true', ''],
    'keys/one-bad-entry-voids-all': [
      "if ('fault' in key) continue",
      "if ('fault' in key) return undefined",
    ],
    'keys/first-bad-entry-ends': ["if ('fault' in key) continue", "if ('fault' in key) break"],
    'keys/unbounded': ['if (all.size === mostKeys) break', ''],
    'keys/entries-unbounded': ['entries.slice(0, mostEntries)', 'entries'],
    'keys/anew-at-each-refresh': [
      'known.get(key.identity) ?? { key, retired: false }',
      '{ key, retired: false }',
    ],
    'keys/removal-unnoticed': ['held.retired = true\n    changed = true', 'held.retired = true'],
    'keys/addition-unnoticed': [
      'before === undefined || all.size !== known.size',
      'before === undefined',
    ],
    'keys/any-object-is-a-set': [
      'if (!Array.isArray(entries)) return undefined',
      'if (!Array.isArray(entries)) return { keys: { all: [], byKid: new Map() }, changed: true }',
    ],
    'keys/last-of-one-kid': ['else same.push(held)', 'else map.set(held.key.kid, [held])'],
    'keys/first-of-one-kid': ['else same.push(held)', ''],
  }),
  ...inFile('lib/verification/jwt/choose-keys.ts', tests, {
    'keys/any-kid': [
      '(keys.byKid.get(kid as string) ?? [])',
      '(keys.byKid.get(kid as string) ?? keys.all)',
    ],
    'keys/kidless-for-any-kid': [
      '(keys.byKid.get(kid as string) ?? [])',
      '(keys.byKid.get(kid as string) ?? keys.byKid.get(undefined) ?? [])',
    ],
    'keys/any-algorithm': ['.filter(({ key }) => key.algorithms.has(alg as Algorithm))', ''],
    'keys/any-number': ['.slice(0, mostCandidates)', ''],
    'keys/first-only': ['.slice(0, mostCandidates)', '.slice(0, 1)'],
    'keys/kid-never-missing': [
      'kid === undefined ? keys.all :',
      'kid === undefined ? (keys.byKid.get(undefined) ?? []) :',
    ],
  }),
  ...inFile('lib/verification/jwt/issuer-keys.ts', tests, {
    'keys/retired-still-holds': [
      'if (held.retired || issuer.forgotten) return false',
      'if (issuer.forgotten) return false',
    ],
    'keys/forgotten-still-holds': [
      'if (held.retired || issuer.forgotten) return false',
      'if (held.retired) return false',
      { tests: ['key-sets', 'issuers-end-to-end'] },
    ],
    'keys/stale-still-holds': [
      'return current === set && set.keys(now) !== undefined',
      'return current === set',
    ],
    'keys/former-set-still-holds': [
      'return current === set && set.keys(now) !== undefined',
      'return set.keys(now) !== undefined',
    ],
    'keys/cached-keep-nothing-fresh': ['current === set ? set.use(now) : undefined', 'undefined'],
    'keys/holds-while-due': [
      'if (current instanceof Promise || fresh !== undefined) {',
      'if (current instanceof Promise) {',
    ],
    'keys/hit-rejection': [
      'for (const wait of [current, fresh]) if (wait instanceof Promise) wait.catch(() => {})',
      '',
    ],
    'keys/never-after-failure': ['if (set === undefined) return false\n', 'return false\n'],
    'keys/changed-anyway': [
      'fetched.then(() => set.version !== before)',
      'fetched.then(() => true)',
    ],
    'keys/never-changed': [
      'fetched.then(() => set.version !== before)',
      'fetched.then(() => false)',
    ],
    'keys/unknown-kid-is-503': ['set.failing && !this.#refutes(set, header)', 'true'],
    'keys/unknown-kid-is-401': ['set.failing && !this.#refutes(set, header)', 'false'],
    'keys/named-key-is-503': ['set.failing && !this.#refutes(set, header)', 'set.failing'],
    'keys/no-usable-key-is-401': ['if (keys.all.length > 0) return undefined', 'return undefined'],
    'keys/no-keys-is-401': [
      'if (keys === undefined) return this.#unreachable(set)',
      'if (keys === undefined) return undefined',
    ],
    'keys/kidless-decided-in-an-outage': [
      'kid === undefined && set?.failing ?',
      'false && set ?',
      { tests: ['outage', 'jwt'] },
    ],
    'keys/named-undecided-in-an-outage': [
      'kid === undefined && set?.failing ?',
      'set?.failing ?',
      { tests: ['outage', 'jwt'] },
    ],
    'keys/move-not-followed': ['if (before.uri === uri) return', 'if (before) return'],
    'keys/move-not-told': ['    this.#around.onChange()\n    const', '    const'],
    'keys/move-not-looked-for': [
      'andThen(this.#current(true), (now) => {',
      'andThen(set as KeySet | UnavailableValue, (now) => {',
    ],
    'keys/move-not-looked-for-in-the-cool-down': [
      'if (fetched === undefined) return this.#elsewhere(set, header)',
      'if (fetched === undefined) return this.#none(set, header)',
      { tests: ['key-sets', 'outage'] },
    ],
    'keys/failed-doubt-is-401': [
      'return undecided || this.#refutes(set, header) ? none : now',
      'return none',
    ],
    'keys/named-key-in-doubt-is-503': [
      'return undecided || this.#refutes(set, header) ? none : now',
      'return now',
    ],
    'keys/doubt-hides-the-first-reason': [
      'return undecided || this.#refutes(set, header)',
      'return this.#refutes(set, header)',
    ],
    'keys/moving-never-cached': ['if (set !== this.#set) this.#trusted = new WeakMap()', ''],
    'keys/gone-is-not-looked-for': [
      "if (this.#source !== 'discovered') return none\n",
      "if (this.#source !== 'discovered' || none.verdict !== 'refused') return none\n",
    ],
    'keys/move-not-doubted': [
      'this.#doubt()\n    return this.#elsewhere',
      'return this.#elsewhere',
      { tests: ['key-sets', 'outage', 'lessons'] },
    ],
    'keys/missing-uri-not-doubted': [
      'this.#issuer.doubtMetadata()\n      return unavailable',
      'return unavailable',
    ],
    'keys/failure-not-doubted': [
      "if (this.#source === 'discovered') this.#issuer.doubtMetadata()",
      '',
    ],
    'keys/unknown-kid-not-asked-for': [
      'const fetched = keys && set.again(now)',
      'const fetched = undefined as Promise<void> | undefined',
    ],
    'keys/stale-set-used': [
      'if (fresh === undefined) return this.#choose(set, header)',
      'return this.#choose(set, header)',
    ],
    'keys/closed-is-unreachable': ["if (set.closed) return unavailable('closed', closedMs)", ''],
    'keys/warm-without-fetch': ['await set.use(this.#around.clock())', ''],
  }),
  ...inFile('lib/verification/jwt/moving-key-set.ts', tests, {
    'keys/moved-grace-without-end': ['return inGrace && former', 'return former'],
    'keys/moved-republished-trusted': [' && former.set.version === former.version', ''],
    'keys/moved-chained': [
      'from instanceof MovingKeySet',
      'false',
      { why: 'Each keeps its own time of grace: only the chain grows with each move.' },
    ],
    'keys/moved-clock-back': ['former.sinceMs = Math.min(former.sinceMs, now)\n', '\n'],
    'keys/moved-waits-for-failures': ['if (!this.#to.failing) return', 'return'],
    'keys/moved-waits-without-end': ['return this.#wait.for(fetched)', 'return fetched'],
    'keys/moved-never-waits': ['if (!this.#to.failing) return', 'if (false) return'],
    'keys/moved-former-first': [
      'return this.#to.keys(now) ?? this.#formerKeys(now)',
      'return this.#formerKeys(now) ?? this.#to.keys(now)',
    ],
    'keys/moved-state-of-the-new': [
      'Object.freeze({ ...this.#to.state(now), keys: this.keys(now)?.all.length ?? 0 })',
      'this.#to.state(now)',
    ],
    'keys/moved-not-asked-for': ['const fetched = this.#to.use(now)', 'const fetched = undefined'],
  }),
  ...inFile('lib/verification/jwt/key-sets.ts', tests, {
    'keys/one-set-for-all': [
      'let set = byUri.get(uri)',
      'let set = byUri.values().next().value as RemoteKeySet | undefined',
      { tests: ['key-sets', 'issuers-end-to-end'] },
    ],
    'keys/one-set-each': ['byUri.set(uri, set)', ''],
    'keys/keys-of-another-issuer': [
      'let its = byIssuer.get(issuer)',
      'const one = (keySets as never as { one: Issuer | undefined }); one.one ??= issuer; issuer = one.one\n      let its = byIssuer.get(issuer)',
      { tests: ['issuers-end-to-end', 'key-sets'] },
    ],
    'keys/generation-stands': ['generation++', ''],
    'keys/one-set-for-all-clients': [
      'let byUri = byClient.get(http)',
      'const one = (byClient as never as { one: HttpClient | undefined }); one.one ??= http; http = one.one\n    let byUri = byClient.get(http)',
    ],
    'keys/fetched-after-close': ['closed = true', ''],
    'keys/sets-unbounded': ['maxSize: mostKeySets ?? 10_000', 'maxSize: 10_000'],
  }),
  ...inFile('lib/verification/jwt/remote-key-set.ts', tests, {
    'keys/closed-while-fetching': [
      "if (this.closed) return this.#failed({ failure: 'closed', url }, begun)",
      '',
    ],
    'keys/query-in-states': [
      'uri: withoutQuery(this.uri),\n      keys: this',
      'uri: this.uri,\n      keys: this',
    ],
    'keys/query-in-events': [
      'uri: withoutQuery(this.uri),\n      outcome',
      'uri: this.uri,\n      outcome',
    ],
    'keys/query-in-causes': ['const url = withoutQuery(this.uri)', 'const url = this.uri'],
    'keys/change-not-told': ['this.#settings.onChange()', ''],
    'keys/version-stands': ['this.version++', ''],
    'keys/last-not-kept': ['this.#last = held.keys', ''],
  }),
]
