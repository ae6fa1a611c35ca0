import { generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto'
import { beforeAll, describe, expect, it, jest } from '@jest/globals'
import { CompactEncrypt, importJWK, SignJWT } from 'jose'
import * as v from 'valibot'
import {
  type Algorithm,
  ConfigurationError,
  type IssuerOptions,
  type JwtOptions,
  type ResourceServer,
  type StandardSchema,
} from '../lib/index.ts'
import { type TestAuthorizationServer, type TokenOptions, tampered } from '../lib/testing/index.ts'
import {
  accepted,
  asked,
  closingAfter,
  present,
  resource,
  TestClock,
} from './fixtures/protected-api.ts'

const clock = new TestClock()
const { server, api } = closingAfter('all')

let as: TestAuthorizationServer
/** Profile `rfc9068`, the default. */
let strict: ResourceServer
/** Profile `plain`. */
let plain: ResourceServer

beforeAll(async () => {
  as = await server({ clock: clock.read })
  strict = protectedApi({})
  plain = protectedApi({ profile: 'plain' })
})

/** An API that trusts the server's keys, given inline, and has no introspection. */
function protectedApi(jwt: JwtOptions, more: object = {}): ResourceServer {
  return api({
    clock: clock.read,
    issuers: [
      { issuer: as.issuer, discovery: false, jwt: { keys: { jwks: as.jwks() }, ...jwt }, ...more },
    ],
  })
}

/** A token of the `plain` profile: typ JWT, and nothing but the claims that every server writes. */
function bare(of: TokenOptions = {}): Promise<string> {
  return as.token({
    ...of,
    header: { typ: 'JWT', ...of.header },
    claims: { client_id: undefined, jti: undefined, ...of.claims },
  })
}

async function both(token: string): Promise<string[]> {
  return [await asked(strict, token), await asked(plain, token)]
}

describe('the type', () => {
  it.each(['at+jwt', 'AT+JWT', 'At+Jwt', 'application/at+jwt', 'APPLICATION/AT+JWT'])(
    'JT-1: typ %j is that of an access token (RFC 9068 section 4)',
    async (typ) => {
      expect(await both(await as.token({ header: { typ } }))).toEqual(['accepted', 'accepted'])
    },
  )

  it.each(['JWT', 'jwt', 'application/jwt', undefined])(
    'JT-1: typ %j is accepted by the plain profile only (RFC 9068 section 4)',
    async (typ) => {
      const outcomes = await both(await as.token({ header: { typ } }))
      expect(outcomes).toEqual(['401 wrong_type', 'accepted'])
    },
  )

  it.each([
    '',
    'at',
    'at+jwt ',
    'at+jwt;v=1',
    'x/at+jwt',
    'application/application/at+jwt',
    'JOSE',
    'id_token+jwt',
    'dpop+jwt',
    'logout+jwt',
    'secevent+jwt',
    'txntoken+jwt',
    'statuslist+jwt',
    'token-introspection+jwt',
    'client-authentication+jwt',
    'oauth-client-attestation+jwt',
    null,
    1,
    ['at+jwt'],
    { typ: 'at+jwt' },
  ])('JT-1: typ %j is refused by both profiles (RFC 9068 section 4)', async (typ) => {
    const outcomes = await both(await as.token({ header: { typ } }))
    expect(outcomes).toEqual(['401 wrong_type', '401 wrong_type'])
  })
})

describe('the signature', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pairs: Record<string, { publicKey: KeyObject; privateKey: KeyObject }> = {
    RS: rsa,
    PS: rsa,
    ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    ES384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
    ES512: generateKeyPairSync('ec', { namedCurve: 'P-521' }),
    Ed: generateKeyPairSync('ed25519'),
  }
  const pairOf = (algorithm: string) => pairs[algorithm] ?? pairs[algorithm.slice(0, 2)]!
  const all: Algorithm[] = [
    ...(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const),
    ...(['ES256', 'ES384', 'ES512', 'Ed25519', 'EdDSA'] as const),
  ]

  /** Made by jose, so that two implementations have to agree. */
  function signed(alg: string, kid?: string): Promise<string> {
    return new SignJWT({ sub: 'alice', client_id: 'test-client', jti: crypto.randomUUID() })
      .setProtectedHeader({ alg, typ: 'at+jwt', ...(kid && { kid }) })
      .setIssuer(as.issuer)
      .setAudience(resource)
      .setIssuedAt(clock.seconds)
      .setExpirationTime(clock.seconds + 300)
      .sign(pairOf(alg).privateKey)
  }

  function keyed(keys: (JsonWebKey & { kid?: string; alg?: string })[], jwt: JwtOptions = {}) {
    return protectedApi({ ...jwt, keys: { jwks: { keys } } })
  }

  const publicJwk = (algorithm: string, members: object = {}) => ({
    ...pairOf(algorithm).publicKey.export({ format: 'jwk' }),
    ...members,
  })

  it.each(all)('JT-2: %s is accepted from a key that says so (RFC 9068 section 4)', async (alg) => {
    const protectedHere = keyed([publicJwk(alg, { alg, kid: 'k' })])
    expect(await asked(protectedHere, await signed(alg, 'k'))).toBe('accepted')
  })

  it('JT-10: a key without alg serves every configured algorithm of its type (RFC 8725bis section 3.1)', async () => {
    const keys = ['RS256', 'ES256', 'ES384', 'ES512', 'EdDSA'].map((alg) => publicJwk(alg))
    const every = keyed(keys)
    const some = keyed(keys, { algorithms: ['PS256', 'ES256', 'Ed25519'] })
    for (const alg of all) {
      expect([alg, await asked(every, await signed(alg))]).toEqual([alg, 'accepted'])
      const configured = ['PS256', 'ES256', 'Ed25519', 'EdDSA'].includes(alg)
      expect([alg, await asked(some, await signed(alg))]).toEqual([
        alg,
        configured ? 'accepted' : '401 unsupported_algorithm',
      ])
    }
  })

  it.each(all.filter((alg) => alg !== 'RS256' && alg !== 'Ed25519' && alg !== 'EdDSA'))(
    'JT-10: %s is refused where the key says another algorithm (RFC 8725bis section 3.1)',
    async (alg) => {
      const protectedHere = keyed([
        publicJwk(alg, { alg: alg.startsWith('ES') ? undefined : 'RS256', kid: 'k' }),
        publicJwk(alg === 'ES256' ? 'ES384' : 'ES256', { kid: 'e' }),
      ])
      const expected = alg.startsWith('ES') ? 'accepted' : '401 unknown_key'
      expect(await asked(protectedHere, await signed(alg, 'k'))).toBe(expected)
      expect(await asked(protectedHere, await signed(alg, 'e'))).toBe('401 unknown_key')
    },
  )

  it.each([
    ['Ed25519', 'EdDSA'],
    ['EdDSA', 'Ed25519'],
  ])(
    'JT-17: a token that says %s is accepted from a key that says %s (RFC 9864)',
    async (alg, key) => {
      expect(await asked(keyed([publicJwk(alg, { alg: key })]), await signed(alg))).toBe('accepted')
    },
  )

  it('JT-18: keys with one kid are told apart by type, curve and algorithm (FAPI 2.0 section 5.4)', async () => {
    const protectedHere = keyed([
      publicJwk('RS256', { kid: 'k', alg: 'RS512' }),
      publicJwk('ES256', { kid: 'k' }),
      publicJwk('EdDSA', { kid: 'k' }),
    ])
    for (const alg of ['RS512', 'ES256', 'Ed25519']) {
      expect(await asked(protectedHere, await signed(alg, 'k'))).toBe('accepted')
    }
    expect(await asked(protectedHere, await signed('RS256', 'k'))).toBe('401 unknown_key')
  })

  it.each(['ES384', 'ES512', 'RS256', 'PS256', 'EdDSA', 'Ed25519'])(
    'JT-6: an ES256 signature under a header that says %s is refused (RFC 9068 section 4)',
    async (alg) => {
      const [, payload, signature] = (await as.token()).split('.')
      const header = { alg, typ: 'at+jwt', kid: as.keys[0]!.kid }
      const head = Buffer.from(JSON.stringify(header)).toString('base64url')
      expect(await asked(strict, [head, payload, signature].join('.'))).toBe('401 unknown_key')
    },
  )

  it('JT-6: a foreign key under the published kid is refused (RFC 9068 section 4)', async () => {
    const outcomes = await both(await as.token({ signedBy: 'foreign' }))
    expect(outcomes).toEqual(['401 wrong_signature', '401 wrong_signature'])
  })

  it('JT-6: a token without kid is accepted from one of the keys, and from no other', async () => {
    const header = { kid: undefined }
    expect(await asked(strict, await as.token({ header }))).toBe('accepted')
    const foreign = await as.token({ header, signedBy: 'foreign' })
    expect(await asked(strict, foreign)).toBe('401 wrong_signature')
  })

  it('JT-6: a token without kid is accepted from any key that serves its algorithm (RFC 9068 section 4)', async () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const other = publicKey.export({ format: 'jwk' })
    for (const keys of [
      [publicJwk('ES256'), other],
      [other, publicJwk('ES256')],
    ]) {
      expect(await asked(keyed(keys), await signed('ES256'))).toBe('accepted')
    }
    expect(await asked(keyed([other]), await signed('ES256'))).toBe('401 wrong_signature')
  })

  it.each(['none', 'None', 'NONE', 'nOnE', ''])(
    'JT-2: alg %j is refused, whatever the signature is (RFC 9068 section 4)',
    async (alg) => {
      const unsigned = await as.token({ algorithm: 'none', header: { alg } })
      const refused = ['401 unsupported_algorithm', '401 unsupported_algorithm']
      expect(await both(unsigned)).toEqual(refused)
      expect(await both(`${unsigned}AAAA`)).toEqual(refused)
      expect(await both(await as.token({ header: { alg } }))).toEqual(refused)
    },
  )

  it.each(['HS256', 'HS384', 'HS512'] as const)(
    'JT-10: %s is refused with the public key, or nothing, as the secret (RFC 8725 section 2.1)',
    async (algorithm) => {
      for (const secret of [undefined, '', JSON.stringify(as.jwks().keys[0])]) {
        const token = await as.token({ algorithm, ...(secret !== undefined && { secret }) })
        expect(await both(token)).toEqual([
          '401 unsupported_algorithm',
          '401 unsupported_algorithm',
        ])
      }
    },
  )

  it.each(['ES256K', 'es256', 'RS1', 'toString', '__proto__', 'constructor'])(
    'JT-10: alg %j, which is not in the table, is refused (RFC 8725bis section 3.1)',
    async (alg) => {
      expect(await asked(strict, await as.token({ header: { alg } }))).toBe(
        '401 unsupported_algorithm',
      )
    },
  )

  it('JT-6: a changed header, payload or signature is refused (RFC 9068 section 4)', async () => {
    const token = await as.token({ scope: 'orders:read' })
    for (const changes of [{ header: { x: 1 } }, { claims: { scope: 'admin' } }, undefined]) {
      expect(await asked(strict, tampered(token, changes))).toBe('401 wrong_signature')
    }
    const [header, payload, signature] = token.split('.')
    for (const other of ['', signature!.slice(0, -4), `${signature}AAAA`, 'A'.repeat(86)]) {
      expect(await asked(strict, `${header}.${payload}.${other}`)).toBe('401 wrong_signature')
    }
    expect(await asked(strict, token)).toBe('accepted')
  })

  it('trailing base64 bits: another spelling of the same bytes is refused', async () => {
    const token = await as.token()
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const respelled = token.slice(0, -1) + alphabet[alphabet.indexOf(token.at(-1)!) ^ 1]
    const bytes = (text: string) => Buffer.from(text.split('.')[2]!, 'base64url')
    expect(bytes(respelled)).toEqual(bytes(token))
    expect(await asked(strict, token)).toBe('accepted')
    expect(await asked(strict, respelled)).toBe('401 wrong_signature')
  })
})

