import { inFile } from './in-file.mjs'

export const faults = [
  ...inFile('lib/verification/introspection/judge-still-active.ts', ['live'], {
    'live/inactive-passes': ['if (refusal !== undefined) return refusal', ''],
    'live/contradictions-pass': [
      "if (contradicts(claims, token)) return refuse('contradicted')",
      '',
    ],
    'live/cnf-of-token-unseen': [
      "Object.hasOwn(verified, 'cnf') ? { cnf: verified['cnf'], ...claims } : claims",
      'claims',
      { tests: ['fapi2'] },
    ],
    'live/cnf-of-token-over-answer': [
      "{ cnf: verified['cnf'], ...claims }",
      "{ ...claims, cnf: verified['cnf'] }",
      {
        why: '`judgeActive` looks only whether there is a `cnf`; what it holds is compared elsewhere.',
      },
    ],
    'live/audience-required': [
      "'when-present', now",
      "'required', now",
      { tests: ['live', 'fapi2'] },
    ],
    'live/any-sub': ["    [claims['sub'], token.subject],\n", ''],
    'live/any-client': ["    [claims['client_id'], token.clientId],\n", ''],
    'live/client-id-claim-only': [
      "[claims['client_id'], token.clientId]",
      "[claims['client_id'], verified['client_id']]",
    ],
    'live/any-jti': ["    [claims['jti'], verified['jti']],\n", ''],
    'live/null-contradicts': [
      'isThere(said) && isThere(known)',
      'said !== undefined && isThere(known)',
    ],
    'live/more-contradicts': ['isThere(said) && isThere(known)', 'isThere(said)'],
    'live/any-cnf': ["(Object.hasOwn(claims, 'cnf') &&", '(false &&'],
    'live/unasked-cnf': ["Object.hasOwn(verified, 'cnf') && isSame", 'isSame'],
    'live/some-of-cnf': ['members.every(', 'members.some(', { tests: ['fapi2'] }],
    'live/less-cnf': [
      'members.length === Object.keys(other ?? {}).length &&',
      '',
      { tests: ['fapi2'] },
    ],
    'live/cnf-by-names': [
      '(other as ClaimSet)[name] === value',
      'name in (other as ClaimSet)',
      { tests: ['fapi2'] },
    ],
    'live/answer-without-end': [
      'const goodUntilMs = answerGoodUntilMs(claims)',
      'const goodUntilMs = Number.POSITIVE_INFINITY + Number(answerGoodUntilMs(claims) > 0)',
      { tests: ['fapi2'] },
    ],
    'live/kept-as-jwt': ["restsOn: 'introspection'", "restsOn: 'keys'", { tests: ['fapi2'] }],
  }),
  ...inFile('lib/verification/introspection/introspect.ts', ['live'], {
    'live/unsupported-is-any-failure': [
      "faultOf(failure)?.error === 'unsupported_token_type'",
      "faultOf(failure)?.error === 'nosuch'",
    ],
    'live/any-failure-is-unsupported': [
      "verified && failure && faultOf(failure)?.error === 'unsupported_token_type'",
      'verified && failure',
    ],
    'live/unsupported-also-unverified': [
      'if (verified && failure && faultOf',
      'if (failure && faultOf',
      { tests: ['introspection'] },
    ],
    'live/verified-as-new': [
      'if (verified) return judgeStillActive(answer.claims, verified, issuer, clock())',
      '',
      { tests: ['live', 'fapi2'] },
    ],
  }),
  ...inFile('lib/verification/introspection/introspectors.ts', ['live'], {
    'live/unasked-issuer-refuses': [
      "verified ? hinting(issuer, noIntrospection) : refuse('opaque_not_accepted')",
      "refuse('opaque_not_accepted')",
    ],
    'live/no-hint': ['hint(settings.issuer, verdict)', ''],
  }),
  ...inFile('lib/verification/introspection/unsupported-hint.ts', ['live'], {
    'live/hint-each-time': ['told.set(issuer, true)', ''],
    'live/hint-at-any-failure': [" || verdict.reason !== 'live_unsupported'", ''],
    'live/hint-of-the-other': ["fault?.fault === 'no_introspection'", "fault?.fault === 'status'"],
  }),
  ...inFile('lib/verification/introspection/failure-reporter.ts', ['live'], {
    'live/told-twice': ["verdict.reason !== 'live_unsupported' &&", ''],
  }),
  ...inFile('lib/verification/evictions.ts', ['cache'], {
    'live/evicted-unnoticed': ['latest.set(digest, count)', ''],
    'live/evicted-once': ['count++', 'count = 1'],
    'live/one-evicts-all': ['latest.get(digest) ?? 0', 'count'],
  }),
  ...inFile('lib/verification/cached.ts', ['cache'], {
    'live/kept-though-evicted': ['evictions.of(digest) !== evictionBefore', 'false'],
    'live/good-stays': [
      'evictions.add(digest)\n      good.delete(digest)',
      'evictions.add(digest)',
    ],
    'live/bad-stays': ['bad.delete(digest)', ''],
  }),
  ...inFile('lib/resource-server.ts', ['live'], {
    'live/never-evicted': ['verdicts.evict(raw)', ''],
    'live/outage-passes': ["told.verdict === 'unavailable' ? told : undefined", 'undefined'],
    'live/no-passes': ["return refuse('not_live')", 'return undefined'],
    'live/coalesced-over-evictions': [
      '(digest) => issuers.generation() + evicted.of(digest)',
      '() => issuers.generation()',
      {
        tests: ['live', 'cache'],
        why: 'The call that others may join would have to begin while the route already rests on an earlier verdict; the parts are tested apart.',
      },
    ],
  }),
  ...inFile('lib/policy/authorize.ts', ['live'], {
    'live/unasked': ['policy.live ? askNow(token, auth.token) : undefined', 'undefined'],
    'live/always': [
      'policy.live ? askNow(token, auth.token) : undefined',
      'askNow(token, auth.token)',
    ],
    'live/answer-ignored': ['(fault) => fault ?? judgeCheck', '() => judgeCheck'],
  }),
  ...inFile('lib/policy/policy-settings.ts', ['live'], {
    'live/switched-off-silently': ['live !== undefined && live !== true', 'false'],
    'live/never-required': ['live: live === true', 'live: false'],
  }),
  ...inFile('lib/policy/attainable-policy.ts', ['live'], {
    'live/mute-issuers': ["required.live && typeof issuers !== 'function'", 'false'],
    'live/mute-issuers-of-others': [
      "required.live && typeof issuers !== 'function'",
      "typeof issuers !== 'function'",
    ],
  }),
  ...inFile('lib/trusted-issuers.ts', ['live', 'fapi2'], {
    'live/another-token': [
      'introspect(issuer, { token: raw, digest: tokenDigest(raw) }, token)',
      "introspect(issuer, { token: 'x', digest: tokenDigest(raw) }, token)",
    ],
    'live/as-new': [
      'introspect(issuer, { token: raw, digest: tokenDigest(raw) }, token)',
      'introspect(issuer, { token: raw, digest: tokenDigest(raw) })',
    ],
    'fapi2/revocation-unasked': [
      "settings.profile === 'fapi2' ? revocationChecked(introspect) : undefined",
      'undefined as never',
    ],
    'fapi2/revocation-always': [
      "settings.profile === 'fapi2' ? revocationChecked(introspect) : undefined",
      'revocationChecked(introspect)',
    ],
  }),
  ...inFile('lib/verification/revocation-checked.ts', ['fapi2'], {
    'fapi2/beyond-exp': ['Math.min(told.goodUntilMs, verified.goodUntilMs)', 'told.goodUntilMs'],
    'fapi2/beyond-the-answer': [
      'Math.min(told.goodUntilMs, verified.goodUntilMs)',
      'verified.goodUntilMs',
    ],
    'fapi2/no-passes': [': told,', ': verified,'],
    'fapi2/forgeries-asked-about': [
      "verified.verdict !== 'accepted' || isListed(verified.token, issuer)",
      "verified.verdict === 'unavailable'",
    ],
  }),
  ...inFile('lib/credentials/query-token.ts', ['fapi2'], {
    'fapi2/encoded-names': [
      "new URLSearchParams(target.slice(start + 1)).has('access_token')",
      "target.includes('access_token=')",
    ],
    'fapi2/any-query': ["new URLSearchParams(target.slice(start + 1)).has('access_token')", 'true'],
  }),
  ...inFile('lib/credentials/extract.ts', ['fapi2', 'credentials'], {
    'fapi2/query-token-ignored': [
      'settings.refuseQueryTokens && hasQueryToken',
      'false && hasQueryToken',
    ],
    'fapi2/query-token-always': ['settings.refuseQueryTokens && hasQueryToken', 'hasQueryToken'],
  }),
  ...inFile('lib/options/possession-settings.ts', ['fapi2'], {
    'fapi2/bearer-by-default': ["isFapi2 ? 'required' : 'when-bound'", "'when-bound'"],
    'fapi2/when-bound': ["isFapi2 && senderConstrained !== 'required'", 'false'],
    'fapi2/no-proof': ['isFapi2 && !dpop && !mtls', 'false'],
    'fapi2/dpop-beside-mtls': ['isFapi2 && !mtls :', 'isFapi2 :'],
    'fapi2/any-proof-algorithm': ['isFapi2 ? fapi2Algorithms : undefined', 'undefined'],
  }),
  ...inFile('lib/options/issuer-settings.ts', ['fapi2'], {
    'fapi2/any-algorithm': ["profile === 'fapi2' ? fapi2Algorithms : undefined", 'undefined'],
  }),
  ...inFile('lib/options/allowed-algorithm.ts', ['fapi2'], {
    'fapi2/named-algorithm': ['allowed && !allowed.includes(algorithm)', 'false'],
  }),
  ...inFile('lib/options/introspection-settings.ts', ['fapi2'], {
    'fapi2/any-answer-algorithm': [
      'acceptedAlgorithms(undefined, path, allowed)',
      'acceptedAlgorithms(undefined, path)',
    ],
    'fapi2/any-assertion-algorithm': ['`${path}.client`, allowed)', '`${path}.client`)'],
  }),
  ...inFile('lib/options/check-issuer-together.ts', ['fapi2'], {
    'fapi2/plain-http': ["profile !== 'fapi2' || http.insecureHosts.length === 0", 'true'],
    'fapi2/no-introspection': [
      "profile !== 'fapi2' || typeof jwt?.statusList === 'object',",
      'true,',
    ],
  }),
  ...inFile('lib/options/resource-server-settings.ts', ['fapi2'], {
    'fapi2/form-body': ["profile === 'fapi2' && formBody", 'false'],
    'fapi2/query': ["refuseQueryTokens: profile === 'fapi2'", 'refuseQueryTokens: false'],
  }),
  ...inFile('lib/options/fapi2-algorithms.ts', ['fapi2'], {
    'fapi2/rs256': ["  'PS256',\n", "  'PS256',\n  'RS256',\n"],
    'fapi2/no-ps256': ["  'PS256',\n", ''],
  }),
]
