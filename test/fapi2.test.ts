import { generateKeyPairSync, type JsonWebKey } from 'node:crypto'
import type { Server } from 'node:http'
import { afterEach, describe, expect, it } from '@jest/globals'
import express from 'express'
import { CompactEncrypt } from 'jose'
import request from 'supertest'
import {
  type ClaimSet,
  ConfigurationError,
  type IssuerOptions,
  type LogRecord,
  type Policy,
  type ResourceServer,
  type ResourceServerOptions,
  type VerifiableRequest,
} from '../lib/index.ts'
import {
  clientCertificate,
  type DpopKey,
  type TestAuthorizationServer,
  type TestAuthorizationServerOptions,
  type TokenOptions,
  tampered,
} from '../lib/testing/index.ts'
import { majors } from './fixtures/express-majors.ts'
import { closingAfter, outcome, repairLog, resource, TestClock } from './fixtures/protected-api.ts'
import { rawHttp } from './fixtures/raw-http.ts'

const { server, api } = closingAfter('each')
const fapi2 = { profile: 'fapi2' } as const
const url = `${resource}/payments`
const aDay = { expiresInSeconds: 86_400 }

interface Setup {
  readonly clock: TestClock
  readonly as: TestAuthorizationServer
  readonly protectedHere: ResourceServer
  readonly key: DpopKey
  readonly logged: LogRecord[]
  /** A JWT that is bound to the key. */
  token(options?: TokenOptions): Promise<string>
  /** What becomes of a request with the token and a good proof. */
  ask(token: string, policy?: Policy<object, VerifiableRequest>): Promise<string>
}

async function setUp(
  options: Partial<ResourceServerOptions> = {},
  server_: TestAuthorizationServerOptions = {},
): Promise<Setup> {
  const clock = new TestClock()
  const as = await server({ clock: clock.read, ...server_ })
  const logged: LogRecord[] = []
  const log = repairLog(logged)
  const protectedHere = api({ ...as.options, ...fapi2, log, ...options })
  const key = as.dpopKey()
  return {
    clock,
    as,
    protectedHere,
    key,
    logged,
    token: (more) => as.token({ scope: 'payments', ...aDay, boundTo: key, ...more }),
    ask: async (token, policy) => outcome(await protectedHere.verify(proved(key, token), policy)),
  }
}

/** A request for the payments, with the token and a proof for it. */
function proved(key: DpopKey, token: string, target = '/payments'): VerifiableRequest {
  return { method: 'GET', url: target, headers: { ...key.headers({ method: 'GET', url, token }) } }
}

const introspections = (as: TestAuthorizationServer) => as.received('introspection').length

/** From now on the answers say this besides; `undefined` takes a member out. */
function say(as: TestAuthorizationServer, changes: object): void {
  as.fail('introspection', ({ body }) => ({ body: { ...JSON.parse(String(body)), ...changes } }))
}