describe('the header', () => {
  it.each([[['exp']], [['b64']], [['unknown']], [[]], ['exp'], [null], [{}], [true]])(
    'JT-16: crit %j is refused (RFC 7515 section 4.1.11)',
    async (crit) => {
      const token = await as.token({ header: { crit, exp: 1, unknown: 1 } })
      expect(await both(token)).toEqual(['401 unsupported_header', '401 unsupported_header'])
    },
  )

  it.each([
    ['b64', false],
    ['b64', true],
    ['zip', 'DEF'],
    ['jku', 'https://evil.example/jwks'],
    ['x5u', 'https://evil.example/cert'],
    ['jwk', { kty: 'EC' }],
    ['jwk', null],
  ])(
    'JT-12: %s: %j is refused, and nothing is fetched (RFC 8725bis section 3.10)',
    async (name, value) => {
      const fetching = api({ clock: clock.read, issuers: [{ issuer: as.issuer }] })
      await fetching.ready()
      as.forgetRequests()
      const token = await as.token({ header: { [name]: value } })
      expect(await asked(fetching, token)).toBe('401 unsupported_header')
      expect(as.requests).toHaveLength(0)
    },
  )

  it('JT-12: a key that the token brings along is never used (RFC 8725bis section 3.10)', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const jwk = publicKey.export({ format: 'jwk' })
    for (const header of [{ jwk }, { jwk, kid: undefined }]) {
      const token = await as.token({ signedBy: privateKey, header })
      expect(await asked(strict, token)).toBe('401 unsupported_header')
    }
  })

  it('JT-12: a certificate chain or thumbprint in the header changes nothing', async () => {
    const header = { x5c: ['AAAA'], x5t: 'AAAA', 'x5t#S256': 'AAAA', cty: 'JWT' }
    expect(await asked(strict, await as.token({ header }))).toBe('accepted')
    const foreign = await as.token({ header, signedBy: 'foreign' })
    expect(await asked(strict, foreign)).toBe('401 wrong_signature')
  })

  it.each([1, 0, true, null, [], ['es256-1'], { kid: 'es256-1' }])(
    'JT-12: kid %j is refused, as it is not a string (RFC 7515 section 4.1.4)',
    async (kid) => {
      const outcomes = await both(await as.token({ header: { kid } }))
      expect(outcomes).toEqual(['401 malformed_token', '401 malformed_token'])
    },
  )

  it.each(['', '../../etc/passwd', "' OR 1=1 --", '__proto__', 'constructor', 'x'.repeat(1000)])(
    'JT-12: kid %j is looked up and nothing else (RFC 8725bis section 3.10)',
    async (kid) => {
      expect(await asked(strict, await as.token({ header: { kid } }))).toBe('401 unknown_key')
    },
  )
})

