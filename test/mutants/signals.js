import { inFile } from './in-file.mjs'

const events = ['signals']
const logouts = ['backchannel-logout']

export const faults = [
  ...inFile('lib/signals/judge-signal.ts', events, {
    'signals/any-type': ["if (!isType(header['typ'])) return 'wrong_type'", ''],
    'signals/any-header': [
      "if (notAccepted.some((name) => Object.hasOwn(header, name))) return 'unsupported_header'",
      '',
    ],
    'signals/any-algorithm': ["? undefined : 'unsupported_algorithm'", '? undefined : undefined'],
    'signals/any-issuer': ["claims['iss'] === settings.issuer.issuer", 'true'],
    'signals/any-audience': ["? undefined : 'wrong_audience'", '? undefined : undefined'],
    'signals/no-jti': ["typeof jti !== 'string' || jti === '' || ", ''],
    'signals/no-iat': [' || !Number.isFinite(iat)', ''],
    'signals/any-exp': [
      "if (exp !== undefined && !Number.isFinite(exp)) return 'malformed_claim'",
      '',
    ],
    'signals/no-event': ['all.length > 0 && areEvents', 'areEvents'],
    'signals/any-event': ['all.length > 0 && areEvents', 'all.length > 0'],
    'signals/of-the-future': ['age >= -clockToleranceMs && ', ''],
    'signals/for-ever': [' && age <= maxAgeMs + clockToleranceMs', ''],
    'signals/expired': ["return hasExpired ? 'not_in_time' : undefined", 'return undefined'],
  }),
  ...inFile('lib/signals/signed-by.ts', events, {
    'signals/unsigned': ["return isSigned || 'wrong_signature'", 'return true'],
    'signals/key-never-replaced': [
      'const changed = await keys.refreshAfterFailure()',
      'const changed = false',
    ],
    'signals/nameless-refuted': ['(keys.undecided(jws.header) ?? second)', 'second'],
  }),
  ...inFile('lib/signals/issued-until.ts', events, {
    'signals/until-its-token': ['isTime ? (seconds as number) : iat, iat', 'iat, iat'],
    'signals/after-its-token': ['(seconds as number) : iat, iat)', '(seconds as number) : iat)'],
    'signals/fractions': ['return Math.floor(', 'return Number('],
    'signals/milliseconds': ['timestamp / 1000', 'timestamp'],
  }),
  ...inFile('lib/signals/revoke-all.ts', events, {
    'signals/failed-is-done': ['return failures.length > 0', 'return failures.length > 1e9'],
    'signals/mistake-is-an-outage': ['if (mistake !== undefined) throw mistake', ''],
    'signals/jti-by-time': ["'jti' in one ? one : ", ''],
  }),
  ...inFile('lib/signals/once.ts', events, {
    'signals/never-remembered': ['this.#done.add(identity)', ''],
    'signals/failure-remembered': ['if (this.#isDone(outcome)) this.#remember', 'this.#remember'],
    'signals/not-joined': ['this.#running.get(identity) ?? ', ''],
    'signals/unbounded': [
      'this.#done.delete(oldest as string)',
      '',
      { why: 'memory alone: ten thousand events in a test would take longer than all others' },
    ],
  }),
  ...inFile('lib/signals/read-body.ts', events, {
    'signals/body-unbounded': ['if (bytes > mostBytes) end(', 'if (bytes > 1e9) end('],
    'signals/length-unbounded': [
      "if (Number(request.headers['content-length']) > mostBytes) return { fault: 'too_large' }",
      '',
      { why: 'the bound on what is read says the same a little later' },
    ],
    'signals/compressed': ["if (coding !== 'identity') return { fault: 'encoded' }", ''],
    'signals/waits-for-ever': [
      "setTimeout(() => end({ fault: 'too_slow' }), timeoutMs)",
      'setTimeout(() => {}, timeoutMs)',
    ],
    'signals/cut-off-unnoticed': ['if (request.destroyed) return undefined', ''],
  }),
  ...inFile('lib/signals/read-body.ts', logouts, {
    'signals/empty-body-awaited': ["if (request.readableEnded) return { text: '' }", ''],
  }),
  ...inFile('lib/signals/security-events.ts', events, {
    'signals/anybody': ["return 'not_authenticated'", "'not_authenticated'"],
    'signals/truthy-is-yes': ['expected(authorization) === true', '!!expected(authorization)'],
    'signals/any-media-type': ["? undefined : 'wrong_media_type'", '? undefined : undefined'],
    'signals/longer-type': ['/^(?:application\\/)?secevent\\+jwt$/i', '/secevent\\+jwt$/i'],
  }),
  ...inFile('lib/signals/act-on-events.ts', events, {
    'signals/told-before-done': [
      'outcomes.push(outcome as Done)',
      'outcomes.push(outcome as Done)\n      await settings.onEvent(eventOf(type, payload, claims, ignored.outcome))',
    ],
    'signals/any-state': ['told === false', 'false'],
    'signals/opaque-account-alone': [
      "type === sessionRevokedType ? 'either' : 'subject'",
      "'subject'",
    ],
    'signals/opaque-is-either': ["type === sessionRevokedType ? 'either' : 'subject'", "'either'"],
    'signals/ignores-nothing': ["if (settings.actionOf(type) !== 'revoke') return ignored", ''],
    'signals/draft-subject-unseen': ["?? payload['subject']", ''],
    'signals/stream-unseen': [
      'if (type === streamUpdatedType) tellOfStream(payload, settings)',
      '',
    ],
  }),
  ...inFile('lib/signals/token-subjects.ts', events, {
    'signals/any-subject-issuer': ['subjectIssuers.includes(issuer as string) && ', ''],
    'signals/empty-subject': [" && value !== ''", ''],
    'signals/identifiers-unbounded': [
      'if (countOf(identifier) - 1 > mostIdentifiers) return []',
      '',
    ],
    'signals/one-identifier-less': ['countOf(identifier) - 1 >', 'countOf(identifier) >'],
    'signals/nested-uncounted': ['count + countOf(part), 1)', 'count + 1, 1)'],
    'signals/complex-uncounted': ['return [user, session].filter(isObject)', 'return []'],
    'signals/aliases-nested': [
      "identifiers.filter((one) => formatOf(one) !== 'aliases')",
      'identifiers',
    ],
    'signals/user-before-session': [
      "settings.ends === 'session' ? [sessions, users]",
      'false ? [sessions, users]',
    ],
    'signals/first-of-several-issuers': [
      'subjectIssuers.length === 1 ? subjectIssuers[0]',
      'true ? subjectIssuers[0]',
    ],
    'signals/application-unasked': [
      'if (told !== undefined) return selectedBy(told, settings)',
      '',
    ],
    'signals/application-unchecked': [
      "texts.length === 0 || !areTexts || typeof issuer !== 'string'",
      'false',
    ],
    'signals/complex-user': ["formatOf(user) === 'complex' ? [] : ", ''],
    'signals/draft-format': ["drafted.replaceAll('-', '_')", 'drafted'],
  }),
  ...inFile('lib/signals/answer-signal.ts', events, {
    'signals/done-is-ok': ['response.statusCode = doneStatus', 'response.statusCode = 200'],
    'signals/no-retry-after': ["response.setHeader('Retry-After', outcome.retryAfterSeconds)", ''],
    'signals/kept-alive': ["if (!request.complete) response.setHeader('Connection', 'close')", ''],
    'signals/stored': ["response.setHeader('Cache-Control', 'no-store')", ''],
    'signals/no-language': ["response.setHeader('Content-Language', 'en')", ''],
  }),
  ...inFile('lib/signals/report.ts', events, {
    'signals/any-type-told': ["(securityEventTypes.has(type) ? type : 'other')", 'type'],
    'signals/log-flooded': [' || now < (quietUntil.get(topic) ?? now)', ''],
  }),
  ...inFile('lib/signals/receiver.ts', events, {
    'signals/any-method': ["request.method !== 'POST'", 'false'],
  }),
  ...inFile('lib/signals/transmitter.ts', events, {
    'signals/same-jti-is-same': [
      "tokenDigest(token.split('.', 2)[1] as string)",
      "claims['jti'] as string",
    ],
    'signals/done-after-close': ['      closed = true\n', ''],
    'signals/signed-anew-is-new': ["token.split('.', 2)[1] as string", 'token'],
  }),
  ...inFile('lib/signals/backchannel-logout.ts', logouts, {
    'signals/logout-untyped': [
      "return type === 'logout+jwt' || (untyped && type === 'jwt')",
      "return type === 'logout+jwt' || type === 'jwt'",
    ],
    'signals/logout-absent-type': [
      'if (typ === undefined) return untyped',
      'if (typ === undefined) return true',
    ],
    'signals/logout-of-nobody': ["if (names.length === 0) return 'no_subject'", ''],
    'signals/logout-of-anything': [
      "if (!names.every((one) => typeof one === 'string' && one !== '')) return 'malformed_claim'",
      '',
    ],
    'signals/logout-without-event': [
      "if (!Object.hasOwn(events, logoutType)) return 'no_event'",
      '',
    ],
    'signals/logout-with-nonce': [
      "Object.hasOwn(others, 'nonce') ? 'forbidden_claim' : undefined",
      'undefined',
    ],
    'signals/logout-ends-user': ["settings.ends === 'session')", 'false)'],
    'signals/logout-twice-in-form': ['given.length === 1 && ', ''],
    'signals/logout-any-form': ["? undefined : 'wrong_media_type'", '? undefined : undefined'],
  }),
  ...inFile('lib/options/security-events-settings.ts', events, {
    'signals/type-unchecked': [
      '!isEventType(type) || (isOpenid && !securityEventTypes.has(type))',
      'false',
    ],
    'signals/slash-kept': ["pathname.replace(/\\/$/, '')", 'pathname'],
    'signals/options-ignored': [', ...Object.entries(given)]', ']'],
  }),
]
