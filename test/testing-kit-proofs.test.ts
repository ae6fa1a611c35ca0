import { createHash, createPrivateKey, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type TLSSocket, type TlsOptions } from 'node:tls'
import { afterEach, describe, expect, it } from '@jest/globals'
import { calculateJwkThumbprint, EmbeddedJWK, type JWK, jwtVerify } from 'jose'
import { resourceServer } from '../lib/index.ts'
import { type Algorithm, algorithms } from '../lib/jws/algorithms.ts'
import {
  certificateAuthority,
  clientCertificate,
  dpopKey,
  type TestAuthorizationServer,
  type TestAuthorizationServerOptions,
  type TestCertificate,
  testAuthorizationServer,
} from '../lib/testing/index.ts'

const open: TestAuthorizationServer[] = []
const request = { method: 'GET', url: 'https://api.test/orders' }

afterEach(async () => {
  await Promise.all(open.splice(0).map((as) => as.close()))
})

async function server(options?: TestAuthorizationServerOptions): Promise<TestAuthorizationServer> {
  const as = await testAuthorizationServer(options)
  open.push(as)
  return as
}

describe('proofs', () => {
  it('have every member, and no ath without a token (RFC 9449 section 4.2)', () => {
    const key = dpopKey({ clock: () => 1_700_000_000_900 })
    const [header, payload] = parts(key.proof(request))
    expect(header).toEqual({ alg: 'ES256', typ: 'dpop+jwt', jwk: key.publicJwk })
    expect(payload).toEqual({
      jti: expect.stringMatching(/^[\w-]{36}$/),
      htm: 'GET',
      htu: 'https://api.test/orders',
      iat: 1_700_000_000,
    })
  })

  it('hold the hash of the token, and the nonce of the server (RFC 9449 section 4.2)', () => {
    const [, payload] = parts(dpopKey().proof({ ...request, token: 'a.b.c', nonce: 'n-1' }))
    const ath = createHash('sha256').update('a.b.c').digest('base64url')
    expect(payload).toMatchObject({ ath, nonce: 'n-1' })
  })

  it.each(Object.keys(algorithms) as Algorithm[])('are signed with %s', async (algorithm) => {
    const key = dpopKey({ algorithm })
    const token = 'an.access.token'
    const { protectedHeader } = await jwtVerify(key.proof({ ...request, token }), EmbeddedJWK, {
      typ: 'dpop+jwt',
      requiredClaims: ['jti', 'htm', 'htu', 'iat', 'ath'],
      maxTokenAge: 60,
    })
    expect(protectedHeader.alg).toBe(algorithm)
    expect(key.algorithm).toBe(algorithm)
    expect(key.thumbprint).toBe(await calculateJwkThumbprint(protectedHeader.jwk as JWK))
  })

  it('show the public key alone', () => {
    const key = dpopKey()
    expect(parts(key.proof(request))[0].jwk).toEqual(key.publicJwk)
    expect(key.publicJwk).not.toHaveProperty('d')
    expect(key.privateJwk).toEqual({ ...key.publicJwk, d: expect.any(String) })
  })

  it('name the target without query and fragment, and otherwise as it was written', () => {
    const key = dpopKey()
    const odd = 'HTTPS://API.test:443/a/../%6frders/'
    for (const [url, htu] of [
      [`${request.url}?a=1#b`, request.url],
      [`${request.url}#b?a=1`, request.url],
      [odd, odd],
    ] as const) {
      expect(parts(key.proof({ method: 'get', url }))[1]).toMatchObject({ htm: 'get', htu })
    }
  })

  it('are each another one', () => {
    const key = dpopKey()
    const jti = (options?: object) => parts(key.proof({ ...request, ...options }))[1].jti
    expect(jti()).not.toBe(jti())
    expect(jti({ jti: 'same' })).toBe('same')
  })

  it('are old, or from the future', () => {
    const key = dpopKey({ clock: () => 10_000_000 })
    const iat = (issuedSecondsAgo: number) =>
      parts(key.proof({ ...request, issuedSecondsAgo }))[1].iat
    expect([iat(61), iat(-11)]).toEqual([9_939, 10_011])
  })

  it('take any member, and lose those that are undefined', () => {
    const key = dpopKey()
    const [header, payload] = parts(
      key.proof({
        ...request,
        header: { typ: undefined, jwk: key.privateJwk, kid: 'x' },
        claims: { htm: 7, jti: undefined, iat: 'soon', ath: 'x' },
      }),
    )
    expect(header).toEqual({ alg: 'ES256', jwk: key.privateJwk, kid: 'x' })
    expect(payload).toEqual({ htm: 7, htu: request.url, iat: 'soon', ath: 'x' })
  })

  it('are forged by a key that they do not show', async () => {
    const [key, other] = [dpopKey(), dpopKey()]
    for (const signedBy of ['foreign', other, other.privateKey, other.privateJwk] as const) {
      const proof = key.proof({ ...request, signedBy })
      expect(parts(proof)[0].jwk).toEqual(key.publicJwk)
      await expect(jwtVerify(proof, EmbeddedJWK)).rejects.toThrow('signature')
    }
    const shown = other.proof({ ...request, signedBy: key, header: { jwk: key.publicJwk } })
    await jwtVerify(shown, EmbeddedJWK)
  })

  it('are unsigned, or signed by HMAC', () => {
    const unsigned = dpopKey().proof({ ...request, algorithm: 'none' })
    expect(parts(unsigned)[0].alg).toBe('none')
    expect(unsigned.endsWith('.')).toBe(true)
    expect(parts(dpopKey().proof({ ...request, algorithm: 'HS256' }))[0].alg).toBe('HS256')
  })

  it('carry header and payload byte for byte', () => {
    const proof = dpopKey().proof({ ...request, rawHeader: '{"typ":1,"typ":2}', rawPayload: '[]' })
    const [head, body] = proof.split('.').map((part) => Buffer.from(part, 'base64url').toString())
    expect([head, body]).toEqual(['{"typ":1,"typ":2}', '[]'])
  })

  it('come with the token in both header fields (RFC 9449 section 7.1)', () => {
    const key = dpopKey()
    const headers = key.headers({ ...request, token: 'a.b.c', jti: '1' })
    expect(Object.keys(headers)).toEqual(['Authorization', 'DPoP'])
    expect(headers.Authorization).toBe('DPoP a.b.c')
    expect(parts(headers.DPoP)[1]).toMatchObject({ jti: '1', ath: expect.any(String) })
  })

  it('are made by members that were destructured', async () => {
    const { proof, headers } = dpopKey()
    expect(parts(proof(request))[1].htm).toBe('GET')
    expect(headers({ ...request, token: 'a' }).Authorization).toBe('DPoP a')
  })

  it('follow the clock of a server', async () => {
    let now = 5_000
    const { dpopKey } = await server({ clock: () => now })
    const key = dpopKey({ algorithm: 'Ed25519' })
    expect(parts(key.proof(request))).toMatchObject([{ alg: 'Ed25519' }, { iat: 5 }])
    now = 65_000
    expect(parts(key.proof(request))[1].iat).toBe(65)
  })
})

