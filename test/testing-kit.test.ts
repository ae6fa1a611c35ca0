import {
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  verify,
} from 'node:crypto'
import { readFileSync } from 'node:fs'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { dirname, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from '@jest/globals'
import { type Algorithm, algorithms } from '../lib/jws/algorithms.ts'
import { signJws } from '../lib/jws/sign-jws.ts'
import type { ResourceServerOptions } from '../lib/options/resource-server-options.ts'
import {
  type NamedFault,
  type TestAuthorizationServer,
  type TestAuthorizationServerOptions,
  tampered,
  testAuthorizationServer,
} from '../lib/testing/index.ts'

const open: TestAuthorizationServer[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((as) => as.close()))
})

async function server(options?: TestAuthorizationServerOptions): Promise<TestAuthorizationServer> {
  const as = await testAuthorizationServer(options)
  open.push(as)
  return as
}

describe('tokens', () => {
  it('have every claim and the type of a JWT access token (RFC 9068 section 2)', async () => {
    const as = await server({ clock: () => 1_700_000_000_900 })
    const [header, payload] = parts(await as.token({ scope: ['orders:read', 'orders:write'] }))
    expect(header).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: 'es256-1' })
    expect(payload).toEqual({
      iss: as.issuer,
      sub: 'alice',
      aud: 'https://api.test',
      client_id: 'test-client',
      scope: 'orders:read orders:write',
      iat: 1_700_000_000,
      exp: 1_700_000_300,
      jti: expect.any(String),
    })
    expect(parts(await as.token())[1]).not.toHaveProperty('scope')
  })

  it.each(Object.keys(algorithms) as Algorithm[])('are signed with %s', async (algorithm) => {
    const as = await server({ algorithm })
    const token = await as.token()
    expect(parts(token)[0].alg).toBe(algorithm)
    expect(signatureHolds(token, await servedKeys(as))).toBe(true)
  })

  it('take any member, and lose those that are undefined', async () => {
    const as = await server()
    const [header, payload] = parts(
      await as.token({
        claims: { sub: undefined, roles: ['a'], exp: 'soon' },
        header: { typ: undefined, alg: 'RS256', crit: ['b64'] },
        audience: ['https://other.test'],
        issuer: 'https://other.test/',
      }),
    )
    expect(header).toEqual({ alg: 'RS256', kid: 'es256-1', crit: ['b64'] })
    expect(payload).toMatchObject({ iss: 'https://other.test/', aud: ['https://other.test'] })
    expect(payload).toMatchObject({ roles: ['a'], exp: 'soon' })
    expect(payload).not.toHaveProperty('sub')
  })

  it('expire when they are told to', async () => {
    const as = await server({ clock: () => 10_000_000 })
    const lifetime = async (of: object) => {
      const [, { iat, exp }] = parts(await as.token(of))
      return [iat, exp]
    }
    expect(await lifetime({ expiresInSeconds: 60 })).toEqual([10_000, 10_060])
    expect(await lifetime({ expiresInSeconds: -1 })).toEqual([9_699, 9_999])
    expect(await lifetime({ expired: true })).toEqual([6_100, 6_400])
  })

  it('are forged by a foreign key under the published kid', async () => {
    const as = await server()
    const token = await as.token({ signedBy: 'foreign' })
    expect(parts(token)[0].kid).toBe(as.keys[0]!.kid)
    expect(signatureHolds(token, as.jwks().keys)).toBe(false)
  })

  it('are signed by a key of the test', async () => {
    const as = await server()
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'mine', alg: 'ES256' }
    const mine = await as.token({
      signedBy: { ...privateKey.export({ format: 'jwk' }), kid: 'mine' },
    })
    expect(signatureHolds(mine, [jwk])).toBe(true)
    const unnamed = await as.token({ signedBy: privateKey, header: { kid: 'mine' } })
    expect(signatureHolds(unnamed, [jwk])).toBe(true)
  })

  it('are unsigned, or signed by HMAC with the public key as secret', async () => {
    const as = await server()
    const unsigned = await as.token({ algorithm: 'none' })
    expect(parts(unsigned)[0]).toEqual({ alg: 'none', typ: 'at+jwt', kid: 'es256-1' })
    expect(unsigned.endsWith('.')).toBe(true)

    const [head, body, mac] = (await as.token({ algorithm: 'HS512' })).split('.')
    const pem = createPublicKey({ key: as.jwks().keys[0]!, format: 'jwk' })
    const secret = pem.export({ format: 'pem', type: 'spki' })
    const expected = createHmac('sha512', secret).update(`${head}.${body}`).digest('base64url')
    expect(mac).toBe(expected)
    const other = await as.token({ algorithm: 'HS256', secret: '' })
    expect(parts(other)[0].alg).toBe('HS256')
  })

  it('carry header and payload byte for byte, well signed', async () => {
    const rawHeader = '{"alg":"PS256","alg":"PS256"}'
    const as = await server({ algorithm: 'PS256' })
    const token = await as.token({ rawHeader, rawPayload: Buffer.from([0xff, 0x7b]) })
    const [head, body] = token.split('.').map((part) => Buffer.from(part, 'base64url'))
    expect(head!.toString()).toBe(rawHeader)
    expect([...body!]).toEqual([0xff, 0x7b])
    expect(signatureHolds(token, as.jwks().keys)).toBe(true)
  })

  it('are tampered with, and keep their form', async () => {
    const as = await server()
    const token = await as.token({ scope: 'a' })
    for (const bad of [
      tampered(token),
      tampered(token, { claims: { scope: 'admin', sub: undefined } }),
      tampered(token, { header: { kid: 'other' } }),
    ]) {
      expect(bad).toMatch(/^[\w-]+\.[\w-]+\.[\w-]{86}$/)
      expect(bad).not.toBe(token)
      expect(signatureHolds(bad, as.jwks().keys)).toBe(false)
    }
  })

  it('are ID tokens too (OpenID Connect Core section 2)', async () => {
    const as = await server()
    const token = await as.idToken({ claims: { email: 'alice@example.com' } })
    const [header, payload] = parts(token)
    expect(header.typ).toBe('JWT')
    expect(payload).toMatchObject({ aud: 'test-client', email: 'alice@example.com' })
    expect(payload).not.toHaveProperty('client_id')
    expect(signatureHolds(token, as.jwks().keys)).toBe(true)
  })
})

