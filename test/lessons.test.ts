import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  verify,
} from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { describe, expect, it } from '@jest/globals'
import express from 'express'
import supertest from 'supertest'
import {
  ConfigurationError,
  type IssuerOptions,
  type ResourceServer,
  resourceServer,
} from '../lib/index.ts'
import { tampered } from '../lib/testing/index.ts'
import { accepted, asked, closingAfter, resource, TestClock } from './fixtures/protected-api.ts'
import { rawHttp } from './fixtures/raw-http.ts'

// What others get wrong (lessons.md), as far as no other test has it; each title says the lesson.

const { server, api } = closingAfter('each')
const lasting = { expiresInSeconds: 86_400 }

async function setUp() {
  const clock = new TestClock()
  const as = await server({ clock: clock.read })
  return { clock, as, protectedHere: api(as.options) }
}

/** An API that only introspects. */
async function introspecting(more: Partial<IssuerOptions> = {}) {
  const clock = new TestClock()
  const as = await server({ clock: clock.read })
  const [issuer] = as.options.issuers
  const protectedHere = api({
    clock: clock.read,
    issuers: { ...issuer, ...more } as IssuerOptions,
    log: () => {},
  })
  return { clock, as, protectedHere }
}

function app(protectedHere: ResourceServer) {
  const app = express().set('trust proxy', true)
  app.get('/', protectedHere.requireScope('a'), (_request, response) => {
    response.send('hello')
  })
  return supertest(app)
}

describe('peers: keys and metadata', () => {
  it('50 unknown kids, 50 fetches; then a rotated key gets 500: here one fetch, and the rotated key is found', async () => {
    const { clock, as, protectedHere } = await setUp()
    const token = await as.token(lasting)
    expect(await asked(protectedHere, token)).toBe('accepted')
    for (let count = 0; count < 50; count++) {
      const unknown = tampered(token, { header: { kid: `unknown-${count}` } })
      expect(await asked(protectedHere, unknown)).toBe('401 unknown_key')
    }
    expect(as.received('jwks')).toHaveLength(1)
    as.rotate()
    clock.pass(30)
    expect(await asked(protectedHere, await as.token(lasting))).toBe('accepted')
    expect(as.received('jwks')).toHaveLength(2)
  })

  it('an ES256 token refused since discovery lists RS256 for ID tokens: that list is not read', async () => {
    const { as, protectedHere } = await setUp()
    const metadata = await (await fetch(as.endpoints.discovery)).json()
    expect(metadata.id_token_signing_alg_values_supported).toEqual(['RS256'])
    expect(await asked(protectedHere, await as.token({ algorithm: 'ES256' }))).toBe('accepted')
  })

  it('a moved jwks_uri never followed: it is, when the old one is gone', async () => {
    const { clock, as, protectedHere } = await setUp()
    expect(await asked(protectedHere, await as.token(lasting))).toBe('accepted')
    as.move('jwks', '/moved')
    as.rotate({ overlap: false })
    const outcomes: string[] = []
    for (let attempt = 0; attempt < 3; attempt++) {
      clock.pass(30)
      outcomes.push(await asked(protectedHere, await as.token(lasting)))
    }
    expect(outcomes.at(-1)).toBe('accepted')
    expect(outcomes).not.toContain('401 unknown_key')
  })

  it('a moved jwks_uri never followed: it is, also when the old one still answers', async () => {
    const clock = new TestClock()
    const old = await server({ clock: clock.read })
    const metadata: Record<string, unknown> = { jwks_uri: old.endpoints.jwks }
    const as = await server({ clock: clock.read, metadata })
    const protectedHere = api({ clock: clock.read, issuers: { issuer: as.issuer } })
    const before = await old.token({ ...lasting, issuer: as.issuer })
    expect(await asked(protectedHere, before)).toBe('accepted')
    as.rotate() // so that the kid is one that the old key set does not have
    metadata['jwks_uri'] = as.endpoints.jwks
    clock.pass(30)
    expect(await asked(protectedHere, await as.token(lasting))).toBe('accepted')
  })
})

