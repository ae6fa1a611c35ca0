import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer, type Server as HttpServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, type Server } from 'node:net'
import {
  type ConnectionOptions,
  connect as connectTls,
  type SecureVersion,
  type TLSSocket,
} from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import express from 'express'
import {
  ConfigurationError,
  type MtlsOptions,
  type ResourceServer,
  type ResourceServerOptions,
  resourceServer,
  type VerifiableRequest,
} from '../lib/index.ts'
import { mtlsSettings } from '../lib/options/mtls-settings.ts'
import { certificateThumbprint } from '../lib/proof/mtls/certificate-thumbprint.ts'
import {
  type CertificateAuthority,
  certificateAuthority,
  clientCertificate,
  type TestAuthorizationServer,
  type TestCertificate,
  testAuthorizationServer,
} from '../lib/testing/index.ts'
import { outcome } from './fixtures/protected-api.ts'
import { type RawResponse, rawExchange, rawHttp } from './fixtures/raw-http.ts'

const resource = 'https://api.test'
const versions: readonly SecureVersion[] = ['TLSv1.2', 'TLSv1.3']

let as: TestAuthorizationServer
let authority: CertificateAuthority
let serverKeys: TestCertificate
let client: TestCertificate
/** Of the same name and the same authority. */
let other: TestCertificate
let token: string
let othersToken: string

beforeAll(async () => {
  as = await testAuthorizationServer({ resource })
  authority = certificateAuthority()
  serverKeys = authority.issue()
  client = clientCertificate({ issuedBy: authority })
  other = clientCertificate({ issuedBy: authority })
  token = await as.token({ boundTo: client })
  othersToken = await as.token({ boundTo: other })
})

afterAll(() => as.close())

const opened: { close(): unknown }[] = []
afterEach(() => Promise.all(opened.splice(0).map((one) => one.close())))

function protectedBy(options: Partial<ResourceServerOptions> = {}): ResourceServer {
  const api = resourceServer({
    resource,
    ...as.options,
    mtls: true,
    ...options,
  } as ResourceServerOptions)
  opened.push(api)
  return api
}

/** What the application tells of a request that came through. */
function application(api: ResourceServer): express.Express {
  const app = express()
  app.get('/', api.authenticate(), (req, res) => {
    res.json(api.auth(req).proofs)
  })
  return app
}

async function listening<Of extends Server | HttpServer>(server: Of): Promise<Of> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  opened.push({ close: () => new Promise((resolve) => server.close(resolve)) })
  return server
}

/** An API where TLS ends, that asks for certificates and takes whatever comes. */
function tlsServer(options: Partial<ResourceServerOptions> = {}): Promise<Server> {
  const { key, pem: cert } = serverKeys
  const tls = { key, cert, requestCert: true, rejectUnauthorized: false }
  return listening(createTlsServer(tls, application(protectedBy(options))))
}

function plainServer(mtls: boolean | MtlsOptions): Promise<Server> {
  return listening(createServer(application(protectedBy({ mtls }))))
}

function tlsSocket(server: Server, options: ConnectionOptions = {}): TLSSocket {
  const { port } = server.address() as AddressInfo
  return connectTls({
    port,
    host: '127.0.0.1',
    servername: 'localhost',
    ca: authority.pem,
    ...options,
  })
}

const presenting = (of: TestCertificate | undefined): ConnectionOptions =>
  of ? { key: of.key, cert: of.pem } : {}

const bearer = (of: string, ...lines: string[]) => ({
  lines: [`Authorization: Bearer ${of}`, ...lines],
})

/** What is answered to a token on a connection with a certificate, or without. */
async function sent(
  server: Server,
  of: string,
  certificate?: TestCertificate,
  options: ConnectionOptions = {},
  ...lines: string[]
): Promise<string> {
  const socket = tlsSocket(server, { ...presenting(certificate), ...options })
  return told(await rawExchange(socket, bearer(of, ...lines)))
}

/** The proofs by which it was accepted, or the status and the challenge's error. */
function told(response: RawResponse): string {
  if (response.status === 200) return `200 ${JSON.parse(response.body).join()}`
  const [challenge = ''] = response.values('www-authenticate')
  return `${response.status} ${/^(\w+) .*error="(\w+)"/.exec(challenge)?.slice(1).join(' ')}`
}

