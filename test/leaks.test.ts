import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { type AddressInfo, connect, type Server } from 'node:net'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import express, { type ErrorRequestHandler, type Request, type RequestHandler } from 'express'
import { refusalReasons } from '../lib/errors/refusal-reasons.ts'
import {
  type Policy,
  type ResourceServerOptions,
  type RevocationSelector,
  resourceServer,
} from '../lib/index.ts'
import {
  clientCertificate as anotherCertificate,
  dpopKey,
  type Fault,
  type FaultyEndpoint,
  memoryStore,
  type ProofOptions,
  type TestAuthorizationServer,
  type TestClient,
  tampered,
  testAuthorizationServer,
} from '../lib/testing/index.ts'
import { LeakSearch, textOf } from './fixtures/leak-search.ts'
import { clientCertificate, clientKey } from './fixtures/tls.ts'

type Place =
  | 'wire'
  | 'console'
  | 'warnings'
  | 'log records'
  | 'events'
  | 'forwarded errors'
  | 'results of verify()'
  | 'req.auth'
  | 'health()'
  | 'configuration errors'

const search = new LeakSearch()
const seen = new Map<Place, Map<string, string>>()
const reasons = new Set<string>()
const closing: (() => unknown)[] = []

/** Remembers what was to be seen at a place, and during what. */
function see(place: Place, during: string, value: unknown): void {
  const texts = seen.get(place) ?? new Map<string, string>()
  seen.set(place, texts)
  texts.set(typeof value === 'string' ? value : textOf(value), during)
}

const names = [
  'decision',
  'cache',
  'keys',
  'introspection',
  'breaker',
  'proof',
  'store',
  'revocation',
]
const channels = names.map((name) => `scopegate:${name}`)
let now = 'nothing yet'

function onEvent(event: unknown): void {
  see('events', now, event)
  const { reason } = event as { reason?: string }
  if (reason !== undefined) reasons.add(reason)
}

/** Everything that can be refused, fail or break, as clients, operators and handlers see it. */
beforeAll(async () => {
  for (const channel of channels) subscribe(channel, onEvent)
  for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const) {
    jest.spyOn(console, method).mockImplementation((...line) => see('console', now, line))
  }
  jest.spyOn(process, 'emitWarning').mockImplementation((...warning) => {
    see('warnings', now, warning)
  })
  for (const errors of ['respond', 'forward'] as const) {
    await driveRefusals(errors)
    await driveKeyFaults(errors)
    await driveStatusLists(errors)
    await driveLookups(errors)
    await driveProofs(errors)
    for (const method of Object.keys(clients) as Method[]) await driveIntrospection(errors, method)
  }
  driveConfiguration()
}, 120_000)

afterAll(async () => {
  for (const channel of channels) unsubscribe(channel, onEvent)
  jest.restoreAllMocks()
  await Promise.all(closing.map((close) => close()))
})

describe('the search', () => {
  const token = `eyJhbGciOiJFUzI1NiJ9.${'abcDEF123'.repeat(12)}.${'xyz-_987'.repeat(9)}`
  const secret = 'a planted secret: 100% +/=&~'
  const planted = new LeakSearch()
  planted.add('token', token)
  planted.add('secret', secret)

  class Hiding {
    readonly #token = token
    get token(): string {
      return this.#token
    }
  }
  const withCause = new Error('refused', { cause: new Error('inner', { cause: { token } }) })
  const hidden = Object.defineProperty(new Error('refused'), 'context', { value: [[token]] })
  const symbol = { [Symbol('credentials')]: token }

  it.each<[string, unknown]>([
    ['a message', new Error(`Unexpected token in ${token}`)],
    ['20 characters of a message', new Error(`near "${token.slice(40, 60)}"`)],
    ['a cause of a cause', withCause],
    ['a property that is not enumerable', hidden],
    ['a property under a symbol', symbol],
    ['a buffer', { body: Buffer.from(`token=${token}`) }],
    ['a map', new Map([['token', token]])],
    ['a stack', Object.assign(new Error('x'), { stack: `Error: x\n    at ${token}` })],
    ['a list of errors', new AggregateError([new Error(token)], 'several')],
    ['Basic credentials', `Basic ${Buffer.from(`client:${secret}`).toString('base64')}`],
    [
      'form-encoded Basic credentials',
      Buffer.from(`c:${new URLSearchParams({ a: secret }).toString().slice(2)}`).toString('base64'),
    ],
    ['a form', new URLSearchParams({ client_secret: secret }).toString()],
    ['hexadecimal digits', Buffer.from(secret).toString('hex')],
  ])('finds what is planted in %s', (_place, value) => {
    expect(planted.find(textOf(value))).not.toEqual([])
  })

  it('finds nothing in what shows neither', () => {
    expect(planted.find(textOf(new Hiding()))).toEqual([])
    expect(planted.find(textOf(new Error(token.slice(0, 19))))).toEqual([])
  })
})