describe('keys', () => {
  it('are published without private parts', async () => {
    const as = await server({ algorithms: ['ES384', 'Ed25519'] })
    expect(await servedKeys(as)).toEqual([
      expect.objectContaining({ kid: 'es384-1', alg: 'ES384', use: 'sig', crv: 'P-384' }),
      expect.objectContaining({ kid: 'ed25519-1', alg: 'Ed25519', crv: 'Ed25519' }),
    ])
    expect(JSON.stringify(as.jwks())).not.toContain('"d"')
  })

  it('rotate, and overlap unless told otherwise', async () => {
    const as = await server()
    const old = await as.token()
    as.rotate()
    expect((await servedKeys(as)).map(({ kid }) => kid)).toEqual(['es256-2', 'es256-1'])
    const young = await as.token()
    expect(parts(young)[0].kid).toBe('es256-2')
    as.rotate({ overlap: false })
    expect(as.keys.map(({ kid }) => kid)).toEqual(['es256-3'])
    for (const token of [old, young]) expect(signatureHolds(token, as.jwks().keys)).toBe(false)
  })

  it('rotate for one algorithm alone', async () => {
    const as = await server({ algorithms: ['ES256', 'Ed25519'] })
    as.rotate({ algorithm: 'Ed25519', overlap: false })
    expect(as.keys.map(({ kid }) => kid)).toEqual(['es256-1', 'ed25519-2'])
  })

  it('give way to anything that is published in their place', async () => {
    const as = await server()
    const set = { keys: [null, 'x', ...as.jwks().keys] }
    as.publish(set)
    expect(await servedKeys(as)).toEqual(set.keys)
    as.publish()
    expect(await servedKeys(as)).toEqual(as.jwks().keys)
  })
})