describe('the required claims', () => {
  const required = ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti']
  const strings = ['iss', 'sub', 'client_id', 'jti']
  const wrong: Record<string, unknown[]> = {
    ...Object.fromEntries(strings.map((name) => [name, [1, 0, true, null, [], ['x'], {}]])),
    ...Object.fromEntries(
      ['exp', 'iat', 'nbf'].map((name) => [
        name,
        ['', 'soon', '9999999999', true, null, [], [9999999999], {}],
      ]),
    ),
    aud: [1, 0, true, null, {}, [1], [null], [resource, 1], [[resource]], { 0: resource }],
  }

  it.each(required)('JT-3: a token without %s is refused (RFC 9068 section 2.2)', async (name) => {
    const token = await as.token({ claims: { [name]: undefined } })
    const expected = name === 'iss' ? '401 unknown_issuer' : '401 missing_claim'
    expect(await asked(strict, token)).toBe(expected)
  })

  it.each(Object.entries(wrong).flatMap(([name, values]) => values.map((value) => [name, value])))(
    'JT-3: %s: %j is refused by both profiles, as it is of the wrong type (RFC 7519 section 4.1)',
    async (name, value) => {
      const token = await as.token({ claims: { [name as string]: value } })
      const expected = name === 'iss' ? '401 unknown_issuer' : '401 malformed_claim'
      expect(await both(token)).toEqual([expected, expected])
    },
  )

  it.each(['1e999', '-1e999'])('an infinite exp (%s) is refused', async (exp) => {
    const rest = `"iss":"${as.issuer}","aud":"${resource}","sub":"a","client_id":"c","jti":"j","iat":1`
    const token = await as.token({ rawPayload: `{${rest},"exp":${exp}}` })
    expect(await both(token)).toEqual(['401 malformed_claim', '401 malformed_claim'])
  })

  it('JT-3: the plain profile demands iss, exp and aud alone (RFC 7519 section 4.1)', async () => {
    const claims = { sub: undefined, iat: undefined }
    expect(await asked(plain, await bare({ scope: 'a', claims }))).toBe('accepted')
    for (const name of ['exp', 'aud']) {
      const without = await bare({ scope: 'a', claims: { ...claims, [name]: undefined } })
      expect(await asked(plain, without)).toBe('401 missing_claim')
    }
  })
})