describe('what was driven', () => {
  it('holds every reason to refuse', () => {
    expect(Object.keys(refusalReasons).filter((reason) => !reasons.has(reason))).toEqual([])
  })

  it('holds every reason to be unavailable', () => {
    const all = [
      'no_usable_key',
      'keys_unreachable',
      'status_list_unreachable',
      'discovery_failed',
      'issuer_lookup_failed',
      'introspection_failed',
      'introspection_busy',
      'introspection_paused',
      'client_refused',
      'live_unsupported',
      'replay_memory_full',
      'replay_store_lost',
      'revocations_unknown',
      'closed',
    ]
    expect(all.filter((reason) => !reasons.has(reason))).toEqual([])
  })
})

describe('B-3: no token and no client secret, nor 20 characters of one, is in (RFC 9700 section 4.9.3)', () => {
  it.each<[Place, number]>([
    ['wire', 100],
    ['console', 10],
    ['warnings', 1],
    ['log records', 1],
    ['events', 100],
    ['forwarded errors', 20],
    ['results of verify()', 20],
    ['req.auth', 1],
    ['health()', 5],
    ['configuration errors', 10],
  ])('%s', (place, atLeast) => {
    const texts = seen.get(place) ?? new Map<string, string>()
    expect(texts.size).toBeGreaterThanOrEqual(atLeast)
    const leaks = [...texts].flatMap(([text, during]) =>
      search.find(text).map((secret) => `${secret}, during: ${during}`),
    )
    expect(leaks).toEqual([])
  })
})

// The API that is driven.

interface Api {
  ask(during: string, request: Asked): Promise<void>
  revoke(during: string, selector: RevocationSelector): Promise<void>
  close(): Promise<void>
}

interface Asked {
  readonly token?: string
  readonly path?: string
  readonly method?: string
  readonly lines?: readonly string[]
  readonly body?: string
  /** Of the client, DER; verify() alone is told. */
  readonly certificate?: Uint8Array
}

async function protectedApi(
  options: ResourceServerOptions,
  policies: Readonly<Record<string, Policy>> = {},
): Promise<Api> {
  const api = resourceServer(options)
  const app = express()
  // As in production of a careless team: every error is printed with its stack.
  app.set('env', 'development')
  app.use(express.urlencoded())
  app.use(api.resourceMetadata())
  const shown: RequestHandler = (request, response) => {
    const { auth } = request as Request & { auth?: object }
    for (const view of [auth, { ...auth }, inspect(auth, { showHidden: true })]) {
      see('req.auth', now, view)
    }
    response.json({ auth, text: inspect(auth) })
  }
  app.get('/optional', api.authenticate({ optional: true }), shown)
  app.get('/scope', api.requireScope('orders:read'), shown)
  app.get(
    '/computed/:shop',
    api.requireScope((req) => `books:${String(req.params['shop'])}`),
    shown,
  )
  app.get('/roles', api.requirePolicy({ roles: 'admin' }), shown)
  app.get('/check', api.requirePolicy({ check: () => false }), shown)
  app.get(
    '/throws',
    api.requirePolicy({
      check: () => {
        throw new Error('The application failed.')
      },
    }),
    shown,
  )
  for (const [path, policy] of Object.entries(policies)) {
    app.get(path, api.requirePolicy(policy), shown)
  }
  app.use('/{*path}', api.authenticate(), shown)
  const remember: ErrorRequestHandler = (error, request, _response, next) => {
    see('forwarded errors', now, error)
    see('req.auth', now, (request as Request & { auth?: object }).auth)
    next(error)
  }
  app.use(remember)
  const server: Server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  closing.push(
    () => server.close(),
    () => api.close(),
  )

  return {
    async ask(during, { token, path = '/', method = 'GET', lines = [], body = '', ...rest }) {
      now = during
      const authorization = token === undefined ? [] : [`Authorization: Bearer ${token}`]
      const fields = ['Host: api.test', 'Connection: close', ...authorization, ...lines]
      if (body) fields.push(`Content-Length: ${Buffer.byteLength(body)}`)
      see('wire', during, await exchange(port, [`${method} ${path} HTTP/1.1`, ...fields], body))
      const headers = fields.map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string])
      see('results of verify()', during, await api.verify({ method, url: path, headers, ...rest }))
      see('health()', during, api.health())
    },
    async revoke(during, selector) {
      now = during
      await api.revoke(selector).catch((error) => see('configuration errors', during, error))
    },
    close: () => api.close(),
  }
}