describe('peers: credentials and challenges', () => {
  it('a token in the query string accepted: it is not even looked at', async () => {
    const { as, protectedHere } = await setUp()
    const token = await as.token({ scope: 'a' })
    const { get } = app(protectedHere)
    expect((await get('/').query({ access_token: token })).status).toBe(401)
    const good = await get('/').query({ access_token: 'x' }).auth(token, { type: 'bearer' })
    expect(good.status).toBe(200)
  })

  it('no WWW-Authenticate at all; invalid_token although nothing was presented: neither', async () => {
    const { as, protectedHere } = await setUp()
    const { get } = app(protectedHere)
    const challenge = async (token?: string) => {
      const request = token === undefined ? get('/') : get('/').auth(token, { type: 'bearer' })
      return (await request).headers['www-authenticate']
    }
    expect(await challenge()).toBe(`Bearer realm="${resource}", scope="a"`)
    expect(await challenge('x')).toMatch(/^Bearer realm="[^"]*", error="invalid_token", /)
    expect(await challenge(await as.token())).toMatch(/^Bearer .*error="insufficient_scope", /)
  })

  it('X-Forwarded-Host or Host in WWW-Authenticate or metadata: they are never read', async () => {
    const { protectedHere } = await setUp()
    const metadata = express().set('trust proxy', true)
    metadata.use(protectedHere.resourceMetadata())
    metadata.get('/', protectedHere.authenticate())
    for (const path of ['/', '/.well-known/oauth-protected-resource']) {
      const response = await supertest(metadata)
        .get(path)
        .set('Host', 'evil.example')
        .set('X-Forwarded-Host', 'evil.example')
        .set('X-Forwarded-Proto', 'evil')
        .set('Forwarded', 'host=evil.example')
      expect(JSON.stringify([response.headers, response.text])).not.toContain('evil')
      expect(JSON.stringify([response.headers, response.text])).toContain('api.test')
    }
  })

  it('__proto__ as a request header crashes Node with headersDistinct: here it is a header like any other', async () => {
    const { as, protectedHere } = await setUp()
    const token = await as.token({ scope: 'a' })
    const handler = express().get('/', protectedHere.requireScope('a'), (_request, response) => {
      response.send('hello')
    })
    const listening = createServer(handler).listen(0, '127.0.0.1')
    await once(listening, 'listening')
    const lines = ['__proto__: x', 'constructor: x', `Authorization: Bearer ${token}`]
    expect((await rawHttp(listening, { lines })).status).toBe(200)
    listening.close()
  })
})

