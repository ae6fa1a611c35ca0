import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import express from 'express'
import supertest from 'supertest'
import {
  type ClientAuthentication,
  type IntrospectionOptions,
  type IssuerOptions,
  type LogRecord,
  type ResourceServer,
  type ResourceServerOptions,
  resourceServer,
} from '../lib/index.ts'
import {
  apis,
  type IntrospectionClient,
  type LiveProvider,
  liveProvider,
  type TokenKind,
} from './fixtures/live-provider.ts'
import { repairLog } from './fixtures/protected-api.ts'

jest.setTimeout(30_000)

// Everything that form-encoding (RFC 6749 appendix B) and Basic (RFC 7617) treat apart.
const awkward = { id: 'api: +%20&=/?"~', secret: 's:e+c r%3Aet&=/?"\\~' }

function keyPair(make: () => ReturnType<typeof generateKeyPairSync>, kid: string) {
  const { publicKey, privateKey } = make()
  return {
    public: { ...publicKey.export({ format: 'jwk' }), kid },
    private: { ...privateKey.export({ format: 'jwk' }), kid },
  }
}
const clientKeys = {
  RS256: keyPair(() => generateKeyPairSync('rsa', { modulusLength: 2048 }), 'client rsa'),
  ES256: keyPair(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }), 'client ec'),
  Ed25519: keyPair(() => generateKeyPairSync('ed25519'), 'client ed25519'),
}
const encryption = keyPair(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }), 'encryption')

const signingAlgorithms = ['RS256', 'PS256', 'ES256', 'Ed25519', 'EdDSA'] as const
const secret = 'a secret of the usual kind'
/** Not what it says once it is decoded. */
const percent = { client_id: 'percent', client_secret: '100%25' }
const registered: readonly IntrospectionClient[] = [
  { client_id: 'plain', client_secret: secret },
  percent,
  { client_id: `${awkward.id}basic`, client_secret: awkward.secret },
  {
    client_id: `${awkward.id}post`,
    client_secret: awkward.secret,
    token_endpoint_auth_method: 'client_secret_post',
  },
  {
    client_id: 'keyed',
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: { keys: Object.values(clientKeys).map((pair) => pair.public) },
  },
  ...signingAlgorithms.map((algorithm) => ({
    client_id: `signed ${algorithm}`,
    client_secret: secret,
    introspection_signed_response_alg: algorithm,
  })),
  {
    client_id: 'encrypted',
    client_secret: secret,
    introspection_signed_response_alg: 'ES256',
    introspection_encrypted_response_alg: 'ECDH-ES',
    jwks: { keys: [{ ...encryption.public, use: 'enc', alg: 'ECDH-ES' }] },
  },
]

const basic = (clientId: string, clientSecret = secret): ClientAuthentication => ({
  method: 'client_secret_basic',
  clientId,
  clientSecret,
})

const open: { close(): Promise<void> }[] = []
let live: LiveProvider

beforeAll(async () => {
  live = await liveProvider(registered)
})
afterAll(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
  await live.stop()
})

/** An Express app with scopegate in front, for tokens of one kind. */
function app(
  kind: TokenKind,
  {
    issuer,
    introspection = { client: basic('plain') },
    ...options
  }: Omit<Partial<ResourceServerOptions>, 'issuers'> & {
    issuer?: Partial<IssuerOptions>
    introspection?: IntrospectionOptions
  } = {},
) {
  const api = resourceServer({
    resource: apis[kind],
    issuers: { issuer: live.issuer, introspection, ...issuer } as IssuerOptions,
    log: () => {},
    ...options,
  })
  open.push(api)
  const get = caller(api)
  return { api, get }
}

function caller(api: ResourceServer) {
  const app = express()
  app.get('/orders', api.requireScope('orders:read'), (req, res) => {
    const { subject, clientId, principal, source, scopes } = api.auth(req)
    res.json({ subject, clientId, principal, source, scopes })
  })
  return (token: string) => supertest(app).get('/orders').auth(token, { type: 'bearer' })
}

/** The answer to a token that is not good, in three words. */
async function told(sent: PromiseLike<supertest.Response>) {
  const { status, body } = await sent
  return [status, body.error, body.detail]
}

const invalidToken = (why: RegExp) => [401, 'invalid_token', expect.stringMatching(why)]