describe('bound tokens', () => {
  it('hold the thumbprint of the key (RFC 9449 section 6.1)', async () => {
    const [as, key] = [await server(), dpopKey()]
    const jkt = await calculateJwkThumbprint(key.publicJwk as JWK)
    expect(parts(await as.token({ boundTo: key }))[1].cnf).toEqual({ jkt })
    expect(parts(await as.idToken({ boundTo: key }))[1].cnf).toEqual({ jkt })
  })

  it('hold the thumbprint of the certificate (RFC 8705 section 3.1)', async () => {
    const [as, certificate] = [await server(), clientCertificate()]
    const cnf = { 'x5t#S256': thumbprint(certificate) }
    expect(parts(await as.token({ boundTo: certificate }))[1].cnf).toEqual(cnf)
  })

  it('are bound to both at once', async () => {
    const [as, key, certificate] = [await server(), dpopKey(), clientCertificate()]
    const both = { jkt: key.thumbprint, 'x5t#S256': certificate.thumbprint }
    expect(parts(await as.token({ boundTo: [key, certificate] }))[1].cnf).toEqual(both)
  })

  it('are bound to nothing by default, and to anything by their claims', async () => {
    const [as, key] = [await server(), dpopKey()]
    for (const boundTo of [undefined, []]) {
      expect(parts(await as.token({ boundTo }))[1]).not.toHaveProperty('cnf')
    }
    const odd = await as.token({ boundTo: key, claims: { cnf: { jwk: {} } } })
    expect(parts(odd)[1].cnf).toEqual({ jwk: {} })
    const lost = await as.token({ boundTo: key, claims: { cnf: undefined } })
    expect(parts(lost)[1]).not.toHaveProperty('cnf')
  })

  it('are told by introspection, with their type (RFC 9449 section 6.2)', async () => {
    const [as, key, certificate] = [await server(), dpopKey(), clientCertificate()]
    const cnf = { jkt: key.thumbprint }
    const told = { active: true, token_type: 'DPoP', cnf }
    expect(await introspected(as, await as.opaque({ boundTo: key }))).toMatchObject(told)
    expect(await introspected(as, await as.token({ boundTo: key }))).toMatchObject(told)
    const both = await as.opaque({ boundTo: [certificate, key] })
    expect(await introspected(as, both)).toMatchObject({ token_type: 'DPoP' })
  })

  it('stay bearer tokens to introspection when bound to a certificate (RFC 8705 section 3.2)', async () => {
    const [as, certificate] = [await server(), clientCertificate()]
    const told = { token_type: 'Bearer', cnf: { 'x5t#S256': certificate.thumbprint } }
    expect(await introspected(as, await as.opaque({ boundTo: certificate }))).toMatchObject(told)
    expect(await introspected(as, await as.token({ boundTo: certificate }))).toMatchObject(told)
  })

  it('are told otherwise where introspection is to be wrong', async () => {
    const [as, key] = [await server(), dpopKey()]
    const response = { token_type: 'Bearer', cnf: undefined }
    const answer = await introspected(as, await as.opaque({ boundTo: key, response }))
    expect(answer).toMatchObject({ active: true, token_type: 'Bearer' })
    expect(answer).not.toHaveProperty('cnf')
  })

  it('are signed by an older key of the server', async () => {
    const as = await server()
    const [old] = as.keys
    as.rotate()
    expect(parts(await as.token({ signedBy: old! }))[0].kid).toBe('es256-1')
  })
})