describe('how tokens come', () => {
  it('is the Authorization header (F-1, FAPI 2.0 section 5.3.4): a form is not looked at', async () => {
    const { key, protectedHere, token } = await setUp()
    const mine = await token()
    const headers: [string, string][] = [['Content-Type', 'application/x-www-form-urlencoded']]
    const body = { access_token: mine }
    const post = { method: 'POST', url: '/payments', body }
    expect(outcome(await protectedHere.verify({ ...post, headers }))).toBe('401 no_credentials')
    const good = key.headers({ method: 'POST', url, token: mine })
    const both = [...headers, ...Object.entries(good)]
    expect(outcome(await protectedHere.verify({ ...post, headers: both }))).toBe('accepted')
  })

  it('is told in the metadata (F-1): in the header, bound to a key', async () => {
    const { as, protectedHere } = await setUp()
    const app = express().use(protectedHere.resourceMetadata())
    const { body } = await request(app).get('/.well-known/oauth-protected-resource')
    expect(body).toMatchObject({
      bearer_methods_supported: ['header'],
      dpop_bound_access_tokens_required: true,
      dpop_signing_alg_values_supported: ['PS256', 'ES256', 'Ed25519', 'EdDSA'],
      authorization_servers: [as.issuer],
    })
  })

  const inTheQuery: [string, (token: string) => string][] = [
    ['with a name of plain letters', (token) => `/payments?access_token=${token}`],
    ['with an encoded name', (token) => `/payments?access%5Ftoken=${token}`],
    ['with a name that is encoded whole', () => `/payments?%61ccess_%74oken=x`],
    ['behind other parameters', (token) => `/payments?page=2&access_token=${token}`],
    ['twice', (token) => `/payments?access_token=${token}&access_token=${token}`],
    ['with an empty value', () => '/payments?access_token='],
    ['without a value', () => '/payments?access_token'],
    ['in a target in absolute form', (token) => `${url}?access_token=${token}`],
  ]

  it.each(inTheQuery)(
    'is never the query (F-2, FAPI 2.0 section 5.3.4), also not beside the header: %s',
    async (_, target) => {
      const { key, protectedHere, token } = await setUp()
      const mine = await token()
      const alone = { method: 'GET', url: target(mine), headers: {} }
      const result = await protectedHere.verify(alone)
      expect(outcome(result)).toBe('400 query_token')
      expect(JSON.parse(result.response.body ?? '')).toMatchObject({ error: 'invalid_request' })
      expect(result.response.body).not.toContain(mine)
      const beside = proved(key, mine, target(mine))
      expect(outcome(await protectedHere.verify(beside))).toBe('400 query_token')
      // The proof was not spent by that.
      expect(outcome(await protectedHere.verify({ ...beside, url: '/payments' }))).toBe('accepted')
    },
  )

  it.each(['/payments?token=x', '/payments?xaccess_token=x', '/payments?page=access_token'])(
    'does not depend on other parameters: %s',
    async (target) => {
      const { key, protectedHere, token } = await setUp()
      const result = await protectedHere.verify(proved(key, await token(), target))
      expect(outcome(result)).toBe('accepted')
    },
  )

  it('F-2: is never the query, on the wire neither: 400 in the challenge of the scheme that is accepted', async () => {
    const { protectedHere, token } = await setUp()
    const app = express().use(protectedHere.authenticate())
    const { status, headers } = await request(app).get(`/?access%5Ftoken=${await token()}`)
    expect(status).toBe(400)
    expect(headers['www-authenticate']).toMatch(/^DPoP .*error="invalid_request"/)
  })
})

