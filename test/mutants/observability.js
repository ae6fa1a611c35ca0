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
    'observability/stage-of-refusal': ["no.verdict === 'refused' ? no.stage", 'false ? no.stage'],
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
    'observability/readiness-mounted': ["notAsMiddleware('readiness', [options, ...more])", ''],
  }),
  ...inFile('lib/resource-server.ts', ['readiness'], {
    'observability/ready-when-closed': ['!closed && issuers.isWarm()', 'issuers.isWarm()'],
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
]
