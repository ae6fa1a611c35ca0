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
]
