import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from '@jest/globals'
import { SignJWT } from 'jose'
import { type ResourceServer, type ResourceServerOptions, resourceServer } from '../lib/index.ts'
import { accepted, asked, TestClock } from './fixtures/protected-api.ts'

const clock = new TestClock()
const now = clock.seconds
const page = readFileSync(join(import.meta.dirname, '../docs/providers.md'), 'utf8')
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
// As most of them publish it: without `alg`.
const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'key-1', use: 'sig' }] }
const open: ResourceServer[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((api) => api.close()))
})

type Answers = Readonly<Record<string, object | ((body: string) => object)>>

/** A network on which there is nothing but these documents. */
function network(answers: Answers): { fetch: typeof fetch; asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    async fetch(input, init) {
      const url = String(input)
      asked.push(url)
      const answer = answers[url]
      if (answer === undefined) return new Response('Not Found', { status: 404 })
      return Response.json(typeof answer === 'function' ? answer(String(init?.body ?? '')) : answer)
    },
  }
}

/** The resource server that the section of docs/providers.md makes, word for word. */
function documented(
  heading: string,
  { fetch }: { fetch: typeof globalThis.fetch },
): ResourceServer {
  const section = page.split(/^## /m).find((one) => one.startsWith(`${heading}\n`)) ?? ''
  const [, code = ''] = /```ts\nimport [^\n]*\n([\s\S]*?)```/.exec(section) ?? []
  const make = (options: ResourceServerOptions) =>
    resourceServer({ ...options, clock: clock.read, http: { fetch } })
  const api = new Function('resourceServer', 'secret', `${code}\nreturn api`)(make, 'a secret')
  open.push(api)
  return api
}

function mint(claims: object, header: object = { typ: 'JWT' }): Promise<string> {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'key-1', ...header })
    .sign(privateKey)
}

/** What every section promises: tokens of this provider, and no others. */
async function promises(
  api: ResourceServer,
  tokens: {
    readonly access: object
    readonly header?: object
    readonly id: object
    readonly elsewhere: object
    readonly why: string
  },
) {
  const { access, header, id, elsewhere, why } = tokens
  const auth = await accepted(api, await mint(access, header))
  expect(await asked(api, await mint({ ...access, ...elsewhere }, header))).toBe(`401 ${why}`)
  // The ID token as it is, and with everything that would make it meant for this API.
  const meant = 'aud' in access ? { aud: access.aud } : { aud: undefined }
  const idHeader = header && !('typ' in header) ? header : { typ: 'JWT' }
  for (const claims of [id, { ...id, ...meant }]) {
    expect(await asked(api, await mint(claims, idHeader))).toMatch(
      /^401 (not_an_access_token|wrong_type|wrong_audience)$/,
    )
  }
  expect(await asked(api, await mint({ ...id, ...meant }, idHeader))).toMatch(
    /^401 (not_an_access_token|wrong_type)$/,
  )
  expect(await asked(api, await mint({ ...access, exp: now - 60 }, header))).toBe('401 expired')
  const elsewhereIssued = { ...access, iss: 'https://evil.example' }
  expect(await asked(api, await mint(elsewhereIssued, header))).toBe('401 unknown_issuer')
  return auth
}

const times = { iat: now, exp: now + 300 }
const tenant = '11111111-2222-3333-4444-555555555555'
const application = '66666666-7777-8888-9999-000000000000'