/** One request over a socket of its own: the whole response, status line first, as it came. */
async function exchange(port: number, head: readonly string[], body: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString('latin1')
  expect(text).toMatch(/^HTTP\/1\.1 \d{3} /)
  return text
}

async function server(
  ...options: Parameters<typeof testAuthorizationServer>
): Promise<TestAuthorizationServer> {
  const as = await testAuthorizationServer(...options)
  closing.push(as.close)
  return as
}

function secretly(name: string, token: string): string {
  search.add(name, token)
  return token
}

type Errors = 'respond' | 'forward'

/** Refusals log to a collector, forwarded errors to `process.emitWarning`: both are looked at. */
function loggingFor(errors: Errors): Pick<ResourceServerOptions, 'errors' | 'log'> {
  return errors === 'respond'
    ? { errors, log: (record) => see('log records', now, record) }
    : { errors }
}

// What happens to it.

async function driveRefusals(errors: Errors): Promise<void> {
  const as = await server({ algorithms: ['ES256'] })
  const resource = as.resource
  const common = { resource, ...loggingFor(errors), http: { timeoutMs: 2000 } }
  const client = as.client
  const [issuer] = as.options.issuers
  const usual = await protectedApi({
    ...common,
    credentials: { formBody: true },
    issuers: issuer,
  })
  const token = async (...of: Parameters<typeof as.token>) =>
    secretly('a JWT', await as.token(...of))
  const opaque = async (...of: Parameters<typeof as.opaque>) =>
    secretly('an opaque token', await as.opaque(...of))

  const good = await token({ scope: 'orders:read' })
  const goodOpaque = await opaque({ scope: 'orders:read' })
  const form = ['Content-Type: application/x-www-form-urlencoded']
  const asked: Record<string, Asked> = {
    'a good JWT': { token: good, path: '/scope' },
    'the same JWT': { token: good, path: '/scope' },
    'a good opaque token': { token: goodOpaque, path: '/scope' },
    'no credentials': {},
    'a token in the query': { path: `/?access_token=${good}` },
    'a token where it is optional': { token: `${good}x`, path: '/optional' },
    'a token and more': { lines: [`Authorization: Bearer ${good} more`] },
    'a quoted token': { lines: [`Authorization: Bearer "${good}"`] },
    'a token without a scheme': { lines: [`Authorization: ${good}`] },
    'a token in Basic': { lines: [`Authorization: Basic ${good}`] },
    'a token twice': { token: good, lines: [`Authorization: Bearer ${good}`] },
    'a token in two ways': {
      token: good,
      method: 'POST',
      lines: form,
      body: `access_token=${good}`,
    },
    'a token in a form': { method: 'POST', lines: form, body: `access_token=${good}` },
    'a malformed token in a form': { method: 'POST', lines: form, body: `access_token=${good}%22` },
    'a token that is too large': { token: secretly('a large token', good.repeat(30)) },
    'a scope that is lacking': { token: await token(), path: '/scope' },
    'a scope that cannot be': { token: good, path: '/computed/a%20b' },
    'a role that is lacking': { token: good, path: '/roles' },
    'a check that says no': { token: good, path: '/check' },
    'a check that throws': { token: good, path: '/throws' },
    'an unknown issuer': { token: await token({ issuer: 'https://other.example.com' }) },
    'a payload that is no JSON': { token: await token({ rawPayload: `{"iss":"${good}` }) },
    'a header that is no JSON': { token: await token({ rawHeader: `{"alg":"${good}` }) },
    'duplicate members': { token: await token({ rawPayload: `{"a":1,"a":2,"b":"${good}"}` }) },
    'a JWT of no parts': { token: secretly('dots', `${good}.${good}`) },
    'a wrong type': { token: await token({ header: { typ: 'dpop+jwt' } }) },
    'an ID token': { token: secretly('an ID token', await as.idToken()) },
    'an unknown crit': {
      token: await token({ header: { crit: ['exp'], jku: `https://${good.slice(40, 80)}` } }),
    },
    'an embedded key': { token: await token({ header: { jwk: as.keys[0]!.publicJwk } }) },
    none: { token: await token({ algorithm: 'none' }) },
    HMAC: { token: await token({ algorithm: 'HS256' }) },
    'a claim that is missing': { token: await token({ claims: { jti: undefined } }) },
    'a claim that is malformed': { token: await token({ claims: { exp: 'soon' } }) },
    'another audience': { token: await token({ audience: 'https://other.example.com' }) },
    'an expired token': { token: await token({ expired: true }) },
    'a token of the future': { token: await token({ claims: { nbf: 4_000_000_000 } }) },
    'an unknown key': { token: await token({ header: { kid: good.slice(10, 40) } }) },
    'a foreign key': { token: await token({ signedBy: 'foreign' }) },
    'a flipped bit': { token: secretly('a tampered JWT', tampered(await token())) },
    'a bound token': { token: await token({ claims: { cnf: { jkt: 'x' } } }) },
    'an inactive token': { token: await opaque({ active: false }) },
    'an unknown opaque token': { token: secretly('a random token', 'unknown'.repeat(8)) },
    'an ID token by introspection': {
      token: await opaque({ response: { token_type: 'id_token' } }),
    },
    'another issuer by introspection': {
      token: await opaque({ response: { iss: 'https://o.test' } }),
    },
    'odd claims by introspection': { token: await opaque({ response: { exp: [good] } }) },
  }
  for (const [during, request] of Object.entries(asked)) await usual.ask(during, request)

  const plain = await protectedApi({ ...common, issuers: { ...issuer, jwt: { profile: 'plain' } } })
  const hash = { at_hash: 'abc' }
  await plain.ask('an ID token under plain', { token: await token({ claims: hash }) })

  const clients = await protectedApi({
    ...common,
    issuers: { issuer: as.issuer, clients: ['another'] },
  })
  await clients.ask('another client', { token: await token() })
  await clients.ask('an opaque token that is not taken', { token: goodOpaque })

  const misfit: NonNullable<ResourceServerOptions['claims']> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) => ({ issues: [{ message: 'not as expected', value }] }),
    },
  }
  const shaped = await protectedApi({ ...common, issuers: issuer, claims: misfit })
  await shaped.ask('claims that misfit', { token: await token() })

  const key = { kty: 'oct', k: Buffer.alloc(32, 7).toString('base64url'), alg: 'dir', kid: 'd' }
  search.add('the decryption key', key.k)
  const decrypting = await protectedApi({
    ...common,
    issuers: { issuer: as.issuer, jwt: { decryptionKeys: [key] }, introspection: { client } },
  })
  const header = { alg: 'dir', enc: 'A256GCM', kid: 'd' }
  const encoded = Buffer.from(JSON.stringify(header)).toString('base64url')
  const encrypted = secretly(
    'a JWE',
    `${encoded}..${'A'.repeat(16)}.${good.slice(-60)}.${'A'.repeat(22)}`,
  )
  await decrypting.ask('a token that cannot be decrypted', { token: encrypted })
  await decrypting.ask('a token that is not encrypted', { token: await token() })

  await usual.close()
  await usual.ask('a closed resource server', { token: good })
}

