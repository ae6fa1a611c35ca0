import { inFile } from './in-file.mjs'

const tests = ['testing-kit']
const proofs = ['testing-kit-proofs']

export const faults = [
  ...inFile('lib/testing/check-members.ts', tests, {
    'testing/any-member': ['if (!known.includes(name)) {', 'if (false) {'],
    'testing/any-kind': [
      "typeof given !== 'object' || given === null || Array.isArray(given)",
      'false',
    ],
    'testing/any-choice': ['if (!choices.includes(value as string)) {', 'if (false) {'],
    'testing/any-token': ["if (typeof token !== 'string') {", 'if (false) {'],
    'testing/nothing-meant': ['near === undefined ? otherwise', 'true ? otherwise'],
  }),
  ...inFile('lib/testing/check-token-options.ts', tests, {
    'testing/token-unchecked': ['checkMembers(call, options, members)', ''],
    'testing/opaque-unchecked': ["checkMembers('opaque()', options, opaque)", ''],
    'testing/answer-unchecked': ["checkMembers('opaque({ signed })', options.signed, signing)", ''],
    'testing/answer-signer-unchecked': ["checkSigning('opaque({ signed })', options.signed)", ''],
    'testing/claims-unexplained': ["Object.hasOwn(Object(options), 'claims')", 'false'],
  }),
  ...inFile('lib/testing/check-server-options.ts', tests, {
    'testing/server-unchecked': ['checkMembers(call, options, members)', ''],
    'testing/server-choices-unchecked': ['known !== undefined && value !== undefined', 'false'],
    'testing/server-algorithms-unchecked': [
      'checkChoice(`algorithms of ${call}`',
      'void (`algorithms of ${call}`',
    ],
  }),
  ...inFile('lib/testing/fault-plan.ts', tests, {
    'testing/fail-times-unchecked': [
      "checkMembers('fail()', options, { times: true, milliseconds: true })",
      '',
    ],
    'testing/fail-verbatim-unchecked': ["checkMembers('The fault of fail()', fault, verbatim)", ''],
    'testing/restore-unchecked': [
      "checkChoice('The endpoint of restore()', endpoint, endpoints)",
      '',
    ],
  }),
  ...inFile('lib/testing/test-authorization-server.ts', tests, {
    'testing/revoke-unchecked': ["checkToken('revoke()', token)", ''],
    'testing/received-unchecked': [
      "checkChoice('The endpoint of received()', endpoint, endpointNames)",
      '',
    ],
    'testing/move-unchecked': [
      "checkChoice('The endpoint of move()', endpoint, ['jwks', 'introspection'])",
      '',
    ],
  }),
  ...inFile('lib/testing/check-token-options.ts', proofs, {
    'testing/binding-unchecked': ['checkBinding(call, options.boundTo)', ''],
    'testing/opaque-binding-unchecked': ["checkBinding('opaque()', options.boundTo)", ''],
  }),
  ...inFile('lib/testing/confirmation.ts', proofs, {
    'testing/bound-to-the-first': ['Object.assign({}, ...methods)', 'methods[0]'],
    'testing/bound-to-nothing': ['methods.length > 0', 'true'],
  }),
  ...inFile('lib/testing/minting.ts', proofs, {
    'testing/always-bearer': ["=== undefined ? 'Bearer'", "!== '' ? 'Bearer'"],
    'testing/always-dpop': ["=== undefined ? 'Bearer'", "=== '' ? 'Bearer'"],
  }),
  ...inFile('lib/testing/sign-jwt.ts', [...tests, ...proofs], {
    'testing/foreign-is-own': [
      'keys.foreign(algorithm).privateKey',
      'keys.signing(algorithm).privateKey',
    ],
    'testing/header-unchanged': ['...usualHeader, ...options.header', '...usualHeader'],
    'testing/signer-is-a-jwk': ['return privateKey ?? createPrivateKey', 'return createPrivateKey'],
  }),
  ...inFile('lib/testing/dpop/dpop-key.ts', proofs, {
    'testing/key-unchecked': ["checkDpopKeyOptions('dpopKey()', options)", ''],
    'testing/proof-unchecked': ["checkProofOptions('proof()', options)", ''],
    'testing/headers-unchecked': ["checkProofOptions('headers()', options)", ''],
    'testing/headers-without-token': ["checkToken('token of headers()', options.token)", ''],
    'testing/htu-with-query': ["url.replace(/[?#].*$/s, '')", 'url'],
    'testing/htu-with-fragment': ['/[?#].*$/s', '/[?].*$/s'],
    'testing/proof-of-tomorrow': ['- issuedSecondsAgo,', '+ issuedSecondsAgo,'],
    'testing/always-ath': ['token === undefined ? undefined : hash', 'hash'],
    'testing/ath-in-hex': ["hash('sha256', token, 'base64url')", "hash('sha256', token, 'hex')"],
    'testing/own-clock': ['clock() / 1000', 'Date.now() / 1000'],
    'testing/private-key-shown': [
      'jwk: publicJwk }',
      "jwk: own.privateKey.export({ format: 'jwk' }) }",
    ],
  }),
  ...inFile('lib/testing/dpop/check-proof-options.ts', proofs, {
    'testing/proof-members-unchecked': ['checkMembers(call, options, proof)', ''],
    'testing/proof-signer-unchecked': ['checkSigning(call, options)', ''],
    'testing/any-method': ["typeof method !== 'string'", 'false'],
    'testing/any-path': [' || !URL.canParse(url)', ''],
    'testing/any-proof-token': ['if (token !== undefined) checkToken', 'if (false) checkToken'],
  }),
  ...inFile('lib/testing/test-authorization-server.ts', proofs, {
    'testing/key-without-clock': ['dpopKey({ clock, ...of })', 'dpopKey(of)'],
  }),
  ...inFile('lib/testing/certificates/der.ts', proofs, {
    'testing/no-sign-octet': [
      '(octets[0] ?? 0) < 0x80 ? octets',
      'true ? octets',
      { why: 'serial numbers start with 1; the rule is for whoever encodes another integer' },
    ],
    'testing/short-lengths': ['if (length < 0x80) return', 'if (length < 0x100) return'],
    'testing/utc-for-ever': ['year < 2050', 'year < 2051'],
    'testing/utc-since-ever': ['year >= 1950', 'year >= 1949'],
    'testing/no-continuation': ['octets.unshift(0x80 |', 'octets.unshift('],
  }),
  ...inFile('lib/testing/certificates/extensions.ts', proofs, {
    'testing/authority-is-none': [
      'isAuthority ? sequence(boolean(true))',
      'false ? sequence(boolean(true))',
    ],
    'testing/everybody-is-authority': [
      'isAuthority ? sequence(boolean(true))',
      'true ? sequence(boolean(true))',
    ],
    'testing/authority-may-not-sign': ['isAuthority ? bitString(', 'false ? bitString('],
    'testing/one-key-identifier': [
      'tagged(0, keyIdentifier(content.issuerKey))',
      'tagged(0, keyIdentifier(content.publicKey))',
    ],
    'testing/empty-usage': ['extendedKeyUsage.length > 0', 'true'],
    'testing/empty-names': ['subjectAltNames.length > 0', 'true'],
  }),
  ...inFile('lib/testing/certificates/x509-certificate.ts', proofs, {
    'testing/version-one': ['integer(Buffer.of(2))', 'integer(Buffer.of(0))'],
    'testing/always-rsa': ["key.asymmetricKeyType === 'rsa'", 'true'],
    'testing/never-rsa': ["key.asymmetricKeyType === 'rsa'", 'false'],
    'testing/self-issued': ['commonName(content.issuer)', 'commonName(content.subject)'],
  }),
  ...inFile('lib/testing/certificates/subject-alt-name.ts', proofs, {
    'testing/any-name': ['!Object.hasOwn(tags, kind)', 'false'],
    'testing/any-address': ['octets === undefined', 'false'],
    'testing/names-of-hosts': ['!/^[\\da-f.:[\\]]+$/i.test(host) || ', ''],
    'testing/no-zeros': ["fill('0')", "fill('1')"],
  }),
  ...inFile('lib/testing/certificates/certificate-options.ts', proofs, {
    'testing/certificate-unchecked': ['checkMembers(call, options, members)', ''],
    'testing/certificate-algorithm-unchecked': [
      'if (options.algorithm !== undefined)',
      'if (false)',
    ],
    'testing/usage-unchecked': ['options.extendedKeyUsage ?? []', '[] as string[]'],
  }),
  ...inFile('lib/testing/certificates/test-certificate.ts', proofs, {
    'testing/always-a-new-key': ['key === undefined ?', 'true ?'],
    'testing/from-now-on': ['options.notBefore ?? 0', '0'],
    'testing/until-ever': ["options.notAfter ?? '9999", "'9999"],
  }),
  ...inFile('lib/testing/certificates/client-certificate.ts', proofs, {
    'testing/issued-by-itself': ['issuedBy === undefined ?', 'true ?'],
  }),
]
