import { inFile } from './in-file.mjs'

const tests = ['status-list']

export const faults = [
  ...inFile('lib/verification/status/status-list.ts', ['status-list-properties'], {
    'status-list/most-significant-first': [
      '(octet >> ((index % perOctet) * this.#bits))',
      '(octet >> (8 - this.#bits - (index % perOctet) * this.#bits))',
    ],
    'status-list/all-of-one-bit': ['(2 ** this.#bits - 1)', '1'],
    'status-list/neighbours-count': [' & (2 ** this.#bits - 1)', ''],
    'status-list/beyond-the-end-is-valid': ['? undefined\n', '? 0\n'],
    'status-list/weighs-nothing': ['return this.#octets.length', 'return 0'],
  }),
  ...inFile('lib/verification/status/unpack-status-list.ts', ['status-list-properties'], {
    'status-list/bombs': ['maxOutputLength: mostListBytes, ', ''],
    'status-list/bits-of-any-number': ['!isBits(bits) || ', ''],
    'status-list/lenient-base64url': [
      'const packed = decodeBase64url(lst)',
      "const packed = Buffer.from(lst, 'base64url')",
    ],
    'status-list/what-does-not-unpack-is-empty': [
      'error ? undefined : new Uint8Array(octets)',
      'error ? new Uint8Array(64) : new Uint8Array(octets)',
    ],
  }),
  ...inFile('lib/verification/status/is-listed-uri.ts', ['status-list-properties'], {
    'status-list/prefix-of-any': ["one.endsWith('/') ?", 'true ?'],
    'status-list/no-prefixes': ["one.endsWith('/') ?", 'false ?'],
    'status-list/dot-segments': ['(?!\\.{1,2}$)', ''],
    'status-list/encoded-names': ['[A-Za-z0-9\\-._~]+', '[A-Za-z0-9\\-._~%]+'],
    'status-list/parameters-of-names': ['[A-Za-z0-9\\-._~]+', '[A-Za-z0-9\\-._~;]+'],
    'status-list/queries': ['[A-Za-z0-9\\-._~]+', '[A-Za-z0-9\\-._~?=]+'],
    'status-list/empty-names': ['[A-Za-z0-9\\-._~]+', '[A-Za-z0-9\\-._~]*'],
    'status-list/anything-below': [
      'uri.startsWith(one) && isPlainPath(uri.slice(one.length))',
      'uri.startsWith(one)',
    ],
  }),
  ...inFile('lib/verification/status/status-reference.ts', tests, {
    'status-list/left-out-is-ignored': [
      "if (settings === undefined) return refuse('status_not_accepted')",
      'if (settings === undefined) return undefined',
    ],
    'status-list/ignore-is-not': [" || settings === 'ignore'", ''],
    'status-list/null-is-absent': [
      'if (status === undefined',
      'if ((status ?? undefined) === undefined',
    ],
    'status-list/malformed-is-other': [
      '!isObject(status) || Object.keys(status).length === 0',
      'false',
    ],
    'status-list/empty-is-other': [' || Object.keys(status).length === 0', ''],
    'status-list/other-mechanism-passes': [
      "if (!Object.hasOwn(status, 'status_list')) return refuse('status_not_accepted')",
      "if (!Object.hasOwn(status, 'status_list')) return undefined",
    ],
    'status-list/negative-index': [' || (idx as number) < 0', ''],
    'status-list/index-between': ['!Number.isSafeInteger(idx)', "typeof idx !== 'number'"],
    'status-list/index-not-exact': ['Number.isSafeInteger(idx)', 'Number.isInteger(idx)'],
    'status-list/address-of-any-type': ["typeof uri !== 'string' || ", ''],
    'status-list/any-address': [
      "if (!isListedUri(uri, settings.uris)) return refuse('unknown_status_list')",
      '',
    ],
    'status-list/arrays': [' && !Array.isArray(value)', ''],
  }),
  ...inFile('lib/verification/status/judge-list-claims.ts', tests, {
    'status-list/any-issuer': [
      "if (iss !== undefined && iss !== issuer) return 'wrong_issuer'",
      '',
    ],
    'status-list/issuer-demanded': ['iss !== undefined && iss', 'iss'],
    'status-list/any-audience': ['aud !== undefined && !', 'false && !'],
    'status-list/no-audience': ['.some((one) => meant.includes(one))', '.some(() => false)'],
    'status-list/any-subject': ["if (sub !== uri) return 'wrong_subject'", ''],
    'status-list/without-time': ['!begins(iat) || ', ''],
    'status-list/before-its-time': [' || (nbf !== undefined && !begins(nbf))', ''],
    'status-list/any-ttl': [
      "if (ttl !== undefined && !(isNumber(ttl) && ttl > 0)) return 'wrong_time'",
      '',
    ],
    'status-list/no-life': ['isNumber(ttl) && ttl > 0', 'isNumber(ttl)'],
    'status-list/end-of-any-type': ["if (!isNumber(exp)) return 'wrong_time'", ''],
    'status-list/expired': ["? undefined : 'expired'", '? undefined : undefined'],
  }),
  ...inFile('lib/verification/status/read-status-list-token.ts', tests, {
    'status-list/any-type': ["if (header['typ'] !== 'statuslist+jwt') return 'wrong_type'", ''],
    'status-list/any-extension': [
      "if (notAccepted.some((name) => Object.hasOwn(header, name))) return 'unsupported_header'",
      '',
    ],
    'status-list/kid-of-any-type': [
      "if (kid !== undefined && typeof kid !== 'string') return 'unsupported_header'",
      '',
    ],
    'status-list/any-algorithm': [
      "? undefined : 'unsupported_algorithm'",
      '? undefined : undefined',
    ],
    'status-list/unsigned': [
      'if (await verifySignatureInPool(algorithm, candidate.key, jws)) return candidate',
      'return candidate',
    ],
    'status-list/ttl-ignored': [
      '(ttl ?? Number.POSITIVE_INFINITY) * 1000',
      'Number.POSITIVE_INFINITY',
    ],
    'status-list/trusted-past-its-end': [
      'goodUntilMs(exp ?? Number.POSITIVE_INFINITY, jwt.clockToleranceMs)',
      'Number.POSITIVE_INFINITY',
    ],
  }),
  ...inFile('lib/verification/status/remote-status-list.ts', tests, {
    'status-list/outlives-its-key': [
      'return held?.key.holds(now) ? held.list : undefined',
      'return held?.list',
    ],
    'status-list/asks-with-a-removed-key': [
      'return held === undefined || held.key.holds(now)\n',
      'return true\n',
    ],
    'status-list/as-often-as-it-wants': [
      'Math.max(leastAgeMs, Math.min(read.ttlMs, untilMs - begun))',
      'Math.min(read.ttlMs, untilMs - begun)',
    ],
    'status-list/older-copy': ["return { failure: this.#failed('outdated') }", ''],
    'status-list/of-any-media-type': [
      "if (type !== mediaType) return this.#failed('wrong_content')",
      '',
    ],
    'status-list/media-type-with-parameters': ["?.split(';', 1)[0]", ''],
    'status-list/asked-for-as-anything': ['accept: mediaType,', "accept: '*/*',"],
    'status-list/weight-unknown': ['this.#around.onLoad(this, read.list.bytes)', ''],
  }),
  ...inFile('lib/verification/status/issuer-status-lists.ts', tests, {
    'status-list/cached-not-looked-up': [
      'return fresh === undefined && remote?.list(now)?.at(index) === validStatus',
      'return true',
    ],
    'status-list/cached-while-due': ['return fresh === undefined && remote', 'return remote'],
    'status-list/only-revoked-refuses': [
      "status === validStatus ? undefined : refuse('revoked_by_status')",
      "status !== 1 ? undefined : refuse('revoked_by_status')",
    ],
    'status-list/without-waiting': ['return fresh === undefined\n', 'return true\n'],
    'status-list/unreachable-is-valid': [
      'if (list === undefined) return this.#unreachable(remote)',
      'if (list === undefined) return undefined',
    ],
    'status-list/growth-unnoticed': ['mayAskAgain ? remote.again(now) : undefined', 'undefined'],
    'status-list/beyond-the-end-while-failing': [
      'remote.failing ? this.#unreachable(remote) : refuse',
      'refuse',
    ],
    'status-list/any-number': ['if (this.#opened === mostLists) {', 'if (false) {'],
    'status-list/never-again': ['this.#opened = 0\n    }', '}'],
    'status-list/fetches-for-nobody': ['if (held !== undefined) return held', ''],
    'status-list/health-before-any': ['if (lists.length === 0) return undefined', ''],
    'status-list/stale-counts-as-lost': [
      'held: lists.filter((list) => list.list(now)).length',
      'held: lists.filter((list) => !list.failing).length',
    ],
    'status-list/prefixes-are-missing': [
      "uris.filter((uri) => !uri.endsWith('/'))",
      'uris.filter(() => true)',
    ],
    'status-list/reason-untold': ['...(reason !== undefined && { reason }),', ''],
    'status-list/not-warm': ['missing.find((one) => one !== undefined)', 'undefined'],
  }),
  ...inFile('lib/verification/status/status-lists.ts', tests, {
    'status-list/anew-for-each-token': ['byIssuer.set(issuer, lists)', ''],
    'status-list/fetches-after-close': [
      'closed = true',
      '',
      {
        why: 'A closed resource server decides nothing any more, and its HTTP client sends nothing.',
      },
    ],
  }),
  ...inFile('lib/verification/jwt/verify-jwt.ts', tests, {
    'status-list/not-judged': [
      'andThen(lists.judge(reference), (no) => no ?? verdict) : verdict',
      'verdict : verdict',
    ],
    'status-list/cached-for-ever': [
      'key.holds(now) && lists.holds(reference, now)',
      'key.holds(now)',
    ],
    'status-list/cached-without-key': [
      'key.holds(now) && lists.holds(reference, now)',
      'lists.holds(reference, now)',
    ],
    'status-list/refusal-lost': ["if (referred && 'verdict' in referred) {", 'if (false) {'],
  }),
  ...inFile('lib/verification/revocation-checked.ts', tests, {
    'status-list/listed-are-introspected': [' || isListed(verified.token, issuer)', ''],
    'status-list/unlisted-pass': ["return refuse('status_missing')", 'return verified'],
    'status-list/ignored-count-as-listed': ["lists !== 'ignore' && ", ''],
    'status-list/all-count-as-listed': [" && Object.hasOwn(verifiedClaims(token), 'status')", ''],
  }),
  ...inFile('lib/cache/refreshed.ts', tests, {
    'status-list/own-age-ignored': [
      'Math.min(this.#settings.maxAgeMs, this.#held?.maxAgeMs ?? Number.POSITIVE_INFINITY)',
      'this.#settings.maxAgeMs',
    ],
    'status-list/own-end-ignored': [
      'if (now >= (this.#held?.untilMs ?? Number.POSITIVE_INFINITY)) return undefined',
      '',
    ],
  }),
  ...inFile('lib/cache/refresh-gate.ts', tests, {
    'status-list/back-off-is-the-cool-down': [
      'this.#longestBackOffMs = longestBackOffMs',
      'this.#longestBackOffMs = coolDownMs',
    ],
  }),
  ...inFile('lib/options/status-list-settings.ts', tests, {
    'status-list/prefix-with-query': ["!uri.endsWith('/')", 'true'],
    'status-list/unchecked-addresses': [
      'return checkedUrl(uri, { insecureHosts, mayHaveQuery }, `${path}.uris[${index}]`)',
      'return uri',
    ],
    'status-list/any-age': ['seconds(86_400, 5)', 'seconds()'],
    'status-list/anything-is-ignore': ["typeof options !== 'object' || options === null", 'false'],
  }),
]