describe('issuer and audience', () => {
  it.each([
    (issuer: string) => `${issuer}/`,
    (issuer: string) => issuer.toUpperCase(),
    (issuer: string) => ` ${issuer}`,
    (issuer: string) => issuer.replace('127.0.0.1', 'localhost'),
    (issuer: string) => issuer.replace('http:', 'https:'),
    () => '',
    () => 'https://evil.example',
  ])(
    'JT-4: another iss is refused, character by character (RFC 9068 section 4) [%#]',
    async (change) => {
      const token = await as.token({ issuer: change(as.issuer) })
      expect(await both(token)).toEqual(['401 unknown_issuer', '401 unknown_issuer'])
    },
  )

  it.each([[resource], [[resource]], [['https://other.test', resource]]])(
    'JT-5: aud %j names this resource server (RFC 9068 section 4)',
    async (audience) => {
      expect(await both(await as.token({ audience }))).toEqual(['accepted', 'accepted'])
    },
  )

  it.each([
    ['https://other.test'],
    [`${resource}/`],
    [`${resource}/orders`],
    [resource.toUpperCase()],
    [`${resource} https://other.test`],
    [''],
    [[]],
    [['https://other.test']],
    ['test-client'],
  ])(
    'JT-5: aud %j does not name this resource server, and is refused (RFC 9068 section 4)',
    async (audience) => {
      const outcomes = await both(await as.token({ audience }))
      expect(outcomes).toEqual(['401 wrong_audience', '401 wrong_audience'])
    },
  )

  it('JT-5: a configured audience takes the place of the resource (RFC 9068 section 4)', async () => {
    const other = protectedApi({}, { audience: ['api://orders', 'urn:orders'] })
    expect(await asked(other, await as.token({ audience: 'urn:orders' }))).toBe('accepted')
    expect(await asked(other, await as.token())).toBe('401 wrong_audience')
  })

  it('JT-3: aud is also demanded where none is configured, by the profile (RFC 9068 section 2.2)', async () => {
    const clients = ['test-client']
    const token = await as.token({ scope: 'a', claims: { aud: undefined } })
    const rfc9068 = protectedApi({}, { audience: 'none', clients })
    expect(await asked(rfc9068, token)).toBe('401 missing_claim')
    const without = protectedApi({ profile: 'plain' }, { audience: 'none', clients })
    expect(await asked(without, token)).toBe('accepted')
  })

  it('an accepted client is one of the configured ones', async () => {
    const some = protectedApi({ profile: 'plain' }, { clients: ['web', 'mobile'] })
    const claims = { client_id: undefined }
    for (const name of ['client_id', 'azp', 'cid', 'appid']) {
      const token = (clientId: string) =>
        as.token({ scope: 'a', claims: { ...claims, [name]: clientId } })
      expect(await asked(some, await token('mobile'))).toBe('accepted')
      expect(await asked(some, await token('Mobile'))).toBe('401 wrong_client')
    }
    expect(await asked(some, await as.token({ scope: 'a', claims }))).toBe('401 wrong_client')
    // The first name that is there counts: none makes up for another.
    const two = await as.token({ claims: { client_id: 'evil', azp: 'web' } })
    expect(await asked(some, two)).toBe('401 wrong_client')
  })
})

describe('time', () => {
  async function until(of: TokenOptions, protectedHere: ResourceServer, atMs: number) {
    const before = clock.now
    try {
      const token = await as.token(of)
      clock.now = atMs - 1
      const early = await asked(protectedHere, token)
      clock.now = atMs
      const late = await asked(protectedHere, token)
      return [early, late]
    } finally {
      clock.now = before
    }
  }

  it.each([
    [undefined, 5],
    [0, 0],
    [60, 60],
  ])(
    'JT-7: exp is over to the millisecond, with a tolerance of %j s (RFC 9068 section 4)',
    async (given, tolerance) => {
      const exact = protectedApi(given === undefined ? {} : { clockToleranceSeconds: given })
      const end = clock.now + 300_000 + tolerance * 1000
      expect(await until({}, exact, end)).toEqual(['accepted', '401 expired'])
    },
  )

  it('JT-7: exp may be a fraction, and zero or less is long ago (RFC 7519 section 2)', async () => {
    const exact = protectedApi({ clockToleranceSeconds: 0 })
    const exp = clock.seconds + 0.25
    expect(await until({ claims: { exp } }, exact, clock.now + 250)).toEqual([
      'accepted',
      '401 expired',
    ])
    for (const exp of [0, -1, 1]) {
      expect(await asked(exact, await as.token({ claims: { exp } }))).toBe('401 expired')
    }
  })

  it.each([
    [undefined, 5],
    [0, 0],
  ])(
    'a token is refused before its nbf, to the millisecond, with a tolerance of %j s (RFC 7519 section 4.1.5)',
    async (given, tolerance) => {
      const exact = protectedApi(given === undefined ? {} : { clockToleranceSeconds: given })
      const nbf = clock.seconds + 100
      const start = clock.now + 100_000 - tolerance * 1000
      expect(await until({ claims: { nbf } }, exact, start)).toEqual([
        '401 not_yet_valid',
        'accepted',
      ])
    },
  )

  it('a clock that gives no number any more refuses', async () => {
    let now = clock.now
    const issuers = [{ issuer: as.issuer, discovery: false, jwt: { keys: { jwks: as.jwks() } } }]
    const protectedHere = api({ clock: () => now, issuers: issuers as IssuerOptions[] })
    const token = await as.token()
    expect(await asked(protectedHere, token)).toBe('accepted')
    now = Number.NaN
    expect(await asked(protectedHere, token)).toBe('401 expired')
  })

  it('iat is no limit: only exp and nbf are (RFC 7519 section 4.1.6)', async () => {
    for (const iat of [0, clock.seconds + 86_400, clock.seconds - 86_400 * 365, 0.5]) {
      expect(await asked(strict, await as.token({ claims: { iat } }))).toBe('accepted')
    }
  })
})

