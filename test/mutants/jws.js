import { inFile } from './in-file.mjs'

const tests = ['jws']

export const faults = [
  ...inFile('lib/jws/base64url.ts', tests, {
    'jws/lenient-base64url': [
      "octets.toString('base64url') === text ? octets : undefined",
      'octets',
    ],
    'jws/trailing-bits': [
      "octets.toString('base64url') === text ? octets : undefined",
      '/^[\\w-]*$/.test(text) ? octets : undefined',
    ],
  }),
  ...inFile('lib/jws/json.ts', tests, {
    'jws/duplicate-members': [
      'freezeAndCount(value) === members ? value : undefined',
      'freezeAndCount(value) >= 0 ? value : undefined',
    ],
    'jws/duplicates-at-the-top-only': [
      "if (typeof member === 'object' && member !== null) count += freezeAndCount(member)",
      "if (typeof member === 'object' && member !== null) freezeAndCount(member)",
    ],
    'jws/list-as-object': [' && !Array.isArray(value)', ''],
    'jws/shallowly-frozen': ['Object.freeze(value)', 'void value'],
    'jws/any-octets': ['if (!ascii && !isUtf8(octets)) return undefined', ''],
    'jws/any-depth': ['if (++depth > maxDepth) return undefined', '++depth'],
    'jws/one-level-more': ['++depth > maxDepth', '++depth > maxDepth + 1'],
    'jws/one-level-less': ['++depth > maxDepth', '++depth >= maxDepth'],
    'jws/depth-never-less': [' depth--', ' void depth'],
    'jws/lone-surrogate': [
      'else if (surrogate(octets, i) !== undefined) return undefined',
      'else if (surrogate(octets, i) !== undefined) i++',
    ],
    'jws/colons-in-strings': ['      i = end\n', ''],
    'jws/escaped-quote-ends': ['    else i++\n', ''],
    'jws/surrogates-in-capitals': [' && octets[at + 2] !== 0x44', ''],
    'jws/parse-error-thrown': [
      '} catch {\n    return undefined',
      '} catch (error) {\n    throw error',
    ],
    'jws/latin1-for-all': ["ascii ? 'latin1' : 'utf8'", "'latin1'"],
  }),
  ...inFile('lib/jws/compact.ts', tests, {
    'jws/four-segments': ["|| token.includes('.', payloadEnd + 1)", ''],
    'jws/two-segments': [
      '|| payloadEnd < 0 ',
      '',
      { why: 'With one dot alone the last condition finds that very dot.' },
    ],
    'jws/empty-header': [
      'headerEnd < 1',
      'headerEnd < 0',
      { why: 'The empty header is no JSON object, so that the next step says the same.' },
    ],
    'jws/header-without-alg': [
      'header !== undefined && hasAlgorithm(header) ? header : undefined',
      'header as never',
    ],
    'jws/headers-kept-unbounded': ['if (segment.length <= longestKeptHeader) {', 'if (true) {'],
    'jws/headers-by-length': [
      'const known = headers.get(segment)',
      'const known = [...headers].find(([key]) => key.length === segment.length)?.[1]',
    ],
    'jws/signs-header-only': [
      'this.#token.slice(0, this.#payloadEnd)',
      'this.#token.slice(0, this.#headerEnd)',
    ],
    'jws/payload-parsed-each-time': [
      'this.#payload = { value: octets && parseJsonObject(octets) }',
      'return octets && parseJsonObject(octets)',
    ],
  }),
  ...inFile('lib/jws/verify-signature.ts', tests, {
    'jws/any-signature': [
      'return verify(row.hash, jws.signingInput(), keyInput(row, key.keyObject), signature)',
      'return true',
    ],
    'jws/any-signature-in-pool': [
      'error ? reject(error) : resolve(verified)',
      'resolve(true)',
      { tests: ['jwt'] },
    ],
    'jws/errors-in-pool-are-good': [
      'error ? reject(error) : resolve(verified)',
      'resolve(!error)',
      { tests: ['jwt'] },
    ],
    'jws/header-names-another': ['!isAlgorithm(alg) || algorithms[alg] !== row || ', ''],
    'jws/key-serves-another': [' || !key.algorithms.has(algorithm)', ''],
    'jws/signature-of-any-length': [
      'signature?.length === key.signatureBytes ? signature : undefined',
      'signature',
      {
        why: 'OpenSSL refuses a signature of the wrong length itself: the check spares it the work, and does not depend on its version.',
      },
    ],
    'jws/salt-of-any-length': ['saltLength: row.saltLength', 'saltLength: -2'],
    'jws/pss-as-pkcs1': ['{ key, padding: row.padding, saltLength: row.saltLength }', 'key'],
    'jws/ecdsa-in-der': ["row.kty === 'EC' ? { key, dsaEncoding: 'ieee-p1363' } : key", 'key'],
  }),
  ...inFile('lib/jws/algorithms.ts', tests, {
    'jws/inherited-algorithm': ['Object.hasOwn(algorithms, name)', 'name in algorithms'],
    'jws/rs512-is-rs256': ["RS512: pkcs1('sha512')", "RS512: pkcs1('sha256')"],
    'jws/ps384-salt': ["pss('sha384', 48)", "pss('sha384', 32)"],
    'jws/es512-hash': ["'secp521r1', 'sha512'", "'secp521r1', 'sha256'"],
    'jws/es384-on-p256': [
      "ecdsa('P-384', 'secp384r1', 'sha384', 96)",
      "ecdsa('P-256', 'prime256v1', 'sha384', 64)",
    ],
  }),
  ...inFile('lib/jws/verification-key.ts', tests, {
    'jws/shared-secret': ["if (jwk['kty'] === 'oct') return keyFault('symmetric')", ''],
    'jws/private-key': [
      "privateMembers.some((name) => jwk[name] !== undefined) ? keyFault('private') : undefined",
      'undefined',
    ],
    'jws/private-without-d': ["['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']", "['d']"],
    'jws/for-encryption': [
      "if (use !== undefined && use !== 'sig') return keyFault('not_for_signatures')",
      '',
    ],
    'jws/use-of-any-type': [
      "if (use !== undefined && typeof use !== 'string') return keyFault('malformed')",
      '',
    ],
    'jws/for-signing-only': [
      "operations.includes('verify') ? undefined : keyFault('not_for_signatures')",
      'undefined',
    ],
    'jws/operations-of-any-type': [
      "if (!Array.isArray(operations)) return keyFault('malformed')",
      'if (!Array.isArray(operations)) return undefined',
    ],
    'jws/operations-of-any-kind': [
      "if (!operations.every((operation) => typeof operation === 'string')) return keyFault('malformed')",
      '',
    ],
    'jws/kid-of-any-type': [
      "if (kid !== undefined && typeof kid !== 'string') return keyFault('malformed')",
      '',
    ],
    'jws/alg-of-any-type': [
      "if (typeof alg !== 'string') return keyFault('malformed')",
      '',
      { tests: ['jws', 'key-sets'] },
    ],
    'jws/alg-of-another-key': ["if (!fitting.has(alg)) return keyFault('mismatched')", ''],
    'jws/alg-unknown': [
      "if (!isAlgorithm(alg)) return keyFault('unsupported')",
      'if (!isAlgorithm(alg)) return fitting',
    ],
    'jws/alg-ignored': [
      "return algorithms[alg].kty === 'OKP' ? fitting : new Set([alg])",
      'return fitting',
    ],
    'jws/eddsa-apart': [
      "return algorithms[alg].kty === 'OKP' ? fitting : new Set([alg])",
      'return new Set([alg])',
    ],
    'jws/key-error-thrown': ['if (isKeyError(error)) return undefined', ''],
    'jws/bug-is-bad-key': [
      'if (isKeyError(error)) return undefined\n    throw error',
      'return undefined',
      {
        why: 'createPublicKey throws nothing else for a JWK that was read before: there is no such bug to look at.',
      },
    ],
    'jws/identity-without-kid': ["${kid === undefined ? '' : JSON.stringify(kid)}", ''],
    'jws/identity-without-algorithms': ['${[...served].join()} ', ''],
    'jws/list-as-key': [
      ' || Array.isArray(jwk)',
      '',
      { why: 'A list that came out of JSON has no kty: it is malformed all the same.' },
    ],
  }),
  ...inFile('lib/jws/public-jwk.ts', tests, {
    'jws/exponent-with-zeros': ['return octets?.[0] ? octets : undefined', 'return octets'],
    'jws/short-x': [
      "typeof x !== 'string' || decodeBase64url(x)?.length !== length",
      "typeof x !== 'string'",
    ],
    'jws/short-y': [
      "typeof y !== 'string' || decodeBase64url(y)?.length !== length",
      "typeof y !== 'string'",
    ],
    'jws/other-curve': ["if (length === undefined) return keyFault('unsupported')", ''],
    'jws/ed448': ["if (crv !== 'Ed25519') return keyFault('unsupported')", ''],
    'jws/ed25519-of-any-length': [
      "if (point?.length !== 32) return keyFault('malformed')",
      "if (point === undefined) return keyFault('malformed')",
      { why: 'createPublicKey takes 32 octets only: malformed all the same.' },
    ],
    'jws/ed25519-unchecked': [
      "return ed25519Fault(point) ?? { kty: 'OKP', crv, x }",
      "return { kty: 'OKP', crv, x }",
    ],
    'jws/rsa-unchecked': [
      "return rsaFault(modulus, exponent) ?? { kty: 'RSA', n, e }",
      "return { kty: 'RSA', n, e }",
    ],
  }),
  ...inFile('lib/jws/rsa-fault.ts', tests, {
    'jws/rsa-2047': ['if (bits < leastBits)', 'if (bits < leastBits - 1)'],
    'jws/rsa-2049': ['if (bits < leastBits)', 'if (bits <= leastBits)'],
    'jws/rsa-of-any-size': ["if (bits > mostBits) return keyFault('unsupported')", ''],
    'jws/rsa-8192': ['if (bits > mostBits)', 'if (bits >= mostBits)', { tests: ['jws'] }],
    'jws/rsa-by-octets': [
      'modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24',
      'modulus.length * 8',
    ],
    'jws/exponent-of-any-size': ["if (exponent.length > 4) return keyFault('unsupported')", ''],
    'jws/exponent-1': [
      "if (e < 3 || e % 2 === 0) return keyFault('weak')",
      "if (e % 2 === 0) return keyFault('weak')",
    ],
    'jws/exponent-even': [
      "if (e < 3 || e % 2 === 0) return keyFault('weak')",
      "if (e < 3) return keyFault('weak')",
    ],
    'jws/exponent-3': ['if (e < 3 ||', 'if (e <= 3 ||'],
    'jws/modulus-even': ["if (n % 2n === 0n) return keyFault('weak')", ''],
    'jws/modulus-with-small-factor': ["if (residues.includes(0)) return keyFault('weak')", ''],
    'jws/roca': ["return isRoca(residues) ? keyFault('weak') : undefined", 'return undefined'],
    'jws/roca-by-some': ['residues.every((residue, i)', 'residues.some((residue, i)'],
  }),
  ...inFile('lib/jws/ed25519-fault.ts', tests, {
    'jws/ed25519-beyond-the-field': ["if (y >= p) return keyFault('malformed')", ''],
    'jws/ed25519-order-1-and-2': ['u === 0n || y === 0n', 'y === 0n'],
    'jws/ed25519-order-4': ['u === 0n || y === 0n ||', 'u === 0n ||'],
    'jws/ed25519-order-8': [' || u === modulo(-y2 * v)', ''],
    'jws/ed25519-off-the-curve': [
      "=== 1n ? undefined : keyFault('malformed')",
      ">= 0n ? undefined : keyFault('malformed')",
    ],
    'jws/ed25519-sign': ['(bigEndian[0] ?? 0) & 127', '(bigEndian[0] ?? 0) & 255'],
  }),
  ...inFile('lib/jws/thumbprint.ts', tests, {
    'jws/thumbprint-order': [
      '`{"crv":"${key.crv}","kty":"EC","x":"${key.x}","y":"${key.y}"}`',
      '`{"kty":"EC","crv":"${key.crv}","x":"${key.x}","y":"${key.y}"}`',
    ],
  }),
  ...inFile('lib/jws/sign-jws.ts', tests, {
    'jws/signs-with-anything': ['if (!fits(privateKey, row))', 'if (false)'],
    'jws/signs-on-another-curve': [
      '(row.namedCurve === undefined || key.asymmetricKeyDetails?.namedCurve === row.namedCurve)',
      'true',
    ],
  }),
  ...inFile('lib/jws/decrypt-jwe.ts', ['jwe'], {
    'jwe/crit': [
      'crit !== undefined || (zip',
      '(zip',
      { why: 'jose refuses a crit that it was told nothing about as well: a second line.' },
    ],
    'jwe/zip-of-any-kind': [
      "(zip !== undefined && zip !== 'DEF')",
      'false',
      { why: 'jose refuses every other zip, and no header with another reaches more than that.' },
    ],
    'jwe/unbounded-inflation': [
      'maxDecompressedLength: mostInflatedBytes,',
      'maxDecompressedLength: Infinity,',
    ],
    'jwe/inflates-less': ['mostInflatedBytes = 250_000', 'mostInflatedBytes = 100_000'],
    'jwe/rejects-for-bad-tokens': ['if (!isTokenError(error)) throw error', 'throw error'],
    'jwe/six-segments': [
      "token.split('.', 6)",
      "token.split('.', 5)",
      { why: 'jose counts the segments again: malformed all the same.' },
    ],
    'jwe/lenient-segments': [' || segments.includes(undefined)', ''],
    'jwe/kid-of-any-type': [
      "if (kid !== undefined && typeof kid !== 'string') return undefined",
      '',
    ],
    'jwe/any-key-management': [
      'keyManagementAlgorithms: [...keyManagementAlgorithms],',
      '',
      {
        why: 'decryptionCandidates has no key for an algorithm that is not in the table; jose is told as a second line.',
      },
    ],
  }),
  ...inFile('lib/jws/decryption-key.ts', ['jwe', 'options'], {
    'jwe/rsa1-5': [
      "['RSA-OAEP', { kty: 'RSA' }],",
      "['RSA-OAEP', { kty: 'RSA' }],\n  ['RSA1_5', { kty: 'RSA' }],",
    ],
    'jwe/passwords': [
      "['dir', { kty: 'oct' }],",
      "['dir', { kty: 'oct' }],\n  ['PBES2-HS512+A256KW', { kty: 'oct', octets: 32 }],",
    ],
    'jwe/short-rsa': ["(details?.modulusLength ?? 0) >= 2048 ? 'RSA' : undefined", "'RSA'"],
    'jwe/any-curve': ["curves.has(crv) ? 'ECDH' : undefined", "'ECDH'"],
    'jwe/secret-of-any-size': ["contentLengths.has(octets) ? 'oct' : undefined", "'oct'"],
    'jwe/secret-not-canonical': [
      'decodeBase64url(jwk.k) : undefined',
      "Buffer.from(jwk.k, 'base64url') : undefined",
    ],
    'jwe/parts-of-two-keys': ['return isSound(key) ? key : undefined', 'return key'],
    'jwe/wrapping-by-any-secret': [
      '(type?.octets === undefined || type.octets === octets)',
      'true',
    ],
  }),
  ...inFile('lib/jws/decryption-keys.ts', ['jwe'], {
    'jwe/any-number-of-keys': ['keys.slice(0, mostCandidates)', 'keys'],
    'jwe/any-kid': [
      "named.length > 0 ? named : fitting.filter((key) => key['kid'] === undefined)",
      'named.length > 0 ? named : fitting',
    ],
    'jwe/for-signing': ["|| (key['use'] !== undefined && key['use'] !== 'enc')", ''],
    'jwe/for-another-algorithm': [
      'if (named !== undefined && named !== alg && !(direct && named === enc)) return false',
      '',
    ],
    'jwe/for-another-operation': ["!key['key_ops'].some((op) => decrypting.has(op))", 'false'],
    'jwe/secret-of-any-length': [
      'if (direct) return made.keyObject.symmetricKeySize === contentKeyOctets.get(enc)',
      'if (direct) return true',
    ],
    'jwe/private-ephemeral-key': [
      '|| operations !== undefined',
      '',
      {
        why: 'jose imports the public members of an ephemeral key alone; one with key_ops is refused here before it is asked.',
      },
    ],
    'jwe/ephemeral-key-on-another-curve': [
      'kty !== key.kty || crv !== key.crv ||',
      'kty !== key.kty ||',
      {
        why: 'jose refuses an ephemeral key on another curve as well, when it agrees on a key with ours.',
      },
    ],
    'jwe/ephemeral-key-of-any-type': [
      "Object.values(epk).every((member) => typeof member === 'string')",
      'true',
      {
        why: 'jose goes on with a random key where an ephemeral key cannot be imported, and that decrypts nothing.',
      },
    ],
  }),
]