async function driveProofs(errors: Errors): Promise<void> {
  const as = await server()
  const { resource } = as
  const url = `${resource}/`
  const nonceSecret = 'the secret of the nonces, which nobody may see'
  search.add('the secret of nonces', nonceSecret)
  const common = { resource, ...loggingFor(errors), ...as.options, mtls: true }
  const api = await protectedApi(
    { ...common, dpop: { maxRememberedProofs: 40 } },
    {
      '/proof': { proof: 'mtls' },
      '/step-up': { acrValues: 'phr', maxAuthenticationAgeSeconds: 60 },
      '/details': { authorizationDetails: { type: 'payment' } },
      '/live': { live: true },
    },
  )
  const key = dpopKey()
  const other = dpopKey()
  search.add('a private key', key.privateJwk.d as string)
  const bound = async () => secretly('a bound JWT', await as.token({ boundTo: key }))
  const presenting = async (
    changes: Partial<ProofOptions> = {},
    by = key,
    token?: string,
  ): Promise<Asked> => {
    const given = token ?? (await bound())
    const proof = secretly('a proof', by.proof({ method: 'GET', url, token: given, ...changes }))
    return { lines: [`Authorization: DPoP ${given}`, `DPoP: ${proof}`] }
  }
  const plain = secretly('a JWT', await as.token())
  const opaque = secretly('an opaque token', await as.opaque())
  const good = await presenting()
  const asked: Record<string, Asked> = {
    'a good proof': good,
    'the same proof': good,
    'two proofs': { lines: [...(good.lines ?? []), good.lines?.[1] as string] },
    'a bound token without a proof': { lines: [`Authorization: DPoP ${await bound()}`] },
    'a bound token as Bearer': { token: await bound() },
    'a proof that is none': { lines: [good.lines?.[0] as string, `DPoP: ${plain}x`] },
    'an access token for a proof': { lines: [good.lines?.[0] as string, `DPoP: ${plain}`] },
    'a proof of another type': await presenting({ header: { typ: plain } }),
    'a proof under none': await presenting({ algorithm: 'none' }),
    'a proof with its private key': await presenting({ header: { jwk: key.privateJwk } }),
    'a proof that another key signed': await presenting({ signedBy: 'foreign' }),
    'a proof for another method': await presenting({ method: 'POST' }),
    'a proof for another URI': await presenting({ url: `${url}${plain}` }),
    'a proof of long ago': await presenting({ issuedSecondsAgo: 3600 }),
    'a proof for another token': await presenting({ token: plain }),
    'a proof of another key': await presenting({}, other),
    'a proof for a token that is not bound': await presenting({}, key, plain),
    'another certificate': {
      token: secretly('a JWT', await as.token({ boundTo: anotherCertificate() })),
      certificate: anotherCertificate().der,
    },
    'a proof that is demanded': { token: plain, path: '/proof' },
    'a stronger login': { token: plain, path: '/step-up' },
    'authorization details': { token: plain, path: '/details' },
    'a live question': { token: opaque, path: '/live' },
  }
  for (const [during, request] of Object.entries(asked)) await api.ask(during, request)

  as.revoke(opaque)
  await api.ask('a live question with another answer', { token: opaque, path: '/live' })
  as.fail('introspection', {
    status: 400,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ error: 'unsupported_token_type' }),
  })
  await api.ask('a live question that is not understood', { token: plain, path: '/live' })
  as.restore()

  const full = await protectedApi({ ...common, dpop: { maxRememberedProofs: 1 } })
  for (const _ of [1, 2]) await full.ask('a memory that is full', await presenting())

  const asking = await protectedApi({ ...common, dpop: { nonce: 'required', nonceSecret } })
  await asking.ask('a proof without a nonce', await presenting())
  await asking.ask('a proof with another nonce', await presenting({ nonce: plain.slice(40, 68) }))

  const storeSecret = 'the secret of the store, which nobody may see'
  search.add('the secret of the store', storeSecret)
  const store = memoryStore({ secrets: [storeSecret] })
  const claim = async (key: string) => {
    throw Object.assign(new Error(`not claimed: ${key} under ${storeSecret}`), {
      code: storeSecret,
    })
  }
  const shared = await protectedApi({ ...common, dpop: true, store: { ...store, claim } })
  await shared.ask('a store that quotes its secret', await presenting())
  const shareable = secretly('an opaque token', await as.opaque())
  await shared.ask('an opaque token that is told to a store', { token: shareable })

  const revoking = await protectedApi({ ...common, store })
  await revoking.revoke('a revocation', { token: plain })
  await revoking.ask('a token that was revoked', { token: plain })
  store.fail('refused')
  await revoking.revoke('a revocation that nobody is told', { token: plain })
  await revoking.revoke('a token in place of a selector', plain as never)
  const revocation = { onStoreLoss: 'refuse' } as const
  const lost = await protectedApi({ ...common, store, revocation })
  await lost.ask('a store that tells nothing', { token: plain })

  const strict = await protectedApi({ ...common, profile: 'fapi2' })
  await strict.ask('a token in the query', { path: `/?access_token=${plain}` })
  await strict.ask('a token that is bound to nothing', { token: plain })
  const mine = await as.token({ boundTo: key })
  secretly('a JWT', mine)
  as.fail('introspection', {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ active: true, token_type: 'Bearer', aud: resource, sub: 'mallory' }),
  })
  await strict.ask('a JWT of which introspection says something else', {
    token: secretly('a JWT', await as.token({ claims: { cnf: { 'x5t#S256': 'x'.repeat(43) } } })),
  })
  as.restore()
}