describe('bare jose', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
    format: 'jwk',
  })
  /** RFC 8017 section 9.2: with exponent 1, this padded digest is its own signature. */
  function forgedWithExponentOne(claims: object): string {
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const input = `${encode({ alg: 'RS256', typ: 'at+jwt', kid: 'weak' })}.${encode(claims)}`
    const digestInfo = Buffer.concat([
      Buffer.from('3031300d060960864801650304020105000420', 'hex'),
      createHash('sha256').update(input).digest(),
    ])
    const padding = Buffer.alloc(256 - 3 - digestInfo.length, 0xff)
    const signature = Buffer.concat([Buffer.from([0, 1]), padding, Buffer.from([0]), digestInfo])
    return `${input}.${signature.toString('base64url')}`
  }

  it('an RSA key with exponent 1: tokens forged without a private key are refused', async () => {
    const { as, protectedHere } = await setUp()
    as.publish({ keys: [{ ...rsa, e: 'AQ', kid: 'weak' }, ...as.jwks().keys] })
    const token = await as.token()
    const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString())
    const forged = forgedWithExponentOne(claims)
    const [input, signature] = [forged.replace(/\.[^.]*$/, ''), forged.replace(/.*\./, '')]
    const key = createPublicKey({ key: { ...rsa, e: 'AQ' }, format: 'jwk' })
    const bytes = Buffer.from(signature, 'base64url')
    expect(verify('sha256', Buffer.from(input), key, bytes)).toBe(true)
    expect(await asked(protectedHere, forged)).toBe('401 unknown_key')
    expect(await asked(protectedHere, token)).toBe('accepted')
  })

  const p256 = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey
  const point = p256().export({ format: 'jwk' })
  it.each<[string, unknown]>([
    ['null', null],
    ['a number', 1],
    ['an array', []],
    ['an empty object', {}],
    ['a symmetric key', { kty: 'oct', k: 'AAAA' }],
    ['a key of an unknown type', { kty: 'AKP', alg: 'ML-DSA-44', pub: 'AAAA', kid: 'pq' }],
    ['a key on an unknown curve', { kty: 'EC', crv: 'P-192', x: 'AAAA', y: 'AAAA' }],
    ['an encryption key', { ...rsa, use: 'enc', alg: 'RSA-OAEP' }],
    ['a short RSA key', { ...rsa, n: rsa.n!.slice(0, 171) }],
    ['an RSA key with an even exponent', { ...rsa, e: 'AQAA' }],
    ['a point off the curve', { ...point, y: point.x }],
    ['a kid of the wrong type', { ...point, kid: 1 }],
  ])(
    'weak, off-curve and odd entries, null for one, void the whole set: %s does not',
    async (_, entry) => {
      const { as, protectedHere } = await setUp()
      as.publish({ keys: [entry, ...as.jwks().keys, entry] })
      expect(await asked(protectedHere, await as.token())).toBe('accepted')
      const nameless = await as.token({ header: { kid: undefined } })
      expect(await asked(protectedHere, nameless)).toBe('accepted')
    },
  )

  it('a failing JWKS endpoint is asked again on every request: not before its back-off is over', async () => {
    const { as, protectedHere } = await setUp()
    as.fail('jwks', 500)
    for (let count = 0; count < 20; count++) await asked(protectedHere, await as.token())
    expect(as.received('jwks')).toHaveLength(1)
  })

  describe('key sets as they are', () => {
    const strip = ({ kid, alg, use, ...key }: JsonWebKey & Record<string, unknown>) => key

    it('one key without alg or kid: it serves tokens without kid, and those alone', async () => {
      const { as, protectedHere } = await setUp()
      as.publish({ keys: as.jwks().keys.map(strip) })
      const nameless = await as.token({ header: { kid: undefined } })
      expect(await asked(protectedHere, nameless)).toBe('accepted')
      // RFC 8725bis section 3.10: a kid that nobody has leaves no other key to fall back to.
      expect(await asked(protectedHere, await as.token())).toBe('401 unknown_key')
    })

    it('several keys for a token without kid: the one that signed it is found', async () => {
      const { as, protectedHere } = await setUp()
      const others = [p256(), p256(), p256()].map((key) => key.export({ format: 'jwk' }))
      as.publish({ keys: [...others, ...as.jwks().keys.map(strip)] })
      const header = { kid: undefined }
      expect(await asked(protectedHere, await as.token({ header }))).toBe('accepted')
      const foreign = await as.token({ header, signedBy: 'foreign' })
      expect(await asked(protectedHere, foreign)).toBe('401 wrong_signature')
    })

    it.each(['max-age=banana', 'max-age=-1, max-age=1e99', 'no-store', '", ;', 'max-age=0'])(
      'malformed Cache-Control: %j changes nothing',
      async (value) => {
        const { as, protectedHere } = await setUp()
        as.fail('jwks', ({ body }) => ({
          body,
          headers: { 'cache-control': value, 'content-type': 'application/json' },
        }))
        for (const _ of [1, 2, 3]) {
          expect(await asked(protectedHere, await as.token())).toBe('accepted')
        }
        expect(as.received('jwks')).toHaveLength(1)
      },
    )

    it.each(['application/jwk-set+json', 'text/plain', 'application/octet-stream', ''])(
      'a key set of the content type %j is taken for what it is',
      async (type) => {
        const { as, protectedHere } = await setUp()
        as.fail('jwks', ({ body }) => ({ body, headers: type ? { 'content-type': type } : {} }))
        expect(await asked(protectedHere, await as.token())).toBe('accepted')
      },
    )
  })
})

