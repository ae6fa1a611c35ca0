import { generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { CompactEncrypt, jwtVerify } from 'jose'
import { Marks } from '../lib/cache/marks.ts'
import { tokenDigest } from '../lib/cache/token-digest.ts'
import type { RefusalReason } from '../lib/errors/refusal-reasons.ts'
import { type UnavailableValue, unavailable } from '../lib/errors/unavailable-value.ts'
import { type HttpClient, httpClient } from '../lib/http/http-client.ts'
import { HttpFailure } from '../lib/http/http-failure.ts'
import { signJws } from '../lib/jws/sign-jws.ts'
import { importVerificationKey, type VerificationKey } from '../lib/jws/verification-key.ts'
import { verifySignature } from '../lib/jws/verify-signature.ts'
import { type IntrospectionEvent, introspectionChannel } from '../lib/observability/channels.ts'
import type { ClientAuthentication } from '../lib/options/client-authentication.ts'
import type { HttpSettings } from '../lib/options/http-options.ts'
import type {
  IntrospectionOptions,
  IntrospectionSettings,
} from '../lib/options/introspection-options.ts'
import { issuerSettings } from '../lib/options/issuer-settings.ts'
import type { LogRecord } from '../lib/options/log-record.ts'
import type { AccessToken } from '../lib/verification/access-token.ts'
import {
  type IntrospectionPorts,
  introspection,
} from '../lib/verification/introspection/introspect.ts'
import type {
  Accepted,
  AuthorizationServerMetadata,
  Issuer,
  Verdict,
} from '../lib/verification/verifier.ts'
import { clientCertificate, clientKey } from './fixtures/tls.ts'

const issuer = 'https://as.example.com'
const resource = 'https://api.example.com'
const startMs = 1_700_000_000_000
const start = startMs / 1000
const token = 'opaque-token_1~+/=='
const basic: ClientAuthentication = {
  method: 'client_secret_basic',
  clientId: 'api',
  clientSecret: 'api-secret',
}
/** Its deadline is longer than any test: introspection has one of its own. */
const httpSettings: HttpSettings = { timeoutMs: 60_000, insecureHosts: [] }

interface Reply {
  status?: number
  headers?: Record<string, string>
  /** Objects are sent as JSON. */
  body?: object | string
}

interface Received {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly form: Record<string, string>
}

/** The authorization server: answers what the test says, and remembers what it was asked. */
let reply: Reply | 'nothing' | 'hang up' | ((received: Received) => Reply)
let received: Received[]
let http: HttpClient
let endpoint: string
let now: number
let logged: LogRecord[]

const server = createServer(async (req, res) => {
  let body = ''
  for await (const chunk of req.setEncoding('utf8')) body += chunk
  const { method, url, headers } = req
  const form = Object.fromEntries(new URLSearchParams(body))
  received.push({ method, url, headers, form })
  if (reply === 'nothing') return
  if (reply === 'hang up') return void req.socket.destroy()
  const answer = typeof reply === 'function' ? reply(received.at(-1) as Received) : reply
  const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {})
  const type = { 'content-type': 'application/json' }
  res.writeHead(answer.status ?? 200, { ...type, ...answer.headers }).end(text)
})

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/introspect`
  http = httpClient(httpSettings)
})

afterAll(async () => {
  await http.close()
  server.closeAllConnections()
  await once(server.close(), 'close')
})

beforeEach(() => {
  reply = { body: { active: true } }
  received = []
  now = startMs
  logged = []
})

interface Setup {
  introspection?: Partial<IntrospectionOptions>
  issuer?: object
  stub?: Partial<Issuer>
  ports?: Partial<IntrospectionPorts>
}

function introspects(setup: Setup = {}): () => Promise<Verdict> {
  // Most answers here say only what the test is about.
  const lenient = { audience: 'when-present' } as const
  const options = { endpoint, client: basic, ...lenient, ...setup.introspection }
  const settings = issuerSettings({ issuer, introspection: options, ...setup.issuer }, 'issuers', {
    resource,
    http: httpSettings,
  })
  const stub: Issuer = {
    settings,
    http,
    forgotten: false,
    metadata: () => ({ issuer }),
    doubtMetadata() {},
    ...setup.stub,
  }
  const { introspect } = introspection(stub, settings.introspection as IntrospectionSettings, {
    clock: () => now,
    log: (record) => logged.push(record),
    schema: undefined,
    verifySigned: () => false,
    goodLately: new Marks(16),
    ...setup.ports,
  })
  return async () => introspect({ token, digest: tokenDigest(token) })
}

/** The verdict on an active token of which the answer says this. */
function verdictOn(claims: object, setup?: Setup): Promise<Verdict> {
  reply = { body: { active: true, ...claims } }
  return introspects(setup)()
}

async function accepted(verdict: Verdict | Promise<Verdict>): Promise<AccessToken> {
  return (await acceptedVerdict(verdict)).token
}

async function acceptedVerdict(verdict: Verdict | Promise<Verdict>): Promise<Accepted> {
  const settled = await verdict
  expect(settled).toMatchObject({ verdict: 'accepted' })
  return settled as Accepted
}

async function goodUntilMs(verdict: Promise<Verdict>): Promise<number> {
  return (await acceptedVerdict(verdict)).goodUntilMs
}

async function refused(verdict: Promise<Verdict>, reason: RefusalReason): Promise<void> {
  expect(await verdict).toMatchObject({ verdict: 'refused', reason })
}

async function failed(verdict: Promise<Verdict>, more: object = {}): Promise<UnavailableValue> {
  const settled = await verdict
  expect(settled).toMatchObject({
    verdict: 'unavailable',
    source: 'introspection',
    reason: 'introspection_failed',
    ...more,
  })
  return settled as UnavailableValue
}

describe('the request', () => {
  it('IN-1: asks by POST with the token and its hint in a form (RFC 7662 section 2.1)', async () => {
    await introspects()()
    expect(received).toEqual([
      {
        method: 'POST',
        url: '/introspect',
        headers: expect.objectContaining({
          accept: 'application/json',
          'content-type': 'application/x-www-form-urlencoded',
        }),
        form: { token, token_type_hint: 'access_token' },
      },
    ])
  })

  it('IN-5: keeps no answer: each question is asked (RFC 7662 section 4)', async () => {
    const introspect = introspects()
    await accepted(introspect())
    reply = { body: { active: false } }
    await refused(introspect(), 'inactive')
    expect(received).toHaveLength(2)
  })

  const special = { clientId: 'api:päid &1', clientSecret: 's%3Acr=t+ /\'(*)~!"' }

  it('form-encodes Basic credentials (RFC 6749 section 2.3.1)', async () => {
    await introspects({ introspection: { client: { ...basic, ...special } } })()
    const [, base64 = ''] = received[0]?.headers.authorization?.split(' ') ?? []
    expect(Buffer.from(base64, 'base64').toString()).toBe(
      'api%3Ap%C3%A4id+%261:s%253Acr%3Dt%2B+%2F%27%28*%29%7E%21%22',
    )
  })

  it('sends Basic credentials as they are for servers that want that', async () => {
    const client: ClientAuthentication = {
      ...basic,
      clientId: 'päid &1',
      clientSecret: special.clientSecret,
      encoding: 'raw',
    }
    await introspects({ introspection: { client } })()
    const pair = Buffer.from(`päid &1:${special.clientSecret}`).toString('base64')
    expect(received[0]?.headers.authorization).toBe(`Basic ${pair}`)
  })

  it('sends client id and secret in the form (RFC 6749 section 2.3.1)', async () => {
    const client: ClientAuthentication = { method: 'client_secret_post', ...special }
    await introspects({ introspection: { client } })()
    expect(received[0]?.headers.authorization).toBeUndefined()
    expect(received[0]?.form).toEqual({
      token,
      token_type_hint: 'access_token',
      client_id: special.clientId,
      client_secret: special.clientSecret,
    })
  })

  it('says who the certificate belongs to (RFC 8705 section 2)', async () => {
    const client: ClientAuthentication = { method: 'tls_client_auth', clientId: 'api' }
    const certificate = { cert: clientCertificate, key: clientKey }
    await introspects({
      introspection: { client },
      issuer: { http: { clientCertificate: certificate } },
    })()
    expect(received[0]?.form).toMatchObject({ client_id: 'api' })
    expect(received[0]?.headers.authorization).toBeUndefined()
  })

  it.each([
    ['ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ['RS256', generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['Ed25519', generateKeyPairSync('ed25519')],
  ] as const)(
    'IN-7: signs an %s assertion whose sole audience is the issuer (rfc7523bis section 4)',
    async (alg, { privateKey, publicKey }) => {
      const key = { ...privateKey.export({ format: 'jwk' }), kid: 'k1' }
      const client: ClientAuthentication = { method: 'private_key_jwt', clientId: 'api', key }
      const introspect = introspects({ introspection: { client } })
      await introspect()
      await introspect()
      const [first, second] = received.map(({ form }) => form)
      expect(first).toEqual({
        token,
        token_type_hint: 'access_token',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: expect.any(String),
      })
      const read = (form: Record<string, string> = {}) =>
        jwtVerify(form['client_assertion'] ?? '', publicKey, { currentDate: new Date(now) })
      const { protectedHeader, payload } = await read(first)
      expect(protectedHeader).toEqual({ alg, typ: 'client-authentication+jwt', kid: 'k1' })
      expect(payload).toEqual({
        iss: 'api',
        sub: 'api',
        aud: issuer,
        jti: expect.stringMatching(/^.{36}$/),
        iat: start,
        exp: start + 60,
      })
      expect((await read(second)).payload.jti).not.toBe(payload.jti)
    },
  )

  it.each([
    ['a token', 'own-token'],
    ['a function', () => 'own-token'],
    ['an asynchronous function', async () => 'own-token'],
  ])('presents the token of its own that %s gives (RFC 7662 section 2.1)', async (_, given) => {
    await introspects({ introspection: { client: { method: 'bearer', token: given } } })()
    expect(received[0]?.headers.authorization).toBe('Bearer own-token')
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('secret')
      },
    ],
    ['rejects', () => Promise.reject(new Error('secret'))],
    ['gives nothing', () => undefined as unknown as string],
    ['gives no token68', () => 'secret\nsecret'],
    ['is silent beyond the deadline', () => new Promise<string>(() => {})],
  ])('is unavailable when the function for its own token %s', async (_, given) => {
    const client: ClientAuthentication = { method: 'bearer', token: given }
    const verdict = await failed(introspects({ introspection: { client, timeoutMs: 20 } })(), {
      cause: { fault: 'no_client_token' },
    })
    expect(JSON.stringify(verdict)).not.toContain('secret')
    expect(received).toHaveLength(0)
  })
})

describe('the endpoint', () => {
  const discovered = { introspection: { endpoint: undefined as never } }

  it('is the one of the metadata when none is configured (RFC 8414 section 2)', async () => {
    const metadata = () => Promise.resolve({ issuer, introspection_endpoint: `${endpoint}/found` })
    await accepted(introspects({ ...discovered, stub: { metadata } })())
    expect(received[0]?.url).toBe('/introspect/found')
  })

  it('is the configured one, without a look at the metadata', async () => {
    const metadata = (): AuthorizationServerMetadata => {
      throw new Error('asked')
    }
    await accepted(introspects({ stub: { metadata } })())
  })

  it('is unavailable when the metadata names none, or cannot be had', async () => {
    expect(await introspects(discovered)()).toMatchObject({
      verdict: 'unavailable',
      reason: 'discovery_failed',
      cause: { fault: 'no_introspection_endpoint' },
    })
    const none = unavailable('discovery_failed', 7000)
    expect(await introspects({ ...discovered, stub: { metadata: () => none } })()).toBe(none)
  })

  it('is never one of plain http on a host that is not allowed', async () => {
    const metadata = () => ({ issuer, introspection_endpoint: 'http://as.example.com/introspect' })
    const verdict = await failed(introspects({ ...discovered, stub: { metadata } })())
    expect(verdict.cause).toMatchObject({ name: 'HttpFailure', code: 'not_allowed' })
  })

  it.each([
    ['is gone', { status: 404 }],
    ['takes no POST', { status: 405 }],
    ['redirects', { status: 308, headers: { location: '/new' } }],
    ['hangs up', 'hang up'],
  ] as const)('may have moved when it %s: the metadata is doubted', async (_, how) => {
    reply = how
    expect(await doubtsAfter(discovered)).toBe(1)
    expect(await doubtsAfter({})).toBe(0) // A configured endpoint comes from no metadata.
  })

  it.each([
    ['is overloaded', { status: 503 }],
    ['refuses the client', { status: 401 }],
    ['answers', {}],
  ])('has not moved when it %s', async (_, how) => {
    reply = how
    expect(await doubtsAfter(discovered)).toBe(0)
  })

  async function doubtsAfter(setup: Setup): Promise<number> {
    let doubts = 0
    const stub = {
      metadata: () => ({ issuer, introspection_endpoint: endpoint }),
      doubtMetadata: () => {
        doubts += 1
      },
    }
    await introspects({ ...setup, stub })()
    return doubts
  }
})

describe('an answer that says nothing of the token', () => {
  const bodies = [
    ['an empty', ''],
    ['an HTML', '<!doctype html><title>secret</title>'],
    ['a JSON', { error: 'invalid_client', error_description: 'secret' }],
    ['another JSON', { error: 'secret' }],
  ] as const
  const refusals = [400, 401, 403].flatMap((status) =>
    bodies.map(([kind, body]) => ({ status, kind, body })),
  )

  it.each(refusals)(
    'IN-3: status $status with $kind body refuses this resource server, not its caller (RFC 7662 section 2.3)',
    async ({ status, body }) => {
      reply = { status, body }
      const verdict = await introspects()()
      expect(verdict).toMatchObject({
        verdict: 'unavailable',
        source: 'introspection',
        reason: 'client_refused',
        retryAfterSeconds: 5,
        cause: { fault: 'status', status },
      })
      expect(JSON.stringify([verdict, logged])).not.toContain('secret')
    },
  )

  it('IN-3: tells the operators at most once a minute that the client is refused', async () => {
    const introspect = introspects()
    reply = { status: 401, body: { error: 'invalid_client' } }
    await introspect()
    await introspect()
    expect(logged).toEqual([
      {
        level: 'error',
        code: 'introspection_client_refused',
        message: expect.stringContaining('introspection.client'),
        details: { issuer, fault: 'status', status: 401, error: 'invalid_client' },
      },
    ])
    now += 60_000
    await introspect()
    expect(logged).toHaveLength(2)
  })

  it('tells an endpoint that takes no JWTs from one that refuses the client', async () => {
    reply = { status: 400, body: { error: 'unsupported_token_type' } }
    await failed(introspects()(), {
      cause: { fault: 'status', status: 400, error: 'unsupported_token_type' },
    })
    expect(logged).toMatchObject([{ level: 'warn', code: 'introspection_unsupported_token_type' }])
  })

  it.each([201, 204, 304, 404, 405, 406, 418, 429, 500, 502, 503, 504])(
    'is unavailable at status %i, whatever the body says',
    async (status) => {
      reply = { status, body: status === 204 || status === 304 ? '' : { active: false } }
      await failed(introspects()(), { cause: { fault: 'status', status } })
    },
  )

  it.each([
    ['no body', ''],
    ['HTML', '<!doctype html>'],
    ['half of the JSON', '{"active":true'],
    ['a list', '[{"active":true}]'],
    ['a string', '"active"'],
    ['null', 'null'],
    ['duplicate members', '{"active":false,"active":true}'],
    ['a byte order mark', '\ufeff{"active":true}'],
    ['two objects', '{"active":true}{"active":true}'],
  ])('is unavailable for %s with status 200', async (_, body) => {
    reply = { body }
    await failed(introspects()(), { cause: { fault: 'not_json' } })
  })

  it('reads JSON under any content type', async () => {
    reply = { body: { active: true }, headers: { 'content-type': 'text/html' } }
    await accepted(introspects()())
  })

  it('is unavailable beyond 64 KiB', async () => {
    reply = { body: { active: true, filler: 'x'.repeat(64 * 1024) } }
    const { cause } = await failed(introspects()())
    expect(cause).toMatchObject({ code: 'too_large' })
  })

  it('is unavailable when nothing comes before the deadline', async () => {
    reply = 'nothing'
    const { cause } = await failed(introspects({ introspection: { timeoutMs: 30 } })(), {
      retryAfterSeconds: 1,
    })
    expect(cause).toMatchObject({ name: 'HttpFailure', code: 'timeout' })
  })

  it('is unavailable when the connection breaks', async () => {
    reply = 'hang up'
    const { cause } = await failed(introspects()(), { retryAfterSeconds: 1 })
    expect(cause).toMatchObject({ code: 'connection_failed' })
  })

  it('is unavailable for reason of the closed client after that was closed', async () => {
    const own = httpClient(httpSettings)
    await own.close()
    expect(await introspects({ stub: { http: own } })()).toMatchObject({
      verdict: 'unavailable',
      reason: 'closed',
    })
  })

  it('lets a bug look like a bug', async () => {
    const broken: HttpClient = { ...http, send: () => Promise.reject(new RangeError('bug')) }
    await expect(introspects({ stub: { http: broken } })()).rejects.toThrow('bug')
  })

  it.each([
    [429, '17', 17],
    [503, '17', 17],
    [503, '0', 1],
    [503, '86400', 300],
    [503, new Date(startMs + 20_000).toUTCString(), 20],
    [503, new Date(startMs - 20_000).toUTCString(), 1],
    [503, 'soon', 1],
    [500, '17', 1],
  ])(
    'status %i with Retry-After %p is asked again in %i s (RFC 9110 section 10.2.3)',
    async (status, field, seconds) => {
      reply = { status, headers: { 'retry-after': field } }
      await failed(introspects()(), { retryAfterSeconds: seconds })
    },
  )
})

describe('an answer about the token', () => {
  it.each([false, 'true', 'false', 1, 0, null, undefined, [], {}, ['true']])(
    'IN-2: refuses an answer whose active is %j, since only true is active (RFC 7662 section 2.2)',
    async (active) => {
      await refused(verdictOn({ active, scope: 'orders:read', sub: 'alice' }), 'inactive')
    },
  )

  it('IN-3: an inactive token is a refusal, not a failure (RFC 7662 section 2.2)', async () => {
    reply = { body: { active: false } }
    await refused(introspects()(), 'inactive')
    expect(logged).toEqual([])
  })

  it('gives the access token that an active answer describes', async () => {
    const claims = {
      active: true,
      iss: issuer,
      aud: resource,
      sub: 'alice',
      client_id: 'shop',
      username: 'Alice',
      scope: 'orders:read orders:write',
      token_type: 'Bearer',
      exp: start + 300,
      iat: start,
      nbf: start,
      jti: 'id-1',
      extension_field: ['twenty-seven'],
    }
    const found = await accepted(verdictOn(claims))
    expect(found).toMatchObject({
      claims,
      issuer,
      source: 'introspection',
      subject: 'alice',
      clientId: 'shop',
      principal: 'user',
      scopes: ['orders:read', 'orders:write'],
      expiresAt: start + 300,
    })
    expect(Object.isFrozen(found)).toBe(true)
    expect(await goodUntilMs(verdictOn(claims))).toBe(startMs + 300_000)
  })

  it('accepts an answer that says nothing but active, and sets no end to it', async () => {
    const found = await acceptedVerdict(verdictOn({}))
    expect(found.token).toMatchObject({ expiresAt: undefined, subject: undefined })
    expect(found.goodUntilMs).toBe(Infinity)
  })

  it('takes members that are null for absent ones', async () => {
    const names = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'client_id', 'token_type']
    const nulls = Object.fromEntries(names.map((name) => [name, null]))
    expect(await goodUntilMs(verdictOn(nulls))).toBe(Infinity)
  })

  it('rests on the issuer being trusted', async () => {
    const stub = { forgotten: false }
    reply = { body: { active: true, token_type: 'Bearer' } }
    const settings = issuerSettings(
      { issuer, introspection: { endpoint, client: basic } },
      'issuers',
      { resource, http: httpSettings },
    )
    const trusted = Object.assign(stub, {
      settings,
      http,
      metadata: () => ({ issuer }),
      doubtMetadata() {},
    })
    const { introspect } = introspection(trusted, settings.introspection as IntrospectionSettings, {
      clock: () => now,
      log() {},
      schema: undefined,
      verifySigned: () => false,
      goodLately: new Marks(16),
    })
    const { trust } = await accepted(introspect({ token, digest: tokenDigest(token) }))
    expect(trust.holds(now)).toBe(true)
    stub.forgotten = true
    expect(trust.holds(now)).toBe(false)
  })

  it('IN-4: refuses a token that expired though it is called active (RFC 7662 section 4)', async () => {
    // Accepted for this once: the tolerance is for clocks that differ, not for caches.
    expect(await goodUntilMs(verdictOn({ exp: start - 4 }))).toBe(startMs - 4000)
    await refused(verdictOn({ exp: start - 5 }), 'expired')
    await refused(verdictOn({ exp: -1 }), 'expired')
    now += 1000
    await refused(verdictOn({ exp: start - 4 }), 'expired')
  })

  it('IN-4: takes exp 0 for "never expires", as the server that writes it does', async () => {
    const found = await acceptedVerdict(verdictOn({ exp: 0 }))
    expect(found.token.expiresAt).toBeUndefined()
    expect(found.goodUntilMs).toBe(Infinity)
  })

  it('refuses where the clock gives no number', async () => {
    now = Number.NaN
    expect(await verdictOn({ exp: start + 60 })).toMatchObject({ reason: 'expired' })
    expect(await verdictOn({ nbf: start - 60 })).toMatchObject({ reason: 'not_yet_valid' })
  })

  it('judges time by the configured tolerance', async () => {
    const issuerOptions = { issuer: { jwt: { clockToleranceSeconds: 0 } } }
    await refused(verdictOn({ exp: start }, issuerOptions), 'expired')
    await refused(verdictOn({ nbf: start + 1 }, issuerOptions), 'not_yet_valid')
    await accepted(verdictOn({ exp: start + 1, nbf: start }, issuerOptions))
  })

  it('IN-6: refuses a token before its nbf (RFC 7519 section 4.1.5)', async () => {
    await accepted(verdictOn({ nbf: start + 5 }))
    await refused(verdictOn({ nbf: start + 6 }), 'not_yet_valid')
  })

  it('IN-6: refuses another iss than the issuer, character by character', async () => {
    await refused(verdictOn({ iss: `${issuer}/` }), 'wrong_issuer')
    await refused(verdictOn({ iss: 'https://AS.example.com' }), 'wrong_issuer')
    await refused(verdictOn({ iss: '' }), 'wrong_issuer')
  })

  it.each([
    [resource],
    [[resource]],
    [['https://other.example.com', resource]],
    [`https://other.example.com ${resource}`],
    ['https://second.example.com'],
  ])('IN-6: accepts aud %j (RFC 9700 section 2.3)', async (aud) => {
    const audience = [resource, 'https://second.example.com']
    await accepted(verdictOn({ aud }, { issuer: { audience } }))
  })

  it.each([
    ['https://other.example.com'],
    [[]],
    [''],
    ['api'],
    [['api']],
    [`${resource}/`],
    [`${resource},https://other.example.com`],
    [[`https://other.example.com ${resource}`]],
  ])('IN-6: refuses aud %j, which does not name this API (RFC 9700 section 2.3)', async (aud) => {
    await refused(verdictOn({ aud }), 'wrong_audience')
  })

  it('IN-6: refuses by default what is neither for anybody nor typed, as some servers describe refresh tokens', async () => {
    const byDefault = { introspection: { audience: 'unless-typed' as const } }
    await refused(
      verdictOn({ scope: 'orders:read', client_id: 'shop' }, byDefault),
      'missing_claim',
    )
    await refused(verdictOn({ token_type: null, aud: null }, byDefault), 'missing_claim')
    await accepted(verdictOn({ token_type: 'Bearer' }, byDefault))
    await accepted(verdictOn({ token_use: 'access' }, byDefault))
    await accepted(verdictOn({ aud: resource }, byDefault))
    await refused(
      verdictOn({ token_type: 'Bearer', aud: 'https://other.test' }, byDefault),
      'wrong_audience',
    )
  })

  it('IN-6: refuses an answer without aud where one is required (RFC 7662 section 4)', async () => {
    const required = { introspection: { audience: 'required' as const } }
    await refused(verdictOn({}, required), 'missing_claim')
    await refused(verdictOn({ aud: null }, required), 'missing_claim')
    await accepted(verdictOn({ aud: resource }, required))
  })

  it('looks at the client instead where the issuer names no audience', async () => {
    const setup = { issuer: { audience: 'none', clients: ['shop'] } }
    await accepted(verdictOn({ aud: 'https://other.example.com', client_id: 'shop' }, setup))
    await refused(verdictOn({ client_id: 'other' }, setup), 'wrong_client')
    await refused(verdictOn({}, setup), 'wrong_client')
  })

  it.each(['Bearer', 'bearer', 'BEARER', 'access_token', 'at+jwt', 'application/AT+JWT'])(
    'IN-6: accepts token_type %s',
    async (type) => {
      await accepted(verdictOn({ token_type: type }))
    },
  )

  it.each([
    { token_type: 'id_token' },
    { token_type: 'refresh_token' },
    { token_type: 'ID_Token' },
    { token_type: 'N_A' },
    { token_type: '' },
    { token_use: 'id' },
    { token_use: 'refresh_token' },
    { token_use: 1 },
    { typ: 'ID' },
    { typ: 'Refresh' },
    { typ: 'Offline' },
    { typ: 'Logout' },
    { at_hash: 'x' },
    { c_hash: 'x' },
    { events: {} },
    { nonce: 'n', sub: 'alice', auth_time: start },
  ])('IN-6: refuses %j, which is not of an access token', async (claims) => {
    await refused(verdictOn({ aud: resource, ...claims }), 'not_an_access_token')
  })

  it.each([
    { token_use: 'access_token' },
    { token_use: 'access' },
    { typ: 'Bearer' },
    { typ: 'JWT' },
    { nonce: 'n', client_id: 'shop' },
    { nonce: 'n', scope: 'orders:read' },
  ])('IN-6: accepts %j', async (claims) => {
    await accepted(verdictOn(claims))
  })

  it('IN-6: passes cnf on as it is, unjudged', async () => {
    for (const cnf of [{ jkt: 'x' }, { 'x5t#S256': 'x' }, {}, 'malformed', 0, [], null]) {
      expect((await accepted(verdictOn({ cnf }))).claims).toHaveProperty('cnf', cnf)
    }
    expect((await accepted(verdictOn({ token_type: 'DPoP', cnf: {} }))).claims).toHaveProperty(
      'cnf',
      {},
    )
  })

  it('DP-17: refuses token_type DPoP without cnf: bound, to whatever (RFC 9449 section 7.2)', async () => {
    await refused(verdictOn({ token_type: 'DPoP' }), 'proof_missing')
  })

  it.each([
    { exp: `${start + 300}` },
    { exp: true },
    { nbf: '0' },
    { iat: {} },
    { iss: [issuer] },
    { sub: 7 },
    { client_id: ['shop'] },
    { jti: 1 },
    { token_type: ['Bearer'] },
    { aud: 7 },
    { aud: [resource, 7] },
    { aud: { value: resource } },
    { scope: 7 },
  ])('refuses %j, which is not of its type (RFC 7662 section 2.2)', async (claims) => {
    await refused(verdictOn(claims), 'malformed_claim')
  })

  it('refuses exp 1e999, which JSON.parse makes infinite', async () => {
    reply = { body: '{"active":true,"exp":1e999}' }
    await refused(introspects()(), 'malformed_claim')
  })

  it('refuses claims that do not fit the schema', async () => {
    const schema = {
      '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [{}] }) },
    } as const
    await refused(verdictOn({}, { ports: { schema } }), 'claims_misfit')
  })

  it('is not misled by members that verdicts have too', async () => {
    await accepted(verdictOn({ verdict: 'refused', reason: 'expired' }))
  })
})

