import { inFile } from './in-file.mjs'

/** What the stages rest on: the way to the network, and options that are wrong at start-up. */
export const faults = [
  ...inFile('lib/http/allowed-url.ts', ['http'], {
    'http/user-information': ["parsed.username !== '' || parsed.password !== ''", 'false'],
    'http/password-only': [
      "parsed.username !== '' || parsed.password !== ''",
      "parsed.username !== ''",
    ],
    'http/plain-anywhere': [
      'isLoopback(parsed.hostname) || isListed(parsed, insecureHosts) ? parsed : undefined',
      'parsed',
    ],
    'http/any-scheme': ["if (parsed.protocol !== 'http:') return undefined", ''],
    'http/localhost-by-prefix': [
      "hostname.endsWith('.localhost')",
      "hostname.startsWith('localhost')",
    ],
    'http/loopback-by-prefix': [
      '/^127\\.\\d+\\.\\d+\\.\\d+$/.test(hostname)',
      "hostname.startsWith('127.')",
    ],
    'http/listed-by-suffix': [
      'host === hostname || host === withPort',
      'hostname.endsWith(host) || host === withPort',
    ],
    'http/listed-at-any-port': [
      'host === hostname || host === withPort',
      "host.split(':')[0] === hostname",
    ],
  }),
  ...inFile('lib/http/http-client.ts', ['http'], {
    'http/any-url': ["if (url === undefined) throw new HttpFailure('not_allowed')", ''],
    'http/after-close': [
      "if (closing !== undefined) throw new HttpFailure('closed', url.origin)",
      '',
    ],
    'http/no-deadline': ["end.abort(new HttpFailure('timeout', url.origin))", ''],
    'http/in-flight-at-close': [
      "for (const end of inFlight) end.abort(new HttpFailure('closed'))",
      '',
    ],
    'http/redirect-is-an-answer': [
      "if (answer.status >= 300 && answer.status < 400 && answer.status !== 304) return 'redirected'",
      '',
    ],
    'http/any-content-coding': [
      "if (coding !== '' && coding !== 'identity') return 'unreadable'",
      '',
    ],
    'http/announced-size': [
      "Number(answer.header('content-length')) > maxBytes ? 'too_large' : undefined",
      'undefined',
      { why: 'The body is bounded all the same; what is announced only ends it earlier.' },
    ],
    'http/any-size': ["if (read === undefined) throw new HttpFailure('too_large', url.origin)", ''],
    'http/compression-asked-for': ["'accept-encoding': 'identity'", "'accept-encoding': 'gzip'"],
    'http/cause-whole': [
      'new HttpFailure(code, url.origin, error)',
      'Object.assign(new HttpFailure(code, url.origin), { cause: error })',
    ],
  }),
  ...inFile('lib/http/lane.ts', ['http'], {
    'http/any-number-at-once': ['this.#underWay < atOnce', 'true'],
    'http/any-number-of-others': [
      '(goesFirst || this.#othersUnderWay < othersAtOnce)',
      'true',
      { tests: ['introspection-outage'] },
    ],
    'http/any-number-waiting': ['.size >= this.#bounds.waiting', '.size < 0'],
    'http/nobody-goes-first': [
      'if (!this.#next(this.#first, true)) this.#next(this.#others, false)',
      'if (!this.#next(this.#others, false)) this.#next(this.#first, true)',
      { tests: ['introspection-outage'] },
    ],
    'http/nobody-turned-away': [
      'for (const end of [...waiting.values()]) end.abort(reason)',
      '',
      { tests: ['introspection-outage'] },
    ],
    'http/others-not-counted-out': [
      'if (!goesFirst) this.#othersUnderWay--',
      '',
      { tests: ['introspection-outage'] },
    ],
    'http/waits-to-the-end': ['timeoutMs * mostOfTime', 'timeoutMs'],
    'http/place-lost': ['    go()\n', ''],
    'http/sent-though-ended': ['if (waiting.delete(go)) reject(end.reason)', ''],
    'http/place-kept-by-the-transport': ['Promise.race([ended(end), exchange()])', 'exchange()'],
  }),
  ...inFile('lib/http/bounded-body.ts', ['http'], {
    'http/unbounded-body': ['if (bytes > maxBytes) return undefined', ''],
    'http/one-octet-less': ['if (bytes > maxBytes)', 'if (bytes >= maxBytes)'],
  }),
  ...inFile('lib/http/fetch-transport.ts', ['http'], {
    'http/fetch-follows': ["redirect: 'manual'", "redirect: 'follow'"],
    'http/fetch-followed': ["response.type === 'opaqueredirect' || response.redirected", 'false'],
  }),
  ...inFile('lib/http/get-document.ts', ['key-sets', 'issuers'], {
    'http/json-of-any-status': ['status === 200 ?', 'true ?'],
    'http/document-query-shown': ['const url = withoutQuery(where)', 'const url = where'],
    'http/document-unbounded': [
      'headers: { accept }, maxBytes })',
      'headers: { accept }, maxBytes: 1e9 })',
      { tests: ['key-sets', 'issuers', 'outage'] },
    ],
    'http/json-bugs-hidden': ['if (!(error instanceof HttpFailure)) throw error', ''],
  }),
  ...inFile('lib/http/get-json.ts', ['key-sets', 'issuers'], {
    'http/json-query-shown': ['const url = withoutQuery(where)', 'const url = where'],
    'http/json-in-a-page': [
      "if (/^\\s*(text\\/html|application\\/xhtml)/i.test(response.header('content-type') ?? '')) {",
      'if (false) {',
    ],
    'http/json-unbounded': [
      'const maxBytes = 256 * 1024',
      'const maxBytes = 1e9',
      { tests: ['key-sets', 'issuers', 'outage'] },
    ],
  }),
  ...inFile('lib/options/issuer-settings.ts', ['options'], {
    'options/none-without-clients': ['if (!clients) {', 'if (false) {'],
    'options/none-among-others': ["if (list.includes('none')) {", 'if (false) {'],
    'options/audience-unset-is-any': [
      "audiences(given.audience ?? resource, clients, at('audience'))",
      "given.audience === undefined ? undefined : audiences(given.audience, clients, at('audience'))",
    ],
    'options/issuer-unchecked': [
      "checkedUrl(given.issuer, { insecureHosts }, at('issuer'))",
      'given.issuer',
    ],
    'options/together-unchecked': ['checkIssuerTogether(settings, path, profile)', ''],
  }),
  ...inFile('lib/options/issuers-settings.ts', ['options'], {
    'options/issuer-twice': ['checkDistinct(issuers)\n  ', ''],
    'options/opaque-for-two': ['checkOpaqueTokens(issuers)\n  ', ''],
    'options/prefixes-overlap': ['one.startsWith(other) || other.startsWith(one)', 'one === other'],
    'options/lookup-of-another': ['if (settings.issuer !== iss) {', 'if (false) {'],
    'options/no-issuers': ['if (given.length === 0) {', 'if (false) {'],
  }),
  ...inFile('lib/options/jwt-settings.ts', ['options'], {
    'options/plain-by-default': [
      "oneOf('rfc9068', 'plain'), 'rfc9068')",
      "oneOf('rfc9068', 'plain'), 'plain')",
    ],
    'options/tolerance-unbounded': ['seconds(600)', 'seconds()'],
    'options/keys-unchecked': ['jwks: inlineKeySet(jwks, `${path}.jwks`, accepted)', 'jwks'],
    'options/keys-both': ['if (jwks && uri === undefined) {', 'if (jwks) {'],
    'options/keys-from-anywhere': [
      'uri: checkedUrl(uri, { insecureHosts, mayHaveQuery: true }, `${path}.uri`),',
      'uri,',
    ],
  }),
  ...inFile('lib/options/inline-key-set.ts', ['options'], {
    'options/inline-secret': ['if (secret !== undefined) {', 'if (false) {'],
    'options/inline-unusable': ['if (!unusable.includes(undefined)) {', 'if (false) {'],
    'options/inline-of-other-algorithms': [
      '[...key.algorithms].some((algorithm) => accepted.has(algorithm))',
      'true',
    ],
  }),
  ...inFile('lib/options/check-issuer-together.ts', ['options'], {
    'options/nothing-to-ask': ["demand(!!jwt, 'introspection'", "demand(true, 'introspection'"],
    'options/prefixes-of-nobody': ['settings.opaquePrefixes.length === 0,', 'true,'],
    'options/no-keys-by-hand': ["demand(jwt?.keys !== 'discovered',", 'demand(true,'],
    'options/no-endpoint-by-hand': [
      "demand(introspection?.endpoint !== 'discovered',",
      'demand(true,',
    ],
    'options/no-certificate': [
      "introspection?.client.method !== 'tls_client_auth' || !!http.clientCertificate",
      'true',
    ],
  }),
  ...inFile('lib/options/resource-server-settings.ts', ['options'], {
    'options/form-body-by-default': [
      'formBody: v.optional(flag, false)',
      'formBody: v.optional(flag, true)',
    ],
    'options/token-of-any-size': [
      'wholeNumber(256, 65_536), 8192)',
      'wholeNumber(256, 65_536), 65_536)',
    ],
    'options/schema-of-any-kind': [
      "return standard?.version === 1 && typeof standard.validate === 'function'",
      'return true',
    ],
  }),
  ...inFile('lib/options/checked-url.ts', ['options'], {
    'options/url-repaired': [' && isUriText(url)', ''],
    'options/url-with-query': ["(mayHaveQuery || !url.includes('?'))", 'true'],
    'options/url-with-fragment': [
      '([/?][^#]*)?$/i',
      '([/?#].*)?$/i',
      { why: 'A # is no character of the URI text that is accepted in any place.' },
    ],
    'options/url-of-plain-http': [' && allowedUrl(url, insecureHosts)', ''],
  }),
  ...inFile('lib/options/parse-options.ts', ['options'], {
    'options/nothing-meant': [
      "typeof value === 'string' ? nearestName(value, choices) : undefined",
      'undefined',
    ],
    'options/unknown-allowed': [
      'throw new ConfigurationError(option, issue.message)',
      'if (!isUnknown(issue)) throw new ConfigurationError(option, issue.message)\n    return value as Output',
    ],
  }),
  ...inFile('lib/options/unknown-option.ts', ['options'], {
    'options/elsewhere-unheard': [
      '(distance(name, near) <= 1 || !Object.hasOwn(elsewhere, name))',
      'true',
    ],
  }),
  ...inFile('lib/options/checked-algorithm.ts', ['options'], {
    'options/algorithm-none': ['/^none$/i.test(name)', 'false'],
    'options/algorithm-shared': ['/^HS\\d+$/i.test(name)', 'false'],
    'options/algorithm-not-meant': ['name, path, names)', 'name, path)'],
  }),
  ...inFile('lib/options/client-authentication-settings.ts', ['options'], {
    'options/client-secret-jwt-near': ["if (named === 'client_secret_jwt') {", 'if (false) {'],
  }),
  ...inFile('lib/errors/nearest-name.ts', ['options'], {
    'options/near-by-first-part': ['containing.length === 1 ?', 'containing.length > 0 ?'],
    'options/near-by-any-letter': ['part.length < 3 ?', 'false ?'],
    'options/near-without-parts': ['known.filter((one) => plain(one).includes(part))', '[]'],
    'options/near-whatever': ['Math.floor(Math.min(name.length, 12) / 3) + 1', 'Infinity'],
    'options/near-first': ['least = steps\n', ''],
    'options/near-swapped': ['isSwapped ? ', 'false ? '],
    'options/near-in-case': ['.toLowerCase()', ''],
    'options/near-with-separators': [".replace(/[_-]/g, '')", ''],
  }),
  ...inFile('lib/options/check-clock.ts', ['options'], {
    'options/clock-in-seconds': ['now >= earliestMs', 'now >= 0'],
    'options/clock-at-infinity': [' && now < Number.POSITIVE_INFINITY', ''],
  }),
  ...inFile('lib/options/guarded-log.ts', ['options'], {
    'options/log-lost-silently': ['process.emitWarning(', 'void ('],
  }),
  ...inFile('lib/options/decryption-key.ts', ['options'], {
    'options/decryption-by-signing-key': [
      "jwk['use'] !== undefined && jwk['use'] !== 'enc'",
      'false',
    ],
    'options/decryption-by-nothing': ['if (key === undefined) {', 'if (false) {'],
    'options/decryption-by-no-algorithm': ['if (key.serves.size === 0) {', 'if (false) {'],
    'options/decryption-by-another-algorithm': [
      'algorithm !== undefined && !key.serves.has(algorithm as string)',
      'false',
    ],
    'options/decryption-by-password': [
      'algorithm !== undefined && !accepted.has(algorithm)',
      'false',
    ],
  }),
]
