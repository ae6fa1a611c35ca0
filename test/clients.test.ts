import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { dpopClient, newKeys } from '../example-api/clients/dpop.js'
import { machineClient } from '../example-api/clients/machine.js'
import type { Tokens } from '../example-api/clients/oauth-client.js'
import { type Answer, resourceOwner } from '../example-api/walkthrough/resource-owner.js'
import { type Kind, kinds, userClients } from './fixtures/example-clients.ts'
import { type LiveExample, liveExample } from './fixtures/live-example.ts'
import { parseChallenges } from './fixtures/parse-challenges.ts'

jest.setTimeout(30_000)

let example: LiveExample
let clients: ReturnType<typeof userClients>

beforeAll(async () => {
  example = await liveExample()
  clients = userClients(example)
})
afterAll(async () => {
  await example.stop()
})

/** Each test has people of its own, with browsers that nobody has used. */
const ada = () => resourceOwner({ name: 'ada', password: 'lovelace', code: '181512' })
const grace = () => resourceOwner({ name: 'grace', password: 'hopper' })

async function call(route: string, { access_token }: Tokens) {
  const [method, path] = route.split(' ')
  return fetch(`${example.url}${path}`, {
    method: method!,
    headers: { authorization: `Bearer ${access_token}` },
  })
}

async function whoami(tokens: Tokens) {
  const response = await call('GET /whoami', tokens)
  expect(response.status).toBe(200)
  return (await response.json()) as Record<string, unknown>
}

const book = 'GET /books/9780156027328'
const everything = 'openid offline_access books:read orders:read'

describe.each(kinds)('the %s client', (kind: Kind) => {
  const tokensFor = (scope: string, answer?: Answer, person = ada()) =>
    clients.obtain(kind, 'jwt', { scope, person, answer })

  it.each([
    ['jwt', 'jwt'],
    ['opaque', 'introspection'],
  ] as const)('gets %s tokens for a person, which the API takes by %s', async (format, source) => {
    const tokens = await clients.obtain(kind, format, { scope: everything, person: ada() })
    expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'books:read orders:read' })
    expect(tokens.access_token.split('.')).toHaveLength(format === 'jwt' ? 3 : 1)
    expect(await whoami(tokens)).toMatchObject({
      principal: 'user',
      subject: 'ada',
      clientId: format === 'jwt' ? kind : `${kind}-opaque`,
      scopes: ['books:read', 'orders:read'],
      roles: [],
      source,
    })
  })

  it('carries the roles of the person', async () => {
    expect(await whoami(await tokensFor('books:read', {}, grace()))).toMatchObject({
      principal: 'user',
      subject: 'grace',
      roles: ['manager'],
    })
  })

  it('gets nothing when the person says no', async () => {
    await expect(tokensFor(everything, { deny: true })).rejects.toMatchObject({
      error: 'access_denied',
      error_description: 'The resource owner said no.',
    })
  })

  it('gets what the person leaves ticked, and the API asks for the rest', async () => {
    const tokens = await tokensFor(everything, { allow: ['books:read'] })
    expect(tokens.scope).toBe('books:read')
    expect(tokens).not.toHaveProperty('refresh_token')
    expect((await call(book, tokens)).status).toBe(200)
    const refused = await call('GET /shops/north/orders', tokens)
    expect(refused.status).toBe(403)
    const [challenge] = parseChallenges(refused.headers.get('www-authenticate')!)
    expect(challenge!.params).toMatchObject({
      error: 'insufficient_scope',
      scope: 'shop:north:orders:read',
    })
  })

  it('gets more once it asks again and the person agrees', async () => {
    const person = ada()
    const orders = 'GET /shops/north/orders'
    const less = await tokensFor(everything, { allow: ['books:read'] }, person)
    expect((await call(orders, less)).status).toBe(403)
    const more = await clients.obtain(kind, 'jwt', { scope: everything, person, prompt: 'consent' })
    expect((await call(orders, more)).status).toBe(200)
    expect((await call(book, more)).status).toBe(200)
  })

  it('gets new tokens for a refresh token once; a second use ends them all', async () => {
    const { refresh } = clients.of(kind, 'opaque')
    const first = await clients.obtain(kind, 'opaque', { scope: everything, person: ada() })
    const second = await refresh(first.refresh_token!)
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect(second.access_token).not.toBe(first.access_token)
    expect(await whoami(second)).toMatchObject({ principal: 'user', subject: 'ada' })
    // RFC 9700 section 4.14.2: one of the two who used it is a thief.
    await expect(refresh(first.refresh_token!)).rejects.toMatchObject({ error: 'invalid_grant' })
    await expect(refresh(second.refresh_token!)).rejects.toMatchObject({ error: 'invalid_grant' })
    expect((await call('GET /whoami', second)).status).toBe(401)
  })

  it('can refresh for fewer scopes, but not for more', async () => {
    const { refresh } = clients.of(kind, 'jwt')
    const { refresh_token } = await tokensFor(everything)
    const fewer = await refresh(refresh_token!, { scope: 'books:read' })
    expect(fewer.scope).toBe('books:read')
    await expect(
      refresh(fewer.refresh_token!, { scope: 'books:read reports:read' }),
    ).rejects.toMatchObject({ error: 'invalid_scope' })
  })

  it('revokes an opaque token, and the API refuses it from then on', async () => {
    const { revoke } = clients.of(kind, 'opaque')
    const tokens = await clients.obtain(kind, 'opaque', { scope: everything, person: ada() })
    expect((await call('GET /whoami', tokens)).status).toBe(200)
    await revoke(tokens.access_token)
    const refused = await call('GET /whoami', tokens)
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toMatch(/error="invalid_token"/)
  })

  it('cannot revoke a JWT, but the refresh token that came with it', async () => {
    const { refresh, revoke } = clients.of(kind, 'jwt')
    const { access_token, refresh_token } = await tokensFor(everything)
    await expect(revoke(access_token)).rejects.toMatchObject({ error: 'unsupported_token_type' })
    await revoke(refresh_token!)
    await expect(refresh(refresh_token!)).rejects.toMatchObject({ error: 'invalid_grant' })
  })
})

