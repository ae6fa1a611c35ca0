import { inFile } from './in-file.mjs'

const tests = ['revocation']

export const faults = [
  ...inFile('lib/revocation/revocations.ts', tests, {
    'revocation/nothing-refused': ['if (this.#held.size === 0) {', 'if (true) {'],
    'revocation/identity-unasked': ["this.#ofTokens > 0 ? this.#identityOf(token, raw) : ''", "''"],
    'revocation/tokens-uncounted': ['this.#ofTokens++', ''],
    'revocation/tokens-counted-twice': [
      '!same && added.identity !== undefined',
      'added.identity !== undefined',
      { why: 'Counted too high it costs a hash a request, and refuses the same.' },
    ],
    'revocation/all-uncounted-at-the-end': ['Number(revocations[0]?.identity !== undefined)', '1'],
    'revocation/selected-for-ever': ['now < revocation.endsAtMs && concerns', 'concerns'],
    'revocation/tokens-for-ever': [
      'some(({ endsAtMs }) => now < endsAtMs) === true ||',
      'some(() => true) === true ||',
      { why: 'Its end comes after that of the token, which is refused as expired by then.' },
    ],
    'revocation/tokens-not-looked-for': [
      'this.#held.get(`token ${identity}`)?.some(({ endsAtMs }) => now < endsAtMs) === true ||',
      '',
    ],
    'revocation/everything-not-looked-for': [
      'this.#held.get(everything)?.some(isMeant) === true ||',
      '',
    ],
    'revocation/never-pruned': [
      'this.#held.delete(key)',
      '',
      { why: 'It is memory: what has ended refuses nothing.' },
    ],
    'revocation/all-pruned': ['if (left.length === 0) {', 'if (true) {'],
    'revocation/shortened': ['Math.max(held.endsAtMs, added.endsAtMs)', 'added.endsAtMs'],
    'revocation/undone': [
      'Math.max(held.issuedUntil ?? 0, added.issuedUntil ?? 0)',
      '(added.issuedUntil ?? 0)',
    ],
    'revocation/told-again': ['if (added === same) {', 'if (false) {'],
    'revocation/replaces-others': ['before.find((one) => isSame(one, revocation))', 'before[0]'],
    'revocation/pruned-late-after-set-back': [
      ' && now >= this.#pruneAtMs - pruneEveryMs',
      '',
      { why: 'It is memory: what has ended refuses nothing.' },
    ],
    'revocation/watchers-untold': ['told(added)\n', '\n'],
    'revocation/watchers-for-ever': ['this.#watchers.delete(told)', 'false'],
  }),
  ...inFile('lib/revocation/token-marks.ts', tests, {
    'revocation/any-issuer': ['revocation.issuer === marks.issuer &&', ''],
    'revocation/any-member': [
      'kinds.every((kind) => revocation[kind] === undefined || revocation[kind] === marks[kind]) &&',
      '',
    ],
    'revocation/issued-later': [
      "!(typeof iat === 'number' && Math.floor(iat) > (revocation.issuedUntil as number))",
      'true',
    ],
    'revocation/not-in-the-same-second': [
      'Math.floor(iat) > (revocation.issuedUntil as number)',
      'Math.floor(iat) >= (revocation.issuedUntil as number)',
    ],
    'revocation/young-without-iat': [
      "!(typeof iat === 'number' && Math.floor(iat) > (revocation.issuedUntil as number))",
      "typeof iat === 'number' && Math.floor(iat) <= (revocation.issuedUntil as number)",
    ],
  }),
  ...inFile('lib/revocation/revocation-of.ts', tests, {
    'revocation/tokens-by-age-alone': [
      'Math.max(Math.min(expiresAtMs, now + longestMs), eldestEndsAtMs)',
      'eldestEndsAtMs',
    ],
    'revocation/tokens-by-exp-alone': [
      'Math.max(Math.min(expiresAtMs, now + longestMs), eldestEndsAtMs)',
      'Math.min(expiresAtMs, now + longestMs)',
    ],
    'revocation/from-issue-on': [
      'return { ...selected, endsAtMs: eldestEndsAtMs }',
      'return { ...selected, endsAtMs: selected.issuedUntil * 1000 + settings.revocation.maxTokenAgeMs }',
    ],
  }),
  ...inFile('lib/revocation/token-identity.ts', tests, {
    'revocation/signature-is-identity': [
      "parseCompact(token) ? token.slice(0, token.lastIndexOf('.')) : token",
      'token',
    ],
    'revocation/opaque-tokens-alike': [
      'parseCompact(token) ? token',
      "token.includes('.') ? token",
    ],
  }),
  ...inFile('lib/revocation/read-revocation.ts', tests, {
    'revocation/unknown-members': ['Object.keys(entry).every((name) => known.has(name)) &&', ''],
    'revocation/texts-of-any-type': [
      "texts.every((name) => entry[name] === undefined || typeof entry[name] === 'string') &&",
      '',
    ],
    'revocation/ends-of-any-type': ['Number.isFinite(endsAtMs) &&', ''],
    'revocation/without-issuer': ['issuer !== undefined && Number', 'Number'],
    'revocation/without-time': [' && Number.isFinite(issuedUntil))', ')'],
  }),
  ...inFile('lib/revocation/shared-revocations.ts', tests, {
    'revocation/not-told': [
      'await store?.append(revocation, Math.max(0, revocation.endsAtMs - clock()))',
      '',
    ],
    'revocation/told-in-silence': [
      'await store?.append(revocation, Math.max(0, revocation.endsAtMs - clock()))',
      'store?.append(revocation, Math.max(0, revocation.endsAtMs - clock())).catch(() => {})',
    ],
    'revocation/only-once-told': ["      add(revocation, 'here')\n", ''],
    'revocation/entries-unheard': ["add(revocation, 'store')", ''],
    'revocation/first-read-not-awaited': [
      'firstRead === undefined\n            ?',
      'true\n            ?',
    ],
    'revocation/always-accepted': ['isCurrent || !mustKnow', 'true'],
    'revocation/never-without-store': ['isCurrent || !mustKnow', 'isCurrent'],
    'revocation/unknown-before-revoked': ['revoked ??', 'undefined ??'],
    'revocation/current-for-ever': ['isCurrent = false\n', '\n'],
    'revocation/health-is-current': ["isCurrent ? 'current' : 'behind'", "'current'"],
    'revocation/health-refuses-nobody': ['refused: !isKnown()', 'refused: false'],
    'revocation/health-without-store': ['      store &&\n      Object', '      Object'],
    'revocation/never-current': ['isCurrent = true\n', '\n'],
    'revocation/first-read-for-ever': [
      '      isCurrent = false\n      endFirstRead()\n',
      '      isCurrent = false\n',
    ],
  }),
  ...inFile('lib/options/revocation-selector.ts', tests, {
    'revocation/token-and-more': ['if (other !== undefined) {', 'if (false) {'],
    'revocation/tokens-nobody-presents': [
      'token: v.optional(accessToken)',
      'token: v.optional(text)',
    ],
    'revocation/selects-nothing': ['Object.keys(members).length === 0', 'false'],
    'revocation/in-the-future': ['if (issuedUntil > now + aheadSeconds) {', 'if (false) {'],
    'revocation/first-of-several-issuers': ['known?.length === 1', 'known'],
    'revocation/unknown-issuer': ['known && !known.includes(issuer)', 'false'],
  }),
  ...inFile('lib/options/resource-server-settings.ts', tests, {
    'revocation/fapi2-accepts': ["profile === 'fapi2' && given.onStoreLoss === 'accept'", 'false'],
  }),
  ...inFile('lib/resource-server.ts', tests, {
    'revocation/not-asked': ['revocations.around(verdicts.verify)', 'verdicts.verify'],
  }),
  ...inFile('lib/revocation/ending-signals.ts', tests, {
    'revocation/signals-stay': [
      'const stopWatching = revocations.watch(endRevoked)',
      'const stopWatching = () => endRevoked',
    ],
    'revocation/signals-after-close': ['stopWatching()', ''],
    'revocation/signals-already-revoked': [
      '    if (refusal) {\n      end(ending, refusal)\n      return',
      '    if (false as boolean) {\n      return',
    ],
    'revocation/signals-forgotten': ['if (endingOf(one) === undefined) {', 'if (true) {'],
    'revocation/signals-with-listeners-collected': [
      'now + revocation.maxTokenAgeMs',
      'Number.NEGATIVE_INFINITY',
    ],
    'revocation/signals-never-let-go': [
      'isEnding ? Number.POSITIVE_INFINITY : now + revocation.maxTokenAgeMs',
      'Number.POSITIVE_INFINITY',
    ],
    'revocation/signals-let-go-are-gone': ['(left && endings.get(left))', 'undefined'],
    'revocation/signals-for-each-request': ['watched.get(key)?.signal.deref() ??', ''],
    'revocation/signals-whenever-they-end': [
      '[identity, token.expiresAt, marks]',
      '[identity, marks]',
    ],
    'revocation/signals-of-all-tokens': [
      '[identity, token.expiresAt, marks]',
      '[token.expiresAt, marks]',
    ],
    'revocation/signals-all-judged': ['isMeant(added, ending) && ', ''],
    'revocation/signals-by-identity-unmeant': [': revocation.identity === identity', ': false'],
    'revocation/signals-by-marks-unmeant': ['? concerns(revocation, marks)', '? false'],
  }),
]