/** Faults that show nothing of the request, and those that quote all of it. */
const namedFaults: readonly Fault[] = [
  'down',
  'reset',
  'hang',
  'empty',
  'garbage',
  'html',
  'truncated',
  'huge',
  'gzip-bomb',
  'redirect',
  400,
  401,
  403,
  404,
  429,
  500,
  503,
]

async function driveKeyFaults(errors: Errors): Promise<void> {
  const as = await server()
  const drive = async (during: string, options: Partial<ResourceServerOptions> = {}) => {
    const api = await protectedApi({
      resource: as.resource,
      ...loggingFor(errors),
      issuers: { issuer: as.issuer },
      http: { timeoutMs: 150 },
      ...options,
    })
    await api.ask(during, { token: secretly('a JWT', await as.token()) })
  }
  for (const endpoint of ['jwks', 'discovery'] as FaultyEndpoint[]) {
    for (const fault of namedFaults) {
      as.fail(endpoint, fault)
      await drive(`${endpoint}: ${String(fault)}`)
      as.restore()
    }
  }
  as.publish({ keys: [{ kty: 'oct', k: 'AAAA' }, null, 1] })
  await drive('no usable key')
  as.publish()
}

async function driveStatusLists(errors: Errors): Promise<void> {
  const as = await server()
  const statusList = { uris: [as.endpoints.statusList] }
  const drive = async (
    during: string,
    of: Parameters<typeof as.token>[0],
    options: Partial<ResourceServerOptions> = {},
    revoked = false,
  ) => {
    const api = await protectedApi({
      resource: as.resource,
      ...loggingFor(errors),
      issuers: { issuer: as.issuer, jwt: { statusList } },
      http: { timeoutMs: 150 },
      ...options,
    })
    const token = secretly('a JWT', await as.token(of))
    if (revoked) as.setStatus(token, 'invalid')
    await api.ask(during, { token })
  }
  await drive('a status', { status: true })
  await drive('a status: revoked', { status: true }, {}, true)
  await drive('a status: out of range', { status: { idx: 1e6 } })
  await drive('a status: another list', { status: { uri: 'https://as.example.com/2' } })
  await drive('a status: not configured', { status: true }, { issuers: { issuer: as.issuer } })
  await drive('no status', {}, { profile: 'fapi2' })
  for (const fault of namedFaults) {
    as.fail('status-list', fault)
    await drive(`status-list: ${fault}`, { status: true })
    as.restore()
  }
}