describe('the machine client', () => {
  const machine = (clientId: string, clientSecret: string) =>
    machineClient({ issuer: example.issuer, resource: example.url, clientId, clientSecret })

  it.each([
    ['head-office', 'head-secret', 'jwt'],
    ['south-shop', 'south-secret', 'introspection'],
  ])('gets tokens of its own: %s', async (clientId, secret, source) => {
    const tokens = await machine(clientId, secret).token({ scope: 'books:read' })
    expect(tokens).not.toHaveProperty('refresh_token')
    expect(await whoami(tokens)).toMatchObject({ principal: 'client', clientId, source })
  })

  it('revokes an opaque token, and the API refuses it from then on', async () => {
    const { token, revoke } = machine('south-shop', 'south-secret')
    const tokens = await token({ scope: 'books:read' })
    expect((await call('GET /whoami', tokens)).status).toBe(200)
    await revoke(tokens.access_token)
    expect((await call('GET /whoami', tokens)).status).toBe(401)
  })

  it('revokes no token of another client', async () => {
    const tokens = await machine('south-shop', 'south-secret').token({ scope: 'books:read' })
    await machine('scanner', 'scanner-secret').revoke(tokens.access_token)
    expect((await call('GET /whoami', tokens)).status).toBe(200)
  })

  it('gets no scope of another client', async () => {
    const north = machine('north-shop', 'north-secret')
    await expect(north.token({ scope: 'shop:south:orders:read' })).rejects.toMatchObject({
      error: 'invalid_scope',
    })
  })

  it('gets nothing with a wrong secret', async () => {
    const impostor = machine('north-shop', 'south-secret')
    await expect(impostor.token({ scope: 'books:read' })).rejects.toThrow()
  })
})

