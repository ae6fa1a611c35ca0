import { inFile } from './in-file.mjs'

const tests = ['issuers']

export const faults = [
  ...inFile('lib/issuers/discover.ts', tests, {
    'issuers/metadata-of-another': [
      "if (answer.json['issuer'] !== settings.issuer) {",
      'if (false) {',
    ],
    'issuers/metadata-without-slash': [
      "answer.json['issuer'] !== settings.issuer",
      "String(answer.json['issuer']).replace(/\\/$/, '') !== settings.issuer.replace(/\\/$/, '')",
    ],
    'issuers/metadata-url-anywhere': [
      "typeof value !== 'string' || !mayBeNamed(value, settings)",
      "typeof value !== 'string'",
    ],
    'issuers/metadata-url-on-any-host': ['!mayBeNamed(value, settings)', '!URL.canParse(value)'],
    'issuers/metadata-url-on-this-host': [
      "new URL(issuer).protocol === 'http:' || isListed(url, insecureHosts)",
      'true',
    ],
    'issuers/metadata-url-unlisted': [
      "new URL(issuer).protocol === 'http:' || isListed(url, insecureHosts)",
      "new URL(issuer).protocol === 'http:'",
    ],
    'issuers/metadata-url-only-listed': [
      "new URL(issuer).protocol === 'http:' || isListed(url, insecureHosts)",
      'isListed(url, insecureHosts)',
    ],
    'issuers/query-shown': [
      "{ failure: 'wrong_issuer', url: withoutQuery(url) }",
      "{ failure: 'wrong_issuer', url }",
    ],
    'issuers/query-shown-with-member': ['url: withoutQuery(url), member', 'url, member'],
    'issuers/metadata-unneeded': [
      "const keys = jwt ? jwt.keys === 'discovered' : introspection?.signedResponse === true",
      'const keys = true',
    ],
    'issuers/signed-without-keys': [
      "jwt ? jwt.keys === 'discovered' : introspection?.signedResponse === true",
      "jwt ? jwt.keys === 'discovered' : false",
    ],
    'issuers/first-place-only': ['if (unreachable.has(found.failure)) break', 'break'],
    'issuers/unreachable-asked-on': ['if (unreachable.has(found.failure)) break', ''],
    'issuers/found-elsewhere-first': [
      'new Set(foundAt === undefined ? all : [foundAt, ...all])',
      'new Set(all)',
    ],
    'issuers/given-url-and-others': [
      'discovery?.metadataUrl ? [discovery.metadataUrl] : wellKnownUrls(issuer)',
      '[...(discovery?.metadataUrl ? [discovery.metadataUrl] : []), ...wellKnownUrls(issuer)]',
    ],
    'issuers/alias-for-everybody': [
      "introspection?.client.method === 'tls_client_auth'",
      'introspection !== undefined',
    ],
    'issuers/alias-for-nobody': ['return alias ?? document[member]', 'return document[member]'],
    'issuers/least-telling-failure': [
      'weight(found) > weight(failure)',
      'weight(found) < weight(failure)',
    ],
  }),
  ...inFile('lib/issuers/well-known-urls.ts', tests, {
    'issuers/openid-only': ['`${origin}/.well-known/oauth-authorization-server${path}`,', ''],
    'issuers/oauth-only': ['`${origin}${path}/.well-known/openid-configuration`,', ''],
    'issuers/without-third-form': ['`${origin}/.well-known/openid-configuration${path}`,', ''],
    'issuers/terminating-slash': ["pathname.replace(/\\/$/, '')", 'pathname'],
  }),
  ...inFile('lib/issuers/listed-issuers.ts', tests, {
    'issuers/first-for-unknown': [
      "byIdentifier.get(claims['iss'])",
      "byIdentifier.get(claims['iss']) ?? first",
    ],
    'issuers/by-prefix': [
      "byIdentifier.get(claims['iss'])",
      "all.find(({ settings }) => String(claims['iss']).startsWith(settings.issuer))",
    ],
    'issuers/without-slash': [
      "byIdentifier.get(claims['iss'])",
      "byIdentifier.get(claims['iss']) ?? byIdentifier.get(String(claims['iss']).replace(/\\/$/, ''))",
    ],
    'issuers/malformed-is-opaque': [
      "if (claims === undefined) return refuse('malformed_token')",
      "if (claims === undefined) return opaque('')",
    ],
    'issuers/jwts-of-introspecting': [
      'issuer.settings.jwt === undefined ? { issuer } : { issuer, jws }',
      '{ issuer, jws }',
    ],
    'issuers/only-introspected-of-several': [
      'all.length === 1 && first?.settings.jwt === undefined',
      'first?.settings.jwt === undefined',
    ],
    'issuers/longest-prefix-last': [
      '.sort((a, b) => b.prefix.length - a.prefix.length)',
      '.sort((a, b) => a.prefix.length - b.prefix.length)',
    ],
    'issuers/prefix-anywhere': ['token.startsWith(prefix)', 'token.includes(prefix)'],
    'issuers/opaque-to-the-first': [
      '?.issuer ?? withoutPrefixes',
      '?.issuer ?? withoutPrefixes ?? introspecting[0]',
    ],
    'issuers/encrypted-to-unknown': [
      "if (issuer === undefined) return refuse('unknown_issuer')\n      return decrypting",
      'if (issuer === undefined) return { issuer: decrypting[0] as KnownIssuer, encrypted: true }\n      return decrypting',
    ],
    'issuers/encrypted-to-nobody': [
      'decrypting.includes(issuer) ? { issuer, encrypted: true } : opaque(token)',
      '{ issuer, encrypted: true }',
    ],
    'issuers/encrypted-to-several': [
      'issuer === undefined || another !== undefined',
      'issuer === undefined',
    ],
    'issuers/any-kid-held': ['kid !== undefined && settings', 'settings'],
    'issuers/five-parts-encrypted': [
      'decrypting.length > 0 ? encryptedHeader(token) : undefined',
      'encryptedHeader(token)',
    ],
    'issuers/listed-stay-open': ['for (const issuer of all) issuer.close()', ''],
  }),
  ...inFile('lib/issuers/looked-up-issuers.ts', tests, {
    'issuers/asked-about-anything': [
      "if (typeof iss !== 'string') return refuse('unknown_issuer')",
      '',
    ],
    'issuers/malformed-asked-about': [
      "if (claims === undefined) return refuse('malformed_token')\n    const iss = claims['iss']",
      "const iss = claims?.['iss'] ?? 'https://x.test'",
    ],
    'issuers/encrypted-without-keys': [
      "decrypts ? { issuer, encrypted: true } : refuse('opaque_not_accepted')",
      '{ issuer, encrypted: true }',
    ],
  }),
  ...inFile('lib/issuers/encrypted-header.ts', tests, {
    'issuers/encrypted-by-shape': [
      "typeof header?.['alg'] !== 'string' || typeof header['enc'] !== 'string'",
      'header === undefined',
    ],
    'issuers/encrypted-in-three': ['if (!fiveSegments.test(token)) return undefined', ''],
  }),
  ...inFile('lib/issuers/ask-lookup.ts', tests, {
    'issuers/another-than-asked': [
      '|| answer.issuer === iss) return answer',
      '|| answer.issuer) return answer',
    ],
    'issuers/lookup-for-ever': ['Promise.race([lookup(iss), late])', 'Promise.race([lookup(iss)])'],
    'issuers/lookup-failure-thrown': ['return failed(error)\n', 'throw error\n'],
  }),
  ...inFile('lib/issuers/issuer-memory.ts', tests, {
    'issuers/evicted-still-trusted': [', dispose: (entry) => issuerOf(entry)?.forget()', ''],
    'issuers/memory-unbounded': ['max: mostIssuers, dispose', 'max: 1e5, dispose'],
    'issuers/unknown-unbounded': [
      'this.#unknown = new LRUCache({ max: mostIssuers })',
      'this.#unknown = new LRUCache({ max: 100_000 })',
    ],
    'issuers/unknown-for-ever': [
      'until !== undefined && this.#around.clock() < until',
      'until !== undefined',
    ],
    'issuers/unknown-not-remembered': [
      'this.#unknown.set(iss, this.#around.clock() + unknownMs)',
      '',
    ],
    'issuers/identifier-of-any-length': [
      "if (iss.length > longestIdentifier) return refuse('unknown_issuer')",
      '',
    ],
    'issuers/asked-after-close': ["if (this.#closed) return unavailable('closed', closedMs)", ''],
    'issuers/failed-for-ever': ['age >= 0 && age < failedMs', 'age >= 0'],
    'issuers/failed-each-time': [
      'return age >= 0 && age < failedMs ? failed?.value : undefined',
      'return undefined',
    ],
    'issuers/failed-after-forget': ['this.#failed.delete(iss)', ''],
    'issuers/each-asks': ['this.#asking.set(iss, asking)', ''],
    'issuers/asked-once-for-ever': ['this.#asking.delete(iss)', ''],
    'issuers/forgotten-while-asked': ['asking.outdated && !this.#closed', 'false'],
    'issuers/asked-whoever-is-forgotten': [
      'const asking = this.#asking.get(iss)',
      'const asking = [...this.#asking.values()][0]',
    ],
    'issuers/failure-for-ever': ['age >= 0 && age < failedMs', 'age >= 0'],
    'issuers/failure-not-remembered': ['return this.#fail(iss, answer)', 'return answer'],
    'issuers/forgotten-stays-failed': ['this.#failed.delete(iss)', ''],
    'issuers/forgotten-stays-unknown': ['this.#unknown.delete(iss)', ''],
    'issuers/forgotten-is-back': [
      "if (this.#known.peek(iss) !== entry) return { failure: refuse('unknown_issuer') }",
      '',
    ],
    'issuers/dropped-still-known': [
      'this.#known.delete(iss)\n      return { failure',
      'return { failure',
    ],
    'issuers/former-options-hold': ['before?.forget()', ''],
    'issuers/closed-discover-on': ['entry.close()\n', ''],
    'issuers/closed-fetch-on': ['issuerOf(entry)?.close()\n', ''],
    'issuers/late-answers-fetch': ['if (this.#closed) issuer.close()', ''],
  }),
  ...inFile('lib/issuers/known-issuer.ts', ['outage'], {
    'issuers/lost-member-is-taken': [
      "'failure' in answer ? answer : this.#whole(answer)",
      'answer',
    ],
    'issuers/lost-member-is-never-taken': ['held?.[member] !== undefined && ', ''],
    'issuers/lost-member-outlives-grace': [
      'this.#discovery?.value(this.#around.clock())?.metadata',
      'this.#discovery?.held?.value.metadata',
    ],
  }),
  ...inFile('lib/issuers/known-issuer.ts', tests, {
    'issuers/metadata-from-elsewhere': [
      'before && sameDiscovery(before.settings, settings) ?',
      'before ?',
    ],
    'issuers/metadata-not-taken-over': [
      'before && sameDiscovery(before.settings, settings) ? before.#discovery?.held : undefined',
      'undefined',
    ],
    'issuers/discovers-though-forbidden': [
      'settings.discovery !== undefined && neededMembers',
      'neededMembers',
      { why: 'Options that forbid discovery and leave something to discover throw at start-up.' },
    ],
    'issuers/discovers-though-given': [' && neededMembers(settings).length > 0', ''],
    'issuers/doubt-not-heard': ['this.#discovery?.doubt()', ''],
    'issuers/doubt-not-waited-for': ['(afterDoubt ? discovery.settle(now) : undefined) ?? ', ''],
    'issuers/held-though-in-doubt': ['afterDoubt && discovery.failing', 'false'],
    'issuers/failing-though-held': ['afterDoubt && discovery.failing', 'discovery.failing'],
    'issuers/client-not-taken-over': [
      'before && sameHttp(before.settings.http, settings.http)',
      'false as boolean && before',
    ],
    'issuers/former-client': ['before && sameHttp(before.settings.http, settings.http)', 'before'],
    'issuers/forgotten-discovers': [
      'this.forgotten = true\n    this.#discovery?.close()',
      'this.forgotten = true',
    ],
    'issuers/forgotten-is-trusted': ['this.forgotten = true', ''],
    'issuers/place-not-kept': ['this.#foundAt = found.url', ''],
    'issuers/closed-is-failed': [
      "if (discovery.closed) return unavailable('closed', closedMs)",
      '',
    ],
    'issuers/same-url-unasked': [
      'before.discovery?.metadataUrl === now.discovery?.metadataUrl &&',
      '',
    ],
    'issuers/same-hosts-unasked': [
      'before.http.insecureHosts.join() === now.http.insecureHosts.join()',
      'true',
    ],
  }),
]