describe('a signed answer (RFC 9701)', () => {
  const type = 'application/token-introspection+jwt'
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = importVerificationKey(own.publicKey.export({ format: 'jwk' })) as VerificationKey
  const signed: Setup = {
    introspection: { signedResponse: true },
    ports: { verifySigned: (jws) => verifySignature('ES256', key, jws) },
  }

  interface Variation {
    header?: object
    payload?: object
    key?: KeyObject
  }

  function jwt({ header, payload, key: privateKey = own.privateKey }: Variation = {}): string {
    return signJws({
      header: { typ: 'token-introspection+jwt', ...header },
      payload: {
        iss: issuer,
        aud: 'api',
        iat: start,
        token_introspection: { active: true, sub: 'alice' },
        ...payload,
      },
      key: privateKey,
      algorithm: 'ES256',
    })
  }

  function verdict(body: string, setup: Setup = {}, contentType = type): Promise<Verdict> {
    reply = { body, headers: { 'content-type': contentType } }
    return introspects({ ...signed, ...setup })()
  }

  it('IN-8: asks for a signed answer and takes the claims from it (RFC 9701 section 4, section 5)', async () => {
    const found = await accepted(verdict(jwt()))
    expect(received[0]?.headers.accept).toBe(type)
    expect(found).toMatchObject({
      subject: 'alice',
      claims: { active: true, sub: 'alice' },
      source: 'introspection',
    })
  })

  it('IN-8: judges what is in it like any other answer (RFC 7662 section 2.2)', async () => {
    const about = (token_introspection: object) =>
      verdict(jwt({ payload: { active: true, token_introspection } }))
    await refused(about({ active: false }), 'inactive')
    await refused(about({ sub: 'alice' }), 'inactive')
    await refused(about({ active: true, exp: start - 60 }), 'expired')
    await refused(about({ active: true, aud: 'https://other.example.com' }), 'wrong_audience')
  })

  it.each([
    ['with parameters', jwt(), `${type}; charset=utf-8`],
    ['in capitals', jwt(), 'APPLICATION/Token-Introspection+JWT'],
    ['with the whole media type', jwt({ header: { typ: type } }), type],
    ['with a type in capitals', jwt({ header: { typ: 'Token-Introspection+JWT' } }), type],
    ['with a final line break', `${jwt()}\r\n`, type],
    ['for this API', jwt({ payload: { aud: resource } }), type],
    ['for several', jwt({ payload: { aud: ['other', 'api'] } }), type],
    ['made five minutes ago', jwt({ payload: { iat: start - 300 } }), type],
    ['made within the tolerance', jwt({ payload: { iat: start + 5 } }), type],
  ])('IN-8: accepts one %s (RFC 9701 section 5)', async (_, body, contentType) => {
    await accepted(verdict(body, {}, contentType))
  })

  it.each([
    ['plain JSON', '{"active":true}', 'application/json', 'not_signed'],
    ['JSON under that content type', '{"active":true}', type, 'not_signed'],
    ['another content type', jwt(), 'application/jwt', 'not_signed'],
    ['nothing', '', type, 'not_signed'],
    ['an encrypted answer without a key', 'e30.e30.e30.e30.e30', type, 'undecryptable'],
    ['a payload that is not JSON', `${jwt().split('.')[0]}.eA.eA`, type, 'not_signed'],
    ['an access token', jwt({ header: { typ: 'at+jwt' } }), type, 'wrong_type'],
    ['a JWT of no type', jwt({ header: { typ: undefined } }), type, 'wrong_type'],
    ['type JWT', jwt({ header: { typ: 'JWT' } }), type, 'wrong_type'],
    ['a type that is no string', jwt({ header: { typ: [type] } }), type, 'wrong_type'],
    ['no algorithm', jwt({ header: { alg: 'none' } }), type, 'unsupported_header'],
    ['HMAC', jwt({ header: { alg: 'HS256' } }), type, 'unsupported_header'],
    ['crit', jwt({ header: { crit: ['exp'] } }), type, 'unsupported_header'],
    ['another issuer', jwt({ payload: { iss: `${issuer}/` } }), type, 'wrong_issuer'],
    ['no issuer', jwt({ payload: { iss: undefined } }), type, 'wrong_issuer'],
    ['another audience', jwt({ payload: { aud: 'shop' } }), type, 'wrong_audience'],
    ['no audience', jwt({ payload: { aud: undefined } }), type, 'wrong_audience'],
    ['an empty audience', jwt({ payload: { aud: [] } }), type, 'wrong_audience'],
    ['the future', jwt({ payload: { iat: start + 6 } }), type, 'wrong_time'],
    ['the past', jwt({ payload: { iat: start - 301 } }), type, 'wrong_time'],
    ['no time', jwt({ payload: { iat: undefined } }), type, 'wrong_time'],
    ['a time in words', jwt({ payload: { iat: `${start}` } }), type, 'wrong_time'],
    ['another key', jwt({ key: foreign.privateKey }), type, 'wrong_signature'],
    ['a changed payload', tampered(), type, 'wrong_signature'],
    [
      'top-level claims alone',
      jwt({ payload: { active: true, token_introspection: undefined } }),
      type,
      'no_token_introspection',
    ],
    [
      'a list of claims',
      jwt({ payload: { token_introspection: [{ active: true }] } }),
      type,
      'no_token_introspection',
    ],
  ])('IN-8: nobody can tell from %s (RFC 9701 section 5)', async (_, body, contentType, fault) => {
    await failed(verdict(body, {}, contentType), { cause: { fault } })
  })

  function tampered(): string {
    const [header, , signature] = jwt().split('.')
    const [, payload] = jwt({ payload: { token_introspection: { active: true } } }).split('.')
    return [header, payload, signature].join('.')
  }

  it('IN-8: is unavailable while there is no key to verify it with', async () => {
    const none = unavailable('keys_unreachable', 3000)
    const ports = { verifySigned: async () => none }
    expect(await verdict(jwt(), { ports })).toBe(none)
  })

  it('IN-8: asks for no key for an answer that is wrong anyway', async () => {
    const ports = {
      verifySigned: () => {
        throw new Error('asked')
      },
    }
    await failed(verdict(jwt({ payload: { iss: 'https://evil.example' } }), { ports }))
  })

  it('IN-8: is signed with an algorithm that the issuer may sign its tokens with (RFC 9701 section 5)', async () => {
    await accepted(verdict(jwt(), { issuer: { jwt: { algorithms: ['ES256', 'PS256'] } } }))
    await failed(verdict(jwt(), { issuer: { jwt: { algorithms: ['PS256'] } } }), {
      cause: { fault: 'unsupported_header' },
    })
    // An issuer whose JWTs are introspected has no such list.
    await accepted(verdict(jwt(), { issuer: { jwt: false } }))
  })

  it('IN-8: is meant for this API when the client has no id', async () => {
    const client: ClientAuthentication = { method: 'bearer', token: 'own-token' }
    const setup = { introspection: { signedResponse: true, client } }
    await accepted(verdict(jwt({ payload: { aud: resource } }), setup))
    await failed(verdict(jwt({ payload: { aud: undefined } }), setup))
  })

  it('IN-8: is unavailable beyond 128 KiB', async () => {
    const filler = (bytes: number) =>
      jwt({ payload: { token_introspection: { active: true, filler: 'x'.repeat(bytes) } } })
    await accepted(verdict(filler(80 * 1024)))
    const { cause } = await failed(verdict(filler(100 * 1024)))
    expect(cause).toMatchObject({ code: 'too_large' })
  })

  it('IN-8: decrypts one with the decryption keys; the signature inside still counts', async () => {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const decryptionKey: JsonWebKey = {
      ...pair.privateKey.export({ format: 'jwk' }),
      alg: 'RSA-OAEP-256',
    }
    const encrypted = (text: string) =>
      new CompactEncrypt(Buffer.from(text))
        .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', cty: 'JWT' })
        .encrypt(pair.publicKey)
    const setup = { issuer: { jwt: { decryptionKeys: [decryptionKey] } } }
    await accepted(verdict(await encrypted(jwt()), setup))
    await failed(verdict(await encrypted(jwt({ key: foreign.privateKey })), setup), {
      cause: { fault: 'wrong_signature' },
    })
    await failed(verdict(await encrypted('{"active":true}'), setup), {
      cause: { fault: 'not_signed' },
    })
  })

  it('takes no signed answer for a plain one', async () => {
    reply = { body: jwt(), headers: { 'content-type': type } }
    await failed(introspects()(), { cause: { fault: 'not_json' } })
  })
})