async function driveLookups(errors: Errors): Promise<void> {
  const as = await server()
  const lookups: ResourceServerOptions['issuers'][] = [
    () => undefined,
    () => ({ issuer: 'https://other.example.com' }),
    () => {
      throw new Error('The database is down.')
    },
    async (issuer) => ({ issuer, audiences: [] }) as never,
  ]
  for (const issuers of lookups) {
    const api = await protectedApi({ resource: as.resource, ...loggingFor(errors), issuers })
    await api.ask('an issuers function', { token: secretly('a JWT', await as.token()) })
  }
}

type Method = keyof typeof clients

const clientSecret = 'the secret of the client: 100% +/=&~"<>'
const clientToken = 'an-access-token-of-the-resource-server-itself'
search.add('the client secret', clientSecret)
search.add('the client token', clientToken)
search.add('the key of the client certificate', clientKey.split('\n').slice(1, -1).join(''))

/** How the test server is told to authenticate its client, and what the options say. */
const clients = {
  client_secret_basic: { method: 'client_secret_basic', clientId: 'api', clientSecret },
  client_secret_basic_raw: {
    method: 'client_secret_basic',
    clientId: 'api',
    clientSecret,
    encoding: 'raw',
  },
  client_secret_post: { method: 'client_secret_post', clientId: 'api', clientSecret },
  private_key_jwt: 'private_key_jwt',
  bearer: { method: 'bearer', token: clientToken },
  tls_client_auth: 'tls_client_auth',
} satisfies Record<string, TestClient | 'private_key_jwt' | 'tls_client_auth'>