describe('the browser app', () => {
  it('runs in a browser: what it imports is its own, but for one package behind one door', () => {
    const folder = new URL('../example-api/clients/', import.meta.url)
    const imports = (file: string): string[] => {
      const text = readFileSync(new URL(file, folder), 'utf8')
      return [...text.matchAll(/\bfrom '([^']+)'/g)].flatMap(([, from]) =>
        from!.startsWith('./') ? imports(from!) : [`${file}: ${from}`],
      )
    }
    const door = new Set(['./oauth4webapi.js: oauth4webapi'])
    expect(new Set(imports('./browser.js'))).toEqual(door)
    expect(new Set(imports('./dpop.js'))).toEqual(door)
  })
})

describe('the native app', () => {
  const scope = 'books:read'

  it('waits on a port of its own, and minds no answer but its own', async () => {
    const begun = await clients.of('native', 'jwt').begin({ scope })
    const redirectUri = new URL(begun.url).searchParams.get('redirect_uri')!
    expect(redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/)
    for (const other of ['?error=access_denied&state=other', '?code=other', '/../elsewhere']) {
      expect((await fetch(redirectUri + other)).status).toBe(404)
    }
    // No URL of its own: it must not end the process.
    expect((await fetch(`${new URL(redirectUri).origin}//`)).status).toBe(404)
    const page = await fetch(await ada().authorize(begun.url))
    expect(await page.text()).toContain('You can close this page.')
    expect((await begun.finished).scope).toBe(scope)
    await expect(fetch(redirectUri)).rejects.toThrow('fetch failed')
  })

  it('sends the browser on without a redirect, which a form’s policy would forbid', async () => {
    const returnTo = `${example.playground}/?one=1&two="2"`
    const begun = await clients.of('native', 'jwt', { returnTo }).begin({ scope })
    const page = await fetch(await ada().authorize(begun.url), { redirect: 'manual' })
    expect(page.status).toBe(200)
    const next = `${example.playground}/?one=1&amp;two=%222%22`
    expect(await page.text()).toContain(`<meta http-equiv="refresh" content="0; url=${next}">`)
  })

  it('waits no longer than it is wanted', async () => {
    const begun = await clients.of('native', 'jwt').begin({ scope })
    begun.close()
    await expect(begun.finished).rejects.toThrow('It waits no longer.')
  })
})

describe('the device flow', () => {
  const scope = 'books:read'

  it('connects nobody when the person says that it is another device', async () => {
    const begun = await clients.of('device', 'jwt').begin({ scope })
    const person = ada()
    const code = await person.open(begun.verificationUri)
    const confirm = await person.submit(code, code.forms[0]!, { user_code: begun.userCode })
    const end = await person.submit(confirm, confirm.forms[0]!, { abort: 'yes' })
    expect(end.heading).toBe('Not connected')
    await expect(begun.finished).rejects.toMatchObject({ error: 'access_denied' })
  })

  it('fills in the code of a link, and leaves it to the person to send it', async () => {
    const begun = await clients.of('device', 'jwt').begin({ scope })
    const page = await ada().open(begun.verificationUriComplete!)
    expect(page.heading).toBe('Connect a device')
    expect(page.forms[0]!.fields).toContainEqual(
      expect.objectContaining({ name: 'user_code', value: begun.userCode }),
    )
    begun.cancel()
  })

  it('takes a code in any case and without the dash, but only once', async () => {
    const begun = await clients.of('device', 'jwt').begin({ scope })
    const userCode = begun.userCode.toLowerCase().replace('-', '')
    expect(await ada().connectDevice({ ...begun, userCode })).toBe('Connected')
    expect(await ada().connectDevice(begun)).toBe('Connect a device')
    expect((await begun.finished).scope).toBe(scope)
  })

  it('says so when no device shows the code', async () => {
    const person = ada()
    const page = await person.open(`${example.issuer}/device`)
    const again = await person.submit(page, page.forms[0]!, { user_code: 'NOPE-NOPE' })
    expect(again.text).toContain('No device shows this code.')
  })

  it('ends when the device is switched off', async () => {
    const begun = await clients.of('device', 'jwt').begin({ scope })
    begun.cancel()
    await expect(begun.finished).rejects.toThrow(/abort/i)
  })

  it('gives a screen on the wall no scope that changes anything', async () => {
    const asking = clients.of('device', 'jwt').begin({ scope: 'books:write' })
    await expect(asking).rejects.toMatchObject({ error: 'invalid_scope' })
  })
})