describe('other kinds of JWT that the same key signs (JT-15)', () => {
  it('JT-15: an ID token is refused (RFC 8725bis section 3.12)', async () => {
    // As it is, and with this API as its audience.
    for (const audience of [undefined, resource, [resource, 'test-client']]) {
      const [inStrict, inPlain] = await both(await as.idToken(audience ? { audience } : {}))
      expect(inStrict).toBe('401 wrong_type')
      expect(inPlain).toMatch(/^401 (not_an_access_token|wrong_audience)$/)
    }
  })

  it.each<[string, TokenOptions]>([
    ['only the mandatory claims', { claims: { at_hash: undefined, nonce: undefined } }],
    ['at_hash', { claims: { scope: 'openid', nonce: undefined } }],
    ['c_hash', { claims: { at_hash: undefined, c_hash: 'x', client_id: 'test-client' } }],
    ['token_use id', { claims: { at_hash: undefined, token_use: 'id', client_id: 'c' } }],
    ['payload typ ID', { claims: { at_hash: undefined, typ: 'ID', scope: 'openid' } }],
    ['nonce and the roles of Entra ID', { claims: { at_hash: undefined, roles: ['admin'] } }],
    ['typ absent', { header: { typ: undefined }, claims: { at_hash: undefined } }],
    ['a scope that is null', { claims: { at_hash: undefined, nonce: undefined, scope: null } }],
  ])(
    'JT-15: an ID token with %s is refused by the plain profile (RFC 8725bis section 3.12)',
    async (_, of) => {
      const token = await as.idToken({ audience: resource, ...of })
      expect(await asked(plain, token)).toBe('401 not_an_access_token')
    },
  )

  it.each(['at_hash', 'c_hash', 's_hash', 'events'])(
    'JT-15: any token with %s is refused by the plain profile, with all marks of an access token',
    async (name) => {
      const token = await as.token({ scope: 'a', claims: { [name]: null, token_use: 'access' } })
      expect(await asked(plain, token)).toBe('401 not_an_access_token')
    },
  )

  it.each(['ID', 'id', 'Refresh', 'Offline', 'Logout'])(
    'JT-15: a token whose payload says typ %j is refused by the plain profile',
    async (typ) => {
      const token = await bare({ scope: 'a', claims: { typ } })
      expect(await asked(plain, token)).toBe('401 not_an_access_token')
    },
  )

  it.each<[string, Record<string, unknown>, string?]>([
    ['a scope claim', { scope: '' }],
    ['an scp claim', { scp: ['a'] }],
    ['a roles claim', { roles: [] }],
    ['client_id', { client_id: 'c' }],
    ['token_use access', { token_use: 'access' }],
    ['payload typ Bearer', { typ: 'Bearer' }],
    ['a scope, though there is a nonce', { scope: 'a', nonce: 'n' }],
    ['nothing', {}, '401 not_an_access_token'],
    ['azp alone', { azp: 'c' }, '401 not_an_access_token'],
    ['permissions, which are not configured', { permissions: ['a'] }, '401 not_an_access_token'],
  ])(
    'JT-15: the plain profile asks for a mark of an access token: %s',
    async (_, claims, expected = 'accepted') => {
      expect(await asked(plain, await bare({ claims }))).toBe(expected)
    },
  )

  it('JT-15: a configured scope source is such a mark, in the place of the usual ones', async () => {
    const other = protectedApi(
      { profile: 'plain' },
      { scopesFrom: ['permissions'], rolesFrom: ['realm.roles'] },
    )
    const outcomeOf = async (claims: Record<string, unknown>) =>
      asked(other, await bare({ claims }))
    expect(await outcomeOf({ permissions: ['a'] })).toBe('accepted')
    expect(await outcomeOf({ realm: { roles: ['a'] } })).toBe('accepted')
    expect(await outcomeOf({ scope: 'a' })).toBe('401 not_an_access_token')
  })

  const events = { 'http://schemas.openid.net/event/backchannel-logout': {} }
  it.each<[string, TokenOptions]>([
    ['a logout token', { header: { typ: 'logout+jwt' }, claims: { events, sid: 's' } }],
    ['a logout token of type JWT', { header: { typ: 'JWT' }, claims: { events, sid: 's' } }],
    ['a security event token', { header: { typ: 'secevent+jwt' }, claims: { events } }],
    ['a security event token of type JWT', { header: { typ: 'JWT' }, claims: { events } }],
    [
      'a DPoP proof',
      { header: { typ: 'dpop+jwt', jwk: {} }, claims: { htm: 'GET', htu: resource, ath: 'x' } },
    ],
    [
      'an introspection response JWT',
      {
        header: { typ: 'token-introspection+jwt' },
        claims: { token_introspection: { active: true, scope: 'a' } },
      },
    ],
    ['a transaction token', { header: { typ: 'txntoken+jwt' }, claims: { txn: 'x' } }],
    ['a client assertion', { header: { typ: 'client-authentication+jwt' } }],
    ['a client attestation', { header: { typ: 'oauth-client-attestation+jwt' } }],
  ])(
    'JT-15: %s with all claims of an access token is refused (RFC 8725bis section 3.12)',
    async (_, of) => {
      const [inStrict, inPlain] = await both(await as.token({ scope: 'a', ...of }))
      expect(inStrict).toBe('401 wrong_type')
      expect(inPlain).toMatch(/^401 (wrong_type|not_an_access_token)$/)
    },
  )
})