describe('metadata', () => {
  it('is at both well-known places, for an issuer with a path (RFC 8414 section 3)', async () => {
    const as = await server({ path: '/tenant', host: 'localhost' })
    const origin = as.issuer.slice(0, -'/tenant'.length)
    expect(origin).toMatch(/^http:\/\/localhost:\d+$/)
    const oauth = `${origin}/.well-known/oauth-authorization-server/tenant`
    const openid = `${as.issuer}/.well-known/openid-configuration`
    for (const url of [oauth, openid]) {
      expect(await (await fetch(url)).json()).toMatchObject({
        issuer: as.issuer,
        jwks_uri: `${as.issuer}/jwks`,
        introspection_endpoint: `${as.issuer}/introspect`,
      })
    }
    expect((await fetch(`${origin}/.well-known/openid-configuration`)).status).toBe(404)
  })

  it('keeps the terminating slash of the issuer, and of nothing else', async () => {
    const as = await server({ path: '/' })
    expect(as.issuer).toMatch(/:\d+\/$/)
    const document = await (await fetch(as.endpoints.discovery)).json()
    expect(document).toMatchObject({ issuer: as.issuer, jwks_uri: `${as.issuer}jwks` })
  })

  it('is in one place, and says what it is told to', async () => {
    const as = await server({
      discovery: 'openid',
      metadata: { issuer: 'https://evil.test', introspection_endpoint: undefined },
    })
    expect((await fetch(`${as.issuer}/.well-known/oauth-authorization-server`)).status).toBe(404)
    const document = await (await fetch(as.endpoints.discovery)).json()
    expect(document).toMatchObject({ issuer: 'https://evil.test', jwks_uri: as.endpoints.jwks })
    expect(document).not.toHaveProperty('introspection_endpoint')
  })

  it('follows an endpoint that moves', async () => {
    const as = await server()
    const before = as.endpoints.jwks
    as.move('jwks', '/moved/keys')
    const document = (await (await fetch(as.endpoints.discovery)).json()) as { jwks_uri: string }
    expect(document.jwks_uri).toBe(`${as.issuer}/moved/keys`)
    expect((await fetch(before)).status).toBe(404)
    expect(await servedKeys(as)).toEqual(as.jwks().keys)
  })
})