describe('TLS that ends in this process', () => {
  it.each(versions)(
    'takes a token with the certificate that it is bound to, over %s (MT-1, RFC 8705 section 3)',
    async (version) => {
      const server = await tlsServer()
      const over = { minVersion: version, maxVersion: version }
      expect(await sent(server, token, client, over)).toBe('200 mtls')
      expect(await sent(server, othersToken, other, over)).toBe('200 mtls')
    },
  )

  it('refuses it with another certificate, also of the same name and authority (MT-2, RFC 8705 section 3)', async () => {
    const server = await tlsServer()
    expect(await sent(server, token, other)).toBe('401 Bearer invalid_token')
    expect(await sent(server, token, client)).toBe('200 mtls')
    // Now the verdict on the token is remembered; whose connection it is never is.
    expect(await sent(server, token, client)).toBe('200 mtls')
    expect(await sent(server, token, other)).toBe('401 Bearer invalid_token')
  })

  it('refuses it without a certificate (MT-2, RFC 8705 section 3)', async () => {
    const server = await tlsServer()
    expect(await sent(server, token)).toBe('401 Bearer invalid_token')
    const plain = await plainServer(true)
    expect(told(await rawHttp(plain, bearer(token)))).toBe('401 Bearer invalid_token')
  })

  it('refuses it with a renewed certificate over the same key: the certificate is bound (MT-1, RFC 8705 section 3.1)', async () => {
    const renewed = clientCertificate({ issuedBy: authority, key: client.key })
    const server = await tlsServer()
    expect(await sent(server, token, renewed)).toBe('401 Bearer invalid_token')
    expect(await sent(server, await as.token({ boundTo: renewed }), renewed)).toBe('200 mtls')
  })

  it('takes certificates that nobody signed, and of RSA keys (MT-1, RFC 8705 section 2.2)', async () => {
    const server = await tlsServer()
    for (const algorithm of ['ES256', 'RS256'] as const) {
      const own = clientCertificate({ algorithm })
      expect(await sent(server, await as.token({ boundTo: own }), own)).toBe('200 mtls')
    }
  })

  it('takes what introspection says a token is bound to (MT-1, RFC 8705 section 3.2)', async () => {
    const server = await tlsServer()
    const opaque = await as.opaque({ boundTo: client })
    expect(await sent(server, opaque, client)).toBe('200 mtls')
    expect(await sent(server, opaque, other)).toBe('401 Bearer invalid_token')
    expect(await sent(server, opaque)).toBe('401 Bearer invalid_token')
  })

  it('demands no certificate for a token that is bound to none', async () => {
    const server = await tlsServer()
    const unbound = await as.token()
    expect(await sent(server, unbound)).toBe('200 ')
    expect(await sent(server, unbound, client)).toBe('200 ')
  })

  it('refuses every token that is bound to a certificate where `mtls` is left out', async () => {
    const server = await tlsServer({ mtls: false })
    expect(await sent(server, token, client)).toBe('401 Bearer invalid_token')
  })

  it('refuses a thumbprint of another form (MT-1, RFC 8705 section 3.1)', async () => {
    const server = await tlsServer()
    const { thumbprint } = client
    const hex = Buffer.from(thumbprint, 'base64url').toString('hex')
    for (const wrong of [`${thumbprint}=`, hex, '', null, [thumbprint], { thumbprint }]) {
      const claims = { cnf: { 'x5t#S256': wrong } }
      expect(await sent(server, await as.token({ claims }), client)).toBe(
        '401 Bearer invalid_token',
      )
    }
  })

  it.each(versions)(
    'knows the certificate of a session that is resumed, over %s (MT-1)',
    async (version) => {
      const server = await tlsServer()
      const over = { minVersion: version, maxVersion: version }
      const first = tlsSocket(server, { ...presenting(client), ...over })
      const session = once(first, 'session')
      expect(told(await rawExchange(first, bearer(token)))).toBe('200 mtls')
      const again = tlsSocket(server, {
        ...presenting(client),
        ...over,
        session: (await session)[0],
      })
      const resumed = once(again, 'secureConnect').then(() => again.isSessionReused())
      expect(told(await rawExchange(again, bearer(token)))).toBe('200 mtls')
      expect(await resumed).toBe(true)
    },
  )

  it('believes no header field (MT-3, RFC 8705 section 6.5)', async () => {
    const server = await tlsServer()
    const line = `Client-Cert: ${byteSequence(client)}`
    expect(await sent(server, token, undefined, {}, line)).toBe('401 Bearer invalid_token')
    expect(await sent(server, token, other, {}, line)).toBe('401 Bearer invalid_token')
    expect(await sent(server, othersToken, other, {}, line)).toBe('200 mtls')
  })
})