describe('the form', () => {
  it.each<[string, (token: string) => string, string]>([
    ['a padding character at the end', (token) => `${token}=`, '401 wrong_signature'],
    ['two padding characters', (token) => `${token}==`, '401 wrong_signature'],
    ['padding inside', (token) => token.replace('.', '=.'), '400 malformed_credentials'],
    ['a space inside', (token) => token.replace('.', '. '), '400 malformed_credentials'],
    ['a space at the end', (token) => `${token} `, '400 malformed_credentials'],
    ['a tab', (token) => `${token}\t`, '400 malformed_credentials'],
    ['braces', (token) => `{${token}}`, '400 malformed_credentials'],
    ['quotes', (token) => `"${token}"`, '400 malformed_credentials'],
    ['a percent sign', (token) => token.replace('.', '%2E'), '400 malformed_credentials'],
    ['+ of plain base64', (token) => `${token}+`, '401 wrong_signature'],
    ['/ of plain base64', (token) => `${token}/`, '401 wrong_signature'],
    ['a tilde', (token) => `${token}~`, '401 wrong_signature'],
    ['a fourth segment', (token) => `${token}.AAAA`, '401 opaque_not_accepted'],
    ['only two segments', (token) => token.replace(/\.[^.]*$/, ''), '401 opaque_not_accepted'],
    ['an empty header', (token) => token.replace(/^[^.]*/, ''), '401 opaque_not_accepted'],
    ['an empty payload', (token) => token.replace(/\..*\./, '..'), '401 malformed_token'],
    ['a header in JSON serialization', () => '{"payload":""}', '400 malformed_credentials'],
  ])(
    'JT-13: a token with %s is refused (RFC 8725bis section 3.14)',
    async (_, change, expected) => {
      const token = change(await as.token())
      expect(await both(token)).toEqual([expected, expected])
    },
  )

  it.each([
    '"iss":"ISS"',
    '"iss":"https://evil.example"',
    '"scope":"admin"',
    '"address":{"a":1,"a":2}',
    '"list":[{"a":1,"\\u0061":2}]',
  ])('duplicate JSON members: a payload with %s again is refused', async (again) => {
    const claims = JSON.stringify({
      ...{ iss: as.issuer, aud: resource, sub: 'a', client_id: 'c', jti: 'j', iat: 1 },
      exp: clock.seconds + 300,
      scope: 'orders:read',
    })
    expect(await asked(strict, await as.token({ rawPayload: claims }))).toBe('accepted')
    const rawPayload = `${claims.slice(0, -1)},${again.replace('ISS', as.issuer)}}`
    expect(await asked(strict, await as.token({ rawPayload }))).toBe('401 malformed_token')
  })

  it('duplicate JSON members: a header with alg twice is no header at all', async () => {
    const rawHeader = `{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"${as.keys[0]!.kid}"}`
    expect(await asked(strict, await as.token({ rawHeader }))).toBe('401 opaque_not_accepted')
  })

  it.each<[string, string | Buffer]>([
    ['an array', '[]'],
    ['a string', '"x"'],
    ['null', 'null'],
    ['a number', '1'],
    ['nothing', ''],
    ['no JSON', 'x'],
    ['two objects', '{}{}'],
    ['a byte order mark', '\ufeff{}'],
    ['bytes that are not UTF-8', Buffer.from('7b2261223a22ff227d', 'hex')],
    ['half a surrogate pair', '{"a":"\\ud800"}'],
  ])('a payload that is %s is refused', async (_, rawPayload) => {
    expect(await asked(strict, await as.token({ rawPayload }))).toBe('401 malformed_token')
  })

  it('deep nesting is refused beyond 32 levels, at whatever size', async () => {
    const nested = (levels: number) => {
      let value: unknown = 1
      for (let level = 0; level < levels; level++) value = [value]
      return value
    }
    expect(await asked(strict, await as.token({ claims: { x: nested(31) } }))).toBe('accepted')
    expect(await asked(strict, await as.token({ claims: { x: nested(32) } }))).toBe(
      '401 malformed_token',
    )
    const rawPayload = '['.repeat(5000)
    expect(await asked(strict, await as.token({ rawPayload }))).toBe('401 malformed_token')
  })

  it('JT-9: what is wrong with a token is answered by invalid_token (RFC 9068 section 4)', async () => {
    const result = await present(strict, await as.token({ expired: true }))
    expect(result).toMatchObject({ verdict: 'refused', refusal: { error: 'invalid_token' } })
    expect(result.response.status).toBe(401)
    expect(Object.fromEntries(result.response.headers)['WWW-Authenticate']).toBe(
      `Bearer realm="${resource}", error="invalid_token", error_description="The access token expired."`,
    )
  })

  it('a token over the size limit is refused before it is looked at', async () => {
    const small = api({
      clock: clock.read,
      issuers: [{ issuer: as.issuer, discovery: false, jwt: { keys: { jwks: as.jwks() } } }],
      credentials: { maxTokenBytes: 700 },
    })
    expect(await asked(small, await as.token())).toBe('accepted')
    const large = await as.token({ claims: { x: 'x'.repeat(700) } })
    expect(await asked(small, large)).toBe('400 token_too_large')
  })
})

describe('what an accepted token is', () => {
  it('is frozen, and does not show the token when printed or serialised', async () => {
    const token = await as.token({ scope: 'a b a', claims: { address: { town: 'x' } } })
    const auth = await accepted(strict, token)
    expect(auth).toMatchObject({
      issuer: as.issuer,
      subject: 'alice',
      clientId: 'test-client',
      scopes: ['a', 'b'],
      expiresAt: clock.seconds + 300,
      source: 'jwt',
      proofs: [],
      token,
    })
    expect(Object.isFrozen(auth.claims['address'])).toBe(true)
    expect(Object.isFrozen(auth.scopes)).toBe(true)
    expect(JSON.stringify(auth)).not.toContain(token.slice(-20))
  })

  it.each<[Record<string, unknown>, string]>([
    [{ sub: 'alice' }, 'unknown'],
    [{ sub: 'alice', auth_time: 1 }, 'user'],
    [{ sub: 'alice', auth_time: null }, 'unknown'],
    [{ sub: 'alice', idtyp: 'user' }, 'user'],
    [{ sub: 'test-client' }, 'client'],
    [{ sub: 'test-client', auth_time: 1 }, 'client'],
    [{ sub: undefined }, 'client'],
    [{ sub: 'x@clients', gty: 'client-credentials' }, 'client'],
    [{ sub: 'x', idtyp: 'app' }, 'client'],
    [{ sub: 'web', client_id: undefined, azp: 'web' }, 'client'],
  ])('JT-19: with %j it is %s who acts (RFC 9700 section 4.15)', async (claims, principal) => {
    const auth = await accepted(plain, await as.token({ scope: 'a', claims: { ...claims } }))
    expect(auth.principal).toBe(principal)
  })

  it.each<[string, unknown]>([
    ['scope', 1],
    ['scope', { a: 1 }],
    ['scope', ['a', 1]],
    ['scp', true],
    ['roles', 1],
    ['roles', [['a']]],
  ])('a malformed claim of authority is refused: %s: %j', async (name, value) => {
    const token = await as.token({ claims: { [name]: value } })
    expect(await both(token)).toEqual(['401 malformed_claim', '401 malformed_claim'])
  })

  it.each([
    [{ jkt: 'x' }],
    [{ 'x5t#S256': 'x' }],
    [{ jwk: {} }],
    [{ kid: 'x' }],
    [{ unknown: 1 }],
    [{}],
    [[]],
    [null],
    [''],
    ['x'],
    [0],
    [false],
  ])('a token bound by cnf %j is refused without its proof (RFC 7800 section 3.1)', async (cnf) => {
    const outcomes = await both(await as.token({ claims: { cnf } }))
    expect(outcomes).toEqual(['401 proof_missing', '401 proof_missing'])
  })
})