it('Keycloak: realm and client roles, an audience mapper, payload types (docs/providers.md)', async () => {
  const iss = 'https://sso.example.com/realms/shop'
  const keys = `${iss}/protocol/openid-connect/certs`
  const net = network({
    [`${iss}/.well-known/openid-configuration`]: { issuer: iss, jwks_uri: keys },
    [keys]: { keys: [{ kty: 'RSA', use: 'enc', alg: 'RSA-OAEP', kid: 'e' }, ...jwks.keys] },
  })
  const api = documented('Keycloak', net)
  const access = {
    ...times,
    iss,
    jti: 'onrtac:1',
    aud: ['orders-api', 'account'],
    sub: 'f0f1',
    typ: 'Bearer',
    azp: 'web',
    sid: 's',
    acr: '1',
    realm_access: { roles: ['offline_access', 'staff'] },
    resource_access: { 'orders-api': { roles: ['clerk'] }, account: { roles: ['view-profile'] } },
    scope: 'openid orders:read',
    preferred_username: 'alice',
  }
  const id = { ...times, iss, aud: 'web', sub: 'f0f1', typ: 'ID', azp: 'web', sid: 's', nonce: 'n' }
  const auth = await promises(api, {
    access,
    id,
    elsewhere: { aud: 'account' },
    why: 'wrong_audience',
  })
  expect(auth).toMatchObject({
    clientId: 'web',
    scopes: ['openid', 'orders:read'],
    roles: ['offline_access', 'staff', 'clerk'],
  })
  for (const typ of ['Refresh', 'Offline', 'Logout']) {
    expect(await asked(api, await mint({ ...access, typ }))).toBe('401 not_an_access_token')
  }
})

describe('Microsoft Entra ID', () => {
  const common = { ...times, nbf: now, sub: 'pairwise', tid: tenant, oid: 'o', uti: 'u', rh: 'r' }
  const header = { typ: 'JWT', x5t: 'key-1' }

  it('one tenant: scopes for users, roles for apps (docs/providers.md)', async () => {
    const iss = `https://login.microsoftonline.com/${tenant}/v2.0`
    const keys = `https://login.microsoftonline.com/${tenant}/discovery/v2.0/keys`
    const net = network({
      [`${iss}/.well-known/openid-configuration`]: { issuer: iss, jwks_uri: keys },
      [keys]: {
        keys: jwks.keys.map((key) => ({ ...key, x5t: 'key-1', x5c: ['AA'], issuer: iss })),
      },
    })
    const api = documented('Microsoft Entra ID, one tenant', net)
    const access = { ...common, iss, aud: application, ver: '2.0', azp: 'web', scp: 'Orders.Read' }
    const id = { ...common, iss, aud: application, ver: '2.0', roles: ['Admin'], nonce: 'n' }
    const elsewhere = { aud: '00000003-0000-0000-c000-000000000000' }
    const tokens = { access, header, id, elsewhere, why: 'wrong_audience' }
    expect(await promises(api, tokens)).toMatchObject({ clientId: 'web', scopes: ['Orders.Read'] })
    const { scp: _, ...app } = { ...access, roles: ['Orders.Read.All'], idtyp: 'app' }
    expect(await accepted(api, await mint(app, header))).toMatchObject({
      principal: 'client',
      scopes: [],
      roles: ['Orders.Read.All'],
    })
    const plainId = { ...common, iss, aud: application, ver: '2.0' }
    expect(await asked(api, await mint(plainId))).toBe('401 not_an_access_token')
  })

  it('tokens of version 1: another issuer, whose metadata are elsewhere (docs/providers.md)', async () => {
    const iss = `https://sts.windows.net/${tenant}/`
    const keys = 'https://login.microsoftonline.com/common/discovery/keys'
    const metadata = `https://login.microsoftonline.com/${tenant}/.well-known/openid-configuration`
    const net = network({ [metadata]: { issuer: iss, jwks_uri: keys }, [keys]: jwks })
    const api = documented('Microsoft Entra ID, tokens of version 1', net)
    const aud = `api://${application}`
    const access = { ...common, iss, aud, ver: '1.0', appid: 'web', scp: 'Orders.Read' }
    const id = { ...common, iss, aud: application, ver: '1.0', nonce: 'n', roles: ['Admin'] }
    const elsewhere = { aud: 'https://graph.microsoft.com' }
    const tokens = { access, header, id, elsewhere, why: 'wrong_audience' }
    expect(await promises(api, tokens)).toMatchObject({ clientId: 'web', issuer: iss })
  })

  it('many tenants: only those that are customers, with keys by URI (docs/providers.md)', async () => {
    const keys = 'https://login.microsoftonline.com/common/discovery/v2.0/keys'
    const net = network({ [keys]: jwks })
    const api = documented('Microsoft Entra ID, many tenants', net)
    const iss = `https://login.microsoftonline.com/${tenant}/v2.0`
    const access = { ...common, iss, aud: application, ver: '2.0', azp: 'web', scp: 'Orders.Read' }
    const id = { ...common, iss, aud: application, ver: '2.0', roles: ['Admin'], nonce: 'n' }
    const elsewhere = { aud: 'api://other' }
    await promises(api, { access, header, id, elsewhere, why: 'wrong_audience' })
    // Signed by the same keys, for the same API, by a tenant that is nobody's customer.
    for (const other of ['99999999-9999-9999-9999-999999999999', 'common', `${tenant}/x`]) {
      const stranger = { ...access, iss: `https://login.microsoftonline.com/${other}/v2.0` }
      expect(await asked(api, await mint(stranger, header))).toBe('401 unknown_issuer')
    }
    expect(net.asked).toEqual([keys])
  })
})