describe('TLS that ends in a proxy', () => {
  const from = (...trustedPeers: string[]) => ({
    forwarded: { trustedPeers, format: 'rfc9440' as const },
  })
  const field = (of: TestCertificate) => `Client-Cert: ${byteSequence(of)}`
  const loopback = from('127.0.0.1', '::1')
  const elsewhere = from('10.0.0.0/8', '::1')

  it('is believed when it is a trusted peer (MT-3, RFC 8705 section 6.5, RFC 9440 section 2)', async () => {
    const server = await plainServer(loopback)
    expect(told(await rawHttp(server, bearer(token, field(client))))).toBe('200 mtls')
    expect(told(await rawHttp(server, bearer(token, `client-cert: ${byteSequence(client)}`)))).toBe(
      '200 mtls',
    )
    expect(told(await rawHttp(server, bearer(token, field(other))))).toBe(
      '401 Bearer invalid_token',
    )
    expect(told(await rawHttp(server, bearer(token)))).toBe('401 Bearer invalid_token')
  })

  it('is believed in one field, of exactly this name (MT-3, RFC 9440 section 2.4)', async () => {
    const server = await plainServer(loopback)
    const lines = [
      [field(client), field(client)],
      [field(other), field(client)],
      [field(client), 'Client-Cert:'],
      [`Client_Cert: ${byteSequence(client)}`],
      [`X-Client-Cert: ${byteSequence(client)}`],
      [`Client-Cert-Chain: ${byteSequence(client)}`],
      [`Client-Cert: ${byteSequence(client)}, ${byteSequence(client)}`],
      [`X-Forwarded-Client-Cert: ${byteSequence(client)}`],
    ]
    for (const some of lines) {
      const answer = told(await rawHttp(server, bearer(token, ...some)))
      expect([some, answer]).toEqual([some, '401 Bearer invalid_token'])
    }
  })

  it('is not believed when it is none, and operators are told (MT-4)', async () => {
    const server = await plainServer(elsewhere)
    const { events, stop } = proofEvents()
    expect(told(await rawHttp(server, bearer(token, field(client))))).toBe(
      '401 Bearer invalid_token',
    )
    expect(told(await rawHttp(server, bearer(token)))).toBe('401 Bearer invalid_token')
    stop()
    expect(events).toEqual([
      { resource, outcome: 'certificate_header_ignored', remoteAddress: '127.0.0.1' },
    ])
    expect(Object.isFrozen(events[0])).toBe(true)
  })

  it('keeps its own certificate to itself: only what it forwards counts (MT-3)', async () => {
    const server = await tlsServer({ mtls: loopback })
    expect(await sent(server, token, client)).toBe('401 Bearer invalid_token')
    expect(await sent(server, token, client, {}, field(other))).toBe('401 Bearer invalid_token')
    expect(await sent(server, othersToken, client, {}, field(other))).toBe('200 mtls')
  })

  it('may be passed by: whoever connects directly has the certificate of the connection (MT-4)', async () => {
    const server = await tlsServer({ mtls: elsewhere })
    expect(await sent(server, token, client)).toBe('200 mtls')
    expect(await sent(server, token, client, {}, field(other))).toBe('200 mtls')
    expect(await sent(server, othersToken, client, {}, field(other))).toBe(
      '401 Bearer invalid_token',
    )
    expect(await sent(server, token, undefined, {}, field(client))).toBe('401 Bearer invalid_token')
  })

  it('writes into the field that it is told to', async () => {
    const forwarded = {
      trustedPeers: ['127.0.0.1'],
      format: 'base64-der',
      header: 'X_SSL-Cert',
    } as const
    const server = await plainServer({ forwarded })
    const base64 = client.der.toString('base64')
    expect(told(await rawHttp(server, bearer(token, `x_ssl-cert: ${base64}`)))).toBe('200 mtls')
    expect(told(await rawHttp(server, bearer(token, `X-SSL-Cert: ${base64}`)))).toBe(
      '401 Bearer invalid_token',
    )
    expect(told(await rawHttp(server, bearer(token, `Client-Cert: ${base64}`)))).toBe(
      '401 Bearer invalid_token',
    )
  })

  it("has Envoy's field by its own name", async () => {
    const server = await plainServer({
      forwarded: { trustedPeers: ['127.0.0.0/8'], format: 'xfcc' },
    })
    const line = `X-Forwarded-Client-Cert: Hash=${Buffer.from(client.thumbprint, 'base64url').toString('hex')}`
    expect(told(await rawHttp(server, bearer(token, line)))).toBe('200 mtls')
    expect(told(await rawHttp(server, bearer(othersToken, line)))).toBe('401 Bearer invalid_token')
  })
})