describe('encrypted tokens', () => {
  const p256 = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const ours = { ...p256().export({ format: 'jwk' }), kid: 'enc-1' }
  const theirs = p256().export({ format: 'jwk' })
  let encrypted: ResourceServer

  beforeAll(() => {
    encrypted = protectedApi({ decryptionKeys: [ours] })
  })

  async function encrypt(plaintext: string, header: object = {}, key: JsonWebKey = ours) {
    const { kty, crv, x, y } = key as Record<string, string>
    return new CompactEncrypt(Buffer.from(plaintext))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', cty: 'JWT', ...header })
      .encrypt(await importJWK({ kty: kty!, crv: crv!, x: x!, y: y! }, 'ECDH-ES'))
  }

  it('JT-8: a signed token inside is verified like any other (RFC 9068 section 4)', async () => {
    const auth = await accepted(encrypted, await encrypt(await as.token({ scope: 'a' })))
    expect(auth).toMatchObject({ subject: 'alice', scopes: ['a'], source: 'jwt' })
    for (const [of, reason] of [
      [{ expired: true }, 'expired'],
      [{ audience: 'https://other.test' }, 'wrong_audience'],
      [{ signedBy: 'foreign' }, 'wrong_signature'],
      [{ issuer: 'https://evil.example' }, 'wrong_issuer'],
      [{ header: { typ: 'JWT' } }, 'wrong_type'],
      [{ claims: { cnf: { jkt: 'x' } } }, 'proof_missing'],
    ] as [TokenOptions, string][]) {
      expect(await asked(encrypted, await encrypt(await as.token(of)))).toBe(`401 ${reason}`)
    }
  })

  it('JT-8: an unencrypted token is refused where encryption was agreed upon (RFC 9068 section 4)', async () => {
    expect(await asked(encrypted, await as.token())).toBe('401 not_encrypted')
  })

  it('JT-8: a token encrypted to another key is refused (RFC 9068 section 4)', async () => {
    const token = await encrypt(await as.token(), {}, theirs)
    expect(await asked(encrypted, token)).toBe('401 undecryptable')
    const named = await encrypt(await as.token(), { kid: 'enc-1' }, theirs)
    expect(await asked(encrypted, named)).toBe('401 undecryptable')
  })

  it('JT-8: encryption is no proof of origin: what is inside must be signed (RFC 8725 section 3.3)', async () => {
    const unsigned = await as.token({ algorithm: 'none' })
    const claims = Buffer.from(unsigned.split('.')[1]!, 'base64url').toString()
    expect(await asked(encrypted, await encrypt(unsigned))).toBe('401 unsupported_algorithm')
    expect(await asked(encrypted, await encrypt(claims))).toBe('401 malformed_token')
    const twice = await encrypt(await encrypt(await as.token()))
    expect(await asked(encrypted, twice)).toBe('401 malformed_token')
  })

  it.each<[string, (token: string) => string]>([
    ['its tag', (token) => token.replace(/.{4}$/, 'AAAA')],
    ['its ciphertext', (token) => token.replace(/\.[^.]{8}([^.]*\.[^.]*)$/, '.AAAAAAAA$1')],
    ['its segments', (token) => token.replace(/\.[^.]*$/, '.')],
  ])('JT-8: a token with a change of %s is refused', async (_, change) => {
    const token = change(await encrypt(await as.token()))
    expect(await asked(encrypted, token)).toBe('401 undecryptable')
  })

  it('JT-14: PBES2 is refused, whatever its count (RFC 8725bis section 3.13)', async () => {
    const octets = { kty: 'oct', k: Buffer.alloc(32, 1).toString('base64url') }
    const symmetric = protectedApi({ decryptionKeys: [octets] })
    for (const p2c of [1000, 2 ** 31 - 1]) {
      const header = { alg: 'PBES2-HS256+A128KW', enc: 'A256GCM', p2c, p2s: 'AAAAAAAAAAA' }
      const head = Buffer.from(JSON.stringify(header)).toString('base64url')
      const token = `${head}.${'A'.repeat(32)}.${'A'.repeat(16)}.AAAA.${'A'.repeat(22)}`
      expect(await asked(symmetric, token)).toBe('401 undecryptable')
    }
  })

  it('JT-14: what inflates to more than 250 KB is refused (RFC 8725bis section 3.15)', async () => {
    // jose compresses no more; the JWE tests make real bombs. Here: a zip that is not known.
    const token = await encrypt(await as.token())
    const [, ...rest] = token.split('.')
    const header = JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString())
    for (const zip of ['GZIP', 'DEF', 1]) {
      const head = Buffer.from(JSON.stringify({ ...header, zip })).toString('base64url')
      expect(await asked(encrypted, [head, ...rest].join('.'))).toBe('401 undecryptable')
    }
  })

  it('a five-part token is opaque where no decryption keys are configured', async () => {
    expect(await asked(strict, await encrypt(await as.token()))).toBe('401 opaque_not_accepted')
  })
})