describe('the revocation status of a JWT', () => {
  it('is asked for once it was verified, and makes it no other token (F-3, FAPI 2.0 section 5.3.4)', async () => {
    const { as, key, protectedHere, token } = await setUp()
    say(as, { scope: 'payments everything', roles: ['admin'], username: 'mallory' })
    const mine = await token({ claims: { department: 'books' } })
    const result = await protectedHere.verify(proved(key, mine))
    expect(result).toMatchObject({
      verdict: 'accepted',
      auth: { source: 'jwt', scopes: ['payments'], roles: [], subject: 'alice', proofs: ['dpop'] },
    })
    expect(result.verdict === 'accepted' && result.auth.claims['department']).toBe('books')
    const bodies = as.received('introspection').map(({ body }) => new URLSearchParams(body))
    expect(bodies.map((form) => form.get('token'))).toEqual([mine])
  })

  it('refuses what was revoked (F-3)', async () => {
    const { as, ask, token } = await setUp()
    const mine = await token()
    as.revoke(mine)
    expect(await ask(mine)).toBe('401 inactive')
  })

  it('is kept at once, and for introspectionMaxAgeSeconds at most, however long JWTs are (F-3)', async () => {
    const { as, ask, clock, token } = await setUp({
      cache: { maxAgeSeconds: 3600, introspectionMaxAgeSeconds: 30 },
    })
    const mine = await token()
    for (const _ of [1, 2, 3]) expect(await ask(mine)).toBe('accepted')
    expect(introspections(as)).toBe(1)
    as.revoke(mine)
    clock.pass(26)
    expect(await ask(mine)).toBe('accepted')
    clock.pass(4)
    expect(await ask(mine)).toBe('401 inactive')
    expect(introspections(as)).toBe(2)
  })

  it('is asked for with every request where nothing is to be kept (F-3)', async () => {
    const { as, ask, token } = await setUp({ cache: { introspectionMaxAgeSeconds: 0 } })
    const mine = await token()
    for (const _ of [1, 2, 3]) expect(await ask(mine)).toBe('accepted')
    as.fail('introspection', 'hold')
    const together = [ask(mine), ask(mine)]
    while (introspections(as) < 5) await as.nextRequest('introspection')
    as.restore()
    expect(await Promise.all(together)).toEqual(['accepted', 'accepted'])
    as.revoke(mine)
    expect(await ask(mine)).toBe('401 inactive')
    expect(introspections(as)).toBe(6)
  })

  it('is one call for a thousand requests at once with one new token (F-3)', async () => {
    const { as, ask, token } = await setUp()
    const mine = await token()
    as.fail('introspection', 'hold')
    const arrived = as.nextRequest('introspection')
    const outcomes = Array.from({ length: 1000 }, () => ask(mine))
    await arrived
    as.restore()
    expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['accepted']))
    expect(introspections(as)).toBe(1)
  })

  it('does not outlive the token: its own exp ends it (F-3)', async () => {
    const { as, ask, clock, token } = await setUp({ cache: { introspectionMaxAgeSeconds: 3600 } })
    const mine = await token({ expiresInSeconds: 60 })
    say(as, { exp: clock.seconds + 86_400 })
    expect(await ask(mine)).toBe('accepted')
    clock.pass(65)
    expect(await ask(mine)).toBe('401 expired')
    expect(introspections(as)).toBe(1)
  })

  it('ends when the answer says so, before the token does (F-3)', async () => {
    const { as, ask, clock, token } = await setUp({ cache: { introspectionMaxAgeSeconds: 3600 } })
    const mine = await token()
    say(as, { exp: clock.seconds + 60 })
    expect(await ask(mine)).toBe('accepted')
    clock.pass(59)
    expect(await ask(mine)).toBe('accepted')
    expect(introspections(as)).toBe(1)
    clock.pass(6)
    expect(await ask(mine)).toBe('401 expired')
    expect(introspections(as)).toBe(2)
  })

  it('is unavailable while nobody can tell, and that is not kept (F-3, RFC 9110 section 15.6.4)', async () => {
    const { as, ask, token } = await setUp()
    const mine = await token()
    for (const fault of ['down', 'html', 500] as const) {
      as.fail('introspection', fault)
      expect(await ask(mine)).toBe('503 introspection_failed')
    }
    as.restore()
    expect(await ask(mine)).toBe('accepted')
  })

  it('is unavailable where JWTs are not introspected, which is logged once (F-3)', async () => {
    const { as, ask, clock, logged, token } = await setUp()
    as.fail('introspection', { status: 400, body: { error: 'unsupported_token_type' } })
    for (const _ of [1, 2]) {
      expect(await ask(await token())).toBe('503 live_unsupported')
      clock.pass(3600)
    }
    expect(logged).toMatchObject([{ level: 'warn', code: 'live_unsupported' }])
    expect(logged[0]?.message).toContain('`profile: "fapi2"`')
  })

  const forgeries: [string, (setup: Setup) => Promise<string>, string][] = [
    ['a forged signature', ({ token }) => token({ signedBy: 'foreign' }), '401 wrong_signature'],
    ['another payload', async ({ token }) => tampered(await token()), '401 wrong_signature'],
    ['an exp that passed', ({ token }) => token({ expired: true }), '401 expired'],
    [
      'another audience',
      ({ token }) => token({ audience: 'https://x.test' }),
      '401 wrong_audience',
    ],
    ['another type', ({ token }) => token({ header: { typ: 'JWT' } }), '401 wrong_type'],
    ['another issuer', ({ token }) => token({ issuer: 'https://x.test' }), '401 unknown_issuer'],
  ]

  it.each(forgeries)(
    'is not asked for where the keys suffice to refuse, also in an outage: %s (F-3)',
    async (_, forged, no) => {
      const setup = await setUp()
      expect(await setup.ask(await setup.token())).toBe('accepted')
      setup.as.forgetRequests()
      setup.as.fail('introspection', 'down')
      expect(await setup.ask(await forged(setup))).toBe(no)
      expect(introspections(setup.as)).toBe(0)
    },
  )

  it('in an outage a proof that is wrong is refused all the same (F-5)', async () => {
    const { as, protectedHere, token } = await setUp()
    const mine = await token()
    as.fail('introspection', 'down')
    const result = await protectedHere.verify(proved(as.dpopKey(), mine))
    expect(outcome(result)).toBe('401 wrong_proof_key')
  })

  it.each<[string, object, string]>([
    ['another iss', { iss: 'https://other.example' }, 'wrong_issuer'],
    ['another sub', { sub: 'mallory' }, 'contradicted'],
    ['another client_id', { client_id: 'other-client' }, 'contradicted'],
    ['another jti', { jti: 'other' }, 'contradicted'],
    ['a jti of another type', { jti: 7 }, 'malformed_claim'],
    ['another key', { cnf: { jkt: 'a'.repeat(43) } }, 'contradicted'],
    ['a certificate in place of the key', { cnf: { 'x5t#S256': 'a'.repeat(43) } }, 'contradicted'],
    ['no key any more', { cnf: {} }, 'contradicted'],
    ['null for the key', { cnf: null }, 'contradicted'],
    ['an exp that passed', { exp: new TestClock().seconds - 5 }, 'expired'],
    ['another audience', { aud: 'https://other.example' }, 'wrong_audience'],
  ])('refuses what the answer contradicts: %s (F-3)', async (_, answer, reason) => {
    const { as, ask, token } = await setUp()
    say(as, answer)
    expect(await ask(await token())).toBe(`401 ${reason}`)
  })

  it('refuses a key that comes beside that of the token (F-3)', async () => {
    const { as, ask, key, token } = await setUp()
    say(as, { cnf: { ...key.confirmation, 'x5t#S256': 'a'.repeat(43) } })
    expect(await ask(await token())).toBe('401 contradicted')
    // Also where only one of two is another.
    const both = await token({ boundTo: [key, clientCertificate()] })
    expect(await ask(both)).toBe('401 contradicted')
  })

  it.each<[string, object]>([
    ['all of it', {}],
    ['nothing but active', { active: true }],
    ['the type without the key', { active: true, token_type: 'DPoP' }],
    ['null for what is not known', { active: true, sub: null, jti: null, exp: null }],
  ])('is enough of an answer: %s (F-3)', async (_, answer) => {
    const { as, ask, token } = await setUp()
    if (Object.keys(answer).length > 0) as.fail('introspection', { body: answer })
    expect(await ask(await token())).toBe('accepted')
  })

  it('is no matter of the schema, which is for the claims of the token', async () => {
    const claims = {
      '~standard': {
        version: 1 as const,
        vendor: 'test',
        validate: (value: unknown) =>
          'exp' in (value as object)
            ? { value: value as ClaimSet }
            : { issues: [{ message: 'misfit' }] },
      },
    }
    const { as, ask, token } = await setUp({ claims })
    as.fail('introspection', { body: { active: true } })
    expect(await ask(await token())).toBe('accepted')
  })

  it('is asked for with the token as it came, where that is encrypted', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const clock = new TestClock()
    const as = await server({ clock: clock.read })
    const decryptionKeys = [
      { ...privateKey.export({ format: 'jwk' }), alg: 'ECDH-ES' },
    ] as JsonWebKey[]
    const issuers = [{ ...as.options.issuers[0], jwt: { decryptionKeys } }]
    const protectedHere = api({ ...as.options, ...fapi2, issuers })
    const key = as.dpopKey()
    const token = await new CompactEncrypt(Buffer.from(await as.token({ boundTo: key })))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', cty: 'at+jwt' })
      .encrypt(publicKey)
    expect(outcome(await protectedHere.verify(proved(key, token)))).toBe('401 inactive')
    const [{ body } = { body: '' }] = as.received('introspection')
    expect(new URLSearchParams(body).get('token')).toBe(token)
  })

  it('of an opaque token is what it is accepted for in the first place (F-3)', async () => {
    const { as, ask, key } = await setUp()
    const opaque = await as.opaque({ boundTo: key })
    for (const _ of [1, 2]) expect(await ask(opaque)).toBe('accepted')
    expect(introspections(as)).toBe(1)
  })

  it('is not asked for without the profile', async () => {
    const { as, ask, token } = await setUp({ profile: 'default', dpop: true })
    const mine = await token()
    as.revoke(mine)
    expect(await ask(mine)).toBe('accepted')
    expect(introspections(as)).toBe(0)
  })

  it('is asked for again by a route that is live', async () => {
    const { as, ask, token } = await setUp()
    const mine = await token()
    expect(await ask(mine)).toBe('accepted')
    as.revoke(mine)
    expect(await ask(mine)).toBe('accepted')
    expect(await ask(mine, { live: true })).toBe('401 not_live')
    // Verified anew: the cache let go of it.
    expect(await ask(mine)).toBe('401 inactive')
  })

  it('is asked of issuers that a function knows; one without introspection is unavailable', async () => {
    const { as, ask, token } = await setUp()
    expect(await ask(await token())).toBe('accepted')
    const key = as.dpopKey()
    const protectedHere = api({ ...as.options, ...fapi2, issuers: () => ({ issuer: as.issuer }) })
    const result = await protectedHere.verify(proved(key, await as.token({ boundTo: key })))
    expect(outcome(result)).toBe('503 issuer_lookup_failed')
    const [asked] = as.options.issuers
    const good = api({ ...as.options, ...fapi2, issuers: () => asked })
    const mine = await as.token({ boundTo: key })
    as.revoke(mine)
    expect(outcome(await good.verify(proved(key, mine)))).toBe('401 inactive')
  })
})