describe('introspection', () => {
  it('tells the claims of an active token, opaque or JWT (RFC 7662 section 2.2)', async () => {
    const as = await server()
    const opaque = await as.opaque({ scope: 'orders:read', prefix: 'acme_' })
    expect(opaque).toMatch(/^acme_[\w-]{32}$/)
    expect(await introspected(as, opaque)).toMatchObject({
      active: true,
      token_type: 'Bearer',
      iss: as.issuer,
      aud: as.resource,
      scope: 'orders:read',
    })
    const jwt = await as.token({ claims: { tenant: 7 } })
    expect(await introspected(as, jwt)).toMatchObject({ active: true, tenant: 7 })
  })

  it('tells nothing but inactive of any other token', async () => {
    const as = await server()
    const inactive = [
      'unknown',
      await as.token({ signedBy: 'foreign' }),
      await as.token({ algorithm: 'none' }),
      await as.token({ rawPayload: 'x' }),
      await as.idToken(),
      await as.token({ expired: true }),
      await as.opaque({ expired: true }),
      await as.opaque({ active: false, scope: 'a' }),
    ]
    for (const token of inactive) expect(await introspected(as, token)).toEqual({ active: false })
  })

  it('follows revocation, and the clock', async () => {
    let now = 5_000
    const as = await server({ clock: () => now })
    const [jwt, opaque] = [await as.token(), await as.opaque({ expiresInSeconds: 10 })]
    as.revoke(jwt)
    expect(await introspected(as, jwt)).toEqual({ active: false })
    expect(await introspected(as, opaque)).toMatchObject({ active: true, exp: 15 })
    now = 15_000
    expect(await introspected(as, opaque)).toEqual({ active: false })
  })

  it('answers about any token with anything', async () => {
    const as = await server()
    const response = { active: 'true', exp: 0, sub: null, iss: undefined, ext: { a: [1] } }
    const answer = await introspected(as, await as.opaque({ token: 'a.b.c.d.e', response }))
    expect(answer).toMatchObject({ active: 'true', exp: 0, sub: null, ext: { a: [1] } })
    expect(answer).not.toHaveProperty('iss')
  })

  it('signs its answer for a client that accepts it signed (RFC 9701 section 5)', async () => {
    const as = await server({ clock: () => 9_000 })
    const accept = 'application/token-introspection+jwt'
    const token = await as.opaque({ scope: 'a' })
    const response = await introspect(as, token, { accept })
    expect(response.headers.get('content-type')).toBe(accept)
    const jwt = await response.text()
    expect(signatureHolds(jwt, as.jwks().keys)).toBe(true)
    const [header, payload] = parts(jwt)
    expect(header.typ).toBe('token-introspection+jwt')
    expect(payload).toMatchObject({ iss: as.issuer, aud: 'test-api', iat: 9 })
    expect(payload.token_introspection).toMatchObject({ active: true, scope: 'a' })

    const odd = await as.opaque({
      signed: { header: { typ: 'at+jwt' }, claims: { aud: 'other' }, signedBy: 'foreign' },
    })
    const oddJwt = await (await introspect(as, odd, { accept })).text()
    expect(parts(oddJwt)).toMatchObject([{ typ: 'at+jwt' }, { aud: 'other' }])
    expect(signatureHolds(oddJwt, as.jwks().keys)).toBe(false)
  })

  it('refuses requests that are none (RFC 7662 section 2.1)', async () => {
    const as = await server()
    const url = as.endpoints.introspection
    expect((await fetch(url)).status).toBe(405)
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(400)
    const headers = credentials(as)
    expect((await fetch(url, { method: 'POST', headers, body: '' })).status).toBe(400)
    expect((await fetch(url, { method: 'POST', headers, body: 'token=a&token=b' })).status).toBe(
      400,
    )
  })

  it('takes the registered Basic credentials, form-encoded, and no others', async () => {
    const as = await server()
    const token = await as.opaque()
    expect((await introspect(as, token)).status).toBe(200)
    const raw = `Basic ${Buffer.from('test-api:test secret: 100% +/').toString('base64')}`
    for (const authorization of [raw, 'Basic eDp5', 'Basic eA==', 'Basic !', 'Bearer x', '']) {
      const response = await introspect(as, token, { authorization })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toMatch(/^Basic /)
    }
    const body = { client_id: 'test-api', client_secret: 'test secret: 100% +/' }
    expect((await introspect(as, token, { authorization: '' }, body)).status).toBe(401)
  })

  it('takes raw Basic credentials where that is registered', async () => {
    const client = { method: 'client_secret_basic', clientId: 'a', clientSecret: '+:%' } as const
    const as = await server({ client: { ...client, encoding: 'raw' } })
    const authorization = `Basic ${Buffer.from('a:+:%').toString('base64')}`
    expect((await introspect(as, 'x', { authorization })).status).toBe(200)
  })

  it('takes a secret in the body', async () => {
    const client = { method: 'client_secret_post', clientId: 'a', clientSecret: 'b' } as const
    const as = await server({ client })
    const status = async (secret: string, headers = {}) => {
      const body = { client_id: 'a', client_secret: secret }
      return (await introspect(as, 'x', headers, body)).status
    }
    expect(await status('b')).toBe(200)
    expect(await status('c')).toBe(401)
    expect(await status('b', { authorization: 'Basic YTpi' })).toBe(401)
  })

  it('takes a bearer token', async () => {
    const as = await server({ client: { method: 'bearer', token: async () => 'mine' } })
    expect((await introspect(as, 'x', { authorization: 'Bearer mine' })).status).toBe(200)
    expect((await introspect(as, 'x', { authorization: 'Bearer yours' })).status).toBe(401)
    expect((await introspect(await server({ client: 'bearer' }), 'x')).status).toBe(401)
  })

  it('takes a client assertion once, and only for itself (RFC 7523 section 3)', async () => {
    const as = await server({ client: 'private_key_jwt' })
    const { client } = as
    if (client.method !== 'private_key_jwt') throw new Error('unexpected client')
    const seconds = Math.floor(Date.now() / 1000)
    const claims = { iss: 'test-api', sub: 'test-api', aud: as.issuer, exp: seconds + 60 }
    const status = async (payload: object, key: KeyObject | typeof client.key = client.key) => {
      const assertion = signJws({ header: {}, payload, key, algorithm: 'ES256' })
      return (await introspect(as, 'x', {}, assertionForm(assertion))).status
    }
    expect(await status({ ...claims, jti: '1' })).toBe(200)
    expect(await status({ ...claims, jti: '1' })).toBe(401)
    expect(await status({ ...claims, jti: '2', aud: [as.issuer] })).toBe(200)
    for (const wrong of [
      { aud: as.endpoints.introspection },
      { aud: [as.issuer, 'x'] },
      { exp: seconds - 60 },
      { iss: 'x' },
      { sub: 'x' },
    ]) {
      expect(await status({ ...claims, jti: '3', ...wrong })).toBe(401)
    }
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    expect(await status({ ...claims, jti: '4' }, privateKey)).toBe(401)
    for (const malformed of ['', 'a.b.c', 'a.b', `${await as.token()}.x`]) {
      expect((await introspect(as, 'x', {}, assertionForm(malformed))).status).toBe(401)
    }
  })
})

