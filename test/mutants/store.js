import { inFile } from './in-file.mjs'

export const faults = [
  ...inFile('lib/store/sealing.ts', ['sealing'], {
    'store/name-without-secret': [
      "createHmac('sha256', this.#nameKey)",
      "createHmac('sha256', 'scopegate')",
    ],
    'store/name-without-purpose': [
      'JSON.stringify([purpose, this.#resource, id])',
      'JSON.stringify([this.#resource, id])',
    ],
    'store/name-without-resource': [
      'JSON.stringify([purpose, this.#resource, id])',
      'JSON.stringify([purpose, id])',
    ],
    'store/name-without-id': [
      'JSON.stringify([purpose, this.#resource, id])',
      'JSON.stringify([purpose, this.#resource])',
    ],
    'store/value-key-without-secret': [
      "this.#valueKey = derived(secret, '', ",
      "this.#valueKey = derived('', '', ",
    ],
    'store/value-key-without-token': [
      'derived(key, this.#valueKey,',
      "derived('', this.#valueKey,",
    ],
    'store/context-without-purpose': [
      'JSON.stringify([version, purpose, this.#resource, name])',
      'JSON.stringify([version, this.#resource, name])',
      { why: 'the key is made for the purpose, too' },
    ],
    'store/context-without-resource': [
      'JSON.stringify([version, purpose, this.#resource, name])',
      'JSON.stringify([version, purpose, name])',
    ],
    'store/context-without-name': [
      'JSON.stringify([version, purpose, this.#resource, name])',
      'JSON.stringify([version, purpose, this.#resource])',
    ],
    'store/no-context': ['    cipher.setAAD(this.#contextOf(place))\n', ''],
    'store/one-nonce': ['randomBytes(nonceBytes)', 'Buffer.alloc(nonceBytes)'],
    'store/any-version': [' || octets[0] !== version', ''],
    'store/tag-ignored': [
      '      return undefined\n    }\n    return parse',
      '    }\n    return parse',
    ],
    'store/seals-any-size': [' || octets.length > mostBytes', ''],
    'store/opens-any-size': [
      ' && byteLength <= mostBytes + overhead',
      '',
      { why: 'nothing larger is sealed: the bound only spares the work' },
    ],
    'store/opens-any-shortness': ['byteLength >= overhead && ', ''],
    'store/opens-any-type': [
      'if (!ArrayBuffer.isView(value)) return undefined',
      'if (!value) return undefined',
    ],
    'store/opens-what-lies': [
      '  } catch {\n    return undefined\n  }\n}',
      '  } finally {\n  }\n}',
      { tests: ['store-failures'] },
    ],
    'store/infinity-sealed': ['isExact = false', 'isExact = true'],
  }),
  ...inFile('lib/store/sealed-store.ts', ['sealing', 'shared-store'], {
    'store/claims-in-given-order': ['secrets.sort().map(', 'secrets.map('],
    'store/claims-by-first-secret': [
      'for (const sealing of all) {\n        const name',
      'for (const sealing of [first]) {\n        const name',
    ],
    'store/claims-until-one-is-first': [
      "if (claim !== 'first') return",
      "if (claim === 'first') return",
    ],
    'store/anything-is-first': ["isFirst === true ? 'first'", "isFirst ? 'first'"],
    'store/anything-is-seen': ["isFirst === false ? 'seen' : 'failed'", "'seen'"],
    'store/lost-is-first': [
      "claim === 'seen' ? 'seen' : 'lost'",
      "claim === 'seen' ? 'seen' : 'first'",
    ],
    'store/lost-is-seen': ["claim === 'seen' ? 'seen' : 'lost'", "'seen'"],
    'store/claims-for-no-time': ['store.claim(name, Math.ceil(maxAgeMs))', 'store.claim(name, 0)'],
    'store/erases-by-first-secret': ['all.map((sealing) => put(', '[first].map((sealing) => put('],
    'store/read-during-outage': ["if (!mayTry('read')) return undefined", ''],
    'store/write-during-outage': ["sealed && mayTry('write')", 'sealed'],
    'store/claim-during-outage': ["if (!mayTry('claim')) return 'lost'", ''],
    'store/success-unnoticed': ['      outage.succeeded()\n', ''],
    'store/failure-unnoticed': ['      outage.failed(reason)\n', ''],
    'store/append-never-fails': ["if ('failure' in asked) throw asked.failure", ''],
    'store/message-as-code': [
      "typeof code === 'string' && /^\\w{1,40}$/.test(code) ? code : 'failed'",
      "'failed'",
    ],
    'store/any-code': [' && /^\\w{1,40}$/.test(code)', ''],
    'store/null-is-dropped': ['(value ?? undefined) === undefined', 'value === undefined'],
    'store/dropped-is-a-miss': ["opened ? 'hit' : 'dropped'", "opened ? 'hit' : 'miss'"],
  }),
  ...inFile('lib/store/sealed-log.ts', ['sealing'], {
    'store/appends-to-first-log': [
      'const written = logs.map(',
      'const written = logs.slice(0, 1).map(',
    ],
    'store/follows-first-log': ['const ends = logs.map(', 'const ends = logs.slice(0, 1).map('],
    'store/entries-as-they-are': [
      'if (entry) follower.entry(entry)\n            else',
      'follower.entry(entry ?? {})\n            if (!entry)',
    ],
    'store/current-with-one-log': ["if (behind.size === 0) tell('current')", "tell('current')"],
    'store/never-behind-again': ['            behind.add(log)\n', ''],
    'store/loss-untold': ["            tell('lost')\n", ''],
    'store/told-again': [' || now === told) return', ') return'],
    'store/followed-by-a-promise': ["typeof end !== 'function'", 'false'],
    'store/entries-after-the-end': ['            if (ended) return\n', ''],
    'store/told-after-the-end': ['if (ended || now === told) return', 'if (now === told) return'],
    'store/followed-for-ever': ['await Promise.all(ends.map((end) => end()))', ''],
    'store/large-entry-left-out': [
      "if (!value) throw new RangeError('The entry does not fit into the log.')",
      'if (!value) return { name, value: new Uint8Array() }',
    ],
  }),
  ...inFile('lib/errors/member-of.ts', ['store-failures', 'http', 'signals'], {
    'store/errors-that-throw': ['return undefined', 'throw new TypeError()'],
  }),
  ...inFile('lib/store/store-outage.ts', ['shared-store', 'sealing'], {
    'store/never-left-alone': [
      'this.#failures < accidents) return',
      'this.#failures < 1e9) return',
    ],
    'store/stragglers-count': [
      'this.#pauseMs > 0 ? !this.#trying : ',
      'this.#pauseMs > 0 ? false : ',
    ],
    'store/trial-unnoticed': [
      'this.#pauseMs > 0 ? !this.#trying : ',
      'this.#pauseMs > 0 ? true : ',
    ],
    'store/one-trial-tries-for-all': ['    this.#trying = false\n', ''],
    'store/pauses-uncounted': ['    this.#pauses += 1\n', ''],
    'store/pauses-never-forgotten': ['    this.#pauses = 0\n', ''],
    'store/left-alone-at-once': ['const accidents = 3', 'const accidents = 1'],
    'store/left-alone-for-ever': ['full * (1 - Math.random() / 4)', 'Number.POSITIVE_INFINITY'],
    'store/many-try': ['    this.#pausedAt = this.#clock()\n    return true', '    return true'],
    'store/pause-unbounded': [
      'Math.min(longestPauseMs, firstPauseMs * 2 ** doublings)',
      'firstPauseMs * 2 ** doublings',
    ],
    'store/pause-constant': ['firstPauseMs * 2 ** doublings', 'firstPauseMs'],
    'store/pause-after-success': ['    this.#pauses = 0\n    this.#pauseMs = 0\n', ''],
    'store/failures-never-forgotten': ['    this.#failures = 0\n', ''],
    'store/clock-set-back-pauses': ['this.#pausedAt = Math.min(this.#pausedAt, now)', ''],
    'store/since-moves': ['if (this.#failures === 0) this.#since = now', 'this.#since = now'],
    'store/unused-is-ok': ["this.#used ? 'ok' : 'unknown'", "'ok'"],
  }),
  ...inFile('lib/store/in-time.ts', ['sealing'], {
    'store/no-deadline': ['    }, longestMs)', '    }, 2 ** 31 - 1)'],
    'store/timer-left': ['.finally(() => clearTimeout(timer))', ''],
    'store/throws-at-once': ['new Promise<Result>((begin) => begin(operation()))', 'operation()'],
  }),
  ...inFile('lib/verification/introspection/shared-answers.ts', ['shared-store'], {
    'answers/issuers-mixed': [
      '[issuer.settings.issuer, settings.signedResponse, digest]',
      '[settings.signedResponse, digest]',
    ],
    'answers/unsigned-for-signed': [
      '[issuer.settings.issuer, settings.signedResponse, digest]',
      '[issuer.settings.issuer, digest]',
    ],
    'answers/from-the-future': [' || !(asked <= now + aheadMs)', ''],
    'answers/never-ahead': ['!(asked <= now + aheadMs)', '!(asked <= now)'],
    'answers/of-any-time': [
      "typeof asked !== 'number' || ",
      '',
      { why: 'what is no number is not before any time either' },
    ],
    'answers/late-ones-believed': [
      'if (asked - aheadMs <= (heardAt.get(id) ?? Number.NEGATIVE_INFINITY)) return undefined',
      '',
    ],
    'answers/late-ones-told': [' && !(asked <= (heardAt.get(id) ?? Number.NEGATIVE_INFINITY))', ''],
    'answers/of-any-age': [' || now >= endsAtMs', ''],
    'answers/age-begins-anew': ['Math.min(asked, now) + maxAgeMs', 'now + maxAgeMs'],
    'answers/kept-beyond-age': [
      'Math.min(verdict.goodUntilMs, endsAtMs) }',
      'verdict.goodUntilMs }',
    ],
    'answers/kept-beyond-exp': ['Math.min(verdict.goodUntilMs, endsAtMs) }', 'endsAtMs }'],
    'answers/refuse': [
      "if (verdict.verdict !== 'accepted' || now >= endsAtMs) return undefined",
      'if (now >= endsAtMs) return undefined',
    ],
    'answers/stored-beyond-exp': [
      'Math.min(asked + maxAgeMs, verdict.goodUntilMs) - clock()',
      'asked + maxAgeMs - clock()',
    ],
    'answers/stored-beyond-age': [
      'Math.min(asked + maxAgeMs, verdict.goodUntilMs) - clock()',
      'verdict.goodUntilMs - clock()',
    ],
    'answers/live-reads': ['    if (verified) {\n', '    if (verified && !store) {\n'],
    'answers/live-tells-nobody': [
      "if (verdict.verdict === 'refused' && verified.source === 'introspection') {",
      'if (!verdict) {',
    ],
    'answers/jwt-told': [" && verified.source === 'introspection'", ''],
    'answers/refusals-told': [
      "verdict.verdict === 'refused' && kept?.['claims']",
      "verdict.verdict === 'refused'",
    ],
    'answers/refusals-untold': [
      "else if (verdict.verdict === 'refused' && kept?.['claims']) tellInactive(token, id)",
      '',
    ],
    'answers/unremembered': ['    heardAt.set(id, clock())\n', ''],
    'answers/not-erased': ['    void store.erase(token, id, maxAgeMs)\n', ''],
    'answers/unwritten': ['      void store.write(token, id, { asked, claims }, leftMs)\n', ''],
    'answers/written-when-asked-last': [
      '    const asked = clock()\n    const verdict',
      '    const asked = clock() + 1000\n    const verdict',
    ],
    'answers/schema-output-told': ['verifiedClaims(verdict.token)', 'verdict.token.claims'],
  }),
  ...inFile('lib/proof/dpop/shared-replays.ts', ['shared-store'], {
    'replays/store-unasked': ["sighting === 'first' ? claimed(key) : sighting", 'sighting'],
    'replays/seen-here-asked': ["sighting === 'first' ? claimed(key) : sighting", 'claimed(key)'],
    'replays/window-alone': ['windowMs + futureMs + clockDifferenceMs', 'windowMs'],
    'replays/no-clock-difference': [
      'windowMs + futureMs + clockDifferenceMs',
      'windowMs + futureMs',
    ],
    'replays/always-accepted': ["claim === 'lost' && onStoreLoss === 'accept'", "claim === 'lost'"],
    'replays/never-accepted': ["claim === 'lost' && onStoreLoss === 'accept'", 'false'],
    'replays/seen-accepted': [
      "claim === 'lost' && onStoreLoss === 'accept'",
      "onStoreLoss === 'accept'",
    ],
    'replays/untold': ['      onAcceptedAlone()\n', ''],
    'replays/own-memory-unasked': ['seen: own.seen', 'seen: () => false'],
  }),
  ...inFile('lib/options/checked-store.ts', ['shared-store'], {
    'options/store-any': ["typeof given !== 'object' || given === null", 'false'],
    'options/store-operations': ["typeof store[name] !== 'function'", 'false'],
    'options/store-secrets-any': [
      '!Array.isArray(secrets) || secrets.length === 0 || !secrets.every(isSecret)',
      'false',
    ],
    'options/store-no-secret': ['secrets.length === 0 || ', ''],
    'options/store-short-secret': [' && value.length >= 32', ''],
  }),
  ...inFile('lib/testing/memory-store.ts', ['memory-store'], {
    'testing/store-keeps-for-ever': ['kept === undefined || kept.endsAtMs > clock()', 'kept'],
    'testing/store-claims-twice': ['if (held(key)) return false', ''],
    'testing/store-hangs-not': ["if (fault === 'hang') await", "if (fault === 'refused') await"],
    'testing/store-never-fails': [
      'if (fault !== undefined) {\n      const code',
      'if (false) {\n      const code',
    ],
    'testing/store-restores-nothing': ['      fault = undefined\n', ''],
    'testing/store-tells-during-outage': ['if (fault === undefined) tell(log)', 'tell(log)'],
    'testing/store-old-entries': [
      'if (endsAtMs > clock()) follower.entry(value)',
      'follower.entry(value)',
    ],
    'testing/store-follows-for-ever': [
      '        ended = true\n        log.followers.delete(follower)\n',
      '',
    ],
    'testing/store-flushes-values-only': ['        entries.length = 0\n', ''],
    'testing/store-any-fault': [
      "      checkChoice('The fault of fail()', next, ['refused', 'hang'])\n",
      '',
    ],
  }),
  ...inFile('lib/options/dpop-settings.ts', ['shared-store'], {
    'store/loss-without-store': ['options.onStoreLoss !== undefined && !hasStore', 'false'],
    'store/loss-accepted-by-default': [
      "options.onStoreLoss ?? 'refuse'",
      "options.onStoreLoss ?? 'accept'",
    ],
  }),
  ...inFile('lib/options/possession-settings.ts', ['shared-store'], {
    'store/loss-accepted-under-fapi2': ["dpop.onStoreLoss !== 'refuse'", 'false'],
  }),
  ...inFile('lib/proof/dpop/dpop-proofs.ts', ['shared-store'], {
    'replays/lost-is-good': ["if (sighting === 'lost') return", 'if (false) return'],
    'replays/store-unused': ['this.#replays = shared\n', 'this.#replays = false\n'],
  }),
  ...inFile('lib/trusted-issuers.ts', ['shared-store'], {
    'answers/shared-though-none-is-kept': ['store && maxAgeMs > 0 ?', 'store ?'],
  }),
  ...inFile('lib/verification/introspection/introspect.ts', ['shared-store'], {
    'answers/misshapen-looked-for': [
      'if (verified || !fits || fits(credentials.token)) return',
      'if (verified || !fits || ports.shared || fits(credentials.token)) return',
    ],
  }),
  ...inFile('lib/express/express-resource-server.ts', ['shared-store'], {
    'store/no-health': ['      ...(core.store && { store: core.store.health() }),\n', ''],
  }),
]