describe('advisories', () => {
  it('a cache key weaker than the decision: a token with the same beginning or end is another token', async () => {
    const { as, protectedHere } = await introspecting()
    const token = await as.opaque({ token: 'A'.repeat(200), response: { sub: 'alice' } })
    await as.opaque({ token: `${'A'.repeat(199)}B`, response: { sub: 'bob' } })
    await as.opaque({ token: `B${'A'.repeat(199)}`, response: { sub: 'carol' } })
    for (const _ of [1, 2]) {
      expect((await accepted(protectedHere, token)).subject).toBe('alice')
      expect((await accepted(protectedHere, `${'A'.repeat(199)}B`)).subject).toBe('bob')
      expect((await accepted(protectedHere, `B${'A'.repeat(199)}`)).subject).toBe('carol')
    }
    for (const other of ['A'.repeat(199), 'A'.repeat(201), 'a'.repeat(200)]) {
      expect(await asked(protectedHere, other)).toBe('401 inactive')
    }
  })

  it('one cache for two virtual hosts: each resource server has its own', async () => {
    const { as, clock, protectedHere } = await setUp()
    const other = api({
      resource: 'https://other.test',
      clock: clock.read,
      issuers: as.options.issuers,
    })
    for (const token of [await as.token(), await as.opaque()]) {
      for (const _ of [1, 2, 3]) {
        expect(await asked(protectedHere, token)).toBe('accepted')
        expect(await asked(other, token)).toBe('401 wrong_audience')
      }
    }
  })

  it('another token’s claims returned: 100 tokens of two issuers at once keep their own', async () => {
    const [one, two] = [await server(), await server()]
    const protectedHere = api({
      issuers: [{ ...one.options.issuers[0], opaquePrefixes: ['one_'] }, two.options.issuers[0]],
    })
    const tokens = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const as = index % 2 ? one : two
        const claims = { sub: `subject-${index}` }
        return index % 4 < 2
          ? as.token({ claims })
          : as.opaque({ prefix: index % 2 ? 'one_' : '', response: claims })
      }),
    )
    for (const _ of [1, 2, 3]) {
      const found = await Promise.all(tokens.map((token) => accepted(protectedHere, token)))
      expect(found.map(({ subject }) => subject)).toEqual(
        tokens.map((_, index) => `subject-${index}`),
      )
      expect(found.map(({ issuer }) => issuer)).toEqual(
        tokens.map((_, index) => (index % 2 ? one : two).issuer),
      )
    }
  })

  it('an option left unset means unchecked: with nothing but an issuer everything is checked', async () => {
    const as = await server()
    const least = api({ issuers: { issuer: as.issuer } })
    const outcomes = [
      await asked(least, await as.token()),
      await asked(least, await as.token({ audience: 'https://other.test' })),
      await asked(least, await as.token({ issuer: 'https://evil.example' })),
      await asked(least, await as.token({ expired: true })),
      await asked(least, await as.token({ signedBy: 'foreign' })),
      await asked(least, await as.token({ algorithm: 'none' })),
      await asked(least, await as.token({ algorithm: 'HS256', secret: '' })),
      await asked(least, await as.token({ header: { crit: ['x'] } })),
      await asked(least, await as.token({ claims: { cnf: { jkt: 'x' } } })),
      await asked(least, await as.idToken({ audience: resource })),
      await asked(least, await as.opaque()),
    ]
    expect(outcomes).toEqual([
      'accepted',
      '401 wrong_audience',
      '401 unknown_issuer',
      '401 expired',
      '401 wrong_signature',
      '401 unsupported_algorithm',
      '401 unsupported_algorithm',
      '401 unsupported_header',
      '401 proof_missing',
      '401 wrong_type',
      '401 opaque_not_accepted',
    ])
  })
})