describe('authorization', () => {
  it('that does not suffice is told as RFC 6750 section 3.1 has it (F-4, FAPI 2.0 section 5.3.4)', async () => {
    const { key, protectedHere, token } = await setUp()
    const result = await protectedHere.verify(proved(key, await token()), { scope: 'refunds' })
    expect(outcome(result)).toBe('403 insufficient_scope')
    const challenges = result.response.headers.filter(([name]) => name === 'WWW-Authenticate')
    expect(challenges.map(([, value]) => value)).toEqual([
      expect.stringMatching(/^DPoP .*error="insufficient_scope".* scope="refunds"/),
    ])
  })
})

describe('sender-constrained tokens', () => {
  it('are demanded: a bearer token is refused, in either scheme (F-5, FAPI 2.0 section 5.3.4)', async () => {
    const { ask, protectedHere, as } = await setUp()
    const token = await as.token()
    expect(await ask(token)).toBe('401 not_sender_constrained')
    const headers = { Authorization: `Bearer ${token}` }
    const bearer = await protectedHere.verify({ method: 'GET', url: '/', headers })
    expect(bearer.verdict).toBe('refused')
    expect(bearer.response.status).toBe(401)
  })

  it('need their proof, once each (F-5)', async () => {
    const { key, protectedHere, token } = await setUp()
    const mine = await token()
    const { Authorization } = key.headers({ method: 'GET', url, token: mine })
    const asking = { method: 'GET', url: '/payments', headers: { Authorization } }
    expect(outcome(await protectedHere.verify(asking))).toBe('401 no_proof')
    const good = proved(key, mine)
    expect(outcome(await protectedHere.verify(good))).toBe('accepted')
    expect(outcome(await protectedHere.verify(good))).toBe('401 replayed_proof')
  })

  it('may be bound to certificates, which makes DPoP optional (F-5)', async () => {
    const { as, protectedHere } = await setUp({ mtls: true })
    const certificate = clientCertificate()
    const token = await as.token({ boundTo: certificate })
    const asking = {
      method: 'GET',
      url: '/payments',
      headers: { Authorization: `Bearer ${token}` },
    }
    const proof = { certificate: certificate.der }
    expect(outcome(await protectedHere.verify({ ...asking, ...proof }))).toBe('accepted')
    expect(outcome(await protectedHere.verify(asking))).toBe('401 proof_missing')
    const other = { certificate: clientCertificate().der }
    expect(outcome(await protectedHere.verify({ ...asking, ...other }))).toBe(
      '401 wrong_certificate',
    )
    // DPoP is off, unless it is asked for as well.
    const key = as.dpopKey()
    const bound = await as.token({ boundTo: key })
    expect((await protectedHere.verify(proved(key, bound))).verdict).toBe('refused')
    const both = api({ ...as.options, ...fapi2, mtls: true, dpop: true })
    expect(outcome(await both.verify(proved(key, bound)))).toBe('accepted')
  })
})