describe('the client with a key', () => {
  const scope = 'offline_access books:read reports:read'
  const keyed = (keys: CryptoKeyPair, format = 'jwt', fetch = globalThis.fetch) =>
    dpopClient({
      issuer: example.issuer,
      resource: example.url,
      clientId: format === 'jwt' ? 'dpop' : 'dpop-opaque',
      redirectUri: `${example.playground}/`,
      keys,
      fetch,
    })
  async function obtain(client: ReturnType<typeof keyed>): Promise<Tokens> {
    const attempt = await client.begin({ scope })
    return client.finish(attempt, await ada().authorize(attempt.url))
  }
  const at = (path: string) => new URL(path, example.url)

  it('can use its key, and nobody can read it', async () => {
    const { privateKey } = await newKeys()
    expect(privateKey.extractable).toBe(false)
    await expect(crypto.subtle.exportKey('jwk', privateKey)).rejects.toThrow()
  })

  it.each([
    ['jwt', 'jwt'],
    ['opaque', 'introspection'],
  ])(
    'gets %s tokens that are bound to it, which the API takes with proofs only',
    async (format, source) => {
      const client = keyed(await newKeys(), format)
      const { access_token, token_type } = await obtain(client)
      expect(token_type).toBe('dpop')
      const proved = await client.call(access_token, 'GET', at('/whoami'))
      expect(await proved.json()).toMatchObject({ principal: 'user', subject: 'ada', source })
      expect((await client.call(access_token, 'GET', at('/reports/accounts'))).status).toBe(200)
      for (const scheme of ['Bearer', 'DPoP']) {
        const headers = { authorization: `${scheme} ${access_token}` }
        expect((await fetch(at('/whoami'), { headers })).status).toBe(401)
      }
    },
  )

  it('sends a request once more when the API asks for a nonce, and knows it then', async () => {
    const nonces: unknown[] = []
    const client = keyed(await newKeys(), 'jwt', (url, init) => {
      const proof = new Headers(init?.headers).get('dpop')
      if (String(url).startsWith(example.url)) {
        const claims = Buffer.from(proof!.split('.')[1]!, 'base64url').toString()
        nonces.push(typeof JSON.parse(claims).nonce)
      }
      return fetch(url, init)
    })
    const { access_token } = await obtain(client)
    for (const path of ['/whoami', '/reports/accounts']) {
      expect((await client.call(access_token, 'GET', at(path))).status).toBe(200)
    }
    expect(nonces).toEqual(['undefined', 'string', 'string'])
  })

  it('has a code and a refresh token that are of no use without the key', async () => {
    const client = keyed(await newKeys())
    const thief = keyed(await newKeys())
    const attempt = await client.begin({ scope })
    const back = await ada().authorize(attempt.url)
    await expect(thief.finish(attempt, back)).rejects.toMatchObject({ error: 'invalid_grant' })
    const { refresh_token } = await obtain(client)
    await expect(thief.refresh(refresh_token!)).rejects.toMatchObject({ error: 'invalid_grant' })
    expect((await client.refresh(refresh_token!)).token_type).toBe('dpop')
  })
})

