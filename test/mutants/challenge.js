import { inFile } from './in-file.mjs'

const tests = ['challenges']

export const faults = [
  ...inFile('lib/challenge/answer.ts', tests, {
    'challenge/only-with-401': ['status === 401 || error !== undefined', 'status === 401'],
    'challenge/with-every-refusal': ['status === 401 || error !== undefined', 'true'],
    'challenge/refusal-stored': [": []),\n      ['Cache-Control', 'no-store'],", ': []),'],
    'challenge/unavailability-stored': [
      "['Access-Control-Expose-Headers', 'Retry-After'],\n      ['Cache-Control', 'no-store'],",
      "['Access-Control-Expose-Headers', 'Retry-After'],",
    ],
    'challenge/not-exposed': [
      "([['Access-Control-Expose-Headers', 'WWW-Authenticate']] as const)",
      '[]',
    ],
    'challenge/nonce-not-exposed': [
      "exposed.join(', ')",
      "exposed.slice(0, -1).join(', ')",
      { tests: ['dpop'] },
    ],
    'challenge/nonce-not-sent': [
      'nonce === undefined ? answer : withNonce(answer, nonce)',
      'answer',
      { tests: ['dpop'] },
    ],
    'challenge/next-nonce-stored': [
      "['Access-Control-Expose-Headers', 'DPoP-Nonce'],\n    ['Cache-Control', 'no-store'],",
      "['Access-Control-Expose-Headers', 'DPoP-Nonce'],",
      { tests: ['dpop'] },
    ],
    'challenge/without-retry-after': ["['Retry-After', String(value.retryAfterSeconds)],", ''],
    'challenge/unavailable-is-500': ['status: 503,\n    headers', 'status: 500,\n    headers'],
    'challenge/unavailable-is-401': [
      'status: 503,\n    headers: [',
      "status: 503,\n    headers: [\n      ['WWW-Authenticate', 'Bearer error=\"invalid_token\"'],",
    ],
    'challenge/unavailable-tells-why': [
      'detail: unavailableMessage',
      'detail: String((value.cause as Error | undefined)?.message ?? value.reason)',
    ],
    'challenge/body-without-error': ['...(error && { error, error_description: message }),', ''],
    'challenge/body-of-any-type': [
      ": []),\n      ['Cache-Control', 'no-store'],\n      ['Content-Type', 'application/problem+json'],",
      ": []),\n      ['Cache-Control', 'no-store'],\n      ['Content-Type', 'text/html'],",
    ],
  }),
  ...inFile('lib/challenge/www-authenticate.ts', tests, {
    'challenge/error-without-credentials': [
      "return error === undefined\n    ? []\n    : [\n        ['error', error],",
      "return false\n    ? []\n    : [\n        ['error', error ?? 'invalid_token'],",
    ],
    'challenge/no-error': ['return error === undefined', 'return true'],
    'challenge/scope-not-told': ["...listParam('scope', refusal.scopes),", ''],
    'challenge/scope-by-commas': ["values.join(' ')", "values.join(',')"],
    'challenge/error-in-all-schemes': [
      '...(telling.includes(scheme) ? errorParams(refusal) : []),',
      '...errorParams(refusal),',
      { tests: ['dpop'] },
    ],
    'challenge/one-scheme-only': [
      'refusal.status === 401 ? schemes : telling',
      'telling',
      { tests: ['dpop'] },
    ],
    'challenge/all-schemes-always': [
      'refusal.status === 401 ? schemes : telling',
      'schemes',
      { tests: ['dpop'] },
    ],
    'challenge/nobody-tells': [
      'used.length > 0 ? used : schemes.slice(0, 1)',
      'used',
      { tests: ['policy'] },
    ],
    'challenge/without-algs': [
      "...(scheme === 'DPoP' ? [['algs', algs] as const] : []),",
      '',
      { tests: ['dpop'] },
    ],
    'challenge/algs-for-bearer': [
      "scheme === 'DPoP' ? [['algs'",
      "true ? [['algs'",
      { tests: ['dpop'] },
    ],
    'challenge/illegal-characters': [
      "return text.replace(/[^\\x20-\\x21\\x23-\\x5b\\x5d-\\x7e]/g, '?')",
      'return text',
    ],
    'challenge/quotes-escaped': [
      '/[^\\x20-\\x21\\x23-\\x5b\\x5d-\\x7e]/g',
      '/[^\\x20-\\x5b\\x5d-\\x7e]/g',
    ],
    'challenge/unquoted': ['${name}="${legal(value)}"', '${name}=${legal(value)}'],
    'challenge/wrong-parameter': [
      "['resource_metadata', protection.resourceMetadata]",
      "['resource', protection.resourceMetadata]",
      { tests: ['challenges', 'metadata'] },
    ],
  }),
  ...inFile('lib/challenge/challenger.ts', ['challenges', 'metadata'], {
    'challenge/metadata-unannounced': [
      'protection = { resourceMetadata: settings.metadataUrl ?? url.href }',
      '',
    ],
    'challenge/metadata-url-ignored': ['settings.metadataUrl ?? url.href', 'url.href'],
    'challenge/metadata-url-ignored-at-first': [
      'settings.metadataUrl === undefined\n      ?',
      'true\n      ?',
    ],
    'challenge/refusal-as-unavailability': [
      "outcome.verdict === 'refused'",
      "outcome.verdict === 'refused' && outcome.status !== 403",
    ],
    'challenge/form-body-announced': [
      "credentials.formBody ? ['header', 'body'] : ['header']",
      "['header', 'body']",
    ],
    'challenge/form-body-unannounced': [
      "credentials.formBody ? ['header', 'body'] : ['header']",
      "['header']",
    ],
  }),
  ...inFile('lib/challenge/metadata-url.ts', ['metadata'], {
    'challenge/metadata-slash-kept': ["url.pathname === '/' ? '' : url.pathname", 'url.pathname'],
    'challenge/metadata-query-dropped': ['${wellKnown}${path}${query}', '${wellKnown}${path}'],
    'challenge/metadata-appended': ['${wellKnown}${path}${query}', '${path}${wellKnown}${query}'],
  }),
  ...inFile('lib/challenge/resource-metadata.ts', ['metadata'], {
    'challenge/metadata-contradicts-scopes': ["  'scopes_supported',\n", ''],
    'challenge/metadata-contradicts-methods': ["  'bearer_methods_supported',\n", ''],
    'challenge/metadata-contradicts-resource': ["  'resource',\n", ''],
    'challenge/metadata-contradicts-proofs': ["  'dpop_signing_alg_values_supported',\n", ''],
    'challenge/metadata-contradicts-issuers': [
      "description.authorizationServers ? [...own, 'authorization_servers'] : own",
      'own',
    ],
    'challenge/metadata-empty-members': ['!(Array.isArray(value) && value.length === 0)', 'true'],
    'challenge/metadata-unprintable': ['} catch {\n    throw new', '} finally {\n    void new'],
    'challenge/metadata-preflight': ["if (method === 'OPTIONS') {", 'if (false) {'],
    'challenge/metadata-head': ["method !== 'GET' && method !== 'HEAD'", "method !== 'GET'"],
    'challenge/metadata-of-any-method': ["method !== 'GET' && method !== 'HEAD'", 'false'],
    'challenge/metadata-own-origin-only': [
      "['Content-Type', 'application/json'],\n      ['Access-Control-Allow-Origin', '*'],",
      "['Content-Type', 'application/json'],",
    ],
    'challenge/metadata-without-type': ["['Content-Type', 'application/json'],", ''],
  }),
  ...inFile('lib/options/is-texts.ts', ['metadata'], {
    'challenge/metadata-list-of-anything': [
      "value.every((item) => typeof item === 'string')",
      'true',
    ],
  }),
  ...inFile('lib/challenge/check-metadata-fields.ts', ['metadata'], {
    'challenge/metadata-of-any-kind': [
      'if (!isPlainObject(fields)) {',
      'if (false) {',
      { tests: ['misuse'] },
    ],
    'challenge/metadata-text-of-any-type': ["typeof value !== 'string'", 'false'],
    'challenge/metadata-list-of-any-type': ['!isTexts(value)', 'false'],
    'challenge/metadata-respelt': ['respelt !== undefined && respelt !== member', 'false'],
    'challenge/metadata-determined-twice': ['determined.includes(name)', 'false'],
  }),
  ...inFile('lib/challenge/merged-fields.ts', tests, {
    'challenge/last-field-only': ['before === undefined ? value : [before, value].flat()', 'value'],
  }),
  ...inFile('lib/errors/codes.ts', tests, {
    'challenge/missing-is-invalid': [
      "missing_credentials: { status: 401, title: 'Unauthorized' }",
      "missing_credentials: { status: 401, title: 'Unauthorized', error: 'invalid_token' }",
    ],
    'challenge/missing-is-400': [
      'missing_credentials: { status: 401,',
      'missing_credentials: { status: 400,',
    ],
    'challenge/malformed-is-401': [
      'invalid_request: { status: 400,',
      'invalid_request: { status: 401,',
    ],
    'challenge/scope-is-401': [
      'insufficient_scope: { status: 403,',
      'insufficient_scope: { status: 401,',
    ],
    'challenge/forbidden-is-401': ['forbidden: { status: 403,', 'forbidden: { status: 401,'],
    'challenge/forbidden-asks-for-scope': [
      "forbidden: { status: 403, title: 'Forbidden' }",
      "forbidden: { status: 403, title: 'Forbidden', error: 'insufficient_scope' }",
    ],
  }),
  ...inFile('lib/errors/unavailable-value.ts', ['challenges', 'key-sets'], {
    'challenge/retry-at-once': [
      'Math.max(1, Math.ceil(retryAfterMs / 1000))',
      'Math.floor(retryAfterMs / 1000)',
    ],
  }),
  ...inFile('lib/errors/not-ready-message.ts', ['outage'], {
    'challenge/not-ready-of-one': ['inTheWay.map(', 'inTheWay.slice(0, 1).map('],
    'challenge/not-ready-without-way-out': ['return known', 'return false'],
    'challenge/not-ready-without-details': ['[reason, ...detailsOf(cause)]', '[reason]'],
    'challenge/not-ready-when-closed': [
      "inTheWay.some(({ unavailable }) => unavailable.reason === 'closed')",
      'false',
    ],
  }),
  ...inFile('lib/errors/not-ready.ts', ['outage'], {
    'challenge/not-ready-without-cause': [
      'cause === undefined ? undefined : { cause }',
      'undefined',
    ],
    'challenge/not-ready-tells-first-only': [
      'notReadyMessage([first, ...others])',
      'notReadyMessage([first])',
    ],
  }),
  ...inFile('lib/errors/refusal-value.ts', ['challenges'], {
    'challenge/refusal-mutable': [
      'return Object.freeze({\n    verdict',
      'return ({\n    verdict',
      { tests: ['policy'] },
    ],
  }),
]