describe('faults', () => {
  it.each(['down', 'reset', 'truncated'] as NamedFault[])(
    'break the connection: %s',
    async (fault) => {
      const as = await server()
      as.fail('jwks', fault)
      await expect(fetch(as.endpoints.jwks).then((response) => response.text())).rejects.toThrow()
      expect(as.received('jwks')).toHaveLength(1)
      as.restore()
      expect((await fetch(as.endpoints.jwks)).status).toBe(200)
    },
  )

  it('give a status, or a response word for word', async () => {
    const as = await server()
    as.fail('jwks', 503)
    expect((await fetch(as.endpoints.jwks)).status).toBe(503)
    as.fail('jwks', { status: 429, headers: { 'retry-after': '7' }, body: { error: 'busy' } })
    const busy = await fetch(as.endpoints.jwks)
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([429, '7'])
    expect(await busy.json()).toEqual({ error: 'busy' })
    as.fail('jwks', ({ body }) => ({ headers: { etag: '"1"' }, body: `  ${body}` }))
    const changed = await fetch(as.endpoints.jwks)
    expect(changed.headers.get('etag')).toBe('"1"')
    expect(await changed.text()).toBe(`  ${JSON.stringify(as.jwks())}`)
  })

  it('give a body that is no key set', async () => {
    const as = await server()
    const text = async (fault: NamedFault) => {
      as.fail('all', fault)
      const response = await fetch(as.endpoints.discovery)
      expect(response.status).toBe(200)
      return response.text()
    }
    expect(await text('empty')).toBe('')
    expect(await text('html')).toMatch(/^<!doctype html>/)
    const garbage = await text('garbage')
    expect(() => JSON.parse(garbage)).toThrow()
  })

  it('happen so many times, then all is well', async () => {
    const as = await server()
    as.fail('jwks', 500, { times: 2 })
    const statuses: number[] = []
    for (let count = 0; count < 3; count++) statuses.push((await fetch(as.endpoints.jwks)).status)
    expect(statuses).toEqual([500, 500, 200])
  })

  it('meet the endpoint that they are for', async () => {
    const as = await server()
    as.fail('introspection', 500)
    expect((await fetch(as.endpoints.jwks)).status).toBe(200)
    expect((await introspect(as, 'x')).status).toBe(500)
    as.fail('all', 502)
    as.restore('jwks')
    expect((await fetch(as.endpoints.jwks)).status).toBe(200)
    expect((await fetch(as.endpoints.discovery)).status).toBe(502)
  })

  it('hang until the server is closed', async () => {
    const as = await server()
    as.fail('jwks', 'hang')
    const arrived = as.nextRequest('jwks')
    const hanging = fetch(as.endpoints.jwks).then(
      () => 'answered',
      () => 'ended',
    )
    await arrived
    await as.close()
    expect(await hanging).toBe('ended')
  })

  it('hold a request until all is well', async () => {
    const as = await server()
    const token = await as.opaque()
    as.fail('introspection', 'hold')
    const arrived = as.nextRequest('introspection')
    const held = introspected(as, token)
    await arrived
    as.restore('introspection')
    expect(await held).toMatchObject({ active: true })
  })

  it('are slow', async () => {
    const as = await server()
    as.fail('jwks', 'slow', { milliseconds: 1 })
    expect(await servedKeys(as)).toEqual(as.jwks().keys)
  })

  it('redirect to where the right response is, keeping the method', async () => {
    const as = await server()
    as.fail('introspection', 'redirect')
    const token = await as.opaque()
    expect(await introspected(as, token)).toMatchObject({ active: true })
    const methods = as.received('introspection').map(({ method, url }) => `${method} ${url}`)
    expect(methods).toEqual(['POST /introspect', 'POST /introspect?redirected=1'])
  })

  it('send 64 MiB before the right response, until the client has enough', async () => {
    const as = await server()
    as.fail('jwks', 'huge')
    const response = await raw(as.endpoints.jwks)
    let size = 0
    for await (const chunk of response) {
      size += (chunk as Buffer).length
      if (size > 3 * 1024 * 1024) break
    }
    expect(size).toBeGreaterThan(3 * 1024 * 1024)
    response.destroy()
    as.restore()
    expect((await fetch(as.endpoints.jwks)).status).toBe(200)
  })

  it('send the same in a few kilobytes of gzip', async () => {
    const as = await server()
    as.fail('jwks', 'gzip-bomb')
    const response = await raw(as.endpoints.jwks)
    expect(response.headers['content-encoding']).toBe('gzip')
    const bytes = Buffer.concat(await response.toArray())
    expect(bytes.length).toBeLessThan(128 * 1024)
    const inflated = gunzipSync(bytes)
    expect(inflated.length).toBeGreaterThan(64 * 1024 * 1024)
    expect(inflated.subarray(-1000).toString().trim()).toBe(JSON.stringify(as.jwks()))
  })

  it('show in the response when the test itself threw', async () => {
    const as = await server()
    as.fail('jwks', () => {
      throw new Error('a bug in the test')
    })
    const response = await fetch(as.endpoints.jwks)
    expect([response.status, await response.text()]).toEqual([500, 'Error: a bug in the test'])
  })
})