describe('certificates', () => {
  it.each(['ES256', 'RS256'] as const)('sign themselves with %s', (algorithm) => {
    const certificate = clientCertificate({ algorithm })
    const x509 = new X509Certificate(certificate.pem)
    expect(x509.raw).toEqual(certificate.der)
    expect([x509.subject, x509.issuer]).toEqual(['CN=test-client', 'CN=test-client'])
    expect(x509.verify(x509.publicKey)).toBe(true)
    expect(x509.checkPrivateKey(createPrivateKey(certificate.key))).toBe(true)
    expect(x509.publicKey.asymmetricKeyType).toBe(algorithm === 'RS256' ? 'rsa' : 'ec')
    expect(x509.toLegacyObject()).toMatchObject({ serialNumber: expect.stringMatching(/^01/) })
  })

  it('are of version 3, and of no authority (RFC 5280 sections 4.1.2.1 and 4.2.1.9)', () => {
    const hex = clientCertificate().der.toString('hex')
    expect(hex).toContain('a003020102')
    expect(hex).toContain('0603551d130101ff04023000')
  })

  it('have a thumbprint (RFC 8705 section 3.1)', () => {
    const [certificate, other] = [clientCertificate(), clientCertificate()]
    expect(certificate.thumbprint).toBe(thumbprint(certificate))
    expect(other.thumbprint).not.toBe(certificate.thumbprint)
  })

  it.each(['ES256', 'RS256'] as const)('are issued by an authority that signs with %s', (own) => {
    const authority = certificateAuthority({ algorithm: own, commonName: 'ca.test' })
    const ca = new X509Certificate(authority.pem)
    expect([ca.ca, ca.checkIssued(ca), ca.subject]).toEqual([true, true, 'CN=ca.test'])
    for (const algorithm of ['ES256', 'RS256'] as const) {
      const client = x509(clientCertificate({ issuedBy: authority, algorithm }))
      expect([client.ca, client.issuer]).toEqual([false, 'CN=ca.test'])
      expect([client.checkIssued(ca), client.verify(ca.publicKey)]).toEqual([true, true])
    }
  })

  it('are for one end or both', () => {
    const ca = certificateAuthority()
    const [server, client] = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']
    expect(x509(clientCertificate()).keyUsage).toEqual([client])
    expect(x509(ca.issue()).keyUsage).toEqual([server, client])
    expect(x509(ca.issue({ extendedKeyUsage: ['serverAuth'] })).keyUsage).toEqual([server])
    expect(x509(ca.issue({ extendedKeyUsage: [] })).keyUsage).toBeUndefined()
  })

  it('tell authorities of the same name apart (RFC 5280 section 4.2.1.1)', () => {
    const [one, other] = [x509(certificateAuthority()), x509(certificateAuthority())]
    const client = x509(clientCertificate({ issuedBy: certificateAuthority() }))
    expect(one.subject).toBe(other.subject)
    expect([one.checkIssued(other), client.checkIssued(one)]).toEqual([false, false])
  })

  it('have names', () => {
    const subjectAltNames = [
      'DNS:client.test',
      'IP:192.0.2.7',
      'IP:2001:db8::1:0:a',
      'IP:1:2:3:4:5:6:7:8',
      'URI:spiffe://client.test/a',
      'email:a@client.test',
    ]
    const certificate = x509(clientCertificate({ commonName: 'Müller', subjectAltNames }))
    expect(certificate.subject).toBe('CN=Müller')
    expect(certificate.subjectAltName).toBe(
      'DNS:client.test, IP Address:192.0.2.7, IP Address:2001:DB8:0:0:0:1:0:A, ' +
        'IP Address:1:2:3:4:5:6:7:8, URI:spiffe://client.test/a, email:a@client.test',
    )
    expect(x509(clientCertificate()).subjectAltName).toBeUndefined()
    const local = x509(certificateAuthority().issue())
    expect([local.checkHost('localhost'), local.checkHost('api.test')]).toEqual([
      'localhost',
      undefined,
    ])
    expect([local.checkIP('127.0.0.1'), local.checkIP('::1')]).toEqual(['127.0.0.1', '::1'])
  })

  it('are good for ever, or for as long as they are told (RFC 5280 section 4.1.2.5)', () => {
    const validity = (options?: object) => {
      const { validFrom, validTo } = x509(clientCertificate(options))
      return [validFrom, validTo].map((text) => new Date(text).toISOString().slice(0, -5))
    }
    expect(validity()).toEqual(['1970-01-01T00:00:00', '9999-12-31T23:59:59'])
    expect(validity({ notBefore: '2049-12-31T23:59:59Z', notAfter: '2050-01-01' })).toEqual([
      '2049-12-31T23:59:59',
      '2050-01-01T00:00:00',
    ])
    const notAfter = new Date(Date.UTC(2020, 1, 29))
    expect(validity({ notBefore: '1949-12-31', notAfter })).toEqual([
      '1949-12-31T00:00:00',
      '2020-02-29T00:00:00',
    ])
    expect(() => clientCertificate({ notAfter: 'tomorrow' })).toThrow(RangeError)
  })

  it('are renewed under the same key', () => {
    const certificate = clientCertificate()
    const renewed = clientCertificate({ key: certificate.key })
    expect(renewed.key).toBe(certificate.key)
    expect(renewed.thumbprint).not.toBe(certificate.thumbprint)
  })

  it('make connections at both ends, and are told from those of others', async () => {
    const [ca, stranger] = [certificateAuthority(), certificateAuthority()]
    const peers = [
      clientCertificate({ issuedBy: ca }),
      clientCertificate({ issuedBy: ca, algorithm: 'RS256', subjectAltNames: ['DNS:a.test'] }),
      ca.issue(),
      clientCertificate(),
      clientCertificate({ issuedBy: stranger }),
      clientCertificate({ issuedBy: ca, notAfter: '2020-01-01' }),
      clientCertificate({ issuedBy: ca, extendedKeyUsage: ['serverAuth'] }),
    ]
    const local = ca.issue()
    const seen = await connections({ key: local.key, cert: local.pem, ca: ca.pem }, ca, peers)
    expect(seen.map(({ raw }) => raw)).toEqual(peers.map(({ der }) => der))
    expect(seen.map(({ told }) => told)).toEqual([
      'authorized',
      'authorized',
      'authorized',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'CERT_HAS_EXPIRED',
      'INVALID_PURPOSE',
    ])
  })

  it('make connections when they sign themselves and are trusted (RFC 8705 section 2.2)', async () => {
    const [ca, client] = [certificateAuthority(), clientCertificate()]
    const local = ca.issue()
    const trusting = { key: local.key, cert: local.pem, ca: [ca.pem, client.pem] }
    const seen = await connections(trusting, ca, [client, clientCertificate()])
    expect(seen.map(({ told }) => told)).toEqual(['authorized', 'DEPTH_ZERO_SELF_SIGNED_CERT'])
  })

  it('make connections where two authorities of one name are trusted', async () => {
    const [ca, other] = [certificateAuthority(), certificateAuthority({ algorithm: 'RS256' })]
    const local = other.issue({ algorithm: 'RS256' })
    const peers = [clientCertificate({ issuedBy: ca }), clientCertificate({ issuedBy: other })]
    const trusted = { key: local.key, cert: local.pem, ca: [other.pem, ca.pem] }
    const seen = await connections(trusted, other, peers)
    expect(seen.map(({ told }) => told)).toEqual(['authorized', 'authorized'])
  })
})