describe('what is told', () => {
  it('publishes one event for each question, without the token', async () => {
    const events: IntrospectionEvent[] = []
    const listener = (event: unknown) => events.push(event as IntrospectionEvent)
    introspectionChannel.subscribe(listener)
    try {
      reply = () => {
        now += 25
        return { body: { active: true } }
      }
      const introspect = introspects()
      await introspect()
      reply = { body: { active: false } }
      await introspect()
      reply = { status: 500 }
      await introspect()
    } finally {
      introspectionChannel.unsubscribe(listener)
    }
    expect(events).toEqual([
      { resource, issuer, outcome: 'active', durationMs: 25 },
      { resource, issuer, outcome: 'refused', reason: 'inactive', durationMs: 0 },
      { resource, issuer, outcome: 'unavailable', reason: 'introspection_failed', durationMs: 0 },
    ])
  })

  it('never says token or secret, whatever the server echoes', async () => {
    const introspect = introspects()
    const echoes: Reply[] = [
      { status: 400, body: { error: token, error_description: token } },
      { status: 401, body: token },
      { status: 500, body: token },
      { body: token },
      { body: { active: false, token } },
      { body: { active: true, exp: token } },
    ]
    const verdicts: Verdict[] = []
    for (const echo of echoes) {
      reply = echo
      verdicts.push(await introspect())
    }
    const told = JSON.stringify([verdicts, logged])
    expect(told).not.toContain(token)
    expect(told).not.toContain('api-secret')
  })
})