describe('Auth0', () => {
  const iss = 'https://shop.eu.auth0.com/'
  const keys = `${iss}.well-known/jwks.json`
  const net = () =>
    network({
      [`${iss}.well-known/openid-configuration`]: { issuer: iss, jwks_uri: keys },
      [keys]: { keys: jwks.keys.map((key) => ({ ...key, alg: 'RS256' })) },
    })
  const aud = ['https://api.example.com', `${iss}userinfo`]
  const permissions = ['orders:read', 'orders:write']
  const id = { ...times, iss, aud: 'web', sub: 'auth0|1', sid: 's', nonce: 'n', name: 'Alice' }
  const elsewhere = { aud: [`${iss}userinfo`] }

  it('with the RFC 9068 profile: scopes and permissions (docs/providers.md)', async () => {
    const api = documented('Auth0', net())
    const access = {
      ...{ ...times, iss, aud, sub: 'auth0|1', client_id: 'web', jti: randomUUID() },
      ...{ scope: 'openid orders:read', permissions },
    }
    const header = { typ: 'at+jwt' }
    const tokens = { access, header, id, elsewhere, why: 'wrong_audience' }
    expect((await promises(api, tokens)).scopes).toEqual(['openid', 'orders:read', 'orders:write'])
    expect(await asked(api, await mint(access))).toBe('401 wrong_type')
  })

  it('with the older profile: azp, and client credentials by gty (docs/providers.md)', async () => {
    const api = documented('Auth0, older token profile', net())
    const access = { ...times, iss, aud, sub: 'auth0|1', azp: 'web', scope: 'orders:read' }
    const tokens = { access, id, elsewhere, why: 'wrong_audience' }
    expect(await promises(api, tokens)).toMatchObject({ clientId: 'web', scopes: ['orders:read'] })
    const app = { ...access, sub: 'web@clients', gty: 'client-credentials', permissions }
    expect(await accepted(api, await mint(app))).toMatchObject({ principal: 'client' })
    // Without an audience Auth0 encrypts the token for itself.
    const jwe = `${Buffer.from('{"alg":"dir","enc":"A256GCM"}').toString('base64url')}..AA.AA.AA`
    expect(await asked(api, jwe)).toBe('401 opaque_not_accepted')
  })
})