describe('algorithms', () => {
  const allowed = ['PS256', 'ES256', 'Ed25519', 'EdDSA'] as const
  const others = ['RS256', 'PS384', 'ES384'] as const

  it.each(allowed)(
    '%s is for tokens and proofs (F-6, FAPI 2.0 section 5.4.1)',
    async (algorithm) => {
      const { as, protectedHere } = await setUp({}, { algorithm })
      const key = as.dpopKey({ algorithm })
      const token = await as.token({ algorithm, boundTo: key })
      expect(outcome(await protectedHere.verify(proved(key, token)))).toBe('accepted')
    },
  )

  it.each([...others, 'none', 'HS256'] as const)(
    '%s is for neither (F-6, FAPI 2.0 section 5.4.1)',
    async (algorithm) => {
      const isSigning = algorithm !== 'none' && algorithm !== 'HS256'
      const published = { algorithms: ['ES256', ...(isSigning ? [algorithm] : [])] as const }
      const { as, ask, key, protectedHere, token } = await setUp({}, published)
      expect(await ask(await token({ algorithm }))).toBe('401 unsupported_algorithm')
      expect(introspections(as)).toBe(0)
      const mine = await token()
      const of = { method: 'GET', url, token: mine }
      const by = isSigning ? as.dpopKey({ algorithm }) : key
      const headers = { ...by.headers({ ...of, algorithm }) }
      const result = await protectedHere.verify({ method: 'GET', url: '/payments', headers })
      expect(outcome(result)).toBe('401 unsupported_proof_algorithm')
    },
  )

  it('a published RSA key of less than 2048 bits is none (F-6)', async () => {
    const { as, ask, token } = await setUp({}, { algorithm: 'PS256' })
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const jwk = { ...weak.publicKey.export({ format: 'jwk' }), kid: 'weak' }
    as.publish({ keys: [jwk, ...as.jwks().keys] })
    const signedBy = { privateKey: weak.privateKey, kid: 'weak' }
    expect(await ask(await token({ signedBy }))).toBe('401 unknown_key')
    expect(await ask(await token())).toBe('accepted')
  })

  it('of signed answers are the same, also where there are no JWTs (F-6)', async () => {
    const { as } = await setUp({}, { algorithms: ['ES256', 'PS256', 'RS256'] })
    const [issuer] = as.options.issuers
    const introspection = { ...issuer.introspection, signedResponse: true }
    const key = as.dpopKey()
    for (const jwt of [false, {}] as const) {
      const issuers = [{ issuer: as.issuer, introspection, jwt }] as IssuerOptions[]
      const protectedHere = api({ ...as.options, ...fapi2, issuers })
      const signed = async (algorithm: 'PS256' | 'RS256') => {
        const token = await as.opaque({ boundTo: key, signed: { algorithm } })
        return outcome(await protectedHere.verify(proved(key, token)))
      }
      expect(await signed('PS256')).toBe('accepted')
      expect(await signed('RS256')).toBe('503 introspection_failed')
    }
  })
})

