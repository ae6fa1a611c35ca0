import { inFile } from './in-file.mjs'

export const faults = [
  ...inFile('lib/resource-server.ts', ['policy', 'challenges'], {
    'story/proof-unasked': [
      'ownership.prove(request, credentials, verdict.token)',
      '{ proofs: [], nonce: undefined } as never',
      { tests: ['lessons', 'dpop'] },
    ],
    'story/proof-undecided-in-an-outage': [
      'refuted || verdict',
      'verdict',
      { tests: ['outage', 'dpop'] },
    ],
    'story/nonce-not-told': ['onNonce?.(proved.nonce)', '', { tests: ['dpop'] }],
    'story/verdict-told-as-bearer': [
      'toldAs(scheme, refuted || verdict)',
      '(refuted || verdict)',
      { tests: ['dpop'] },
    ],
    'story/proof-told-as-bearer': [
      'return toldAs(scheme, proved)',
      'return proved',
      { tests: ['dpop'] },
    ],
    'story/policy-told-as-bearer': ['toldAs(schemeOf(auth), no)', 'no', { tests: ['dpop'] }],
    'story/not-well-formed': [
      'const verifier = wellFormed(',
      'const verifier = ((one: typeof issuers.verify) => one)(',
      { tests: ['credentials'] },
    ],
    'story/refusal-ignored': ['end(no ? toldAs(schemeOf(auth), no) : auth)', 'end(auth)'],
    'story/policy-once': ['if (!policy) {', 'if (!policy || question.auth) {'],
    'story/not-told-who': ['question.onAuthenticated?.(auth)', ''],
    'story/told-after-policy': [
      'question.onAuthenticated?.(auth)\n      if (!policy) {\n        return end(auth)\n      }',
      'if (!policy) {\n        question.onAuthenticated?.(auth)\n        return end(auth)\n      }',
    ],
    'story/hint-with-400': ['refusal.status === 401 && ', ''],
    'story/no-hint': [
      "policy && auth.verdict === 'refused' ? hinting(auth, policy) : auth",
      'auth',
    ],
    'story/open-after-close': [
      'if (closed) {',
      'if (false) {',
      { tests: ['outage', 'challenges'] },
    ],
    'story/verdicts-kept-at-close': ['verdicts.clear()', '', { tests: ['cache'] }],
    'story/issuers-kept-at-close': [
      'issuers.close(), revocations.close()',
      'revocations.close()',
      { tests: ['outage'] },
    ],
    'story/each-asks-alone': [
      'coalesced(issuers.verify, settings, (digest) => issuers.generation() + evicted.of(digest))',
      'issuers.verify',
      { tests: ['cache'] },
    ],
    'story/nothing-cached': [
      'const verdicts = cached(',
      'const verdicts = ((verify: never, _: never, __: never) => ({ verify, size: () => ({ good: 0, bad: 0 }), clear() {} }))(',
      { tests: ['cache'] },
    ],
    'story/refusals-outlive-keys': [
      'keySetGeneration: issuers.generation',
      'keySetGeneration: () => 0',
      { tests: ['cache'] },
    ],
    'story/token-of-another': [
      'new Auth(verdict.token, token, proved.proofs',
      "new Auth(verdict.token, '', proved.proofs",
      { tests: ['jwt', 'policy'] },
    ],
  }),
  ...inFile('lib/and-then.ts', ['cache', 'issuers'], {
    'story/never-at-once': [
      'value instanceof Promise ? value.then(next) : next(value)',
      'Promise.resolve(value).then(next)',
    ],
  }),
  ...inFile('lib/trusted-issuers.ts', ['issuers-end-to-end'], {
    'story/forgotten-refusals-live': [
      'keys.generation() + forgets',
      'keys.generation()',
      { tests: ['issuers-end-to-end'] },
    ],
    'story/claims-of-what-is-introspected': [
      'selected.jws?.payload()',
      'parseCompact(token)?.payload()',
      { tests: ['dpop'] },
    ],
    'story/forget-nothing': ['directory.forget(issuer)', ''],
    'story/plain-where-encrypted': [
      '(issuer.settings.jwt?.decryptionKeys.length ?? 0) > 0',
      'false',
      { tests: ['jwt'] },
    ],
    'story/encrypted-is-genuine': [
      "return jws ? verifyJwt(jws, issuer, jwt) : refuse('malformed_token')",
      "return { verdict: 'accepted', token: { claims: jws?.payload() ?? {}, issuer: '', scopes: [], roles: [], source: 'jwt', goodUntilMs: Infinity, trust: { holds: () => true } } } as never",
      { tests: ['jwt'] },
    ],
    'story/undecryptable-is-introspected': [
      "if (!inside) {\n      return refuse('undecryptable')",
      'if (!inside) {\n      return introspect(issuer, { token } as Credentials)',
      { tests: ['jwt'] },
    ],
    'story/jwts-introspected': [
      'if (!jws && !encrypted) {',
      'if ((!jws && !encrypted) || issuer.settings.introspection) {',
      { tests: ['issuers-end-to-end'] },
    ],
    'story/warm-says-well': [
      'results.filter((result) => result !== undefined)',
      '[]',
      { tests: ['outage'] },
    ],
    'story/warm-without-keys': [
      'needsKeys(issuer) ? await keys.of(issuer).warm() : undefined',
      'undefined',
      { tests: ['outage'] },
    ],
    'story/warm-without-metadata': [
      'const metadata = await issuer.metadata()',
      'const metadata = {}',
      { tests: ['outage'] },
    ],
    'story/directory-stays-open': ['directory.close()', '', { tests: ['outage'] }],
    'story/keys-stay-open': [
      'keys.close()',
      '',
      {
        tests: ['outage'],
        why: 'After close no request gets as far as the keys, and every connection is closed as well.',
      },
    ],
    'story/connections-stay-open': ['await clients.close()', '', { tests: ['outage'] }],
    'story/schema-of-jwts': [
      'const jwt = {\n    clock,\n    schema,',
      'const jwt = {\n    clock,\n    schema: undefined,',
      { tests: ['jwt'] },
    ],
    'story/pool-never': [
      "settings.verifyIn === 'pool' ? verifySignatureInPool : verifySignature",
      'verifySignature',
      { tests: ['jwt'] },
    ],
    'story/pool-always': [
      "settings.verifyIn === 'pool' ? verifySignatureInPool : verifySignature",
      'verifySignatureInPool',
      { tests: ['jwt'] },
    ],
    'story/schema-of-answers': [
      '    log,\n    schema,\n    keysOf',
      '    log,\n    schema: undefined,\n    keysOf',
      { tests: ['jwt'] },
    ],
  }),
  ...inFile('lib/verify-request.ts', ['policy'], {
    'story/verify-without-policy': [
      'policy: policy === undefined ? undefined : attainablePolicy(policy, settings),',
      'policy: undefined,',
    ],
    'story/verify-null-policy': [
      'policy: policy === undefined ?',
      'policy: !policy ?',
      { tests: ['misuse'] },
    ],
    'story/verify-without-body': [
      'rawHeaders: checkedHeaders(headers), body, peer }',
      'rawHeaders: checkedHeaders(headers), peer }',
    ],
    'story/verify-of-nothing': [
      "typeof request !== 'object' || request === null",
      'false',
      { tests: ['misuse'] },
    ],
    'story/verify-any-method': ["typeof method !== 'string'", 'false', { tests: ['misuse'] }],
    'story/verify-any-url': ["typeof url !== 'string'", 'false', { tests: ['misuse'] }],
    'story/verify-flat-headers': [
      'Array.isArray(fields) && !fields.every(Array.isArray)',
      'false',
      { tests: ['misuse'] },
    ],
    'story/verify-any-header-value': [
      "raw?.every((text) => typeof text === 'string')",
      'raw',
      { tests: ['misuse'] },
    ],
  }),
]