describe('the server', () => {
  it('refuses connections while it is stopped, and is back on the same port', async () => {
    const as = await server()
    await fetch(as.endpoints.jwks).then((response) => response.text())
    await as.stop()
    const refused = fetch(as.endpoints.jwks)
    await expect(refused).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
    await as.start()
    await as.start()
    expect(await servedKeys(as)).toEqual(as.jwks().keys)
  })

  it('tells which requests it received', async () => {
    const as = await server()
    const next = [as.nextRequest(), as.nextRequest('introspection')]
    await fetch(`${as.issuer}/elsewhere`)
    await introspect(as, 'the-token')
    expect(await next[0]).toMatchObject({ endpoint: 'other', method: 'GET', url: '/elsewhere' })
    expect(await next[1]).toMatchObject({ method: 'POST', body: 'token=the-token' })
    expect(as.requests.map(({ endpoint }) => endpoint)).toEqual(['other', 'introspection'])
    expect(as.received('introspection')[0]!.headers.authorization).toMatch(/^Basic /)
    as.forgetRequests()
    expect(as.requests).toEqual([])
  })

  it('closes twice, and lets nobody wait for a request in vain', async () => {
    const as = await server()
    const next = as.nextRequest('jwks')
    await as.close()
    await as.close()
    await expect(next).rejects.toThrow('The test authorization server was closed')
    await (await server())[Symbol.asyncDispose]()
  })

  it('gives the options that a resource server needs', async () => {
    const clock = () => 1_000
    const as = await server({ clock })
    const options: ResourceServerOptions = { resource: 'https://api.test', ...as.options }
    expect(options).toEqual({
      resource: 'https://api.test',
      issuers: [{ issuer: as.issuer, introspection: { client: as.client } }],
      clock,
    })
    const opaqueOnly: ResourceServerOptions = {
      resource: 'https://api.test',
      issuers: [{ ...as.options.issuers[0], jwt: false }],
    }
    expect(opaqueOnly.issuers).toHaveLength(1)
    expect((await server()).options).not.toHaveProperty('clock')
  })

  it('loads only what CommonJS tests on Node 20 can load', () => {
    expect([...packagesLoadedBy(resolve('lib/testing/index.ts'))]).toEqual([])
  })
})

type Members = Record<string, unknown>

function parts(token: string): [Members, Members] {
  const [header, payload] = token
    .split('.', 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()))
  return [header, payload]
}