describe('real authorization servers differ', () => {
  it.each(['form', 'raw'] as const)(
    'Basic credentials with special characters: sent as %s to who wants that',
    async (encoding) => {
      const client = {
        method: 'client_secret_basic' as const,
        clientId: 'api: 100% ümlaut'.replace(':', encoding === 'raw' ? '' : ':'),
        clientSecret: 's%3Acr:et +/&=?ü',
        encoding,
      }
      const as = await server({ client })
      expect(await asked(api(as.options), await as.opaque())).toBe('accepted')
      const encodings = { form: 'raw', raw: 'form' } as const
      const wrong = api({
        issuers: {
          issuer: as.issuer,
          introspection: {
            client: {
              ...client,
              clientId: client.clientId.replace(':', ''),
              encoding: encodings[encoding],
            },
          },
        },
        log: () => {},
      })
      expect(await asked(wrong, await as.opaque())).toBe('503 client_refused')
    },
  )

  it.each(
    [400, 401, 403].flatMap((status) =>
      [
        { status },
        { status, headers: { 'content-type': 'text/html' }, body: '<p>Sign in</p>' },
        { status, body: { error: 'invalid_token' } },
        { status, body: { active: false } },
        { status, body: { active: true } },
      ].map((answer) => [status, answer] as const),
    ),
  )(
    'the introspection endpoint refuses us with %i and %j: never the fault of the caller',
    async (_, answer) => {
      const { as, protectedHere } = await introspecting()
      as.fail('introspection', answer)
      expect(await asked(protectedHere, await as.opaque())).toBe('503 client_refused')
    },
  )

  it.each<[string, Record<string, unknown>]>([
    ['token_type', { token_type: 'id_token' }],
    ['a nonce, and no scope and client_id', { nonce: 'n', client_id: undefined, jti: undefined }],
    ['at_hash', { at_hash: 'h' }],
    ['token_use', { token_use: 'id' }],
    ['typ', { typ: 'ID' }],
  ])('an ID token may be active: true: it is refused when it shows by %s', async (_, response) => {
    const { as, protectedHere } = await introspecting()
    const token = await as.opaque({ response })
    expect(await asked(protectedHere, token)).toBe('401 not_an_access_token')
  })

  it('an ID token may share key, typ JWT and aud with access tokens: without scope, client_id and jti it is refused', async () => {
    const { as, protectedHere } = await introspecting({ jwt: { profile: 'plain' } })
    const without = { client_id: undefined, jti: undefined }
    const header = { typ: 'JWT' }
    const id = await as.token({ header, claims: without })
    expect(await asked(protectedHere, id)).toBe('401 not_an_access_token')
    expect(await asked(protectedHere, await as.token({ header, scope: 'a' }))).toBe('accepted')
  })

  it('exp 0 and no exp with active true: accepted, for as long as the cache says', async () => {
    const { as, clock, protectedHere } = await introspecting()
    for (const exp of [0, null, undefined]) {
      as.forgetRequests()
      const token = await as.opaque({ response: { exp } })
      expect((await accepted(protectedHere, token)).expiresAt).toBeUndefined()
      as.revoke(token)
      clock.pass(30)
      expect(await asked(protectedHere, token)).toBe('401 inactive')
    }
  })

  it('naive-time exp in the past while active: refused, since a token is never used past exp', async () => {
    const { as, clock, protectedHere } = await introspecting()
    const token = await as.opaque({ response: { exp: clock.seconds - 3600 } })
    expect(await asked(protectedHere, token)).toBe('401 expired')
  })

  it.each<[string, Record<string, unknown>, string?]>([
    ['sub missing', { sub: undefined }],
    ['sub null', { sub: null }],
    ['iss missing', { iss: undefined }],
    ['iss null', { iss: null }],
    ['aud missing', { aud: undefined }],
    ['aud null', { aud: null }],
    ['token_type missing', { token_type: undefined }],
    ['token_type BEARER', { token_type: 'BEARER' }],
    ['token_type bearer', { token_type: 'bearer' }],
    ['aud a string', { aud: resource }],
    ['aud a list', { aud: ['x', resource] }],
    ['aud in one string', { aud: `x ${resource} y` }],
    ['nothing but active', {}, '401 missing_claim'],
    ['aud the client id', { aud: 'test-api' }, '401 wrong_audience'],
    ['another iss', { iss: 'https://evil.example' }, '401 wrong_issuer'],
    ['another aud in one string', { aud: `${resource}x x${resource}` }, '401 wrong_audience'],
    ['sub a number', { sub: 1 }, '401 malformed_claim'],
  ])('answers differ: %s', async (name, response, expected = 'accepted') => {
    const { as, protectedHere } = await introspecting({ jwt: false })
    const token = await as.opaque({ response })
    if (name === 'nothing but active') as.fail('introspection', { body: { active: true } })
    expect(await asked(protectedHere, token)).toBe(expected)
  })

  it('answers differ: nothing but active is enough where that is said', async () => {
    const as = await server()
    const introspection = { client: as.client, audience: 'when-present' as const }
    const protectedHere = api({ issuers: { issuer: as.issuer, jwt: false, introspection } })
    as.fail('introspection', { body: { active: true } })
    expect(await asked(protectedHere, 'any')).toBe('accepted')
  })

  it('a cnf-bound token sent as plain Bearer, opaque: refused whatever the cnf is', async () => {
    const { as, protectedHere } = await introspecting()
    for (const cnf of [{ jkt: 'x' }, { 'x5t#S256': 'x' }, {}, null, 'x', 0, []]) {
      const token = await as.opaque({ response: { cnf } })
      expect(await asked(protectedHere, token)).toBe('401 proof_missing')
    }
    const bound = await as.opaque({ response: { token_type: 'DPoP' } })
    expect(await asked(protectedHere, bound)).toBe('401 proof_missing')
  })

  it('issuers with plain http: only on loopback, or where the host is listed', () => {
    const make = (issuer: string, insecureHosts?: string[]) => () =>
      resourceServer({
        resource,
        issuers: { issuer, http: insecureHosts ? { insecureHosts } : {} },
      })
    for (const host of ['127.0.0.1:1', 'localhost', 'as.localhost:8080', '[::1]']) {
      expect(make(`http://${host}`)).not.toThrow()
    }
    expect(make('http://as.example')).toThrow(ConfigurationError)
    expect(make('http://as.example', ['as.example'])).not.toThrow()
    expect(make('http://as.example.evil', ['as.example'])).toThrow(ConfigurationError)
  })
})
