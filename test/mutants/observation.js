import { inFile } from './in-file.mjs'

/** What operators and handlers get to see, and what nobody may. */
export const faults = [
  ...inFile('lib/auth.ts', ['leaks'], {
    'observation/token-in-auth': [
      'this.#token = token',
      'this.#token = token\n    Object.assign(this, { raw: token })',
    ],
  }),
  ...inFile('lib/observability/fingerprint.ts', ['events'], {
    'observation/whole-digest': ["digest.slice(0, 8), 'latin1'", "digest, 'latin1'"],
  }),
  ...inFile('lib/http/http-failure.ts', ['http'], {
    'observation/cause-by-message': [
      "plainName(memberOf(error, 'name'))",
      'String((error as Error).message)',
    ],
    'observation/cause-by-any-name': ['/^\\w{1,64}$/.test(value)', 'true'],
  }),
  ...inFile('lib/options/described-value.ts', ['options'], {
    'observation/secrets-quoted': ['!secret.test(path) ||', 'true ||'],
    'observation/anything-quoted': [
      '/^[\\x20-\\x7E]{1,80}$/.test(text) && !/[@?]|^eyJ/.test(text)',
      'true',
    ],
  }),
  ...inFile('lib/verification/introspection/client-token.ts', ['leaks', 'introspection'], {
    'observation/client-token-quoted': [
      '} catch {\n    return undefined',
      '} catch (error) {\n    return (error as Error).message',
    ],
  }),
  ...inFile('lib/verification/introspection/introspect.ts', ['leaks'], {
    'observation/token-in-event': [
      '...named,\n        outcome',
      '...named,\n        token,\n        outcome',
    ],
  }),
  ...inFile('lib/issuers/ask-lookup.ts', ['issuers'], {
    'observation/issuer-of-a-token-named': [
      "const message = 'The",
      "const message = `${iss}: ` + 'The",
    ],
  }),
  ...inFile('lib/observability/health.ts', ['outage'], {
    'observation/degraded-is-unavailable': ["held ? 'degraded' : 'unavailable'", "'unavailable'"],
    'observation/unavailable-is-degraded': ["held ? 'degraded' : 'unavailable'", "'degraded'"],
    'observation/unknown-is-ok': [
      "discovery.needed && discovery.fetchedAt === undefined ? 'unknown' : 'ok'",
      "'ok'",
    ],
    'observation/no-keys-is-ok': ["keys.keys > 0 ? 'ok' :", "true ? 'ok' :"],
    'observation/ok-while-revocations-are-unknown': [
      "if (revocations?.refused) return 'unavailable'",
      '',
      { tests: ['revocation'] },
    ],
    'observation/best-of-all': [
      'issuers.some((issuer) => issuer.status === status)',
      'issuers.every((issuer) => issuer.status === status)',
    ],
  }),
  ...inFile('lib/trusted-issuers.ts', ['events'], {
    'observation/every-token-a-jwt': ["selected.jws || selected.encrypted ? 'jwt'", "true ? 'jwt'"],
  }),
  ...inFile('lib/resource-server.ts', ['events'], {
    'observation/whose-token-was-accepted': ['traceIssuer(trace, auth)', ''],
  }),
  ...inFile('lib/verification/cached.ts', ['events'], {
    'observation/whose-token-is-remembered': ['traceIssuer(trace, refused.trace ?? {})', ''],
  }),
  ...inFile('lib/verification/coalesced.ts', ['events'], {
    'observation/whose-token-is-shared': ['traceIssuer(trace, joined.trace ?? {})', ''],
  }),
  ...inFile('lib/observability/decisions.ts', ['events'], {
    'observation/stage-of-success': ['stage: passed }', "stage: 'policy' }"],
    'observation/stage-of-outage': ["issuers: 'issuer',", "issuers: 'verification',"],
  }),
]