describe('an API with its real middleware', () => {
  it('takes what the kit makes right, and refuses what it makes wrong', async () => {
    const as = await server({ clock: () => 1_700_000_000_000 })
    const options = { resource: as.resource, ...as.options, dpop: true, mtls: true }
    const { verify, close } = resourceServer(options)
    const [key, client] = [as.dpopKey(), clientCertificate()]
    const token = await as.token({ boundTo: [key, client] })
    const order = { ...request, token }
    const verdict = async (headers: Record<string, string>, { der } = client) =>
      (await verify({ ...request, url: '/orders', headers, certificate: der })).verdict
    expect(await verdict(key.headers(order))).toBe('accepted')
    for (const wrong of [
      as.dpopKey().headers(order),
      key.headers({ ...order, method: 'POST' }),
      key.headers({ ...order, issuedSecondsAgo: 3600 }),
      key.headers({ ...order, signedBy: 'foreign' }),
      key.headers({ ...order, algorithm: 'none' }),
      key.headers({ ...order, header: { jwk: key.privateJwk } }),
      key.headers({ ...order, claims: { ath: undefined } }),
      { Authorization: `Bearer ${token}` },
    ]) {
      expect(await verdict(wrong)).toBe('refused')
    }
    expect(await verdict(key.headers(order), clientCertificate({ key: client.key }))).toBe(
      'refused',
    )
    const opaque = await as.opaque({ boundTo: key })
    expect(await verdict(key.headers({ ...order, token: opaque }))).toBe('accepted')
    await close()
  })
})

