import { inFile } from './in-file.mjs'

const tests = ['introspection']

export const faults = [
  ...inFile('lib/verification/introspection/judge-active.ts', tests, {
    'introspection/active-if-truthy': ["claims['active'] !== true", "!claims['active']"],
    'introspection/active-unless-false': [
      "claims['active'] !== true",
      "claims['active'] === false",
    ],
    'introspection/active-as-text': [
      "claims['active'] !== true",
      "String(claims['active']) !== 'true'",
    ],
    'introspection/types-unjudged': ['judgeTypes(claims) ??', ''],
    'introspection/kind-unjudged': ['judgeKind(claims, issuer.accessClaims) ??', ''],
    'introspection/issuer-unjudged': ['judgeIssuer(claims, issuer.issuer) ??', ''],
    'introspection/audience-unjudged': ['judgeAudience(claims, issuer.audiences, audience) ??', ''],
    'introspection/time-unjudged': [
      'judgeTime(claims, issuer.jwt?.clockToleranceMs ?? 5000, now)',
      'undefined',
    ],
    'introspection/good-for-ever': [
      'exp === undefined ? Number.POSITIVE_INFINITY : exp * 1000',
      'Number.POSITIVE_INFINITY',
      { tests: ['introspection', 'cache'] },
    ],
    'introspection/infinite-exp': ['Number.isFinite(value)', "typeof value === 'number'"],
    'introspection/malformed-ignored': ['value !== undefined && !fits', 'false && !fits'],
    'introspection/exp-of-any-type': ["  exp: 'number',\n", ''],
    'introspection/nbf-of-any-type': ["  nbf: 'number',\n", ''],
    'introspection/client-id-of-any-type': ["  client_id: 'string',\n", ''],
    'introspection/token-type-of-any-type': ["  token_type: 'string',\n", ''],
    'introspection/issuer-with-slash': [
      'return iss === issuer ?',
      "return String(iss).replace(/\\/$/, '') === issuer ?",
    ],
    'introspection/exp-zero-is-past': [
      "typeof exp === 'number' && exp !== 0 ?",
      "typeof exp === 'number' ?",
    ],
    'introspection/exp-inclusive': [
      '!(now < exp * 1000 + toleranceMs)',
      '!(now <= exp * 1000 + toleranceMs)',
    ],
    'introspection/exp-without-tolerance': [
      '!(now < exp * 1000 + toleranceMs)',
      '!(now < exp * 1000)',
    ],
    'introspection/exp-unjudged': [
      'exp !== undefined && !(now <',
      'false && exp !== undefined && !(now <',
    ],
    'introspection/exp-at-no-time': [
      '!(now < exp * 1000 + toleranceMs)',
      'now >= exp * 1000 + toleranceMs',
    ],
    'introspection/kept-beyond-exp': [
      ': exp * 1000\n',
      ': exp * 1000 + 5000\n',
      { tests: ['introspection', 'cache'] },
    ],
    'introspection/nbf-unjudged': ["typeof nbf === 'number' && !(now", 'false && !(now'],
    'introspection/nbf-without-tolerance': [
      '!(now >= nbf * 1000 - toleranceMs)',
      '!(now >= nbf * 1000)',
    ],
  }),
  ...inFile('lib/verification/introspection/judge-answer.ts', tests, {
    'introspection/trusted-for-ever': [
      'holds: () => !issuer.forgotten',
      'holds: () => true',
      { tests: ['introspection', 'issuers-end-to-end'] },
    ],
    'introspection/no-client-id': [
      'token.clientId === undefined || !clients.has(token.clientId)',
      'token.clientId !== undefined && !clients.has(token.clientId)',
    ],
    'introspection/any-client': ['clients !== undefined && (token', 'false && (token'],
    'introspection/schema-unasked': ['schema,\n  })', 'schema: undefined,\n  })'],
  }),
  ...inFile('lib/verification/introspection/judge-audience.ts', tests, {
    'introspection/audience-never-required': [
      "return enough ? undefined : refuse('missing_claim')",
      'return undefined',
    ],
    'introspection/audience-always-required': ['return enough ?', 'return false ?'],
    'introspection/audience-typed-not-enough': ["(required === 'unless-typed' && typed)", 'false'],
    'introspection/audience-untyped-enough': [
      "(required === 'unless-typed' && typed)",
      "required === 'unless-typed'",
    ],
    'introspection/audience-null-is-typed': [
      '(token_type ?? token_use ?? undefined) !== undefined',
      'token_type !== undefined || token_use !== undefined',
    ],
    'introspection/any-audience': [
      "named.some((one) => accepted.includes(one)) ? undefined : refuse('wrong_audience')",
      'undefined',
    ],
    'introspection/every-audience': ['named.some((one)', 'named.every((one)'],
    'introspection/audience-of-any-type': [
      "Array.isArray(aud) && aud.every((one) => typeof one === 'string') ? aud : undefined",
      'Array.isArray(aud) ? aud : undefined',
    ],
    'introspection/audience-in-one-string': ["[aud, ...aud.split(' ')]", '[aud]'],
  }),
  ...inFile('lib/verification/introspection/judge-kind.ts', tests, {
    'introspection/any-token-type': ["(has('token_type') && !tokenTypes.has(type)) ||", ''],
    'introspection/any-token-use': [
      "(has('token_use') && !tokenUses.has(lowerCase(claims['token_use']))) ||",
      '',
    ],
    'introspection/any-payload-type': ["otherTypes.has(lowerCase(claims['typ'])) ||", ''],
    'introspection/other-kinds': ['otherKinds.some(has) ||', ''],
    'introspection/nonce': [
      "(has('nonce') && !has('client_id') && !accessClaims.some(has))",
      'false',
    ],
    'introspection/dpop-without-cnf': [
      "type === 'dpop' && !Object.hasOwn(claims, 'cnf') ?",
      'false ?',
    ],
    'introspection/type-by-case': [
      "typeof value === 'string' ? value.toLowerCase() : value",
      'value',
    ],
    'introspection/n-a-is-a-type': ["  'access_token',\n", "  'access_token',\n  'id_token',\n"],
  }),
  ...inFile('lib/verification/introspection/status.ts', tests, {
    'introspection/any-2xx': [
      'if (status === 200) return undefined',
      'if (status >= 200 && status < 300) return undefined',
    ],
    'introspection/any-status': [
      'if (status === 200) return undefined',
      'if (status < 500) return undefined',
    ],
    'introspection/errors-too': [
      'if (status === 200) return undefined',
      'if (status !== 401) return undefined',
    ],
    'introspection/400-is-no-refusal': ['new Set([400, 401, 403])', 'new Set([401, 403])'],
    'introspection/403-is-no-refusal': ['new Set([400, 401, 403])', 'new Set([400, 401])'],
    'introspection/unsupported-type-is-refusal': [" && error !== 'unsupported_token_type'", ''],
    'introspection/retry-after-ignored': [
      "retryAfterMs(response.header('retry-after'), now)",
      'retryAfterMs(undefined, now)',
    ],
    'introspection/error-text-kept': [
      "typeof error === 'string' && registered.has(error) ? error : undefined",
      "typeof error === 'string' ? error : undefined",
    ],
  }),
  ...inFile('lib/verification/introspection/retry-after.ts', tests, {
    'introspection/retry-after-next-year': [
      'Math.min(Math.max(asked, leastMs), mostMs)',
      'Math.max(asked, leastMs)',
    ],
    'introspection/retry-after-at-once': [
      'Math.min(Math.max(asked, leastMs), mostMs)',
      'Math.min(asked, mostMs)',
      { why: 'unavailable() says at least one second, whatever it is given.' },
    ],
    'introspection/retry-after-no-date': ['Date.parse(field) - now', 'Number.NaN'],
  }),
  ...inFile('lib/verification/introspection/signed-answer.ts', tests, {
    'introspection/plain-for-signed': [
      "mediaType(response.header('content-type')) !== 'application/token-introspection+jwt'",
      'false',
    ],
    'introspection/signature-unverified': [
      'const verified = await verifySigned(jws)',
      'const verified = true as Awaited<ReturnType<VerifySigned>>',
    ],
    'introspection/signature-not-awaited': [
      'const verified = await verifySigned(jws)',
      'const verified = !!verifySigned(jws) as Awaited<ReturnType<VerifySigned>>',
    ],
    'introspection/signed-by-other-issuer': [
      "if (iss !== issuer.issuer) return 'wrong_issuer'",
      '',
    ],
    'introspection/signed-for-others': [
      "if (!audience.some((one) => recipients.has(one))) return 'wrong_audience'",
      '',
    ],
    'introspection/signed-for-all-of-us': [
      'audience.some((one) => recipients.has(one))',
      'audience.every((one) => recipients.has(one))',
    ],
    'introspection/signed-at-any-time': [
      "return age >= -toleranceSeconds && age <= maxAgeSeconds ? undefined : 'wrong_time'",
      'return undefined',
    ],
    'introspection/signed-long-ago': [' && age <= maxAgeSeconds ?', ' ?'],
    'introspection/signed-in-the-future': ['age >= -toleranceSeconds && ', ''],
    'introspection/signed-without-time': [
      "if (typeof iat !== 'number') return 'wrong_time'",
      "if (typeof iat !== 'number') return undefined",
    ],
    'introspection/any-signed-type': [
      "if (type !== 'token-introspection+jwt') return 'wrong_type'",
      '',
    ],
    'introspection/signed-crit': [
      "accepted.has(header.alg) && header['crit'] === undefined ?",
      'accepted.has(header.alg) ?',
    ],
    'introspection/signed-alg': [
      "accepted.has(header.alg) && header['crit'] === undefined ?",
      "header['crit'] === undefined ?",
    ],
    'introspection/claims-of-the-envelope': [
      "const about = claims['token_introspection']",
      "const about = claims['token_introspection'] ?? claims",
    ],
    'introspection/list-as-claims': [' && !Array.isArray(value)', ''],
    'introspection/encrypted-without-keys': ["if (!inside) return failed('undecryptable')", ''],
  }),
  ...inFile('lib/verification/introspection/introspectors.ts', ['jwt', 'issuers-end-to-end'], {
    'introspection/any-key-of-the-issuer': [
      'found.some(({ key }) => verifySignature(jws.header.alg as Algorithm, key, jws))',
      'found.length > 0',
      { tests: ['issuers-end-to-end'] },
    ],
    'introspection/unknown-signer-is-good': [
      "found.verdict === 'refused' ? false : found",
      "found.verdict === 'refused' ? true : found",
      { tests: ['issuers-end-to-end'] },
    ],
    'introspection/unknown-signer-is-refused': [
      "found.verdict === 'refused' ? false : found",
      'found',
      { tests: ['issuers-end-to-end'] },
    ],
    'introspection/opaque-without-introspection': [
      "refuse('opaque_not_accepted')",
      "refuse('inactive')",
      {
        tests: ['issuers-end-to-end'],
        why: 'The directory gives no issuer without introspection to an opaque token: the check is a second line.',
      },
    ],
  }),
  ...inFile('lib/verification/introspection/introspect.ts', tests, {
    'introspection/signed-read-as-plain': ['settings.signedResponse\n    ?', 'false\n    ?'],
    'introspection/unreported': ['report(verdict)', ''],
    'introspection/status-unjudged': ['judgeStatus(received, clock()) ?? received', 'received'],
  }),
  ...inFile('lib/verification/introspection/request.ts', tests, {
    'introspection/by-get': ["method: 'POST',", "method: 'GET',"],
    'introspection/hint-missing': ["token_type_hint: 'access_token',", ''],
    'introspection/client-in-place-of-token': [
      'token,\n        token_type_hint',
      "token: token.split('.')[0] as string,\n        token_type_hint",
      { tests: ['introspection', 'issuers-end-to-end'] },
    ],
    'introspection/unbounded-answer': [
      'maxBytes: signedResponse ? maxSignedBytes : maxBytes',
      'maxBytes: 1e9',
    ],
    'introspection/unbounded-time': [
      'timeoutMs,\n      end,',
      'end,',
      { why: 'The turn of a question ends with the same deadline.' },
    ],
    'introspection/accepts-plain': [
      "'application/token-introspection+jwt' // RFC 9701 section 4",
      "'application/json'",
    ],
  }),
  ...inFile('lib/verification/introspection/doubted-endpoint.ts', tests, {
    'introspection/move-not-doubted': [' || movedAway.has(faultOf(failure)?.status)', ''],
    'introspection/failure-not-doubted': ['noAnswer || movedAway', 'movedAway'],
    'introspection/given-endpoint-doubted': ["if (endpoint !== 'discovered') return () => {}", ''],
    'introspection/any-failure-doubted': [
      "if (failure.reason !== 'introspection_failed') return",
      '',
      {
        why: 'Other failures have neither such a status nor such a cause, but for `busy`: then the metadata are looked at once more than needed.',
      },
    ],
  }),
  ...inFile('lib/verification/introspection/unanswered.ts', tests, {
    'introspection/bugs-hidden': [
      'if (!(error instanceof HttpFailure)) throw error',
      "if (!(error instanceof HttpFailure)) return unavailable('introspection_failed', mayPassMs)",
    ],
    'introspection/closed-is-a-failure': [
      "if (code === 'closed') return unavailable('closed', mayPassMs, error)",
      '',
    ],
    'introspection/busy-is-a-failure': [
      "if (code === 'busy') return unavailable('introspection_busy', mayPassMs, error)",
      '',
      { tests: ['introspection-outage'] },
    ],
  }),
  ...inFile('lib/verification/introspection/client-authentication.ts', tests, {
    'introspection/post-without-secret': [
      'client_id: clientId, client_secret: clientSecret',
      'client_id: clientId',
    ],
    'introspection/one-assertion': [
      'const assertion = clientAssertion(client, issuer, clock)\n    return',
      'const made = clientAssertion(client, issuer, clock)()\n    const assertion = () => made\n    return',
    ],
    'introspection/nobody-with-certificate': [
      'tls_client_auth({ clientId }) {\n    const presented = { form: { client_id: clientId } }',
      'tls_client_auth({ clientId }) {\n    const presented = { form: {} as Record<string, string>, clientId }',
    ],
  }),
  ...inFile('lib/verification/introspection/client-assertion.ts', tests, {
    'introspection/assertion-audience-list': ['aud: issuer,', 'aud: [issuer],'],
    'introspection/assertion-lives-long': [
      'const lifetimeSeconds = 60',
      'const lifetimeSeconds = 86_400',
    ],
    'introspection/assertion-without-type': [
      "typ: 'client-authentication+jwt', // rfc7523bis section 4",
      "typ: 'JWT',",
    ],
    'introspection/assertion-by-nobody': ['sub: clientId,', ''],
    'introspection/assertion-reused': ['jti: randomUUID()', "jti: 'one'"],
  }),
  ...inFile('lib/verification/introspection/basic-credentials.ts', tests, {
    'introspection/basic-raw': ["encoding === 'form' ? parts.map(formEncoded) : parts", 'parts'],
    'introspection/basic-always-encoded': [
      "encoding === 'form' ? parts.map(formEncoded) : parts",
      'parts.map(formEncoded)',
    ],
  }),
  ...inFile('lib/verification/introspection/client-token.ts', tests, {
    'introspection/client-token-of-any-kind': [
      "typeof token === 'string' && /^[\\w\\-.~+/]+=*$/.test(token)",
      "typeof token === 'string'",
    ],
    'introspection/client-token-in-any-time': [
      'Promise.race([source(), silence])',
      'Promise.race([source()])',
    ],
    'introspection/client-token-error': [
      '} catch {\n    return undefined',
      '} catch (error) {\n    throw error',
    ],
  }),
  ...inFile('lib/verification/introspection/failure-reporter.ts', tests, {
    'introspection/reported-each-time': ['quietUntil.set(said.code, now + quietMs)', ''],
  }),
  ...inFile('lib/verification/introspection/endpoint.ts', tests, {
    'introspection/metadata-for-configured': [
      "if (settings.endpoint !== 'discovered') return settings.endpoint",
      '',
    ],
  }),
  ...inFile('lib/verification/introspection/plain-answer.ts', tests, {
    'introspection/malformed-is-empty': [
      "claims === undefined ? answerFailed({ fault: 'not_json' }) : { claims }",
      '{ claims: claims ?? {} }',
    ],
  }),
]
