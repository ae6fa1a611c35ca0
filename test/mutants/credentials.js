import { inFile } from './in-file.mjs'

const tests = ['credentials']

export const faults = [
  ...inFile('lib/credentials/extract.ts', tests, {
    'credentials/two-fields': ['authorization.length > 1', 'authorization.length > 2'],
    'credentials/several-methods': ['scheme !== undefined && fromBody !== undefined', 'false'],
    'credentials/malformed-beside-a-form': ['fromBody === undefined ? scheme :', 'true ? scheme :'],
    'credentials/error-told-as-bearer': [
      "toldIn([scheme ?? 'Bearer'], refuse('token_too_large'))",
      "refuse('token_too_large')",
      { tests: ['dpop'] },
    ],
    'credentials/two-schemes-told-in-one': [
      "toldIn(usedAmong(authorization, schemes), refuse('repeated_credentials'))",
      "refuse('repeated_credentials')",
      { tests: ['dpop'] },
    ],
    'credentials/query-tokens-unseen': [
      'settings.refuseQueryTokens && hasQueryToken(request.url)',
      'false',
      { tests: ['fapi2'] },
    ],
    'credentials/scheme-lost': [
      "{ scheme: scheme ?? 'Bearer', token",
      "{ scheme: 'Bearer' as const, token",
      { tests: ['dpop'] },
    ],
    'credentials/form-body-unasked': [
      'settings.formBody ? tokenOfFormBody(request) : undefined',
      'tokenOfFormBody(request)',
    ],
    'credentials/body-unread': [
      'scheme === undefined ? fromBody :',
      'scheme === undefined ? undefined :',
    ],
    'credentials/no-size-limit': ['token.length > settings.maxTokenBytes', 'false'],
    'credentials/size-limit-off-by-one': [
      'token.length > settings.maxTokenBytes',
      'token.length >= settings.maxTokenBytes',
    ],
    'credentials/digest-of-prefix': [
      'digest: tokenDigest(token)',
      'digest: tokenDigest(token.slice(0, 64))',
      { tests: ['cache'] },
    ],
    'credentials/digest-in-hex-of-8': [
      'digest: tokenDigest(token)',
      "digest: tokenDigest(token.split('.')[0] as string)",
      { tests: ['cache'] },
    ],
  }),
  ...inFile('lib/credentials/authorization-header.ts', tests, {
    'credentials/scheme-by-case': [
      'value.slice(0, scheme.length).toLowerCase() === scheme.toLowerCase()',
      'false',
    ],
    'credentials/scheme-by-start': ['value.charCodeAt(scheme.length) === 0x20', 'true'],
    'credentials/bearer-without-token': ['value.length === scheme.length', 'false'],
    'credentials/malformed-is-none': [
      "anyScheme.test(value) ? undefined : refuse('malformed_credentials')",
      'undefined',
    ],
    'credentials/any-octet-in-scheme': ["/^[!#$%&'*+.^_`|~0-9A-Za-z-]+(?: |$)/", '/^[^ ]+(?: |$)/'],
    'credentials/scheme-then-anything': [
      "/^[!#$%&'*+.^_`|~0-9A-Za-z-]+(?: |$)/",
      "/^[!#$%&'*+.^_`|~0-9A-Za-z-]+/",
    ],
    'credentials/one-space-only': ['value.charCodeAt(start) === 0x20', 'false'],
    'credentials/tab-as-space': [
      'value.charCodeAt(start) === 0x20',
      'value.charCodeAt(start) <= 0x20',
    ],
  }),
  ...inFile('lib/credentials/well-formed.ts', tests, {
    'credentials/token-then-anything': ['._~+/]+=*$/', '._~+/]+=*/'],
    'credentials/anything-then-token': ['/^[A-Za-z0-9\\-._~+/]+=*$/', '/[A-Za-z0-9\\-._~+/]+=*$/'],
    'credentials/empty-token': ['._~+/]+=*$/', '._~+/]*=*$/'],
    'credentials/padding-inside': ['._~+/]+=*$/', '._~+/=]+$/'],
  }),
  ...inFile('lib/credentials/form-body.ts', tests, {
    'credentials/form-of-get': ["['POST', 'PUT', 'PATCH']", "['POST', 'PUT', 'PATCH', 'GET']"],
    'credentials/form-of-delete': [
      "['POST', 'PUT', 'PATCH']",
      "['POST', 'PUT', 'PATCH', 'DELETE']",
    ],
    'credentials/form-of-post-only': ["['POST', 'PUT', 'PATCH']", "['POST']"],
    'credentials/form-of-any-type': [
      "!methods.has(request.method) || !isForm(fieldValues(request.rawHeaders, 'content-type'))",
      '!methods.has(request.method)',
    ],
    'credentials/form-of-two-types': ['contentTypes.length === 1', 'contentTypes.length > 0'],
    'credentials/form-type-by-prefix': ['[ \\t]*(?:;|$)/i', '/i'],
    'credentials/form-type-by-case': ['[ \\t]*(?:;|$)/i', '[ \\t]*(?:;|$)/'],
    'credentials/form-inherited': [
      "!Object.hasOwn(body, 'access_token')",
      "!('access_token' in body)",
    ],
    'credentials/form-first-of-several': [
      "if (typeof value === 'string') {",
      "if (Array.isArray(value)) return parseToken(String(value[0]))\n  if (typeof value === 'string') {",
    ],
  }),
  ...inFile('lib/request/field-values.ts', tests, {
    'credentials/first-field-only': ['values ??= []', 'if (values) continue\n      values ??= []'],
    'credentials/field-by-case': ['field.toLowerCase() === name', 'field === name'],
    'credentials/value-as-name': ['index += 2', 'index += 1'],
    'credentials/field-by-suffix': [
      'field.length === name.length && field.toLowerCase() === name',
      'field.toLowerCase().endsWith(name)',
    ],
  }),
  ...inFile('lib/request/raw-headers.ts', tests, {
    'credentials/lists-dropped': [
      '} else if (Array.isArray(value)) {',
      '} else if (Array.isArray(value) && value.length === 1) {',
    ],
    'credentials/pairs-merged': [
      'for (const [name, value] of fields as Iterable<readonly [string, string]>) {',
      'for (const [name, value] of new Map(fields as Iterable<readonly [string, string]>)) {',
    ],
  }),
  ...inFile('lib/express/presented.ts', tests, {
    'credentials/merged-fields-read': [
      'request.rawHeaders?.length > 0 ? request.rawHeaders : rawHeaders(request.headers ?? {})',
      'rawHeaders(request.headers ?? {})',
    ],
    'credentials/serverless-without-fields': [
      'request.rawHeaders?.length > 0 ? request.rawHeaders : rawHeaders(request.headers ?? {})',
      'request.rawHeaders ?? []',
    ],
  }),
]