describe('verify()', () => {
  function asking(
    of: string,
    more: Partial<VerifiableRequest> = {},
    ...fields: [string, string][]
  ) {
    const headers: [string, string][] = [['Authorization', `Bearer ${of}`], ...fields]
    return { method: 'GET', url: '/', headers, ...more }
  }
  const forwarded = { trustedPeers: ['10.0.0.0/8', 'fe80::/10'], format: 'rfc9440' } as const

  it('takes the certificate as DER (MT-1)', async () => {
    const api = protectedBy()
    expect(outcome(await api.verify(asking(token, { certificate: client.der })))).toBe('accepted')
    expect(
      outcome(await api.verify(asking(token, { certificate: new Uint8Array(client.der) }))),
    ).toBe('accepted')
    expect(outcome(await api.verify(asking(token, { certificate: other.der })))).toBe(
      '401 wrong_certificate',
    )
    expect(outcome(await api.verify(asking(token, { certificate: new Uint8Array() })))).toBe(
      '401 wrong_certificate',
    )
    expect(outcome(await api.verify(asking(token)))).toBe('401 proof_missing')
    const result = await api.verify(asking(token, { certificate: client.der }))
    expect(result).toMatchObject({ auth: { proofs: ['mtls'] } })
  })

  it.each<[remoteAddress: string | undefined, becomes: string]>([
    ['10.1.2.3', 'accepted'],
    ['::ffff:10.1.2.3', 'accepted'],
    ['fe80::1%eth0', 'accepted'],
    ['11.1.2.3', '401 proof_missing'],
    ['unknown', '401 proof_missing'],
    [undefined, '401 proof_missing'],
  ])('believes the header field from %s: %s (MT-4)', async (remoteAddress, becomes) => {
    const api = protectedBy({ mtls: { forwarded } })
    const request = asking(token, remoteAddress === undefined ? {} : { remoteAddress }, [
      'Client-Cert',
      byteSequence(client),
    ])
    expect(outcome(await api.verify(request))).toBe(becomes)
  })

  it('tells of ignored fields without an address where there is none (MT-4)', async () => {
    const api = protectedBy({ mtls: { forwarded } })
    const { events, stop } = proofEvents()
    await api.verify(asking(token, {}, ['client-cert', '']))
    stop()
    expect(events).toEqual([{ resource, outcome: 'certificate_header_ignored' }])
  })
})