describe('options that contradict the profile', () => {
  const issuer = 'https://as.example.com'
  const client = { method: 'client_secret_basic', clientId: 'api', clientSecret: 'secret' } as const
  const introspection = { client }
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const inline = (key: JsonWebKey, more = {}) => ({
    issuers: { issuer, introspection, jwt: { keys: { jwks: { keys: [{ ...key, ...more }] } } } },
  })
  const publicJwk = (pair: typeof rsa) => pair.publicKey.export({ format: 'jwk' })
  const assertion = (more: object) => ({
    issuers: {
      issuer,
      introspection: {
        client: {
          method: 'private_key_jwt' as const,
          clientId: 'api',
          key: rsa.privateKey.export({ format: 'jwk' }),
          ...more,
        },
      },
    },
  })

  const options = (more: object) =>
    ({ ...fapi2, issuers: { issuer, introspection }, ...more }) as Partial<ResourceServerOptions>

  it.each<[string, object, string]>([
    [
      'F-1: tokens in forms',
      { credentials: { formBody: true } },
      'credentials.formBody: contradicts `profile: "fapi2"`',
    ],
    [
      'F-3: good verdicts that are stale',
      { cache: { staleSeconds: 1 } },
      'cache.staleSeconds: contradicts `profile: "fapi2"`',
    ],
    [
      'F-5: tokens that are not bound',
      { senderConstrained: 'when-bound' },
      'senderConstrained: must be "required" under `profile: "fapi2"`',
    ],
    [
      'DP-25: proofs of a clock that is a little behind',
      { dpop: { windowSeconds: 9 } },
      'dpop.windowSeconds: must be at least 10 under `profile: "fapi2"`, got 9',
    ],
    [
      'DP-25: proofs of a clock that is a little ahead',
      { dpop: { futureSeconds: 9 } },
      'dpop.futureSeconds: must be at least 10',
    ],
    ['F-5: no proofs', { dpop: false }, 'dpop: must not be false under `profile: "fapi2"`'],
    [
      'F-5: no proofs of either kind',
      { dpop: false, mtls: false },
      'dpop: must not be false under `profile: "fapi2"`',
    ],
    [
      'F-3: an issuer without introspection',
      { issuers: { issuer } },
      'issuers.introspection: is required under `profile: "fapi2"`',
    ],
    [
      'F-3: one of several without introspection',
      { issuers: [{ issuer, introspection }, { issuer: `${issuer}/other` }] },
      'issuers[1].introspection: is required under `profile: "fapi2"`',
    ],
    [
      'F-6: another algorithm of tokens',
      { issuers: { issuer, introspection, jwt: { algorithms: ['PS256', 'RS256'] } } },
      'issuers.jwt.algorithms[1]: "RS256" is not one of those that `profile: "fapi2"` allows: PS256, ES256, Ed25519, EdDSA.',
    ],
    [
      'F-6: another algorithm of proofs',
      { dpop: { algorithms: ['ES384'] } },
      'dpop.algorithms[0]: "ES384" is not one of those',
    ],
    [
      'F-6: no key for any of the algorithms',
      inline(publicJwk(p384)),
      'issuers.jwt.keys.jwks: has no key that can be used: keys[0] serves none of the `algorithms`.',
    ],
    [
      'F-6: no key but one for another algorithm',
      inline(publicJwk(rsa), { alg: 'RS256' }),
      'issuers.jwt.keys.jwks: has no key that can be used',
    ],
    [
      'F-6: no key but a weak one',
      inline(publicJwk(weak)),
      'issuers.jwt.keys.jwks: has no key that can be used',
    ],
    [
      'F-6: another algorithm of our own assertions',
      assertion({ algorithm: 'RS256' }),
      'issuers.introspection.client.algorithm: "RS256" is not one of those',
    ],
    [
      'F-6: the usual algorithm of our own RSA key',
      assertion({}),
      'issuers.introspection.client.algorithm: "RS256" is not one of those',
    ],
    [
      'F-7: plain http to the authorization server (FAPI 2.0 section 5.2.1)',
      { http: { insecureHosts: ['as.internal'] } },
      'issuers.http.insecureHosts: contradicts `profile: "fapi2"`',
    ],
  ])('throw: %s', (_, more, message) => {
    const make = () => api(options(more))
    expect(make).toThrow(ConfigurationError)
    expect(make).toThrow(message)
  })

  it.each<[string, object]>([
    ['all that is left out', {}],
    ['what the profile asks for anyway', { senderConstrained: 'required', dpop: true }],
    ['certificates in place of proofs', { mtls: true, dpop: false }],
    ['fewer algorithms', { dpop: { algorithms: ['ES256'] } }],
    ['an RSA key, for PS256', inline(publicJwk(rsa))],
    ['assertions with PS256', assertion({ algorithm: 'PS256' })],
    [
      'JWTs that are not of RFC 9068',
      { issuers: { issuer, introspection, jwt: { profile: 'plain' } } },
    ],
    ['introspection alone', { issuers: { issuer, introspection, jwt: false } }],
  ])('are none of these: %s', (_, more) => {
    expect(() => api(options(more))).not.toThrow()
  })

  it('the profile is one of two, and that of JWTs is another option', () => {
    expect(() => api(options({ profile: 'fapi1' }))).toThrow(
      'profile: must be "default" or "fapi2"',
    )
    expect(() => api(options({ profile: 'plain' }))).toThrow('`issuers[].jwt.profile`')
  })
})