describe('what the kit does not know', () => {
  const key = dpopKey()
  const ca = certificateAuthority()

  it.each<[string, (as: TestAuthorizationServer) => unknown, string]>([
    [
      'a member of a key',
      () => dpopKey({ alg: 'ES256' } as never),
      'dpopKey() has no member "alg". Did you mean "algorithm"?',
    ],
    [
      'an algorithm of a key',
      () => dpopKey({ algorithm: 'HS256' as never }),
      'algorithm of dpopKey() is one of RS256,',
    ],
    [
      'a key of a server',
      (as) => as.dpopKey({ algorithm: 'ES265' as never }),
      'Did you mean "ES256"?',
    ],
    ['no request', () => key.proof(undefined as never), 'proof() takes an object, not undefined.'],
    [
      'a member of a proof',
      () => key.proof({ ...request, htm: 'GET' } as never),
      'proof() has no member "htm". It takes method, url, token, nonce, jti, issuedSecondsAgo,',
    ],
    [
      'no method',
      () => key.proof({ url: request.url } as never),
      "proof() takes the method of a request, such as 'GET'.",
    ],
    [
      'no url',
      () => key.proof({ method: 'GET' } as never),
      "proof() takes an absolute url, such as 'https://api.test/orders'.",
    ],
    [
      'a path',
      () => key.headers({ method: 'GET', url: '/orders', token: 'a' }),
      "headers() takes an absolute url, such as 'https://api.test/orders'.",
    ],
    [
      'a signer of a proof',
      () => key.proof({ ...request, signedBy: 'other' as never }),
      'signedBy of proof() is one of own, foreign, not other.',
    ],
    [
      'an algorithm of a proof',
      () => key.proof({ ...request, algorithm: 'ES265' as never }),
      'algorithm of proof() is one of',
    ],
    [
      'an algorithm of another key',
      () => key.proof({ ...request, algorithm: 'RS256' }),
      'The key is not a private key for RS256',
    ],
    [
      'a promise of a token',
      (as) => key.proof({ ...request, token: as.token() as never }),
      'token of proof() takes a token, not a promise: await it first.',
    ],
    [
      'no token to present',
      () => key.headers(request as never),
      'headers() takes a token, not undefined.',
    ],
    [
      'a thumbprint to be bound to',
      (as) => as.token({ boundTo: key.thumbprint as never }),
      'boundTo of token() is a key of dpopKey(), a certificate of clientCertificate(), or a list of these.',
    ],
    [
      'one of the keys to be bound to',
      (as) => as.opaque({ boundTo: [key, null as never] }),
      'boundTo of opaque() is a key of dpopKey(),',
    ],
    [
      'a member of a certificate',
      () => clientCertificate({ cn: 'a' } as never),
      'clientCertificate() has no member "cn". It takes commonName,',
    ],
    [
      'a member of an authority',
      () => certificateAuthority({ issuedBy: ca } as never),
      'certificateAuthority() has no member "issuedBy".',
    ],
    [
      'a member of what is issued',
      () => ca.issue({ subjectAltName: [] } as never),
      'issue() has no member "subjectAltName". Did you mean "subjectAltNames"?',
    ],
    [
      'an algorithm of a certificate',
      () => clientCertificate({ algorithm: 'ES384' as never }),
      'algorithm of clientCertificate() is one of ES256, RS256, not ES384.',
    ],
    [
      'a usage of a certificate',
      () => ca.issue({ extendedKeyUsage: ['client' as never] }),
      'extendedKeyUsage of issue() is one of clientAuth, serverAuth, not client.',
    ],
    [
      'a kind of name',
      () => ca.issue({ subjectAltNames: ['localhost'] }),
      'A name in subjectAltNames starts with one of email:, DNS:, URI:, IP:, not localhost.',
    ],
    [
      'an address',
      () => ca.issue({ subjectAltNames: ['IP:localhost'] }),
      'IP:localhost in subjectAltNames has no address of IPv4 or IPv6.',
    ],
  ])('throws, since a test would pass without it: %s', async (_, call, message) => {
    const as = await server()
    const error = await (async () => call(as))().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TypeError)
    expect((error as TypeError).message).toContain(message)
  })
})

