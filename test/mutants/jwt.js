import { inFile } from './in-file.mjs'

const tests = ['jwt']

export const faults = [
  ...inFile('lib/verification/jwt/judge-header.ts', tests, {
    'jwt/any-type': ["if (!isAccessTokenType(header['typ'], settings.profile)) {", 'if (false) {'],
    'jwt/type-jwt-in-rfc9068': ["(profile === 'plain' && type === 'jwt')", "type === 'jwt'"],
    'jwt/type-missing-in-rfc9068': ["return profile === 'plain'", 'return true'],
    'jwt/type-missing-in-plain': ["return profile === 'plain'", 'return false'],
    'jwt/type-by-case': ['typ.toLowerCase().replace', 'typ.replace'],
    'jwt/type-of-any-tree': ['/^application\\//', '/^.*\\//'],
    'jwt/type-by-suffix': ["type === 'at+jwt' ||", "type.endsWith('at+jwt') ||"],
    'jwt/crit': [
      "['crit', 'b64', 'zip', 'jku', 'x5u', 'jwk']",
      "['b64', 'zip', 'jku', 'x5u', 'jwk']",
    ],
    'jwt/b64': [
      "['crit', 'b64', 'zip', 'jku', 'x5u', 'jwk']",
      "['crit', 'zip', 'jku', 'x5u', 'jwk']",
    ],
    'jwt/zip': [
      "['crit', 'b64', 'zip', 'jku', 'x5u', 'jwk']",
      "['crit', 'b64', 'jku', 'x5u', 'jwk']",
    ],
    'jwt/jku': [
      "['crit', 'b64', 'zip', 'jku', 'x5u', 'jwk']",
      "['crit', 'b64', 'zip', 'x5u', 'jwk']",
    ],
    'jwt/x5u': [
      "['crit', 'b64', 'zip', 'jku', 'x5u', 'jwk']",
      "['crit', 'b64', 'zip', 'jku', 'jwk']",
    ],
    'jwt/jwk': [
      "['crit', 'b64', 'zip', 'jku', 'x5u', 'jwk']",
      "['crit', 'b64', 'zip', 'jku', 'x5u']",
    ],
    'jwt/crit-only-if-truthy': ['Object.hasOwn(header, name)', 'header[name]'],
    'jwt/kid-of-any-type': [
      "header['kid'] !== undefined && typeof header['kid'] !== 'string'",
      'false',
    ],
    'jwt/algorithms-not-restricted': [
      "!settings.algorithms.has(header['alg'] as Algorithm)",
      'false',
    ],
  }),
  ...inFile('lib/verification/jwt/judge-claims.ts', tests, {
    'jwt/types-unjudged': ['judgeTypes(claims) ??', ''],
    'jwt/issuer-unjudged': [
      "(claims['iss'] === issuer.issuer ? undefined : refuse('wrong_issuer')) ??",
      '',
    ],
    'jwt/kind-unjudged': ['judgeKind(claims, issuer, settings.profile) ??', ''],
    'jwt/recipient-unjudged': ['judgeRecipient(claims, issuer) ??', ''],
    'jwt/time-unjudged': ['judgeTime(claims, settings.clockToleranceMs, now)', 'undefined'],
    'jwt/issuer-without-slash': [
      "claims['iss'] === issuer.issuer ?",
      "String(claims['iss']).replace(/\\/$/, '') === issuer.issuer ?",
      { tests: ['jwt', 'issuers-end-to-end'] },
    ],
    'jwt/no-exp': [
      "claims['iss'] === undefined || claims['exp'] === undefined",
      "claims['iss'] === undefined",
    ],
    'jwt/null-is-absent': [
      "typeof value !== 'string' && value !== undefined",
      "typeof value !== 'string' && value != null",
    ],
    'jwt/infinite-exp': [
      '!Number.isFinite(value) && value !== undefined',
      "typeof value !== 'number' && value !== undefined",
    ],
    'jwt/exp-as-text': [
      '!Number.isFinite(value) && value !== undefined',
      '!Number.isFinite(Number(value)) && value !== undefined',
    ],
    'jwt/sub-of-any-type': ["['iss', 'sub', 'client_id', 'jti']", "['iss', 'client_id', 'jti']"],
    'jwt/client-id-of-any-type': ["['iss', 'sub', 'client_id', 'jti']", "['iss', 'sub', 'jti']"],
    'jwt/jti-of-any-type': ["['iss', 'sub', 'client_id', 'jti']", "['iss', 'sub', 'client_id']"],
    'jwt/exp-of-any-type': ["['exp', 'iat', 'nbf']", "['iat', 'nbf']"],
    'jwt/iat-of-any-type': ["['exp', 'iat', 'nbf']", "['exp', 'nbf']"],
    'jwt/nbf-of-any-type': ["['exp', 'iat', 'nbf']", "['exp', 'iat']"],
    'jwt/any-audience': ['!audience.some((one) => audiences.includes(one))', 'false'],
    'jwt/every-audience': [
      '!audience.some((one) => audiences.includes(one))',
      '!audience.every((one) => audiences.includes(one))',
    ],
    'jwt/audience-by-prefix': [
      'audience.some((one) => audiences.includes(one))',
      'audience.some((one) => audiences.some((ours) => one.startsWith(ours)))',
    ],
    'jwt/audience-without-slash': [
      'audience.some((one) => audiences.includes(one))',
      "audience.some((one) => audiences.includes(one.replace(/\\/$/, '')))",
    ],
    'jwt/no-audience': [
      'if (!audience) {',
      "if (claims['aud'] === undefined) return undefined\n    if (!audience) {",
    ],
    'jwt/audience-of-any-type': [
      "Array.isArray(aud) && aud.every((one) => typeof one === 'string') ? aud : undefined",
      'Array.isArray(aud) ? aud : undefined',
    ],
    'jwt/audience-in-one-string': ['return [aud]', "return aud.split(' ')"],
    'jwt/no-client-id': [
      'clientId === undefined || !clients.has(clientId)',
      'clientId !== undefined && !clients.has(clientId)',
    ],
    'jwt/any-client': ['if (clients) {', 'if (false) {'],
    'jwt/clients-only-without-audience': ['if (clients) {', 'if (clients && !audiences) {'],
    'jwt/exp-inclusive': [
      "!(now < goodUntilMs(claims['exp'] as number, toleranceMs))",
      "!(now <= goodUntilMs(claims['exp'] as number, toleranceMs))",
    ],
    'jwt/exp-unjudged': ["!(now < goodUntilMs(claims['exp'] as number, toleranceMs))", 'false'],
    'jwt/exp-without-tolerance': ['return exp * 1000 + toleranceMs', 'return exp * 1000'],
    'jwt/exp-twice-tolerance': [
      'return exp * 1000 + toleranceMs',
      'return exp * 1000 + 2 * toleranceMs',
    ],
    'jwt/exp-rounded-up': [
      'return exp * 1000 + toleranceMs',
      'return Math.ceil(exp) * 1000 + toleranceMs',
    ],
    'jwt/exp-at-no-time': [
      "!(now < goodUntilMs(claims['exp'] as number, toleranceMs))",
      "now >= goodUntilMs(claims['exp'] as number, toleranceMs)",
    ],
    'jwt/nbf-at-no-time': [
      '!(now >= notBefore * 1000 - toleranceMs)',
      'now < notBefore * 1000 - toleranceMs',
      { why: 'A clock that gives no number has refused by exp before, which every JWT has.' },
    ],
    'jwt/nbf-unjudged': [
      'notBefore !== undefined && !(now >= notBefore * 1000 - toleranceMs)',
      'false',
    ],
    'jwt/nbf-exclusive': [
      '!(now >= notBefore * 1000 - toleranceMs)',
      '!(now > notBefore * 1000 - toleranceMs)',
    ],
    'jwt/nbf-without-tolerance': [
      '!(now >= notBefore * 1000 - toleranceMs)',
      '!(now >= notBefore * 1000)',
    ],
  }),
  ...inFile('lib/verification/jwt/judge-kind.ts', tests, {
    'jwt/some-claims-of-rfc9068': ['rfc9068Claims.every((name)', 'rfc9068Claims.some((name)'],
    'jwt/without-sub': ["  'sub',\n", ''],
    'jwt/without-client-id': ["  'client_id',\n", ''],
    'jwt/without-iat': ["  'iat',\n", ''],
    'jwt/without-jti': ["  'jti',\n", ''],
    'jwt/without-aud': ["  'aud',\n", ''],
    'jwt/token-use': [
      "(claims['token_use'] !== undefined && claims['token_use'] !== 'access') ||",
      '',
    ],
    'jwt/payload-type': ['otherTypes.has(type.toLowerCase())', 'false'],
    'jwt/payload-type-by-case': ['otherTypes.has(type.toLowerCase())', 'otherTypes.has(type)'],
    'jwt/nonce-with-roles': [
      "Object.hasOwn(claims, 'nonce') ? issuer.scopeClaims : issuer.accessClaims",
      'issuer.accessClaims',
    ],
    'jwt/unmarked': [
      "return marked ? undefined : refuse('not_an_access_token')",
      'return undefined',
    ],
    'jwt/mark-of-null': [
      '(claims[name] ?? undefined) !== undefined',
      'Object.hasOwn(claims, name)',
    ],
    'jwt/mark-of-keycloak': [
      "(typeof type === 'string' && type.toLowerCase() === 'bearer') ||",
      '',
    ],
    'jwt/mark-of-cognito': ["claims['token_use'] === 'access' ||\n    (typeof", '(typeof'],
    'jwt/mark-of-client-id': ["typeof claims['client_id'] === 'string' ||", ''],
    'jwt/mark-of-azp': [
      "typeof claims['client_id'] === 'string' ||",
      "typeof (claims['client_id'] ?? claims['azp']) === 'string' ||",
    ],
  }),
  ...inFile('lib/verification/other-kinds.ts', tests, {
    'jwt/at-hash': ["'at_hash', ", ''],
    'jwt/refresh-token': ["['id', 'refresh', 'offline', 'logout']", "['id', 'offline', 'logout']"],
    'jwt/id-token': ["['id', 'refresh', 'offline', 'logout']", "['refresh', 'offline', 'logout']"],
    'jwt/offline-token': ["['id', 'refresh', 'offline', 'logout']", "['id', 'refresh', 'logout']"],
    'jwt/logout-token': ["['id', 'refresh', 'offline', 'logout']", "['id', 'refresh', 'offline']"],
    'jwt/c-hash': ["'c_hash', ", ''],
    'jwt/s-hash': ["'s_hash', ", ''],
    'jwt/events': [", 'events'", ''],
  }),
  ...inFile('lib/verification/jwt/verify-jwt.ts', tests, {
    'jwt/header-unjudged': ['if (headerFault) {', 'if (false) {'],
    'jwt/claims-unjudged': ['if (claimsFault) {', 'if (false) {'],
    'jwt/signature-unverified': [
      'good ? candidate : signerAmong',
      'true ? candidate : signerAmong',
    ],
    'jwt/first-candidate-only': ['signerAmong(others, jws, check)', 'undefined'],
    'jwt/any-key-after-refresh': [
      'second ? conclude(second) :',
      'second || changed ? conclude(second ?? ({ key: {}, holds: () => true } as never)) :',
      { tests: ['jwt', 'key-sets', 'outage', 'cache'] },
    ],
    'jwt/never-once-more': [
      'changed ? signer() : undefined',
      'undefined',
      { tests: ['outage', 'jwt', 'lessons'] },
    ],
    'jwt/decided-in-an-outage': [
      "(keys.undecided(jws.header) ?? refuse('wrong_signature'))",
      "refuse('wrong_signature')",
      { tests: ['outage', 'jwt'] },
    ],
    'jwt/cached-beyond-exp': [
      'goodUntilMs(expiresAt, settings.clockToleranceMs)',
      'Infinity',
      { tests: ['cache'] },
    ],
    'jwt/cached-to-exp-only': [
      'goodUntilMs(expiresAt, settings.clockToleranceMs)',
      'expiresAt * 1000',
      { tests: ['cache'] },
    ],
    'jwt/trusted-for-ever': [
      'trust: trustIn(key),',
      'trust: { holds: () => true },',
      { tests: ['cache', 'outage'] },
    ],
    'jwt/schema-unasked': ['schema,\n    })', 'schema: undefined,\n    })'],
  }),
  ...inFile('lib/verification/access-token-from-claims.ts', tests, {
    'jwt/verified-after-the-schema': [
      '...(fitted !== claims && { verified: claims }),',
      '',
      { tests: ['step-up', 'dpop'] },
    ],
    'jwt/misfits-accepted': ['if (result.issues) {', 'if (false) {'],
    'jwt/schema-promise': ["if ('then' in result) {", 'if (false) {'],
    'jwt/schema-output-of-any-type': [
      "typeof result.value !== 'object' || result.value === null",
      'false',
    ],
    'jwt/schema-output-mutable': ['return freezeOutput(result.value)', 'return result.value'],
    'jwt/malformed-scope-is-none': ['!scopes || !roles ||', ''],
    'jwt/scopes-of-schema-output': [
      'issuer.settings.scopesFrom(claims)',
      'issuer.settings.scopesFrom((verified.schema ? (judgedBySchema(verified.schema, claims) ?? claims) : claims) as ClaimSet)',
    ],
    'jwt/principal-unasked': [
      'issuer.settings.principalFrom?.(claims) ?? principalOf(claims, clientId)',
      'principalOf(claims, clientId)',
      { tests: ['policy'] },
    ],
  }),
  ...inFile('lib/verification/freeze-output.ts', tests, {
    'jwt/getters-called': [
      'Object.values(Object.getOwnPropertyDescriptors(next))',
      'Object.values(next).map((value) => ({ value }))',
    ],
    'jwt/frozen-shallowly': ['waiting.push(value)', ''],
    'jwt/frozen-for-ever': ['|| seen.has(next)', ''],
    'jwt/instances-frozen': [
      'return prototype === null || Object.getPrototypeOf(prototype) === null',
      'return true',
    ],
  }),
  ...inFile('lib/verification/principal.ts', tests, {
    'jwt/client-with-own-id-as-sub': ['subject === clientId ||', ''],
    'jwt/client-by-gty': ["claims['gty'] === 'client-credentials' ||", ''],
    'jwt/client-by-idtyp': ["claims['idtyp'] === 'app'", 'false'],
    'jwt/client-without-sub': ['subject === undefined ||', ''],
    'jwt/user-by-default': [": 'unknown'", ": 'user'"],
    'jwt/user-by-idtyp': ["claims['idtyp'] === 'user' ||", ''],
    'jwt/user-by-auth-time': ["(claims['auth_time'] ?? undefined) !== undefined ||", ''],
    'jwt/user-by-username': [
      "typeof claims['username'] === 'string'",
      'false',
      { tests: ['jwt', 'introspection'] },
    ],
    'jwt/client-id-order': [
      "['client_id', 'azp', 'cid', 'appid']",
      "['appid', 'cid', 'azp', 'client_id']",
    ],
  }),
]