describe('a flood of 100,000 tokens', () => {
  it('leaves 1,072 in memory: 48 that are asked about, and 1,024 that wait for their turn', async () => {
    const settings = issuerSettings(
      { issuer, introspection: { endpoint, client: basic, timeoutMs: 3_600_000 } },
      'issuers',
      { resource, http: httpSettings },
    )
    const sent: (() => void)[] = []
    const send: HttpClient['send'] = () =>
      new Promise((_, reject) => {
        sent.push(() => reject(new HttpFailure('closed')))
      })
    const stub: Issuer = {
      settings,
      http: { ...http, send },
      forgotten: false,
      metadata: () => ({ issuer }),
      doubtMetadata() {},
    }
    const { introspect, health } = introspection(
      stub,
      settings.introspection as IntrospectionSettings,
      {
        clock: () => now,
        log() {},
        schema: undefined,
        verifySigned: () => false,
        goodLately: new Marks(16),
      },
    )
    let turnedAway = 0
    const flood = Array.from({ length: 100_000 }, async (_, index) => {
      const verdict = await introspect({ token: `random-${index}`, digest: `${index}`.padEnd(32) })
      if (verdict.verdict === 'unavailable' && verdict.reason === 'introspection_busy') turnedAway++
    })
    await new Promise(setImmediate)
    expect(health()).toMatchObject({ underWay: 48, waiting: 1024, busy: 98_928 })
    expect([sent.length, turnedAway]).toEqual([48, 98_928])
    let ended = 0
    while (ended < sent.length) {
      for (const end of sent.slice(ended)) {
        ended++
        end()
      }
      await new Promise(setImmediate)
    }
    await Promise.all(flood)
    expect(sent).toHaveLength(48 + 1024)
    expect(health()).toMatchObject({ underWay: 0, waiting: 0 })
  }, 60_000)
})