it('Okta: a custom authorization server, scp as a list, no typ (docs/providers.md)', async () => {
  const iss = 'https://shop.okta.com/oauth2/default'
  const keys = `${iss}/v1/keys`
  const net = network({
    [`https://shop.okta.com/.well-known/oauth-authorization-server/oauth2/default`]: {
      issuer: iss,
      jwks_uri: keys,
    },
    [keys]: jwks,
  })
  const api = documented('Okta', net)
  const common = { ...times, iss, ver: 1, auth_time: now }
  const access = {
    ...{ ...common, jti: 'AT.1', aud: 'api://default', cid: 'web', uid: 'u', sub: 'a@example.com' },
    ...{ scp: ['openid', 'orders:read'], groups: ['staff'] },
  }
  const id = { ...common, jti: 'ID.1', aud: 'web', sub: 'u', idp: 'i', amr: ['pwd'], at_hash: 'h' }
  const elsewhere = { aud: 'https://shop.okta.com' }
  const tokens = { access, header: {}, id, elsewhere, why: 'wrong_audience' }
  expect(await promises(api, tokens)).toMatchObject({
    clientId: 'web',
    principal: 'user',
    scopes: ['openid', 'orders:read'],
    roles: ['staff'],
  })
})

it('Amazon Cognito: no audience, so the clients are listed (docs/providers.md)', async () => {
  const iss = 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI'
  const keys = `${iss}/.well-known/jwks.json`
  const net = network({
    [`${iss}/.well-known/openid-configuration`]: { issuer: iss, jwks_uri: keys },
    [keys]: jwks,
  })
  const api = documented('Amazon Cognito', net)
  const common = { ...times, iss, sub: 'u', auth_time: now, 'cognito:groups': ['staff'] }
  const access = {
    ...{ ...common, client_id: '1example23456789', token_use: 'access', version: 2 },
    ...{ jti: randomUUID(), username: 'alice', scope: 'https://api.example.com/orders:read' },
  }
  const id = { ...common, aud: '1example23456789', token_use: 'id', email: 'a@example.com' }
  const elsewhere = { client_id: 'another' }
  const tokens = { access, header: {}, id, elsewhere, why: 'wrong_client' }
  expect(await promises(api, tokens)).toMatchObject({
    scopes: ['https://api.example.com/orders:read'],
    roles: ['staff'],
    principal: 'user',
  })
})

it('any server with introspection: JWTs and opaque tokens alike (docs/providers.md)', async () => {
  const iss = 'https://as.example.com'
  const endpoint = `${iss}/introspect`
  const answers: Record<string, object> = {
    good: {
      ...{ active: true, token_type: 'Bearer', scope: 'orders:read', client_id: 'web' },
      ...{ sub: 'alice', username: 'alice' },
    },
    elsewhere: { active: true, scope: 'orders:read', aud: 'https://other.example.com' },
    id: { active: true, token_type: 'id_token', sub: 'alice', aud: 'https://api.example.com' },
  }
  const net = network({
    [`${iss}/.well-known/oauth-authorization-server`]: {
      issuer: iss,
      introspection_endpoint: endpoint,
    },
    [endpoint]: (body: string) =>
      answers[new URLSearchParams(body).get('token') ?? ''] ?? { active: false },
  })
  const api = documented('Any server with introspection', net)
  expect(await accepted(api, 'good')).toMatchObject({
    principal: 'user',
    scopes: ['orders:read'],
    source: 'introspection',
  })
  expect(await asked(api, 'elsewhere')).toBe('401 wrong_audience')
  expect(await asked(api, 'id')).toBe('401 not_an_access_token')
  expect(await asked(api, 'made-up')).toBe('401 inactive')
  expect(await asked(api, await mint({ iss, sub: 'alice' }))).toBe('401 inactive')
  expect(net.asked.filter((url) => url === endpoint)).toHaveLength(5)
})

it('every section of docs/providers.md is tried here', () => {
  const headings = [...page.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)
  const source = readFileSync(import.meta.filename, 'utf8')
  expect(headings).toHaveLength(9)
  for (const heading of headings) expect(source).toContain(`documented('${heading}'`)
})