/** Whether the key that the token names verifies it: node:crypto alone, none of our code. */
function signatureHolds(token: string, keys: readonly Members[]): boolean {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString())
  const jwk = keys.find((key) => kid === undefined || key.kid === kid)
  if (jwk === undefined) return false
  const [, family, bits] = /^(..)(\d{3})$/.exec(String(jwk.alg)) ?? []
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  return verify(
    family === undefined ? null : `sha${bits}`,
    Buffer.from(`${header}.${payload}`),
    family === 'PS'
      ? { key, padding: 6, saltLength: Number(bits) / 8 }
      : { key, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
}

async function servedKeys(as: TestAuthorizationServer): Promise<Members[]> {
  const response = await fetch(as.endpoints.jwks)
  return ((await response.json()) as { keys: Members[] }).keys
}

const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** Basic credentials for the made-up client, form-encoded (RFC 6749 section 2.3.1). */
function credentials({ client }: TestAuthorizationServer): Record<string, string> {
  if (client.method !== 'client_secret_basic') return { ...form }
  const pair = new URLSearchParams([[client.clientId, client.clientSecret]]).toString()
  const basic = Buffer.from(pair.replace('=', ':')).toString('base64')
  return { ...form, authorization: `Basic ${basic}` }
}

function introspect(
  as: TestAuthorizationServer,
  token: string,
  headers: Record<string, string> = {},
  body: Record<string, string> = {},
): Promise<Response> {
  const all = { ...credentials(as), ...headers }
  if (all.authorization === '') delete all.authorization
  return fetch(as.endpoints.introspection, {
    method: 'POST',
    headers: all,
    body: new URLSearchParams({ token, ...body }).toString(),
  })
}

async function introspected(as: TestAuthorizationServer, token: string): Promise<unknown> {
  return (await introspect(as, token)).json()
}

function assertionForm(assertion: string): Record<string, string> {
  const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
  return { client_assertion: assertion, client_assertion_type: type }
}

function raw(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    httpRequest(url, resolve).on('error', reject).end()
  })
}

/** The packages that a module loads at run time, itself or through its imports. */
function packagesLoadedBy(file: string, seen: Set<string> = new Set()): Set<string> {
  const packages = new Set<string>()
  if (seen.has(file)) return packages
  seen.add(file)
  const source = readFileSync(file, 'utf8').replaceAll(/^(?:im|ex)port type .*?from '.*?'/gms, '')
  for (const [, specifier = ''] of source.matchAll(/(?:from|import\(?) ?'([^']+)'/g)) {
    if (specifier.startsWith('.')) {
      for (const name of packagesLoadedBy(resolve(dirname(file), specifier), seen)) {
        packages.add(name)
      }
    } else if (!specifier.startsWith('node:')) packages.add(specifier)
  }
  return packages
}