async function driveIntrospection(errors: Errors, method: Method): Promise<void> {
  const given = clients[method]
  const as = await server(given === 'tls_client_auth' ? {} : { client: given })
  const client =
    given === 'tls_client_auth' ? ({ method: given, clientId: 'api' } as const) : as.client
  if (client.method === 'private_key_jwt') search.add('the client key', client.key.d as string)
  const api = async (signedResponse: boolean, timeoutMs = 150, more: object = {}) =>
    protectedApi({
      resource: as.resource,
      ...loggingFor(errors),
      issuers: {
        issuer: as.issuer,
        introspection: { client, signedResponse, timeoutMs, breaker: false, ...more },
      },
      http: { clientCertificate: { cert: clientCertificate, key: clientKey } },
    })
  const ask = async (to: Api, during: string) => {
    const token = secretly('an opaque token', await as.opaque({ scope: 'orders:read' }))
    await to.ask(`${method}: ${during}`, { token, path: '/scope' })
    for (const { body } of as.received('introspection')) {
      const assertion = new URLSearchParams(body).get('client_assertion')
      if (assertion) search.add('a client assertion', assertion)
    }
    as.forgetRequests()
  }

  const plain = await api(false)
  await ask(plain, 'all is well')
  await plain.ask(`${method}: a misfit`, {
    token: secretly('an opaque token', await as.opaque({ active: false })),
  })
  // Every named fault once: how the client authenticates makes no difference to most.
  const faults = method === 'client_secret_basic' ? namedFaults : [401, 403, 500, 'garbage', 'down']
  for (const fault of [...(faults as Fault[]), ...quoting(as)]) {
    as.fail('introspection', fault)
    await ask(plain, typeof fault === 'function' ? fault.name : JSON.stringify(fault))
    as.restore()
  }
  const signed = await api(true)
  for (const fault of ['empty', 'html', ...quoting(as)] as Fault[]) {
    as.fail('introspection', fault)
    await ask(signed, `signed, ${typeof fault === 'function' ? fault.name : String(fault)}`)
    as.restore()
  }
  await ask(signed, 'signed, all is well')
  if (method !== 'client_secret_basic') return
  const spared = await api(false, 150, {
    maxConcurrent: 1,
    breaker: { failures: 1 },
    tokenShape: { maxLength: 100 },
  })
  await spared.ask('a token of another shape', {
    token: secretly('a token', 'a-long-token-'.repeat(10)),
  })
  as.fail('introspection', 'hang')
  await Promise.all(['hangs', 'is too late', 'is late, too'].map((during) => ask(spared, during)))
  await ask(spared, 'the endpoint is left alone')
  as.restore()
}