describe('JWT access tokens of a live oidc-provider', () => {
  it.each(signingAlgorithms)(
    'JT-6: are accepted when signed with %s (RFC 9068 section 4)',
    async (algorithm) => {
      const { get } = app(algorithm)
      const response = await get(await live.token(algorithm))
      expect(response.body).toEqual({
        subject: 'machine',
        clientId: 'machine',
        principal: 'client',
        source: 'jwt',
        scopes: ['orders:read'],
      })
    },
  )

  it('JT-5: are refused for another resource (RFC 9068 section 4)', async () => {
    const { get } = app('RS256')
    expect(await told(get(await live.token('PS256')))).toEqual(invalidToken(/another resource/))
  })

  it('get 403 where the scope was not granted', async () => {
    const { get } = app('ES256')
    const response = await get(await live.token('ES256', { scope: 'orders:write' }))
    expect(response.status).toBe(403)
    expect(response.headers['www-authenticate']).toMatch(/scope="orders:read"/)
  })

  it('are refused as Bearer when bound to a DPoP key (RFC 9449 section 7.2)', async () => {
    const { get } = app('ES256')
    expect(await told(get(await live.token('ES256', { dpop: true })))).toEqual(
      invalidToken(/bound/),
    )
  })

  it('JT-19: of users are no tokens of clients (RFC 9700 section 4.15)', async () => {
    const { get } = app('RS256')
    const { body } = await get((await live.logIn('RS256')).access_token)
    expect(body).toMatchObject({ subject: 'alice', clientId: 'web', source: 'jwt' })
    expect(body.principal).not.toBe('client')
  })
})

describe('opaque access tokens of a live oidc-provider', () => {
  it.each<[string, ClientAuthentication]>([
    ['client_secret_basic', basic('plain')],
    ['client_secret_basic with special characters', basic(`${awkward.id}basic`, awkward.secret)],
    ['client_secret_basic with what looks encoded', basic('percent', percent.client_secret)],
    [
      'client_secret_post with special characters',
      {
        method: 'client_secret_post',
        clientId: `${awkward.id}post`,
        clientSecret: awkward.secret,
      },
    ],
    [
      'private_key_jwt of RS256',
      { method: 'private_key_jwt', clientId: 'keyed', key: clientKeys.RS256.private },
    ],
    [
      'private_key_jwt of PS256',
      {
        method: 'private_key_jwt',
        clientId: 'keyed',
        key: clientKeys.RS256.private,
        algorithm: 'PS256',
      },
    ],
    [
      'private_key_jwt of ES256',
      { method: 'private_key_jwt', clientId: 'keyed', key: clientKeys.ES256.private },
    ],
    [
      'private_key_jwt of Ed25519',
      { method: 'private_key_jwt', clientId: 'keyed', key: clientKeys.Ed25519.private },
    ],
  ])('IN-1: are introspected by %s (RFC 7662 section 2.1)', async (_, client) => {
    const { get } = app('opaque', { introspection: { client } })
    const { body } = await get(await live.token('opaque'))
    expect(body).toMatchObject({ clientId: 'machine', principal: 'client' })
    expect(body).toMatchObject({ source: 'introspection', scopes: ['orders:read'] })
    // The second call needs a new assertion; the token unknown to the provider is refused by it.
    expect(await told(get('unknown-token'))).toEqual(invalidToken(/not active/))
  })

  it.each<[string, ClientAuthentication]>([
    ['a wrong secret', basic('plain', 'wrong')],
    ['an unknown client', basic('nobody')],
    ['a method that is not registered', { ...basic('keyed') }],
    [
      'raw Basic where it is decoded',
      {
        method: 'client_secret_basic',
        clientId: percent.client_id,
        clientSecret: percent.client_secret,
        encoding: 'raw',
      },
    ],
  ])(
    'IN-3: are unavailable, not refused, with %s of our own (RFC 7662 section 2.3)',
    async (_, client) => {
      const records: LogRecord[] = []
      const log = repairLog(records)
      const { get } = app('opaque', { introspection: { client }, log })
      const response = await get(await live.token('opaque'))
      expect(response.status).toBe(503)
      expect(response.headers).not.toHaveProperty('www-authenticate')
      expect(records.map(({ code }) => code)).toEqual(['introspection_client_refused'])
    },
  )

  it('are refused for another resource, or for none where one is required', async () => {
    const { get } = app('RS256')
    expect(await told(get(await live.token('opaque')))).toEqual(invalidToken(/another resource/))
    const strict = app('opaque', {
      introspection: { client: basic('plain'), audience: 'required' },
    })
    expect(await told(strict.get(await live.token(undefined)))).toEqual(
      invalidToken(/required claim/),
    )
    expect((await strict.get(await live.token('opaque'))).status).toBe(200)
  })

  it('are refused as Bearer when bound to a DPoP key (RFC 9449 section 7.2)', async () => {
    const { get } = app('opaque')
    expect(await told(get(await live.token('opaque', { dpop: true })))).toEqual(
      invalidToken(/bound/),
    )
  })

  it('JT-19: of users are no tokens of clients (RFC 9700 section 4.15)', async () => {
    const { get } = app('opaque')
    const { body } = await get((await live.logIn('opaque')).access_token)
    expect(body).toMatchObject({ subject: 'alice', clientId: 'web', source: 'introspection' })
    expect(body.principal).not.toBe('client')
  })

  it('IN-5: are refused after their revocation, once the cached verdict is too old (RFC 7662 section 4)', async () => {
    let now = Date.now()
    const { get } = app('opaque', {
      clock: () => now,
      cache: { introspectionMaxAgeSeconds: 30 },
    })
    const token = await live.token('opaque')
    expect((await get(token)).status).toBe(200)
    await live.revoke(token)
    expect((await get(token)).status).toBe(200)
    now += 31_000
    expect(await told(get(token))).toEqual(invalidToken(/not active/))
  })
})

