import { randomBytes, X509Certificate } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer, Agent as TlsAgent } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { SecureVersion, TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import express from 'express'
import * as oauth from 'oauth4webapi'
import { type IssuerOptions, type ResourceServerOptions, resourceServer } from '../lib/index.ts'
import {
  certificateAuthority,
  clientCertificate,
  dpopKey,
  type PresentationOptions,
  type TestAuthorizationServer,
  type TestCertificate,
  testAuthorizationServer,
} from '../lib/testing/index.ts'
import { type LiveProvider, liveProvider } from './fixtures/live-provider.ts'
import { overTls, type TlsRequest } from './fixtures/over-tls.ts'
import { inRealHands, realClient, refusal, withNonce } from './fixtures/real-client.ts'

jest.setTimeout(30_000)

/** Every API serves both kinds of tokens, each under a path and an identifier of its own. */
const kinds = ['ES256', 'opaque'] as const
type Kind = (typeof kinds)[number]
const sources = { ES256: 'jwt', opaque: 'introspection' }

const open: { close(): unknown }[] = []
afterAll(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
})

/** An Express app on a port of its own, which is the origin of its identifiers. */
async function apiAt(
  server: Server,
  scheme: 'http' | 'https',
  options: Omit<ResourceServerOptions, 'resource' | 'issuers'> & { issuers: IssuerOptions },
) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`
  const app = express()
  server.on('request', app)
  for (const kind of kinds) {
    const api = resourceServer({ resource: `${origin}/${kind}`, log: () => {}, ...options })
    app.all(`/${kind}/:collection`, api.requireScope('orders:read'), (req, res) => {
      const { clientId, source, proofs } = api.auth(req)
      res.json({ clientId, source, proofs })
    })
    open.push(api)
  }
  open.push({
    close() {
      server.close()
      server.closeAllConnections()
    },
  })
  return {
    resource: (kind: Kind) => `${origin}/${kind}`,
    url: (kind: Kind) => new URL(`${origin}/${kind}/orders`),
  }
}

describe('tokens bound to a DPoP key, from a live oidc-provider', () => {
  let live: LiveProvider
  let api: Awaited<ReturnType<typeof dpopApi>>
  let machine: Awaited<ReturnType<typeof realClient>>
  let web: Awaited<ReturnType<typeof realClient>>

  beforeAll(async () => {
    live = await liveProvider([{ client_id: 'api', client_secret: 'api-secret' }], {
      features: {
        dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
      },
    })
    open.push({ close: live.stop })
    api = await dpopApi()
    machine = await realClient(live.issuer, { client_id: 'machine', secret: 'machine-secret' })
    web = await realClient(live.issuer, { client_id: 'web', secret: 'web-secret' })
  })

  function dpopApi(options: { clock?: () => number } = {}) {
    const client = {
      method: 'client_secret_basic',
      clientId: 'api',
      clientSecret: 'api-secret',
    } as const
    return apiAt(createServer(), 'http', {
      issuers: { issuer: live.issuer, introspection: { client } },
      dpop: { nonce: 'required', nonceMaxAgeSeconds: 300 },
      ...options,
    })
  }

  describe.each(kinds)('%s', (kind) => {
    it('are got with a nonce of the authorization server, and used with one of the API (DP-14, DP-15, DP-20, RFC 9449 sections 8 and 9)', async () => {
      const { DPoP, nonces } = await inRealHands(dpopKey())
      const { access_token, token_type } = await machine.token(api.resource(kind), DPoP)
      expect(token_type).toBe('dpop')
      expect(access_token.split('.')).toHaveLength(kind === 'opaque' ? 1 : 3)
      expect(nonces.splice(0)).toEqual([undefined, expect.any(String)])

      const call = (method: string) => machine.call(access_token, method, api.url(kind), DPoP)
      const first = await call('GET').catch((error: unknown) => error)
      expect(oauth.isDPoPNonceError(first)).toBe(true)
      const { headers } = (first as oauth.WWWAuthenticateChallengeError).response
      expect(headers.get('cache-control')).toBe('no-store')
      const nonce = headers.get('dpop-nonce')
      for (const method of ['GET', 'POST', 'DELETE']) {
        const response = await call(method)
        expect(response.headers.has('dpop-nonce')).toBe(false)
        expect(await response.json()).toEqual({
          clientId: 'machine',
          source: sources[kind],
          proofs: ['dpop'],
        })
      }
      // Each origin has nonces of its own (RFC 9449 section 8.2).
      expect(nonces).toEqual([undefined, nonce, nonce, nonce])
    })

    it('are got by authorization code, for the key that was named at its beginning (DP-14, RFC 9449 section 10)', async () => {
      const { DPoP } = await inRealHands(dpopKey())
      const redirectUri = 'https://web.test/callback'
      const back = await live.authorize({
        client_id: 'web',
        response_type: 'code',
        redirect_uri: redirectUri,
        scope: 'openid orders:read',
        resource: api.resource(kind),
        dpop_jkt: await DPoP.calculateThumbprint(),
      })
      const { access_token } = await web.redeem(back, redirectUri, api.resource(kind), DPoP)
      const response = await withNonce(() => web.call(access_token, 'GET', api.url(kind), DPoP))
      expect(await response.json()).toMatchObject({ clientId: 'web', proofs: ['dpop'] })
    })

    it('go on with the nonce that comes with a response once half the life of the old one is over (DP-20, DP-21, RFC 9449 section 8.2)', async () => {
      let aheadMs = 0
      const clock = () => Date.now() + aheadMs
      const api = await dpopApi({ clock })
      const { DPoP, nonces } = await inRealHands(dpopKey(), clock)
      const { access_token } = await machine.token(api.resource(kind), DPoP)
      const call = () => machine.call(access_token, 'GET', api.url(kind), DPoP)
      await withNonce(call)
      const first = nonces.splice(0).at(-1)

      aheadMs += 160_000
      const rotating = await call()
      expect([rotating.status, rotating.headers.get('cache-control')]).toEqual([200, 'no-store'])
      const next = rotating.headers.get('dpop-nonce')
      const after = await call()
      expect([after.status, after.headers.get('dpop-nonce')]).toEqual([200, null])
      expect(nonces.splice(0)).toEqual([first, next])
      expect(next).not.toBe(first)

      // Nor is one taken that has lived all of its life.
      aheadMs += 310_000
      expect((await withNonce(call)).status).toBe(200)
      expect(nonces).toEqual([next, expect.not.stringMatching(`^${next}$`)])
    })

    let own: Presentation
    let thief: Presentation
    beforeAll(async () => {
      own = await presentation(kind)
      thief = await presentation(kind)
    })

    it.each<[string, () => Record<string, string>, string, RegExp]>([
      [
        'without a proof (DP-15, RFC 9449 section 7.1)',
        () => ({ Authorization: `DPoP ${own.token}` }),
        'dpop invalid_dpop_proof',
        /no DPoP proof/,
      ],
      [
        'with the valid proof of a thief (DP-15, RFC 9449 section 4.3, check 12)',
        () => own.headers({}, thief.key),
        'dpop invalid_token',
        /another key/,
      ],
      [
        'with a proof that shows the key, signed by another (RFC 9449 section 4.3, check 6)',
        () => own.headers({ signedBy: thief.key }),
        'dpop invalid_dpop_proof',
        /signature of the DPoP proof/,
      ],
      [
        'with a proof for another method (RFC 9449 section 4.3, check 8)',
        () => own.headers({ method: 'POST' }),
        'dpop invalid_dpop_proof',
        /another method/,
      ],
      [
        'with a proof for another path (RFC 9449 section 4.3, check 9)',
        () => own.headers({ url: `${own.url}/1` }),
        'dpop invalid_dpop_proof',
        /another URI/,
      ],
      [
        'with a proof for another origin (RFC 9449 section 4.3, check 9)',
        () => own.headers({ url: own.url.replace('127.0.0.1', 'localhost') }),
        'dpop invalid_dpop_proof',
        /another URI/,
      ],
      [
        'with a proof for another token of the same key (RFC 9449 section 4.3, check 12)',
        () => ({ ...own.headers(), DPoP: own.headers({ token: own.second }).DPoP }),
        'dpop invalid_dpop_proof',
        /another access token/,
      ],
      [
        'with a proof for no token (RFC 9449 section 4.3, check 3)',
        () => own.headers({ claims: { ath: undefined } }),
        'dpop invalid_dpop_proof',
        /malformed/,
      ],
      [
        'with a proof made an hour ago (RFC 9449 section 4.3, check 11)',
        () => own.headers({ issuedSecondsAgo: 3600 }),
        'dpop invalid_dpop_proof',
        /not made just now/,
      ],
      [
        'with a proof without a nonce (DP-22, RFC 9449 section 11.3)',
        () => own.headers({ nonce: undefined }),
        'dpop use_dpop_nonce',
        /must carry a nonce/,
      ],
      [
        'with a nonce of the authorization server (DP-20, RFC 9449 section 4.3, check 10)',
        () => own.headers({ nonce: own.issuersNonce }),
        'dpop use_dpop_nonce',
        /not or no longer of this server/,
      ],
      [
        'as a bearer token (DP-17, RFC 9449 section 7.2)',
        () => ({ Authorization: `Bearer ${own.token}` }),
        'bearer invalid_token',
        /key that was not proved/,
      ],
      [
        'as a bearer token with its proof (DP-17, RFC 9449 section 7.2)',
        () => ({ ...own.headers(), Authorization: `Bearer ${own.token}` }),
        'bearer invalid_token',
        /key that was not proved/,
      ],
    ])('are refused %s, and spoil nothing', async (_, headers, told, detail) => {
      const sent = headers()
      const answer = await refusal(() => fetch(own.url, { headers: sent }))
      expect(answer).toMatchObject({
        status: 401,
        told: told.startsWith('dpop') ? ['bearer', `${told} algs`] : [told, 'dpop algs'],
        detail: expect.stringMatching(detail),
      })
      expect(answer.nonce !== null).toBe(told === 'dpop use_dpop_nonce')
      const good = await fetch(own.url, { headers: own.headers() })
      expect(good.status).toBe(200)
    })

    it('are refused with a proof that was used before (DP-23, RFC 9449 section 11.1)', async () => {
      const headers = own.headers()
      expect((await fetch(own.url, { headers })).status).toBe(200)
      expect(await refusal(() => fetch(own.url, { headers }))).toMatchObject({
        told: ['bearer', 'dpop invalid_dpop_proof algs'],
        detail: 'The DPoP proof was used before.',
      })
    })

    it('are refused for another API, whatever the proof says (JT-5, RFC 9068 section 4)', async () => {
      const [other] = kinds.filter((one) => one !== kind)
      const url = api.url(other!).href
      expect(await refusal(() => fetch(url, { headers: own.headers({ url }) }))).toMatchObject({
        told: ['bearer', 'dpop invalid_token algs'],
        detail: 'The access token is meant for another resource.',
      })
    })

    it('are what DPoP is for: a token that is not bound is refused under it (DP-15, RFC 9449 section 7.1)', async () => {
      const { access_token: token } = await machine.token(api.resource(kind))
      expect((await machine.call(token, 'GET', api.url(kind))).status).toBe(200)
      const headers = own.headers({ token })
      expect(await refusal(() => fetch(own.url, { headers }))).toMatchObject({
        told: ['bearer', 'dpop invalid_token algs'],
        detail: 'The access token is not bound to a DPoP key.',
      })
    })
  })

  it('are asked for in both schemes without an error where none is presented (DP-16, DP-18, RFC 9449 section 7.2)', async () => {
    expect(await refusal(() => fetch(api.url('ES256')))).toMatchObject({
      status: 401,
      told: ['bearer', 'dpop algs'],
      nonce: null,
    })
  })

  /** A new token, bound to a new key, and a nonce to present it with. */
  async function presentation(kind: Kind) {
    const key = dpopKey()
    const { DPoP, nonces } = await inRealHands(key)
    const { access_token: token } = await machine.token(api.resource(kind), DPoP)
    const { access_token: second } = await machine.token(api.resource(kind), DPoP)
    const { href: url } = api.url(kind)
    const { nonce } = await refusal(() =>
      fetch(url, { headers: key.headers({ method: 'GET', url, token }) }),
    )
    if (nonce === null) throw new Error('no nonce came')
    return {
      key,
      url,
      token,
      second,
      issuersNonce: nonces[1] as string,
      /** Right for a GET, but for what is told. */
      headers: (otherwise: Partial<PresentationOptions> = {}, by = key) =>
        by.headers({ method: 'GET', url, token, nonce, ...otherwise }),
    }
  }
  type Presentation = Awaited<ReturnType<typeof presentation>>
})

describe('tokens bound to a certificate, from a live oidc-provider over TLS', () => {
  const ca = certificateAuthority()
  const known = { commonName: 'known', subjectAltNames: ['DNS:known.test'] }
  const certificates = {
    known: clientCertificate({ ...known, issuedBy: ca }),
    'self-signed': clientCertificate({ commonName: 'self-signed' }),
  }
  const ownCertificate = clientCertificate({ issuedBy: ca, subjectAltNames: ['DNS:api.test'] })
  const clients = Object.keys(certificates) as (keyof typeof certificates)[]
  const local = ca.issue()
  const tls = {
    key: local.key,
    cert: local.pem,
    ca: ca.pem,
    requestCert: true,
    rejectUnauthorized: false,
  }

  let live: LiveProvider
  let api: Awaited<ReturnType<typeof apiAt>>

  beforeAll(async () => {
    const bound = {
      grant_types: ['client_credentials'],
      tls_client_certificate_bound_access_tokens: true,
    }
    live = await liveProvider(
      [
        {
          client_id: 'known',
          token_endpoint_auth_method: 'tls_client_auth',
          tls_client_auth_san_dns: 'known.test',
          ...bound,
        },
        {
          client_id: 'self-signed',
          token_endpoint_auth_method: 'self_signed_tls_client_auth',
          jwks: { keys: [certifiedKey(certificates['self-signed'])] },
          ...bound,
        },
        {
          client_id: 'api',
          token_endpoint_auth_method: 'tls_client_auth',
          tls_client_auth_san_dns: 'api.test',
        },
      ],
      {
        tls,
        features: { mTLS },
        clientAuthMethods: ['tls_client_auth', 'self_signed_tls_client_auth'],
      },
    )
    open.push({ close: live.stop })
    api = await tlsApi()
  })

  /** It authenticates itself by a certificate, too, where it introspects. */
  const settings = () => ({
    issuers: {
      issuer: live.issuer,
      introspection: { client: { method: 'tls_client_auth' as const, clientId: 'api' } },
      http: {
        ca: ca.pem,
        clientCertificate: { cert: ownCertificate.pem, key: ownCertificate.key },
      },
    },
    mtls: true,
  })
  const tlsApi = () => apiAt(createTlsServer(tls), 'https', settings())

  function clientWith(certificate: TestCertificate | undefined, client_id: string, secret = '') {
    const fetch = async (url: string, init: object) =>
      (await overTls(url, { ...init, ca: ca.pem, certificate })).response
    return realClient(live.issuer, { client_id, secret, fetch })
  }

  async function tokenOf(client: keyof typeof certificates, kind: Kind): Promise<string> {
    const real = await clientWith(certificates[client], client)
    return (await real.token(api.resource(kind))).access_token
  }

  const present = (token: string, kind: Kind, { headers, ...how }: TlsRequest = {}) =>
    overTls(api.url(kind), {
      ca: ca.pem,
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...how,
    })

  describe.each(kinds)('%s', (kind) => {
    it.each(clients)(
      'are got and used with one certificate: %s (MT-1, RFC 8705 section 3)',
      async (client) => {
        const real = await clientWith(certificates[client], client)
        const { access_token, token_type } = await real.token(api.resource(kind))
        expect(token_type).toBe('bearer')
        const response = await real.call(access_token, 'GET', api.url(kind))
        const { [kind]: source } = sources
        expect(await response.json()).toEqual({ clientId: client, source, proofs: ['mtls'] })
      },
    )

    let token: string
    beforeAll(async () => {
      token = await tokenOf('known', kind)
    })

    it.each<[string, TlsRequest, string]>([
      ['without a certificate', {}, 'not proved'],
      [
        'with another certificate of the same authority, for the same names',
        { certificate: clientCertificate({ ...known, issuedBy: ca }) },
        'another client certificate',
      ],
      [
        'with one for the same names that signs itself',
        { certificate: clientCertificate(known) },
        'another client certificate',
      ],
      [
        'with one for the same names of another authority of the same name',
        { certificate: clientCertificate({ ...known, issuedBy: certificateAuthority() }) },
        'another client certificate',
      ],
      [
        'with one for the same names and the same key',
        { certificate: clientCertificate({ ...known, issuedBy: ca, key: certificates.known.key }) },
        'another client certificate',
      ],
      [
        'with the certificate of another client',
        { certificate: certificates['self-signed'] },
        'another client certificate',
      ],
      [
        'with the certificate in header fields alone',
        {
          headers: {
            'Client-Cert': `:${certificates.known.der.toString('base64')}:`,
            'X-Forwarded-Client-Cert': `Cert="${encodeURIComponent(certificates.known.pem)}"`,
            'X-SSL-Cert': encodeURIComponent(certificates.known.pem),
          },
        },
        'not proved',
      ],
    ])('are refused %s, which spoils nothing (MT-2, RFC 8705 section 3)', async (_, how, why) => {
      expect(await refusal(async () => (await present(token, kind, how)).response)).toMatchObject({
        status: 401,
        told: ['bearer invalid_token'],
        detail: expect.stringContaining(why),
      })
      const { response } = await present(token, kind, { certificate: certificates.known })
      expect(response.status).toBe(200)
    })

    it('are refused where no certificate is asked for, or no TLS spoken (MT-2, RFC 8705 section 3)', async () => {
      const certificate = certificates.known
      const { issuers, mtls } = settings()
      const options = { issuers: { ...issuers, audience: api.resource(kind) }, mtls }
      const unasked = await apiAt(createTlsServer({ ...tls, requestCert: false }), 'https', options)
      const plain = await apiAt(createServer(), 'http', options)
      const headers = { authorization: `Bearer ${token}` }
      for (const send of [
        async () =>
          (await overTls(unasked.url(kind), { ca: ca.pem, headers, certificate })).response,
        () => fetch(plain.url(kind), { headers }),
      ]) {
        expect(await refusal(send)).toMatchObject({
          told: ['bearer invalid_token'],
          detail: 'The access token is bound to a key that was not proved.',
        })
      }
    })

    it('are not all tokens: those that are not bound need no certificate, and do not mind one', async () => {
      const machine = await clientWith(certificates.known, 'machine', 'machine-secret')
      const { access_token } = await machine.token(api.resource(kind))
      for (const certificate of [undefined, certificates.known]) {
        const { response } = await present(access_token, kind, { certificate })
        expect(await response.json()).toMatchObject({ clientId: 'machine', proofs: [] })
      }
    })
  })

  describe.each<[SecureVersion]>([['TLSv1.2'], ['TLSv1.3']])('%s', (version) => {
    it('keeps the certificate of a session that is resumed, and mixes up none (MT-1, MT-2, RFC 8705 section 3)', async () => {
      const tokens = {
        known: await tokenOf('known', 'ES256'),
        'self-signed': await tokenOf('self-signed', 'opaque'),
      }
      const connect = (client: keyof typeof tokens, how: TlsRequest) =>
        present(tokens[client], client === 'known' ? 'ES256' : 'opaque', {
          minVersion: version,
          maxVersion: version,
          ...how,
        })
      const sessions = new Map<keyof typeof tokens, Buffer>()
      for (const client of clients) {
        const whole = await connect(client, { certificate: certificates[client] })
        expect([whole.isResumed, whole.response.status]).toEqual([false, 200])
        sessions.set(client, whole.session!)
      }
      const none = await connect('known', {})
      expect([none.isResumed, none.response.status]).toEqual([false, 401])

      for (const owner of [...clients, ...clients]) {
        for (const client of clients) {
          // The certificate that is at hand is not shown again: the session stands for the first.
          const how = { session: sessions.get(owner)!, certificate: certificates[client] }
          const { isResumed, response } = await connect(client, how)
          const expected = client === owner ? 200 : 401
          expect([owner, client, isResumed, response.status]).toEqual([
            owner,
            client,
            true,
            expected,
          ])
        }
      }
      const late = { session: none.session!, certificate: certificates.known }
      const { isResumed, response } = await connect('known', late)
      expect([isResumed, response.status]).toEqual([true, 401])
    })

    it('judges every request of a connection by the certificate of that connection (MT-1, RFC 8705 section 3)', async () => {
      const [mine, others] = [
        await tokenOf('known', 'ES256'),
        await tokenOf('self-signed', 'ES256'),
      ]
      const agent = new TlsAgent({ keepAlive: true, maxSockets: 1 })
      const sockets = new Set<unknown>()
      agent.on('free', (socket: TLSSocket) => sockets.add(socket))
      const how = { agent, certificate: certificates.known, maxVersion: version }
      const statuses = []
      for (const token of [mine, others, mine, mine, others]) {
        statuses.push((await present(token, 'ES256', how)).response.status)
      }
      agent.destroy()
      expect(statuses).toEqual([200, 401, 200, 200, 401])
      expect(sockets.size).toBe(1)
    })
  })

  // oidc-provider binds a token to one of the two, and refuses to bind it to both.
  describe.each(kinds)('%s, and to a DPoP key', (kind) => {
    const key = dpopKey()
    const stranger = dpopKey()
    let as: TestAuthorizationServer
    let both: Awaited<ReturnType<typeof apiAt>>
    let token: string

    beforeAll(async () => {
      as = await testAuthorizationServer()
      open.push(as)
      const [issuers] = as.options.issuers
      both = await apiAt(createTlsServer(tls), 'https', { issuers, dpop: true, mtls: true })
      const wanted = {
        scope: 'orders:read',
        audience: both.resource(kind),
        boundTo: [key, certificates.known],
      }
      token = await (kind === 'opaque' ? as.opaque(wanted) : as.token(wanted))
    })

    const send = async (
      certificate: TestCertificate | undefined,
      headers: (request: PresentationOptions) => Record<string, string>,
    ) => {
      const { href: url } = both.url(kind)
      const fields = headers({ method: 'GET', url, token })
      return (await overTls(url, { ca: ca.pem, certificate, headers: fields })).response
    }

    it('are good with both (DP-15, MT-1)', async () => {
      const response = await send(certificates.known, key.headers)
      expect(await response.json()).toMatchObject({ proofs: ['dpop', 'mtls'] })
    })

    it.each<[string, string, Parameters<typeof send>]>([
      [
        'the certificate alone',
        'bearer invalid_token',
        [certificates.known, () => ({ authorization: `Bearer ${token}` })],
      ],
      [
        'the certificate, under DPoP without a proof',
        'dpop invalid_dpop_proof algs',
        [certificates.known, () => ({ authorization: `DPoP ${token}` })],
      ],
      [
        'the certificate, and the proof of another key',
        'dpop invalid_token algs',
        [certificates.known, stranger.headers],
      ],
      ['the proof alone', 'dpop invalid_token algs', [undefined, key.headers]],
      [
        'the proof, and another certificate',
        'dpop invalid_token algs',
        [certificates['self-signed'], key.headers],
      ],
    ])('are refused with %s (DP-15, MT-2)', async (_, told, [certificate, headers]) => {
      const answer = await refusal(() => send(certificate, headers))
      expect(answer).toMatchObject({ status: 401, told: expect.arrayContaining([told]) })
    })
  })
})

/** How oidc-provider sees certificates, where TLS ends in its own process. */
const mTLS = {
  enabled: true,
  certificateBoundAccessTokens: true,
  selfSignedTlsClientAuth: true,
  tlsClientAuth: true,
  getCertificate: ({ socket }: { socket: TLSSocket }) => socket.getPeerX509Certificate(),
  certificateAuthorized: ({ socket }: { socket: TLSSocket }) => socket.authorized,
  certificateSubjectMatches: ({ socket }: { socket: TLSSocket }, _: string, expected: string) =>
    socket.getPeerX509Certificate()?.checkHost(expected) === expected,
}

/** The key of a certificate, with the certificate (RFC 8705 section 2.2.2). */
function certifiedKey({ pem, der }: TestCertificate): object {
  const { publicKey } = new X509Certificate(pem)
  return { ...publicKey.export({ format: 'jwk' }), x5c: [der.toString('base64')] }
}