describe('the schema of the claims', () => {
  function fitted<Claims extends object>(claims: StandardSchema<Claims>) {
    return api<Claims>({
      clock: clock.read,
      claims,
      issuers: [{ issuer: as.issuer, discovery: false, jwt: { keys: { jwks: as.jwks() } } }],
    })
  }

  /** A schema that gives whatever it is told to. */
  function giving<Value>(make: (claims: unknown) => Value): StandardSchema<Value & object> {
    const validate = (claims: unknown) => ({ value: make(claims) }) as never
    return { '~standard': { version: 1, vendor: 'test', validate } }
  }

  it('claims that do not fit are refused', async () => {
    const protectedHere = fitted(v.looseObject({ tenant: v.pipe(v.string(), v.minLength(1)) }))
    const auth = await accepted(protectedHere, await as.token({ claims: { tenant: 't1' } }))
    expect(auth.claims.tenant).toBe('t1')
    for (const tenant of [undefined, '', 1]) {
      const token = await as.token({ claims: { tenant } })
      expect(await asked(protectedHere, token)).toBe('401 claims_misfit')
    }
  })

  it('the claims of an introspected token have to fit as well', async () => {
    const protectedHere = api({
      clock: clock.read,
      claims: v.looseObject({ tenant: v.string() }),
      issuers: as.options.issuers,
    })
    const fitting = await as.opaque({ response: { tenant: 't1' } })
    expect(await asked(protectedHere, fitting)).toBe('accepted')
    expect(await asked(protectedHere, await as.opaque())).toBe('401 claims_misfit')
  })

  it('a transform changes what handlers see, and nothing that decisions rest on', async () => {
    const protectedHere = fitted(
      giving(() => ({ subject: 'ALICE', scope: 'admin', cnf: undefined, sub: 'root' })),
    )
    const auth = await accepted(protectedHere, await as.token({ scope: 'orders:read' }))
    expect(auth.claims).toEqual({ subject: 'ALICE', scope: 'admin', cnf: undefined, sub: 'root' })
    expect(auth).toMatchObject({ subject: 'alice', scopes: ['orders:read'] })
    const bound = await as.token({ claims: { cnf: { jkt: 'x' } } })
    expect(await asked(protectedHere, bound)).toBe('401 proof_missing')
  })

  it('a schema cannot change the claims that it is given', async () => {
    const protectedHere = fitted(
      giving((claims) => {
        Object.assign(claims as object, { client_id: 'root' })
        return { x: 1 }
      }),
    )
    await expect(present(protectedHere, await as.token())).rejects.toThrow(TypeError)
  })

  it('its output is deep-frozen, though it contains itself or what cannot be frozen', async () => {
    class Tenant {
      name = 'x'
    }
    const shared = { tenant: new Tenant(), date: new Date(0), map: new Map(), url: new URL('a:b') }
    const protectedHere = fitted(
      giving(() => {
        const output = { ...shared, bytes: new Uint8Array(2), list: [{ a: [1] }], self: {} }
        output.self = output
        Object.defineProperty(output, 'bad', {
          enumerable: true,
          get: () => {
            throw new Error('a getter was called')
          },
        })
        return output
      }),
    )
    const { claims } = await accepted(protectedHere, await as.token())
    expect(claims.self).toBe(claims)
    expect([claims, claims.list, claims.list[0], claims.list[0]!.a].every(Object.isFrozen)).toBe(
      true,
    )
    expect(claims.bytes).toEqual(new Uint8Array(2))
    expect(Object.isFrozen(shared.tenant)).toBe(false)
  })

  it('its output may be of any depth', async () => {
    const protectedHere = fitted(
      giving(() => {
        let list: object = {}
        for (let depth = 0; depth < 100_000; depth++) list = { list }
        return list
      }),
    )
    expect(await asked(protectedHere, await as.token())).toBe('accepted')
  })

  it.each([1, 'x', null, undefined, true])(
    'an output that is no object (%j) is a mistake of configuration',
    async (value) => {
      const protectedHere = fitted(giving(() => value as never))
      await expect(present(protectedHere, await as.token())).rejects.toThrow(ConfigurationError)
    },
  )

  it.each([
    ['resolves', () => Promise.resolve({ value: {} })],
    ['rejects', () => Promise.reject(new Error('too late'))],
  ])(
    'an asynchronous schema that %s is a mistake of configuration, and no unhandled rejection',
    async (_, validate) => {
      const unhandled = jest.fn()
      process.on('unhandledRejection', unhandled)
      const schema = { '~standard': { version: 1, vendor: 'test', validate } }
      const protectedHere = fitted(schema as never)
      await expect(present(protectedHere, await as.token())).rejects.toMatchObject({
        name: 'ConfigurationError',
        option: 'claims',
      })
      await new Promise((resolve) => setImmediate(resolve))
      process.off('unhandledRejection', unhandled)
      expect(unhandled).not.toHaveBeenCalled()
    },
  )

  it('what a schema throws is a bug of the application, and looks like one', async () => {
    const bug = new RangeError('a bug')
    const protectedHere = fitted(
      giving(() => {
        throw bug
      }),
    )
    await expect(present(protectedHere, await as.token())).rejects.toBe(bug)
  })
})

describe('verifyIn: pool', () => {
  const algorithms = ['RS256', 'PS256', 'ES256', 'ES512', 'Ed25519'] as const
  let many: TestAuthorizationServer
  let pooled: ResourceServer

  beforeAll(async () => {
    many = await server({ clock: clock.read, algorithms: [...algorithms] })
    // Without `kid` and `alg` every key of a type is a candidate.
    const keys = many.jwks().keys.map(({ kid: _, alg: __, ...key }) => key)
    pooled = api({
      clock: clock.read,
      verifyIn: 'pool',
      issuers: { issuer: many.issuer, discovery: false, jwt: { keys: { jwks: { keys } } } },
    })
  })

  it.each(algorithms)('gives the same verdicts, another turn later: %s', async (algorithm) => {
    const header = { kid: undefined }
    const token = await many.token({ algorithm, header, scope: 'a' })
    expect(await asked(pooled, token, { scope: 'a' })).toBe('accepted')
    expect(await asked(pooled, token, { scope: 'b' })).toBe('403 insufficient_scope')
    expect(await asked(pooled, tampered(token))).toBe('401 wrong_signature')
    const foreign = await many.token({ algorithm, header, signedBy: 'foreign' })
    expect(await asked(pooled, foreign)).toBe('401 wrong_signature')
    expect(await asked(pooled, `${token.slice(0, token.lastIndexOf('.'))}.AAAA`)).toBe(
      '401 wrong_signature',
    )
  })

  it('leaves the turn of the request to others while it checks, which the default does not', async () => {
    const inTurn = api({
      clock: clock.read,
      issuers: { issuer: many.issuer, discovery: false, jwt: { keys: { jwks: many.jwks() } } },
    })
    const token = await many.token({ header: { kid: undefined } })
    const rawHeaders = ['Authorization', `Bearer ${token}`]
    for (const [protectedHere, atOnce] of [
      [pooled, false],
      [inTurn, true],
    ] as const) {
      const request = { method: 'GET', originalUrl: '/', rawHeaders, headers: {} }
      let passed = false
      let passedAtOnce: boolean | undefined
      await new Promise<void>((resolve) => {
        protectedHere.authenticate()(request as never, {} as never, () => {
          passed = true
          resolve()
        })
        passedAtOnce = passed
      })
      expect(passedAtOnce).toBe(atOnce)
    }
  })
})