describe('a login with a code', () => {
  const scope = 'offline_access books:read shop:north:orders:write'
  const refund = 'POST /shops/north/orders/1/refund'

  it.each(['jwt', 'opaque'] as const)(
    'is asked for as the API says, is told by the token (%s), and stays with a refresh',
    async (format) => {
      const person = ada()
      const client = clients.of('web', format)
      const weak = await clients.obtain('web', format, { scope, person })
      const refused = await call(refund, weak)
      expect(refused.status).toBe(401)
      const [challenge] = parseChallenges(refused.headers.get('www-authenticate')!)
      const { error, acr_values, max_age } = challenge!.params
      expect(error).toBe('insufficient_user_authentication')
      expect((await call(refund, await client.refresh(weak.refresh_token!))).status).toBe(401)

      const attempt = await client.begin({ scope, acrValues: acr_values!, maxAge: max_age! })
      const back = await person.authorize(attempt.url)
      const strong = await client.finish(attempt, back)
      expect((await call(refund, strong)).status).toBe(200)
      expect((await call(refund, await client.refresh(strong.refresh_token!))).status).toBe(200)
      // Whoever has logged in so need not do so again.
      const again = await client.begin({ scope: 'books:read', acrValues: 'mfa pwd' })
      expect((await person.open(again.url)).heading).not.toBe('Log in')
    },
  )

  it('is not had with a wrong code, and the page does not say which part was wrong', async () => {
    const { url } = await clients.of('web', 'jwt').begin({ scope, acrValues: 'mfa' })
    const person = ada()
    const page = await person.open(url)
    const entered = { name: 'ada', password: 'lovelace', otp: '000000' }
    const again = await person.submit(page, page.forms[0]!, entered)
    expect([again.status, again.heading]).toEqual([400, 'Log in'])
    expect(again.text).toContain('No person has this name, password and code.')
  })

  it('is asked for once more when it is too old', async () => {
    const person = ada()
    await clients.obtain('web', 'jwt', { scope, person })
    const { url } = await clients.of('web', 'jwt').begin({ scope, maxAge: 0 })
    expect((await person.open(url)).heading).toBe('Log in')
  })
})

describe('authorization details', () => {
  const scope = 'books:read'
  const isbn = '9780441478125'
  const detail = { type: 'purchase', actions: ['buy'], identifier: isbn }
  const buy = `POST /books/${isbn}/purchases`

  it.each(['jwt', 'opaque'] as const)(
    'are what the person was told in words, and allow that and no more (%s)',
    async (format) => {
      const person = ada()
      const client = clients.of('web', format)
      await clients.obtain('web', format, { scope, person })
      const attempt = await client.begin({ scope, authorizationDetails: [detail] })
      const page = await person.open(attempt.url)
      expect(page.text).toContain(`Buy one copy of the book ${isbn}.`)
      const tokens = await client.finish(attempt, await person.answerPages(page, {}))
      expect((await call(buy, tokens)).status).toBe(201)
      expect((await call('POST /books/9780156027328/purchases', tokens)).status).toBe(403)
    },
  )

  it('are not there when the person unticks them, nor in a token that was not got with them', async () => {
    const person = ada()
    const { begin, finish } = clients.of('web', 'jwt')
    const first = await begin({ scope, authorizationDetails: [detail] })
    const less = await finish(first, await person.authorize(first.url, { allow: [scope] }))
    expect((await call(buy, less)).status).toBe(403)
    const second = await begin({ scope, authorizationDetails: [detail] })
    const more = await finish(second, await person.authorize(second.url))
    expect((await call(buy, more)).status).toBe(201)
    const plain = await clients.obtain('web', 'jwt', { scope, person })
    expect((await call(buy, plain)).status).toBe(403)
  })

  it.each([
    ['of a type that nobody knows', { type: 'payment' }],
    ['with another action', { ...detail, actions: ['sell'] }],
    ['without a book', { type: 'purchase', actions: ['buy'] }],
    ['with what could not be told in words', { ...detail, privileges: ['all'] }],
  ])('are refused: %s', async (_, wrong) => {
    const { url } = await clients.of('web', 'jwt').begin({ scope, authorizationDetails: [wrong] })
    const { url: end } = await ada().open(url)
    expect(end.searchParams.get('error')).toBe('invalid_authorization_details')
  })

  it('are for machines too', async () => {
    const machine = machineClient({
      issuer: example.issuer,
      resource: example.url,
      clientId: 'north-shop',
      clientSecret: 'north-secret',
    })
    const tokens = await machine.token({ scope, authorizationDetails: [detail] })
    expect((await call(buy, tokens)).status).toBe(201)
  })
})