describe('what is misspelled or misplaced', () => {
  it.each<[string, (as: TestAuthorizationServer) => unknown, string]>([
    [
      'an endpoint',
      (as) => as.fail('jwk' as never, 'hang'),
      'The endpoint of fail() is one of jwks, discovery, introspection, status-list, all, not jwk. Did you mean "jwks"?',
    ],
    ['no endpoint', (as) => as.fail(undefined as never, 'hang'), ', not undefined.'],
    ['a fault', (as) => as.fail('jwks', 'hangs' as never), ', not hangs. Did you mean "hang"?'],
    [
      'an answer word for word',
      (as) => as.fail('jwks', { code: 500 } as never),
      'The fault of fail() has no member "code". It takes status, headers, body.',
    ],
    [
      'no fault',
      (as) => as.fail('jwks', undefined as never),
      'The fault of fail() takes an object, not undefined.',
    ],
    [
      'how often it happens',
      (as) => as.fail('jwks', 'hang', { time: 1 } as never),
      'fail() has no member "time". Did you mean "times"?',
    ],
    ['what is well again', (as) => as.restore('jwk' as never), 'Did you mean "jwks"?'],
    [
      'what was received',
      (as) => as.received('keys' as never),
      'The endpoint of received() is one of jwks, discovery, introspection, status-list, other, not keys.',
    ],
    [
      'what is waited for',
      (as) => as.nextRequest('introspect' as never),
      'Did you mean "introspection"?',
    ],
    [
      'what moves',
      (as) => as.move('discovery' as never, '/elsewhere'),
      'The endpoint of move() is one of jwks, introspection, not discovery.',
    ],
    [
      'a rotation',
      (as) => as.rotate({ overlaps: false } as never),
      'rotate() has no member "overlaps". Did you mean "overlap"?',
    ],
    [
      'what is rotated',
      (as) => as.rotate({ algorithm: 'ES265' as never }),
      'algorithm of rotate() is one of',
    ],
    [
      'a grant',
      (as) => as.token({ scopes: 'a' } as never),
      'token() has no member "scopes". Did you mean "scope"?',
    ],
    ['a life', (as) => as.token({ expiresIn: 1 } as never), 'Did you mean "expiresInSeconds"?'],
    [
      'a claim among the options',
      (as) => as.token({ tenant: 'north' } as never),
      'token() has no member "tenant". It takes algorithm, signedBy,',
    ],
    [
      'a scope instead of options',
      (as) => as.token('orders:read' as never),
      'token() takes an object, not a string.',
    ],
    [
      'an algorithm',
      (as) => as.token({ algorithm: 'ES265' as never }),
      'algorithm of token() is one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, Ed25519, EdDSA, none, HS256, HS384, HS512, not ES265. Did you mean "ES256"?',
    ],
    [
      'a signer',
      (as) => as.token({ signedBy: 'forein' as never }),
      'signedBy of token() is one of own, foreign, not forein. Did you mean "foreign"?',
    ],
    [
      'an option of an ID token',
      (as) => as.idToken({ audiences: 'x' } as never),
      'idToken() has no member "audiences". Did you mean "audience"?',
    ],
    [
      'an answer',
      (as) => as.opaque({ responses: {} } as never),
      'opaque() has no member "responses". Did you mean "response"?',
    ],
    [
      'claims of an opaque token',
      (as) => as.opaque({ claims: {} } as never),
      'opaque() has no member "claims": what introspection says goes into "response".',
    ],
    [
      'a signed answer',
      (as) => as.opaque({ signed: { signBy: 'foreign' } as never }),
      'opaque({ signed }) has no member "signBy". Did you mean "signedBy"?',
    ],
    [
      'the signer of an answer',
      (as) => as.opaque({ signed: { signedBy: 'other' as never } }),
      'signedBy of opaque({ signed }) is one of own, foreign, not other.',
    ],
    ['nothing to answer', (as) => as.opaque(null as never), 'opaque() takes an object, not null.'],
    [
      'a promise to revoke',
      (as) => as.revoke(as.token() as never),
      'revoke() takes a token, not a promise: await it first.',
    ],
    [
      'a promise to tamper with',
      (as) => tampered(as.token() as never),
      'tampered() takes a token, not a promise: await it first.',
    ],
    [
      'what to tamper with',
      () => tampered('a.b.c', { claim: {} } as never),
      'tampered() has no member "claim". Did you mean "claims"?',
    ],
    [
      'an option of the server',
      () => testAuthorizationServer({ audience: 'x' } as never),
      'testAuthorizationServer() has no member "audience". It takes clock,',
    ],
    [
      'a list of options',
      () => testAuthorizationServer([] as never),
      'testAuthorizationServer() takes an object, not an array.',
    ],
    [
      'an algorithm of the server',
      () => testAuthorizationServer({ algorithm: 'rs256' as never }),
      'algorithm of testAuthorizationServer() is one of',
    ],
    [
      'one of its algorithms',
      () => testAuthorizationServer({ algorithms: ['ES256', 'HS256' as never] }),
      'algorithms of testAuthorizationServer() is one of',
    ],
    [
      'a client',
      () => testAuthorizationServer({ client: 'basic' as never }),
      'client of testAuthorizationServer() is one of client_secret_basic, client_secret_post, private_key_jwt, bearer, not basic. Did you mean "client_secret_basic"?',
    ],
    [
      'a form of discovery',
      () => testAuthorizationServer({ discovery: 'oidc' as never }),
      'discovery of testAuthorizationServer() is one of both, oauth, openid, none, not oidc.',
    ],
    [
      'a host',
      () => testAuthorizationServer({ host: '0.0.0.0' as never }),
      'host of testAuthorizationServer() is one of 127.0.0.1, localhost, not 0.0.0.0.',
    ],
  ])('throws, since a test would pass without it: %s', async (_, call, message) => {
    const as = await server()
    const error = await (async () => call(as))().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TypeError)
    expect((error as TypeError).message).toContain(message)
  })
})
