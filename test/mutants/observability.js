import { inFile } from './in-file.mjs'

/** What the log is told of requests, and how it names them. */
export const faults = [
  ...inFile('lib/observability/decision-log.ts', ['decision-log'], {
    'observability/any-method': ['/^[A-Z-]{1,20}$/.test(method)', 'true'],
    'observability/refusals-are-warnings': ["level: 'info'", "level: 'warn'"],
    'observability/no-fingerprint': ['trace?.digest !== undefined', 'false'],
    'observability/whole-digest-logged': ['fingerprint(trace.digest)', 'trace.digest'],
    'observability/details-open': ['const details = Object.freeze({', 'const details = ({'],
  }),
  ...inFile('lib/observability/decisions.ts', ['decision-log', 'events'], {
    'observability/log-without-trace': ['isLogged || ', ''],
    'observability/trace-for-nobody': ['isLogged || decisionChannel.hasSubscribers', 'true'],
    'observability/stage-of-refusal': ['no.stage', "'policy'"],
  }),
  ...inFile('lib/resource-server.ts', ['decision-log'], {
    'observability/accepted-logged': ['if (log && !(decision instanceof Auth)) {', 'if (log) {'],
    'observability/second-middleware-knows-no-token': [
      'trace.digest ??= tokenDigest(auth.token)',
      '',
    ],
    'observability/url-for-route': ['route: routeOf(subject)', 'route: question.request.url'],
  }),
  ...inFile('lib/options/resource-server-settings.ts', ['decision-log'], {
    'observability/default-log-told-of-requests': [
      'requestLog: log,',
      'requestLog: log ?? defaultLog,',
    ],
  }),
  ...inFile('lib/express/route-of.ts', ['decision-log'], {
    'observability/mount-path-as-written': ["? segment : '*'", '? segment : segment'],
    'observability/long-words-shown': ['{1,30})$/', '{1,})$/'],
    'observability/parameters-not-named': ['if (name !== undefined) {', 'if (false) {'],
    'observability/parameters-encoded': ['names.get(decoded(segment))', 'names.get(segment)'],
    'observability/undecodable-throws': [
      '} catch {\n    return segment',
      '} catch (error) {\n    throw error',
    ],
    'observability/any-length': ['.slice(0, longestRoute)', ''],
    'observability/route-without-mount': ['mountPattern(baseUrl, params) + ', ''],
    'observability/patterns-as-they-are': [
      "Array.isArray(pattern) ? pattern.map(String).join('|') : ",
      '',
    ],
  }),
  ...inFile('lib/observability/health.ts', ['status-list'], {
    'observability/lists-are-no-matter': ['lists === undefined || lists.failing === 0', 'true'],
    'observability/missing-lists-degrade': [
      "return lists.missing > 0 ? 'unavailable' : 'degraded'",
      "return 'degraded'",
    ],
    'observability/failing-lists-are-missing': [
      "return lists.missing > 0 ? 'unavailable' : 'degraded'",
      "return 'unavailable'",
    ],
  }),
  ...inFile('lib/express/readiness-middleware.ts', ['status-list'], {
    'observability/lists-without-reason': [' ?? statusLists?.reason', ''],
  }),
  ...inFile('lib/express/readiness-middleware.ts', ['readiness'], {
    'observability/readiness-by-any-method': [
      "request.method !== 'GET' && request.method !== 'HEAD'",
      'false',
    ],
    'observability/head-is-no-get': [" && request.method !== 'HEAD'", ''],
    'observability/unready-is-200': ['ready ? 200 : 503', '200'],
    'observability/readiness-stored': [
      "const neverStored: Answer['headers'] = [['Cache-Control', 'no-store']]",
      "const neverStored: Answer['headers'] = []",
    ],
    'observability/details-for-everybody': ['details ? health()', 'true ? health()'],
    'observability/where-keys-are': [
      '{ issuer, status, keys: keys?.keys,',
      '{ issuer, status, discovery, keys,',
    ],
    'observability/nothing-prepared': ['prepare()\n    const status', 'const status'],
  }),
  ...inFile('lib/express/express-resource-server.ts', ['readiness'], {
    'observability/probes-fetch-for-all-tenants': [
      "typeof settings.issuers !== 'function'",
      'true',
    ],
    'observability/probes-end-the-process': [
      'core.issuers.warm().catch(() => {})',
      'void core.issuers.warm()',
    ],
    'observability/readiness-mounted': ["notAsMiddleware('readiness', [options, ...more])", ''],
  }),
  ...inFile('lib/resource-server.ts', ['readiness'], {
    'observability/ready-when-closed': ['!closed && issuers.isWarm()', 'issuers.isWarm()'],
    'observability/ready-without-revocations': [' && revocations.isReady()', ''],
  }),
  ...inFile('lib/trusted-issuers.ts', ['readiness'], {
    'observability/ready-when-any-is': ['.every(isWarm)', '.some(isWarm)'],
    'observability/tenants-must-be-warm': ["typeof settings.issuers === 'function' || ", ''],
    'observability/ready-without-metadata': ['(!needed || fetchedAt !== undefined)', 'true'],
    'observability/ready-without-keys': ['(keys.of(issuer).state()?.keys ?? 0) > 0', 'true'],
    'observability/keys-where-none-are-needed': [
      'jwt !== undefined || introspection?.signedResponse === true',
      'true',
    ],
    'observability/no-keys-for-signed-answers': [' || introspection?.signedResponse === true', ''],
  }),
  ...inFile('lib/observability/told-once.ts', ['configuration-hints'], {
    'observability/told-without-end': [' || this.#told.size >= this.#most', ''],
    'observability/told-each-time': ['this.#told.has(what) || ', ''],
  }),
  ...inFile('lib/verification/jwt/hint-at-configuration.ts', ['configuration-hints'], {
    'observability/hint-of-anybody': [
      'if (!isTrue || told.has(what)) return',
      'if (told.has(what)) return',
    ],
    'observability/hint-at-a-time': [
      'if (!isTrue || told.has(what)) return',
      'if (!isTrue) return',
      { why: 'only tokens that wait for the same fetch at once would be told of twice' },
    ],
    'observability/looks-without-end': [' || Math.abs(now - lookedAt) < betweenLooksMs', ''],
    'observability/silent-after-a-set-back': [
      'Math.abs(now - lookedAt) < betweenLooksMs',
      'now - lookedAt < betweenLooksMs',
    ],
    'observability/one-issuer-for-all': ['`${reason} ${settings.issuer}`', '`${reason}`'],
    'observability/one-reason-for-all': ['`${reason} ${settings.issuer}`', '`${settings.issuer}`'],
    'observability/signed-by-nobody': [
      'candidates.some(({ key }) => verifySignature(jws.header.alg as Algorithm, key, jws))',
      'candidates.length > 0',
    ],
    'observability/kid-of-any-type': [
      "kid === undefined || typeof kid === 'string'",
      'true',
      { why: 'a `kid` that is no string names no key: it costs a look more' },
    ],
    'observability/algorithm-of-any-name': [
      '!isAlgorithm(alg) || ',
      '',
      { why: 'no key serves a name that is not in the table: it costs a look more' },
    ],
    'observability/verdict-waits-for-keys': ['signed.then(tell, () => {})', 'void signed'],
  }),
  ...inFile('lib/verification/jwt/configuration-hints.ts', ['configuration-hints'], {
    'observability/types-quoted': ['/^[A-Za-z0-9/+.-]{1,40}$/', '/^/'],
    'observability/audiences-quoted': ['/^(?!eyJ)[\\x21-\\x7E]{1,100}$/', '/^/'],
    'observability/token-like-audience-quoted': ['(?!eyJ)', ''],
    'observability/any-number-of-audiences': ['.slice(0, 5)', ''],
    'observability/any-value-quoted': ["typeof value === 'string' && harmless", 'harmless'],
    'observability/expects-one-type': [
      "jwt.profile === 'plain' ? ['at+jwt', 'JWT', 'no typ'] : ['at+jwt']",
      "['at+jwt']",
    ],
    'observability/audience-always-expected': [
      "audiences ? ['iss', 'exp', 'aud'] : ['iss', 'exp']",
      "['iss', 'exp', 'aud']",
    ],
    'observability/claims-of-rfc-9068-always': [
      "jwt.profile === 'plain' ? plain : rfc9068Claims",
      'rfc9068Claims',
    ],
  }),
  ...inFile('lib/issuers/hint-at-issuer.ts', ['configuration-hints'], {
    'observability/case-counts': ['.toLowerCase()\n    .replace', '.replace'],
    'observability/all-slashes': ["/\\/$/, '')", "/\\/+$/, '')"],
    'observability/schemes-of-any-kind': [
      '^https?:',
      '^[a-z]*:',
      { why: 'an issuer of another scheme is as much another one' },
    ],
    'observability/issuer-told-each-time': ['told.add(`${seen} ${issuer}`)', ''],
    'observability/one-difference-for-all': ['told.has(`${seen} ${issuer}`)', 'told.has(issuer)'],
    'observability/foreign-issuer-quoted': [
      'seen, expected: issuer',
      'seen: iss, expected: issuer',
    ],
    'observability/any-length-of-issuer': [
      ' || iss.length > longestIssuer',
      '',
      { why: 'it only bounds what is compared' },
    ],
  }),
  ...inFile('lib/policy/hint-at-scope-source.ts', ['configuration-hints'], {
    'observability/function-of-scopes-doubted': ['scopeClaims.length === 0 || ', ''],
    'observability/known-source-named': ['!scopeClaims.includes(name) && ', ''],
    'observability/empty-source-named': [' && Object.keys(claim).length > 0', ''],
    'observability/scope-told-each-time': ['told.add(issuer)', ''],
  }),
  ...inFile('lib/resource-server.ts', ['configuration-hints'], {
    'observability/some-scope-is-none': [' && token.scopes.length === 0', ''],
    'observability/any-refusal-lacks-scope': ["no?.reason === 'insufficient_scope' && ", ''],
  }),
  ...inFile('lib/trusted-issuers.ts', ['configuration-hints'], {
    'observability/claims-of-the-application': [
      'hintAtScopes(verifiedClaims(token)',
      'hintAtScopes(token.claims as never',
    ],
    'observability/every-no-of-selection-hinted': [
      "selected.reason === 'unknown_issuer'",
      'true',
      { why: 'only an issuer that is almost known is told of, which is refused for that alone' },
    ],
  }),
  ...inFile('lib/observability/channels.ts', ['decision-log'], {
    'observability/events-for-nobody': ['if (to.hasSubscribers) {', 'if (true) {'],
  }),
]