describe('signed introspection by a live oidc-provider (RFC 9701)', () => {
  it.each(signingAlgorithms)(
    'IN-8: is accepted when signed with %s (RFC 9701 section 5)',
    async (algorithm) => {
      const { get } = app('opaque', {
        introspection: { client: basic(`signed ${algorithm}`), signedResponse: true },
      })
      const { body } = await get(await live.token('opaque'))
      expect(body).toMatchObject({ clientId: 'machine', source: 'introspection' })
      expect(await told(get('unknown-token'))).toEqual(invalidToken(/not active/))
    },
  )

  it('is decrypted first where that was agreed upon', async () => {
    const { get } = app('opaque', {
      introspection: { client: basic('encrypted'), signedResponse: true },
      issuer: { jwt: { decryptionKeys: [encryption.private] } },
    })
    expect((await get(await live.token('opaque'))).status).toBe(200)
    expect(await told(get('unknown-token'))).toEqual(invalidToken(/not active/))
  })

  it('is unavailable when signed with a key that is not trusted here', async () => {
    const { get } = app('opaque', {
      introspection: { client: basic('signed ES256'), signedResponse: true },
      issuer: { jwt: { keys: { jwks: { keys: [clientKeys.ES256.public] } } } },
    })
    expect((await get(await live.token('opaque'))).status).toBe(503)
  })
})

describe('what else a live oidc-provider issues', () => {
  it.each<[string, RegExp, Partial<IssuerOptions>]>([
    ['by default', /not of the access token type/, {}],
    ['where no type is demanded', /not an access token/, { jwt: { profile: 'plain' } }],
    [
      'where no type is demanded and its audience is accepted',
      /not an access token/,
      { jwt: { profile: 'plain' }, audience: [apis.RS256, 'web'] },
    ],
  ])('JT-15: refuses ID tokens %s (RFC 8725 section 3.12)', async (_, reason, issuer) => {
    const { get } = app('RS256', { issuer })
    const { access_token, id_token } = await live.logIn('RS256')
    expect((await get(access_token)).status).toBe(200)
    expect(await told(get(id_token))).toEqual(invalidToken(reason))
  })

  it('refuses refresh tokens where the answer must have an audience', async () => {
    const { refresh_token } = await live.logIn('opaque')
    const { get } = app('opaque', {
      introspection: { client: basic('plain'), audience: 'required' },
    })
    expect(await told(get(refresh_token))).toEqual(invalidToken(/lacks a required claim/))
  })

  it('cannot tell of a JWT where all is introspected, since the provider does not', async () => {
    const records: LogRecord[] = []
    const { get } = app('RS256', {
      issuer: { jwt: false },
      log: repairLog(records),
    })
    expect((await get(await live.token('RS256'))).status).toBe(503)
    expect(records.map(({ code }) => code)).toEqual(['introspection_unsupported_token_type'])
  })
})

describe('the life of a live oidc-provider', () => {
  it('serves what is held while it is stopped, and all of it once it is back', async () => {
    const jwts = app('ES256')
    const opaques = app('opaque')
    const [heldJwt, newJwt] = [await live.token('ES256'), await live.token('ES256')]
    const [heldOpaque, newOpaque] = [await live.token('opaque'), await live.token('opaque')]
    expect((await jwts.get(heldJwt)).status).toBe(200)
    expect((await opaques.get(heldOpaque)).status).toBe(200)

    await live.stop()
    expect((await jwts.get(heldJwt)).status).toBe(200)
    // The keys are held, so a token never seen before can be verified too.
    expect((await jwts.get(newJwt)).status).toBe(200)
    expect((await opaques.get(heldOpaque)).status).toBe(200)
    const unknown = await opaques.get(newOpaque)
    expect(unknown.status).toBe(503)
    expect(Number(unknown.headers['retry-after'])).toBeGreaterThan(0)
    expect(unknown.headers).not.toHaveProperty('www-authenticate')

    await live.start()
    expect((await opaques.get(newOpaque)).status).toBe(200)
  })

  it('finds the metadata of an issuer with a path in the OpenID form', async () => {
    const mounted = await liveProvider(registered, { path: '/op' })
    open.push({ close: mounted.stop })
    const { get } = app('Ed25519', { issuer: { issuer: mounted.issuer } })
    expect((await get(await mounted.token('Ed25519'))).status).toBe(200)
    expect(mounted.asked.filter((path) => path.includes('.well-known'))).toEqual([
      '/.well-known/oauth-authorization-server/op',
      '/op/.well-known/openid-configuration',
    ])
  })
})