/** Answers that say back all that they were told, where a careless client would quote them. */
function quoting(as: TestAuthorizationServer): Fault[] {
  const heard = () => {
    const { headers, body } = as.requests.at(-1)!
    return `${headers.authorization ?? ''} ${body} ${decodeURIComponent(body.replaceAll('+', ' '))}`
  }
  const visible = () => heard().replace(/[^\x20-\x7e]/g, '')
  const inJson = (status: number) =>
    function quotesInJson() {
      return { status, body: { error: heard(), error_description: heard(), active: heard() } }
    }
  return [
    inJson(400),
    inJson(401),
    inJson(200),
    inJson(500),
    function quotesInBrokenJson() {
      return { body: `{"active": ${heard()}` }
    },
    function quotesInUnsupportedTokenType() {
      return { status: 400, body: { error: 'unsupported_token_type', error_description: heard() } }
    },
    function quotesInHeaders() {
      const line = visible()
      return {
        status: 401,
        headers: { 'www-authenticate': line, 'x-debug': line, 'retry-after': line },
      }
    },
    function quotesInTheType() {
      return { headers: { 'content-type': `application/${visible()}` }, body: '{}' }
    },
    function quotesInTheEncoding() {
      return { headers: { 'content-encoding': visible() }, body: '{}' }
    },
    function quotesInALocation() {
      return { status: 302, headers: { location: `/${encodeURIComponent(heard())}` } }
    },
    function quotesInAJwt() {
      const part = Buffer.from(heard()).toString('base64url')
      return {
        headers: { 'content-type': 'application/token-introspection+jwt' },
        body: `${part}.${part}.${part}`,
      }
    },
  ]
}

/** Secrets where they do not belong, or in the wrong form. */
function driveConfiguration(): void {
  const secret = 'a-secret-that-was-pasted-into-the-wrong-place'
  const jwk = { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', d: secret }
  search.add('the pasted secret', secret)
  const wrong: object[] = [
    { client: secret },
    { client: { method: secret } },
    { client: { method: 'client_secret_basic', clientId: 'api', clientSecret: `${secret}\n` } },
    { client: { method: 'client_secret_basic', clientId: 'api', clientSecret: [secret] } },
    { client: { method: 'client_secret_post', clientId: 'api', secret } },
    {
      client: { method: 'client_secret_post', clientId: 'api', clientSecret: secret, key: secret },
    },
    { client: { method: 'private_key_jwt', clientId: 'api', key: secret } },
    { client: { method: 'private_key_jwt', clientId: 'api', key: jwk } },
    { client: { method: 'private_key_jwt', clientId: 'api', key: { kty: 'oct', k: secret } } },
    { client: { method: 'bearer', token: `Bearer ${secret}` } },
    { client: { method: 'tls_client_auth', clientId: 'api', clientSecret: secret } },
  ]
  const issuer = 'https://as.example.com'
  const given: object[] = [
    ...wrong.map((introspection) => ({ issuers: { issuer, introspection } })),
    { issuers: { issuer, jwt: { decryptionKeys: [jwk] } } },
    { issuers: { issuer, jwt: { decryptionKeys: secret } } },
    { issuers: { issuer, jwt: { keys: { jwks: { keys: [jwk] } } } } },
    { issuers: { issuer }, http: { clientCertificate: { cert: secret, key: secret } } },
    { issuers: { issuer }, http: { clientCertificate: { cert: clientCertificate, key: secret } } },
    { issuers: { issuer }, http: { proxy: `http://user:${secret}@` } },
    { issuers: { issuer }, http: { proxy: `ftp://user:${secret}@proxy.example.com` } },
  ]
  for (const options of given) {
    let error: unknown
    try {
      resourceServer({ resource: 'https://api.example.com', ...options } as ResourceServerOptions)
    } catch (thrown) {
      error = thrown
    }
    expect((error as { name?: string } | undefined)?.name).toBe('ConfigurationError')
    see('configuration errors', inspect(options), error)
  }
}
