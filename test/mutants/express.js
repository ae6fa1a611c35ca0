import { inFile } from './in-file.mjs'

const tests = ['policy']

export const faults = [
  ...inFile('lib/express/express-edge.ts', tests, {
    'express/everybody-goes-on': [
      'if (decision instanceof Auth) {\n      next()',
      'if (decision) {\n      next()',
    ],
    'express/refusals-go-on': [
      'if (decision instanceof Auth) {\n      next()',
      "if (decision instanceof Auth || decision.verdict === 'unavailable') {\n      next()",
    ],
    'express/policy-dropped': [
      'policy,\n      optional,',
      'policy: policy && undefined,\n      optional,',
    ],
    'express/forged-auth': [
      'auth: recordOf(request, edge)?.auth,',
      'auth: recordOf(request, edge)?.auth ?? (request as never as { auth?: Auth<object> }).auth,',
    ],
    'express/verified-each-time': ['auth: recordOf(request, edge)?.auth,', ''],
    'express/auth-not-set': ['Object.assign(request, { auth })', ''],
    'express/nobody-remembered': ['onAuthenticated: (auth) => remember(request, auth),', ''],
    'express/optional-lets-refusals-by': [
      "decision.reason === 'no_credentials'",
      "decision.verdict === 'refused'",
    ],
    'express/optional-lets-malformed-by': [
      "decision.reason === 'no_credentials'",
      "decision.verdict === 'refused' && decision.stage === 'credentials'",
    ],
    'express/optional-lets-401-by': [
      "decision.reason === 'no_credentials'",
      "decision.verdict === 'refused' && decision.status === 401",
    ],
    'express/optional-lets-outages-by': [
      "decision.reason === 'no_credentials'",
      "(decision.reason === 'no_credentials' || decision.verdict === 'unavailable')",
    ],
    'express/optional-does-not-vary': [
      "response.setHeader('Vary', withEarlier(response, 'Vary', 'Authorization'))",
      '',
      { tests: ['challenges'] },
    ],
    'express/optional-overwrites-vary': [
      "withEarlier(response, 'Vary', 'Authorization')",
      "'Authorization'",
      { tests: ['challenges'] },
    ],
    'express/optional-forgets': ['recordAuthenticated(request, edge, undefined)', ''],
    'express/answers-twice': [
      "settings.errors === 'respond' && !response.headersSent",
      "settings.errors === 'respond'",
      { tests: ['challenges'] },
    ],
    'express/never-forwards': [
      "settings.errors === 'respond' && !response.headersSent",
      '!response.headersSent',
      { tests: ['challenges'] },
    ],
    'express/vary-after-answer': [
      'if (!response.headersSent) {\n        response.setHeader',
      'if (true) {\n        response.setHeader',
      { tests: ['challenges'] },
    ],
    'express/rejections-lost': ['}, failed)\n  } else', '}, () => {})\n  } else'],
    'express/hooks-end-the-process': [
      'for want of a catcher.\n        failed(error)',
      'for want of a catcher.\n        throw error',
      { tests: ['policy', 'challenges'] },
    ],
    'express/answered-meanwhile': [
      'if (response.writableEnded) {',
      'if (false) {',
      { tests: ['challenges', 'policy'] },
    ],
    'express/throws-out': [
      'failed(error)\n    return',
      'throw error',
      {
        why: 'Express hands on what middleware throws in the same way; other callers of the middleware may not.',
      },
    ],
    'express/preflights-exempt': [
      'enforce(request, response, next, policy) {',
      "enforce(request, response, next, policy) {\n      if (request.method === 'OPTIONS') return next()",
      { tests: ['challenges'] },
    ],
    'express/preflights-unhinted': ['hint(request, decision)', '', { tests: ['challenges'] }],
    'express/unavailable-as-refusal': [
      "decision.verdict === 'refused'\n        ?",
      'decision.verdict\n        ?',
      { tests: ['challenges'] },
    ],
  }),
  ...inFile('lib/express/hint-at-preflight.ts', ['challenges'], {
    'express/hint-each-time': ['said = true', ''],
    'express/hint-at-any-request': ["request.method !== 'OPTIONS' ||", ''],
    'express/hint-at-any-options': [
      "fieldValues(request.rawHeaders ?? [], 'access-control-request-method').length === 0",
      'false',
    ],
  }),
  ...inFile('lib/express/authenticated.ts', tests, {
    'express/record-of-any-resource-server': ['record !== undefined && record.by !== by', 'false'],
    'express/earlier-records-lost': ['earlier: latestRecord(request)', 'earlier: undefined'],
    'express/record-by-name': [
      '#record in request ? (request as Request).#record : undefined',
      '#record in request ? (request as Request).#record : (request as { record?: Authenticated }).record',
      {
        why: 'Only code of the same process that knows the name could forge it; no such name is in any request today.',
      },
    ],
  }),
  ...inFile('lib/express/require.ts', tests, {
    'express/unauthenticated-go-on': [
      'if (!record) {',
      'if (!record) {\n      next()\n      return',
    ],
    'express/later-policy-dropped': [
      'record.by.enforce(request, response, next, settings)',
      'record.by.enforce(request, response, next)',
    ],
    'express/later-optional-goes-on': [
      'record.by.enforce(request, response, next, settings)',
      'if (!record.auth) return next()\n    record.by.enforce(request, response, next, settings)',
    ],
  }),
  ...inFile('lib/express/express-resource-server.ts', tests, {
    'express/scope-not-required': [
      'function requireScopeMiddleware(request, response, next) {\n        edge.enforce(request, response, next, policy)',
      'function requireScopeMiddleware(request, response, next) {\n        edge.enforce(request, response, next)',
    ],
    'express/policy-not-required': [
      'function requirePolicyMiddleware(request, response, next) {\n        edge.enforce(request, response, next, policy)',
      'function requirePolicyMiddleware(request, response, next) {\n        edge.enforce(request, response, next)',
    ],
    'express/first-scope-only': ['{ scope: scopes }', '{ scope: scopes.slice(0, 1) }'],
    'express/authenticate-optional': [
      "isOptional(how, 'authenticate')",
      "how === undefined || isOptional(how, 'authenticate')",
    ],
    'express/authenticate-anything': [
      "isOptional(how, 'authenticate')",
      'how?.optional === true',
      { tests: ['policy', 'misuse'] },
    ],
    'express/authenticate-mounted': [
      "notAsMiddleware('authenticate', [how, ...more])",
      '',
      { tests: ['misuse'] },
    ],
    'express/auth-of-no-request': [
      "typeof request !== 'object' || request === null",
      'false',
      { tests: ['misuse'] },
    ],
    'express/auth-of-any-option': [
      "isOptional(how, 'auth')",
      'how?.optional === true',
      { tests: ['misuse'] },
    ],
    'express/signal-of-anything': [
      "throw mustTake(\n      'signal(auth)'",
      "void mustTake(\n      'signal(auth)'",
      { tests: ['misuse'] },
    ],
    'express/forget-anything': ["typeof issuer !== 'string'", 'false', { tests: ['misuse'] }],
    'express/optional-never': ['if (optional) {', 'if (false) {'],
    'express/auth-of-nobody': ['!found && !optional', 'false'],
    'express/auth-always-demanded': ['!found && !optional', '!found'],
    'express/auth-of-anybody': [
      'recordOf(request, edge)?.auth',
      '(request as never as { auth?: Auth<object> }).auth',
    ],
    'express/ready-at-once': ['if (first) {', 'if (false) {', { tests: ['outage'] }],
    'express/never-closed': ['await core.close()', '', { tests: ['outage'] }],
    'express/signals-live-on': ['signals.close()', '', { tests: ['policy'] }],
    'express/healthy-for-ever': [
      'status: overallStatus(issuers, revocations)',
      "status: 'ok' as const",
      { tests: ['outage'] },
    ],
  }),
  ...inFile('lib/express/not-as-middleware.ts', ['misuse'], {
    'express/mounted-unnoticed': ["isRequest && typeof next === 'function'", 'false'],
    'express/requirements-as-requests': [" && 'headers' in request", ''],
  }),
  ...inFile('lib/options/is-optional.ts', ['policy', 'misuse'], {
    'express/optional-by-default': ['v.optional(flag, false)', 'v.optional(flag, true)'],
    'express/optional-is-anything': [
      'how !== undefined && ',
      '(how ?? undefined) !== undefined && ',
    ],
  }),
  ...inFile('lib/express/respond.ts', ['challenges'], {
    'express/status-not-set': ['response.statusCode = answer.status', ''],
    'express/lists-overwritten': ['appended.has(name.toLowerCase())', 'false'],
    'express/everything-appended': ['appended.has(name.toLowerCase())', 'true'],
    'express/forwarded-without-fields': [
      "'DPoP-Nonce': String(nonce) }), ...headers })",
      "'DPoP-Nonce': String(nonce) }) })",
    ],
    'express/forwarded-without-the-nonce': [
      "...(nonce !== undefined && { 'DPoP-Nonce': String(nonce) }), ",
      '',
      { tests: ['dpop'] },
    ],
    'express/list-grows': ['!members.includes(one.toLowerCase())', 'true'],
    'express/fields-on-their-way': ['if (response.headersSent) {', 'if (false) {'],
    'express/vary-star': [
      "name === 'Vary' && members.includes('*')",
      'false',
      { tests: ['challenges', 'policy'] },
    ],
  }),
  ...inFile('lib/express/metadata-middleware.ts', ['metadata'], {
    'express/metadata-by-url': ['originForm(request.originalUrl)', 'originForm(request.url)'],
    'express/metadata-query-counts': [
      "(target.includes('?') ? asked : asked.split('?')[0]) !== target",
      'asked !== target',
    ],
    'express/metadata-query-never-counts': [
      "(target.includes('?') ? asked : asked.split('?')[0]) !== target",
      'asked.split("?")[0] !== path',
    ],
    'express/metadata-absolute-form': ["target.replace(/^https?:\\/\\/[^/?#]*/i, '')", 'target'],
    'express/metadata-mounted-anywhere': ["mount !== '' &&", 'false &&'],
    'express/metadata-mount-by-case': [
      '`${path}/`.toLowerCase().startsWith(`${mount}/`.toLowerCase())',
      '`${path}/`.startsWith(`${mount}/`)',
    ],
    'express/metadata-mount-by-prefix': [
      '`${path}/`.toLowerCase().startsWith(`${mount}/`.toLowerCase())',
      'path.toLowerCase().startsWith(mount.toLowerCase())',
    ],
  }),
  ...inFile('lib/revocation/ending-signals.ts', tests, {
    'express/signal-never-fires': ['if (token.expiresAt !== undefined) {', 'if (false) {'],
    'express/signal-too-early': ['Math.min(left, longestTimeout)', 'left'],
    'express/signal-by-timer': [
      'arm(ending, expiresAtMs)\n      },',
      "end(ending, refuse('expired'))\n      },",
    ],
    'express/signal-in-milliseconds': ['token.expiresAt * 1000', 'token.expiresAt'],
    'express/signal-each-time': [
      'signals.set(token, signal)',
      '',
      { why: 'The signal is found by its token, only less fast.' },
    ],
    'express/signal-after-close': ['clearTimeout(ending?.timer)', ''],
  }),
]