type Members = Record<string, unknown>

function parts(jwt: string): [Members, Members] {
  const [header, payload] = jwt
    .split('.', 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()))
  return [header, payload]
}

async function introspected(as: TestAuthorizationServer, token: string): Promise<unknown> {
  const { client } = as
  if (client.method !== 'client_secret_basic') throw new Error('unexpected client')
  const pair = [client.clientId, client.clientSecret].map(encodeURIComponent).join(':')
  const response = await fetch(as.endpoints.introspection, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` },
    body: new URLSearchParams({ token }),
  })
  return response.json()
}

function x509({ pem }: TestCertificate): X509Certificate {
  return new X509Certificate(pem)
}

function thumbprint({ pem }: TestCertificate): string {
  const base64 = pem.replace(/-----.*?-----|\s/g, '')
  return createHash('sha256').update(Buffer.from(base64, 'base64')).digest('base64url')
}

/** What a server with these options says of each client, and what that showed it. */
async function connections(
  options: TlsOptions,
  trusted: TestCertificate,
  clients: readonly TestCertificate[],
): Promise<{ raw: Buffer; told: string }[]> {
  const server = createServer({ ...options, requestCert: true, rejectUnauthorized: false })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const seen = []
  for (const { key, pem } of clients) {
    const arrival = once(server, 'secureConnection') as Promise<[TLSSocket]>
    const how = { port, host: '127.0.0.1', servername: 'localhost', key, cert: pem }
    const socket = connect({ ...how, ca: trusted.pem })
    const [peer] = await arrival
    const { raw } = peer.getPeerCertificate()
    seen.push({ raw, told: peer.authorized ? 'authorized' : String(peer.authorizationError) })
    socket.destroy()
    peer.destroy()
  }
  server.close()
  await once(server, 'close')
  return seen
}