describe.each(majors)('with $major', ({ express }) => {
  let open: Server | undefined
  afterEach(() => {
    open?.closeAllConnections()
    open?.close()
    open = undefined
  })

  it('every response has the time of its making (F-8), whatever is decided', async () => {
    const { as, key, protectedHere, token } = await setUp()
    const app = express()
    app.get('/payments', protectedHere.requireScope('payments'), (_request, response) => {
      response.json([])
    })
    open = app.listen(0, '127.0.0.1')
    await new Promise((resolve) => open?.once('listening', resolve))
    const mine = await token()
    const wanting = await token({ scope: 'other' })
    const good = () => headerLines(key.headers({ method: 'GET', url, token: mine }))
    const held = open
    const answers = [
      await rawHttp(held, { target: '/payments', lines: good() }),
      await rawHttp(held, { target: '/payments' }),
      await rawHttp(held, { target: '/payments?access_token=x', lines: good() }),
      await rawHttp(held, {
        target: '/payments',
        lines: headerLines(key.headers({ method: 'GET', url, token: wanting })),
      }),
    ]
    as.fail('introspection', 'down')
    const unknown = await token()
    const lines = headerLines(key.headers({ method: 'GET', url, token: unknown }))
    answers.push(await rawHttp(held, { target: '/payments', lines }))
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 400, 403, 503])
    for (const answer of answers) {
      const [date, ...more] = answer.values('date')
      expect(more).toEqual([])
      expect(Math.abs(Date.parse(date ?? '') - Date.now())).toBeLessThan(300_000)
    }
  })

  function headerLines(headers: object): string[] {
    return Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  }
})