describe('the other end of the connection', () => {
  const gone = () => {
    throw Object.assign(new Error('The socket is gone'), { code: 'ERR_HTTP2_SOCKET_UNBOUND' })
  }
  const field = () => ['Client-Cert', byteSequence(client)]
  const forwarded = { trustedPeers: ['10.0.0.1'], format: 'rfc9440' }

  it('has no certificate when it is gone, or is none, and nothing is thrown (MT-1)', () => {
    const peers = [
      undefined,
      {},
      { getPeerX509Certificate: gone },
      { getPeerX509Certificate: () => undefined },
      { getPeerX509Certificate: () => ({}) },
      { getPeerX509Certificate: () => ({ raw: 'text' }) },
      Object.defineProperty({}, 'getPeerX509Certificate', { get: gone }),
      Object.defineProperty({}, 'remoteAddress', { get: gone }),
      { remoteAddress: 1, getPeerX509Certificate: () => null },
    ]
    for (const peer of peers) {
      for (const options of [true, { forwarded }]) {
        const request = { rawHeaders: field(), peer } as Parameters<typeof certificateThumbprint>[0]
        expect(
          certificateThumbprint(request, mtlsSettings(options, 'mtls')!, () => {}),
        ).toBeUndefined()
      }
    }
  })

  it('is looked at for each request: under TLS 1.2 its certificate may change (MT-1)', () => {
    const certificates = [client, other]
    const peer = { getPeerX509Certificate: () => ({ raw: certificates.shift()!.der }) }
    const settings = mtlsSettings(true, 'mtls')!
    for (const { thumbprint } of [client, other]) {
      expect(certificateThumbprint({ rawHeaders: [], peer }, settings, () => {})).toBe(thumbprint)
    }
  })

  it('has none on a socket that was destroyed (MT-1)', async () => {
    const server = await tlsServer()
    const arrived = once(server, 'secureConnection')
    const socket = tlsSocket(server, presenting(client))
    const [peer] = (await arrived) as [TLSSocket]
    const settings = mtlsSettings(true, 'mtls')!
    const thumbprint = () => certificateThumbprint({ rawHeaders: [], peer }, settings, () => {})
    expect(thumbprint()).toBe(client.thumbprint)
    const closed = once(peer, 'close')
    socket.destroy()
    await closed
    expect(thumbprint()).toBeUndefined()
    const plain = connect((server.address() as AddressInfo).port, '127.0.0.1')
    expect(
      certificateThumbprint({ rawHeaders: [], peer: plain }, settings, () => {}),
    ).toBeUndefined()
    plain.destroy()
  })
})

