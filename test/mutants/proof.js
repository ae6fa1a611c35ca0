import { inFile } from './in-file.mjs'

const tests = ['dpop']

export const faults = [
  ...inFile('lib/proof/confirmation.ts', tests, {
    'proof/confirmation-of-nothing': ['names.length === 0 || ', ''],
    'proof/unknown-confirmation-passes': [' || !names.every((name) => known.includes(name))', ''],
    'proof/confirmation-of-any-type': [
      'if (!names.every((name) => isThumbprint((cnf as Record<string, unknown>)[name]))) {',
      'if (false) {',
    ],
    'proof/short-thumbprint': ['{43}$/', '{1,}$/'],
    'proof/list-as-confirmation': [
      ' || Array.isArray(cnf)',
      '',
      { why: 'A list has no member of a known name, and is refused for that.' },
    ],
  }),
  ...inFile('lib/proof/possession.ts', tests, {
    'proof/bound-token-as-bearer': [
      "jkt === undefined ? { proofs: methods.mtls } : refuse('proof_missing')",
      '{ proofs: methods.mtls }',
    ],
    'proof/bearer-beside-a-proof': [
      "if (scheme === 'Bearer' || !judgeProof) {",
      'if (!judgeProof) {',
    ],
    'proof/unbound-token-as-dpop': [
      "credentials.scheme === 'Bearer' ? unbound : refuse('not_dpop_bound')",
      'unbound',
    ],
    'proof/certificate-is-enough-for-dpop': [
      "jkt === undefined ? refuse('not_dpop_bound')",
      "jkt === undefined ? ({ verdict: 'x', proofs: methods.mtls } as never)",
    ],
    'proof/certificate-unasked': [
      'x5t === undefined ? undefined : judgeCertificate(request, x5t)',
      'undefined',
    ],
    'proof/any-certificate': [
      'thumbprint === x5t ? undefined',
      'true ? undefined',
      { tests: ['mtls'] },
    ],
    'proof/bound-or-not': ["settings.senderConstrained === 'required'", 'false'],
    'proof/malformed-confirmation-passes': [
      "confirmation, judgeProof)\n      : refuse('proof_missing')",
      'confirmation, judgeProof)\n      : unbound',
    ],
    'proof/null-confirmation-passes': [
      "if (!Object.hasOwn(claims, 'cnf')) {",
      "if ((claims['cnf'] ?? undefined) === undefined) {",
    ],
    'proof/never-spent': ['!judged.unspent', 'true'],
    'proof/nonce-lost': ['nonce: unspent.newNonce', 'nonce: undefined'],
    'proof/both-told-as-one': ['x5t === undefined ? methods.dpop : methods.both', 'methods.dpop'],
    'proof/certificate-told-as-dpop': [
      '{ proofs: methods.mtls }',
      '{ proofs: methods.dpop }',
      { tests: ['mtls'] },
    ],
    'proof/unbound-in-an-outage': [
      "return judged && 'verdict' in judged ? judged : undefined",
      'return undefined',
      { tests: ['dpop', 'outage'] },
    ],
    'proof/opaque-unrefuted': [
      "scheme === 'DPoP' && refuteOnly?.(request, { digest, jkt: undefined })",
      'undefined',
    ],
    'proof/refuted-in-full': ['dpop?.refute.bind(dpop)', 'dpop?.judge.bind(dpop)'],
    'proof/header-ignored-in-silence': [
      'mtls && certificateThumbprint(request, mtls, reportIgnored)',
      'mtls && certificateThumbprint(request, mtls, () => {})',
      { tests: ['mtls'] },
    ],
  }),
  ...inFile('lib/proof/dpop/dpop-proofs.ts', tests, {
    'dpop/first-of-two': ['if (fields.length > 1)', 'if (false)'],
    'dpop/of-any-length': ['text.length <= longestProof ?', 'true ?'],
    'dpop/signature-unchecked': [
      'if (!verifySignature(header.algorithm, header.key, jws))',
      'if (!known && !verifySignature(header.algorithm, header.key, jws))',
    ],
    'dpop/signature-of-known-keys-only': [
      'if (!verifySignature(header.algorithm, header.key, jws))',
      'if (known && !verifySignature(header.algorithm, header.key, jws))',
    ],
    'dpop/any-key': ['token.jkt !== undefined && token.jkt !== offered.thumbprint', 'false'],
    'dpop/replay-key-without-target': [
      '${offered.thumbprint} ${target} ${claims.jti}',
      '${offered.thumbprint} ${claims.jti}',
    ],
    'dpop/replay-key-without-key': [
      '${offered.thumbprint} ${target} ${claims.jti}',
      '${target} ${claims.jti}',
    ],
    'dpop/replay-key-without-jti': [
      '${offered.thumbprint} ${target} ${claims.jti}',
      '${offered.thumbprint} ${target}',
    ],
    'dpop/replay-key-as-sent': [
      '${offered.thumbprint} ${target} ${claims.jti}',
      '${offered.thumbprint} ${claims.htu} ${claims.jti}',
    ],
    'dpop/replays-checked-in-full': [
      "if (this.#replays.seen(replayKey)) return refuse('replayed_proof')",
      '',
      {
        why: 'The claim after it refuses replays all the same: this look only saves the signature check.',
      },
    ],
    'dpop/look-is-enough': ["if (sighting === 'seen') return refuse('replayed_proof')", ''],
    'dpop/keys-never-known': [
      'if (newHeader) this.#keys.keep(segment, newHeader)',
      '',
      { why: 'It is slower, which `npm run bench:proofs` shows.' },
    ],
    'dpop/forgotten-too-early': [
      'claims.iat * 1000 + this.#settings.windowMs',
      'claims.iat * 1000',
    ],
    'dpop/full-is-first': ["if (sighting === 'full')", 'if (false)'],
    'dpop/nonce-unasked': ['if (!this.#nonces) return undefined', 'return undefined'],
    'dpop/nonce-if-given': [
      "nonce === undefined ? 'missing' : this.#nonces.judge(nonce, now)",
      "nonce === undefined ? 'good' : this.#nonces.judge(nonce, now)",
    ],
    'dpop/nonce-never-new': [
      "if (verdict === 'old') return next",
      "if (verdict === 'old') return undefined",
    ],
    'dpop/nonce-always-new': ["if (verdict === 'good') return undefined", ''],
    'dpop/no-nonce-to-use': ['Object.freeze({ ...refuse(reason), nonce: next })', 'refuse(reason)'],
    'dpop/ath-of-any-token': ['ath: athOf(token.digest)', 'ath: claims.ath'],
  }),
  ...inFile('lib/proof/dpop/judge-proof-claims.ts', tests, {
    'dpop/any-method': ['claims.htm !== purpose.method', 'false'],
    'dpop/method-by-case': [
      'claims.htm !== purpose.method',
      'claims.htm.toUpperCase() !== purpose.method',
    ],
    'dpop/any-target': ['if (purpose.target === undefined) {', 'if (false) {'],
    'dpop/any-token': ['claims.ath !== purpose.ath', 'false'],
    'dpop/ever-after': ['ageMs <= windowMs &&', ''],
    'dpop/just-after': ['ageMs <= windowMs &&', 'ageMs < windowMs &&'],
    'dpop/ever-before': ['ageMs >= -futureMs &&', ''],
    'dpop/not-before': ['ageMs >= -futureMs &&', 'ageMs >= 0 &&'],
    'dpop/beyond-exp': ['(claims.exp === undefined || now < claims.exp * 1000) &&', ''],
    'dpop/exp-inclusive': ['now < claims.exp * 1000', 'now <= claims.exp * 1000'],
    'dpop/before-nbf': ['now >= claims.nbf * 1000 - futureMs', 'true'],
    'dpop/nbf-to-the-second': ['now >= claims.nbf * 1000 - futureMs', 'now >= claims.nbf * 1000'],
  }),
  ...inFile('lib/proof/dpop/proof-claims.ts', tests, {
    'dpop/without-jti': ["isText(claims['jti']) &&", ''],
    'dpop/without-htm': [
      "isText(claims['htm']) &&",
      '',
      {
        why: 'What is no text is not the method, either; its refusal has another reason then.',
        tests: ['challenges'],
      },
    ],
    'dpop/without-ath': [
      "isText(claims['ath']) &&",
      '',
      {
        why: 'What is no text is not the hash, either; its refusal has another reason then.',
        tests: ['challenges'],
      },
    ],
    'dpop/without-htu': ["isText(claims['htu']) &&", ''],
    'dpop/iat-of-any-type': ["Number.isFinite(claims['iat']) &&", ''],
    'dpop/endless-iat': [
      "Number.isFinite(claims['iat']) &&",
      "typeof claims['iat'] === 'number' &&",
    ],
    'dpop/nonce-of-any-type': [
      "(claims['nonce'] === undefined || typeof claims['nonce'] === 'string') &&",
      '',
    ],
    'dpop/exp-of-any-type': [
      "(claims['exp'] === undefined || Number.isFinite(claims['exp'])) &&",
      '',
    ],
    'dpop/nbf-of-any-type': [
      " &&\n    (claims['nbf'] === undefined || Number.isFinite(claims['nbf']))",
      '',
    ],
    'dpop/empty-texts': ["typeof value === 'string' && value !== ''", "typeof value === 'string'"],
  }),
  ...inFile('lib/proof/dpop/proof-keys.ts', tests, {
    'dpop/any-type': ["header['typ'] !== 'dpop+jwt'", 'false'],
    'dpop/type-by-case': [
      "header['typ'] !== 'dpop+jwt'",
      "String(header['typ']).toLowerCase() !== 'dpop+jwt'",
    ],
    'dpop/any-algorithm': [' || !accepted.has(alg)', ''],
    'dpop/crit-ignored': ["header['crit'] !== undefined", 'false'],
    'dpop/key-for-another-algorithm': [' || shown.kty !== kty', ''],
    'dpop/curve-of-another-algorithm': [
      " || ('crv' in shown && shown.crv !== crv)",
      '',
      { why: 'The key itself, once it is imported, serves its own algorithms only.' },
    ],
    'dpop/key-says-another-algorithm': [
      ' || !key.algorithms.has(algorithm)',
      '',
      { why: 'The signature check asks the same.' },
    ],
    'dpop/private-keys': ["if ('fault' in key || ", 'if ('],
    'dpop/all-spellings-kept': [
      'this.#bySegment.delete(segment)',
      'void segment',
      { tests: ['proof-keys'] },
    ],
    'dpop/keys-without-bound': ['max: 10_000,', 'max: 100_000,', { tests: ['proof-keys'] }],
    'dpop/used-keys-go-first': [
      'if (header) this.#segments.get(header.thumbprint)',
      '',
      { tests: ['proof-keys'] },
    ],
    'dpop/long-headers-kept': ['segment.length <= longestKept', 'true', { tests: ['proof-keys'] }],
    'dpop/keys-by-length': [
      'this.#bySegment.get(segment)',
      'this.#bySegment.get(String(segment.length))',
      { why: 'Nothing is found by a length: it is slower, which `npm run bench:proofs` shows.' },
    ],
  }),
  ...inFile('lib/proof/dpop/request-target.ts', ['dpop', 'proof-properties'], {
    'dpop/dots-of-the-request': [
      'normalised === undefined || hasDotSegment(normalised)',
      'normalised === undefined',
    ],
    'dpop/dots-are-usual': ['/^\\/[A-Za-z0-9\\-_~/]*$/', '/^\\/[A-Za-z0-9\\-._~/]*$/'],
    'dpop/query-is-usual': ['/^\\/[A-Za-z0-9\\-_~/]*$/', '/^\\/[A-Za-z0-9\\-_~/?]*$/'],
    'dpop/prefix-is-enough': [
      'uri.length === base.length + path.length && uri.startsWith(base) && uri.endsWith(path)',
      'uri.startsWith(base + path)',
    ],
    'dpop/path-is-enough': [
      'uri.length === base.length + path.length && uri.startsWith(base) && uri.endsWith(path)',
      'uri.endsWith(path)',
    ],
    'dpop/no-root-without-slash': ["(path === '/' && uri === base)", 'false'],
    'dpop/root-for-every-path': ["(path === '/' && uri === base)", 'uri === base'],
    'dpop/query-of-the-request': ['(\\/[^?#\\\\]*)|https', '(\\/[^#\\\\]*)|https'],
    'dpop/fragment-of-the-request': ['(?:\\?[^#\\\\\\s]*)?$/i', '(?:[?#].*)?$/i'],
    'dpop/space-in-the-query': ['(?:\\?[^#\\\\\\s]*)?$/i', '(?:\\?[^#\\\\]*)?$/i'],
    'dpop/backslash-of-the-request': ['(\\/[^?#\\\\]*)|https', '(\\/[^?#]*)|https'],
    'dpop/absolute-form-unread': ['origin ?? absolute', 'origin'],
    'dpop/any-scheme': ['|https?:', '|[a-z]+:'],
    'dpop/any-authority': ['(?:[A-Za-z0-9\\-.]+|', '(?:[^/?#]*|'],
    'dpop/absolute-with-quotes': ['!$&()*+,;=:@%]*)?))', "!$&'()*+,;=:@%]*)?))"],
    'dpop/first-url-only': ['bases.some((base)', 'bases.slice(0, 1).some((base)'],
    'dpop/as-it-is-only': ['const uri = normalisedUri(htu)', 'const uri = htu'],
  }),
  ...inFile('lib/proof/dpop/normalised-uri.ts', ['dpop', 'proof-properties'], {
    'dpop/host-by-case': ['${authority.toLowerCase()}', '${authority}'],
    'dpop/default-port-kept': [
      "!port || port === (lowerScheme === 'https' ? '443' : '80')",
      '!port',
    ],
    'dpop/any-default-port': [
      "port === (lowerScheme === 'https' ? '443' : '80')",
      "port === '443' || port === '80'",
    ],
    'dpop/port-dropped': ['isDefault ? host : `${host}:${port}`', 'host'],
    'dpop/no-path': [
      "${withoutDotSegments(normalised) || '/'}",
      '${withoutDotSegments(normalised)}',
    ],
    'dpop/dots-kept': ['withoutDotSegments(normalised)', 'normalised'],
    'dpop/escapes-kept': ['/[A-Za-z0-9\\-._~]/.test(character)', 'false'],
    'dpop/slash-unescaped': [
      '/[A-Za-z0-9\\-._~]/.test(character)',
      '/[A-Za-z0-9\\-._~/]/.test(character)',
    ],
    'dpop/escapes-by-case': ['code.toString(16).toUpperCase()', 'code.toString(16)'],
    'dpop/one-digit-escapes': [".padStart(2, '0')", ''],
    'dpop/incomplete-escapes': [
      '/^(?:[\\x21-\\x24\\x26-\\x7e]|%[0-9A-Fa-f]{2})*$/',
      '/^[\\x21-\\x7e]*$/',
    ],
    'dpop/characters-of-any-kind': [
      '/^(?:[\\x21-\\x24\\x26-\\x7e]|%[0-9A-Fa-f]{2})*$/',
      '/^(?:[^%]|%[0-9A-Fa-f]{2})*$/',
    ],
    'dpop/dots-pop-nothing': ['kept.pop()', ''],
    'dpop/trailing-dots': ["if (isLast) {\n      kept.push('')\n    }", ''],
  }),
  ...inFile('lib/proof/dpop/nonces.ts', ['dpop', 'proof-properties'], {
    'dpop/nonce-for-ever': ['ageMs <= maxAgeMs', 'true'],
    'dpop/nonce-ahead': ['ageMs >= -aheadMs', 'true'],
    'dpop/nonce-not-ahead': ['ageMs >= -aheadMs', 'ageMs >= 0'],
    'dpop/nonce-by-time-alone': ["return !isOurs ? 'wrong' :", "return false ? 'wrong' :"],
    'dpop/nonce-of-first-secret': [
      'secrets.some((_, index)',
      'secrets.slice(0, 1).some((_, index)',
    ],
    'dpop/nonce-of-any-api': ['`DPoP-Nonce ${period} ${resource}`', '`DPoP-Nonce ${period}`'],
    'dpop/nonce-key-for-ever': ['`DPoP-Nonce ${period} ${resource}`', '`DPoP-Nonce ${resource}`'],
    'dpop/nonce-old-at-once': ['ageMs > maxAgeMs / 2', 'ageMs > 0'],
    'dpop/nonce-of-any-length': [
      'octets?.length !== timeBytes + macBytes',
      'octets === undefined || octets.length < timeBytes',
    ],
    'dpop/nonce-kept-under-time': [
      'const name = `${secret} ${seconds}`',
      'const name = `${seconds}`',
    ],
  }),
  ...inFile('lib/proof/dpop/replay-memory.ts', tests, {
    'dpop/never-looked-through': ['if (now >= nextEnd) {', 'if (false) {'],
    'dpop/next-end-unknown': ['nextEnd = Math.min(nextEnd, (index + 1) * sliceMs)', ''],
    'dpop/nothing-forgotten': ['slices.delete(index)', ''],
    'dpop/room-never-back': ['held -= spent.size', ''],
    'dpop/forgotten-early': ['if (end <= now) {', 'if (end - sliceMs <= now) {'],
    'dpop/seen-in-one-slice': [
      'if (!(endsAtMs >= forgottenUntil) || seen(key)) {',
      'if (!(endsAtMs >= forgottenUntil) || slices.get(Math.floor(endsAtMs / sliceMs))?.spent.has(key)) {',
      { why: 'The look before it goes through all slices.' },
    ],
    'dpop/clock-back': ['!(endsAtMs >= forgottenUntil) || seen(key)', 'seen(key)'],
    'dpop/without-bound': ['held < most && own < most / 8', 'own < most / 8'],
    'dpop/without-share': ['held < most && own < most / 8', 'held < most'],
    'dpop/share-at-once': ['if (held < most / 2) {', 'if (false) {'],
    'dpop/not-remembered': ['slice.spent.add(key)', ''],
  }),
  ...inFile('lib/options/possession-settings.ts', ['dpop', 'fapi2'], {
    'dpop/required-of-nobody': ["senderConstrained === 'required' && !dpop && !mtls", 'false'],
    'dpop/bearer-where-none-passes': [
      "senderConstrained === 'when-bound' || mtls !== undefined",
      'true',
    ],
    'dpop/no-bearer-for-certificates': [
      "senderConstrained === 'when-bound' || mtls !== undefined",
      "senderConstrained === 'when-bound'",
      { tests: ['dpop'] },
    ],
    'dpop/scheme-off': ["(dpop ? ['DPoP' as const] : [])", '[]'],
    'dpop/fapi2-strict-clocks': ['ms < 10_000', 'false'],
    'dpop/fapi2-ten-seconds-refused': ['ms < 10_000', 'ms <= 10_000'],
    'dpop/fapi2-when-bound': ["isFapi2 && senderConstrained !== 'required'", 'false'],
  }),
  ...inFile('lib/options/dpop-settings.ts', tests, {
    'dpop/nonce-options-unused': ['if (options[name] !== undefined) {', 'if (false) {'],
  }),
  ...inFile('lib/options/rules.ts', tests, {
    'dpop/short-secret': ['v.minLength(32, secretRule)', 'v.minLength(1, secretRule)'],
  }),
  ...inFile('lib/express/presented.ts', tests, {
    'dpop/method-that-routes': [
      "typeof originalMethod === 'string' ? originalMethod : request.method",
      'request.method',
    ],
    'dpop/url-below-the-mount': ['url: request.originalUrl', 'url: request.url'],
  }),
]