describe('the options of mtls', () => {
  const good = { trustedPeers: ['10.0.0.0/8'], format: 'rfc9440' }
  const base64 = { ...good, format: 'base64-der' }
  const peers = (...trustedPeers: unknown[]) => ({ forwarded: { ...good, trustedPeers } })

  it.each<[given: unknown, says: string]>([
    ['yes', 'mtls: must be true, false or an object, not "yes".'],
    [[], 'mtls: must be an object, not an empty array.'],
    [{ forwarder: good }, 'mtls.forwarder: there is no such option. Did you mean `forwarded`?'],
    [{ trustedPeers: ['::1'] }, 'mtls.trustedPeers: there is no such option'],
    [{ forwarded: true }, 'mtls.forwarded: must be an object, not true.'],
    [{ forwarded: { ...good, proxies: [] } }, 'mtls.forwarded.proxies: there is no such option'],
    [
      { forwarded: { ...good, headers: 'A' } },
      'mtls.forwarded.headers: there is no such option. Did you mean `header`?',
    ],
    [
      { forwarded: { format: 'rfc9440' } },
      'mtls.forwarded.trustedPeers: is required: must be a non-empty array',
    ],
    [
      { forwarded: { trustedPeers: ['::1'] } },
      'mtls.forwarded.format: is required: must be "rfc9440" or "xfcc"',
    ],
    [{ forwarded: { ...good, format: 'rfc-9440' } }, 'not "rfc-9440". Did you mean "rfc9440"?'],
    [{ forwarded: { ...good, format: 'base64' } }, 'not "base64". Did you mean "base64-der"?'],
    [
      { forwarded: base64 },
      'mtls.forwarded.header: is required: must be the name of the header field that the proxy writes as "base64-der".',
    ],
    [
      { forwarded: { ...base64, header: 'a b' } },
      'mtls.forwarded.header: must be the name of a header field, not "a b".',
    ],
    [
      { forwarded: { ...base64, header: 'X-Cert:' } },
      'mtls.forwarded.header: must be the name of a header field',
    ],
    [
      { forwarded: { ...base64, header: '' } },
      'mtls.forwarded.header: must be a non-empty string, not an empty string.',
    ],
    [
      peers(),
      'mtls.forwarded.trustedPeers: must be a non-empty array of non-empty strings, not an empty array.',
    ],
    [
      peers('10.0.0.1', 'proxy.internal'),
      'mtls.forwarded.trustedPeers[1]: must be an IP address or a network such as 10.0.0.0/8 or fd00::/8, not "proxy.internal".',
    ],
    [peers('10.0.0.0/33'), 'mtls.forwarded.trustedPeers[0]: must be an IP address or a network'],
    [peers('fd00::/129'), 'must be an IP address or a network'],
    [peers('10.0.0.0/'), 'must be an IP address or a network'],
    [peers('10.0.0.0/08'), 'must be an IP address or a network'],
    [peers('10.0.0.0/-1'), 'must be an IP address or a network'],
    [peers('10.0.0.0/8/8'), 'must be an IP address or a network'],
    [peers('10.0.0.0/255.0.0.0'), 'must be an IP address or a network'],
    [peers('10.0.0.0:80'), 'must be an IP address or a network'],
    [peers('10.0.0'), 'must be an IP address or a network'],
    [peers('[::1]'), 'must be an IP address or a network'],
    [peers('fe80::1%eth0'), 'must be an IP address or a network'],
    [peers('::ffff:10.0.0.0/95'), 'must be an IP address or a network'],
    [peers('loopback'), 'must be an IP address or a network'],
    [peers('*'), 'must be an IP address or a network'],
    [peers(10), 'mtls.forwarded.trustedPeers[0]: must be a non-empty string, not 10.'],
    [
      peers('10.0.0.1/8'),
      'has bits set behind its prefix. The network is "10.0.0.0/8", the address alone "10.0.0.1".',
    ],
    [peers('192.168.1.130/25'), 'The network is "192.168.1.128/25"'],
    [peers('fd00:0:0:1::1/48'), 'The network is "fd00::/48", the address alone "fd00:0:0:1::1".'],
    [peers('::1/64'), 'The network is "::/64", the address alone "::1".'],
    [peers('::ffff:10.1.0.0/104'), 'The network is "10.0.0.0/8"'],
    [
      peers('0.0.0.0/0'),
      'mtls.forwarded.trustedPeers[0]: must not be all addresses: anybody could claim any certificate.',
    ],
    [peers('::1', '::/0'), 'mtls.forwarded.trustedPeers[1]: must not be all addresses'],
    [peers('10.0.0.0/0'), 'must not be all addresses'],
    [peers('::ffff:0:0/96'), 'must not be all addresses'],
  ])('throw for %j', (mtls, says) => {
    const options = { resource, ...as.options, mtls } as ResourceServerOptions
    expect(() => resourceServer(options)).toThrow(ConfigurationError)
    expect(() => resourceServer(options)).toThrow(says)
  })

  it.each<[given: unknown, settings: unknown]>([
    [undefined, undefined],
    [false, undefined],
    [true, { forwarded: undefined }],
    [{}, { forwarded: undefined }],
    [{ forwarded: undefined }, { forwarded: undefined }],
    [{ forwarded: good }, { forwarded: { format: 'rfc9440', header: 'client-cert' } }],
    [
      { forwarded: { ...good, format: 'xfcc' } },
      { forwarded: { header: 'x-forwarded-client-cert' } },
    ],
    [{ forwarded: { ...good, header: 'X-Cert' } }, { forwarded: { header: 'x-cert' } }],
    [{ forwarded: { ...base64, header: 'SSL_CERT' } }, { forwarded: { header: 'ssl_cert' } }],
    [peers('fd00::/8'), { forwarded: { trustedPeers: [{ prefixBits: 8 }] } }],
    [peers('::1'), { forwarded: { trustedPeers: [{ prefixBits: 128 }] } }],
    [
      peers('::ffff:10.0.0.1'),
      { forwarded: { trustedPeers: [{ octets: [10, 0, 0, 1], prefixBits: 32 }] } },
    ],
  ])('%j become frozen settings', (given, settings) => {
    const made = mtlsSettings(given, 'mtls')
    if (settings === undefined) expect(made).toBeUndefined()
    else expect(made).toMatchObject(settings as object)
    expectDeeplyFrozen(made)
  })

  function expectDeeplyFrozen(value: unknown): void {
    if (typeof value !== 'object' || value === null) return
    expect(Object.isFrozen(value)).toBe(true)
    for (const member of Object.values(value)) expectDeeplyFrozen(member)
  }
})

function byteSequence({ der }: TestCertificate): string {
  return `:${der.toString('base64')}:`
}

function proofEvents(): { events: unknown[]; stop(): void } {
  const events: unknown[] = []
  const listener = (event: unknown) => void events.push(event)
  subscribe('scopegate:proof', listener)
  return { events, stop: () => void unsubscribe('scopegate:proof', listener) }
}
