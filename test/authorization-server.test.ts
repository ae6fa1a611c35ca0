import { once } from 'node:events'
import { type OutgoingHttpHeaders, request } from 'node:http'
import { connect } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { memoryAdapter } from '../example-api/authorization-server/memory-adapter.js'
import type { Attempt } from '../example-api/clients/authorization-code.js'
import { browserClient } from '../example-api/clients/browser.js'
import { machineClient } from '../example-api/clients/machine.js'
import type { Tokens } from '../example-api/clients/oauth-client.js'
import { resourceOwner } from '../example-api/walkthrough/resource-owner.js'
import { type Format, userClients } from './fixtures/example-clients.ts'
import { type Change, type LiveExample, liveExample } from './fixtures/live-example.ts'

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
const ada = () => resourceOwner({ name: 'ada', password: 'lovelace' })
const grace = () => resourceOwner({ name: 'grace', password: 'hopper' })
const obtain = (scope: string, person = ada(), format: Format = 'jwt') =>
  clients.obtain('web', format, { scope, person })

async function answerTo(path: string, token: string) {
  const headers = { authorization: `Bearer ${token}` }
  const response = await fetch(example.url + path, { headers })
  const challenge = response.headers.get('www-authenticate')
  return { status: response.status, challenge, retryAfter: response.headers.get('retry-after') }
}

/** Keys that are new to the API are fetched once a second at most. */
async function accepted(path: string, token: string): Promise<void> {
  for (;;) {
    const { status } = await answerTo(path, token)
    if (status === 200) return
    expect(status).toBe(401)
    await setTimeout(50)
  }
}

async function publishedKeys() {
  const response = await fetch(`${example.issuer}/jwks`)
  return ((await response.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid)
}

const keyOf = ({ access_token }: Tokens) =>
  JSON.parse(Buffer.from(access_token.split('.')[0]!, 'base64url').toString()).kid as string

describe('the authorization endpoint', () => {
  async function endOf(change: (parameters: URLSearchParams) => void) {
    const { url } = await clients.of('web', 'jwt').begin({ scope: 'books:read' })
    const changed = new URL(url)
    change(changed.searchParams)
    return ada().open(changed)
  }

  it.each([
    ['without a challenge', ['code_challenge', 'code_challenge_method']],
    ['by the plain method', ['code_challenge_method']],
  ])('refuses PKCE %s, from confidential clients too', async (_, without) => {
    const { url } = await endOf((parameters) => {
      for (const name of without) parameters.delete(name)
    })
    expect(url.href).toMatch(/^http.+\/clients\/web\/callback\?error=invalid_request/)
  })

  it('sends nobody to a redirect URI that is not registered, and shows a way out', async () => {
    const page = await endOf((parameters) => {
      parameters.set('redirect_uri', `${example.playground}/elsewhere`)
    })
    expect([page.status, page.heading]).toEqual([400, 'This did not work'])
    expect(page.text).toContain('<code>invalid_redirect_uri</code>')
    expect(page.text).toContain(`href="${example.playground}/"`)
  })

  it('keeps the flows of people from machines, and those of machines from the others', async () => {
    const { url } = await endOf((parameters) => {
      parameters.set('client_id', 'north-shop')
    })
    expect(url.origin).toBe(example.issuer)
    const response = await fetch(`${example.issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('web:web-secret')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource: example.url }),
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      error_description: 'requested grant type is not allowed for this client',
    })
  })

  it('asks again neither for what was allowed nor for what was not, unless told to', async () => {
    const person = ada()
    const { begin, finish } = clients.of('browser', 'jwt')
    const scope = 'books:read reports:read'
    const first = await begin({ scope })
    await person.authorize(first.url, { allow: ['books:read'] })

    const second = await begin({ scope })
    const back = await person.open(second.url)
    expect(back.url.origin).toBe(example.playground)
    expect((await finish(second, back.url)).scope).toBe('books:read')

    const more = await begin({ scope: `${scope} orders:read` })
    expect((await person.open(more.url)).heading).toBe('Allow access?')
    const told = await begin({ scope, prompt: 'consent' })
    expect((await person.open(told.url)).heading).toBe('Allow access?')
  })

  it('keeps to the last word of the person, also for refresh tokens given before', async () => {
    const person = ada()
    const { begin, refresh } = clients.of('web', 'jwt')
    const scope = 'offline_access books:read reports:read'
    const { refresh_token } = await obtain(scope, person)
    const again = await begin({ scope })
    await person.authorize(again.url, { allow: ['offline_access', 'reports:read'] })
    expect((await refresh(refresh_token!)).scope).toBe('reports:read')
  })
})

describe('the authorization response', () => {
  const asked: string[] = []
  let attempt: Attempt
  let back: URL
  let client: ReturnType<typeof browserClient>

  beforeAll(async () => {
    client = browserClient({
      issuer: example.issuer,
      resource: example.url,
      clientId: 'browser',
      redirectUri: `${example.playground}/`,
      fetch: (url, init) => {
        asked.push(new URL(url).pathname)
        return fetch(url, init)
      },
    })
    attempt = await client.begin({ scope: 'books:read' })
    back = new URL(await ada().authorize(attempt.url))
  })

  const changed = (name: string, value: string) => {
    const url = new URL(back)
    if (value) url.searchParams.set(name, value)
    else url.searchParams.delete(name)
    return url
  }

  it('names its issuer (RFC 9207)', () => {
    expect(back.searchParams.get('iss')).toBe(example.issuer)
  })

  it.each([
    ['state', 'of another attempt'],
    ['state', ''],
    ['iss', 'https://other.example'],
    ['iss', ''],
  ])('is refused by the client when its %s is %p, before the code is used', async (name, value) => {
    await expect(client.finish(attempt, changed(name, value))).rejects.toThrow()
    expect(asked).not.toContain('/token')
  })

  it('is good for the one who began only: PKCE', async () => {
    const thief = { ...attempt, verifier: 'a'.repeat(43) }
    await expect(client.finish(thief, back)).rejects.toMatchObject({ error: 'invalid_grant' })
    expect(asked).toContain('/token')
  })
})

describe('the keys', () => {
  it('rotate: tokens of the new key are good, sessions and all else that was given stay', async () => {
    const person = ada()
    const before = await obtain('openid offline_access books:read', person)
    const opaque = await obtain('books:read', person, 'opaque')
    expect(await publishedKeys()).toEqual([keyOf(before)])

    await example.rotateKeys()
    const { refresh } = clients.of('web', 'jwt')
    const after = await refresh(before.refresh_token!)
    expect(await publishedKeys()).toEqual([keyOf(after)])
    expect(keyOf(after)).not.toBe(keyOf(before))
    await accepted('/whoami', after.access_token)
    expect((await answerTo('/whoami', opaque.access_token)).status).toBe(200)

    const { url } = await clients.of('web', 'jwt').begin({ scope: 'books:read' })
    expect((await person.open(url)).heading).toBe('')
  })

  it('rotate while a person is logging in, who does not notice', async () => {
    const person = ada()
    const { begin, finish } = clients.of('web', 'jwt')
    const attempt = await begin({ scope: 'books:read' })
    const login = await person.open(attempt.url)
    await example.rotateKeys()
    const form = login.forms[0]!
    const consent = await person.submit(login, form, { name: 'ada', password: 'lovelace' })
    await example.rotateKeys()
    const end = await person.submit(consent, consent.forms[0]!, { answer: 'allow' })
    expect((await finish(attempt, end.url)).scope).toBe('books:read')
  })
})

describe('requests that are not for it', () => {
  /** Unlike fetch, this sends any Host and any request target. */
  function statusOf(method: string, path: string, headers: OutgoingHttpHeaders = {}) {
    return new Promise<number | undefined>((resolve, reject) => {
      const { hostname, port } = new URL(example.issuer)
      const sent = request({ hostname, port, method, path, headers }, (response) => {
        response.resume().once('end', () => resolve(response.statusCode))
      })
      sent.once('error', reject).end()
    })
  }

  it.each(['evil.example', '[', 'a b', '%', '127.0.0.1:1'])(
    'are refused: by Host %s',
    async (host) => {
      expect(await statusOf('GET', '/.well-known/openid-configuration', { host })).toBe(400)
      expect(await statusOf('POST', '/token', { host })).toBe(400)
    },
  )

  it('are refused: with a request target of another origin', async () => {
    const { host } = new URL(example.issuer)
    expect(await statusOf('GET', 'http://evil.example:999999/device', { host })).toBe(400)
  })

  it('are led to a new page: answers to the device page of a session that is over', async () => {
    const { host } = new URL(example.issuer)
    expect(await statusOf('POST', '/device', { host })).toBe(303)
    expect(await statusOf('POST', '/device/', { host, cookie: '_session=gone' })).toBe(303)
    expect(await statusOf('GET', '/device', { host })).toBe(200)
  })
})

describe('what the authorization server holds', () => {
  it('is bounded for each kind of thing: logins that anybody begins push out no tokens', async () => {
    const adapter = memoryAdapter()
    await adapter('AccessToken').upsert('token', { jti: 'token' }, 600)
    for (let count = 0; count <= 10_000; count++) {
      await adapter('Interaction').upsert(String(count), { uid: String(count) }, 600)
    }
    expect(await adapter('Interaction').find('0')).toBeUndefined()
    expect(await adapter('Interaction').find('10000')).toEqual({ uid: '10000' })
    expect(await adapter('AccessToken').find('token')).toEqual({ jti: 'token' })
  })
})

describe('an outage', () => {
  it('does not spare connections that are open already', async () => {
    const { host, port } = new URL(example.issuer)
    const socket = connect(Number(port), '127.0.0.1')
    const failed = new Promise<NodeJS.ErrnoException>((resolve) => socket.once('error', resolve))
    socket.write(`GET /jwks HTTP/1.1\r\nhost: ${host}\r\n\r\n`)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200/)
    await example.down()
    expect((await failed).code).toBe('ECONNRESET')
    await example.up()
  })

  it('resets every connection, and is over when it is over', async () => {
    const jwt = await obtain('books:read')
    const opaque = await obtain('books:read', ada(), 'opaque')
    await accepted('/whoami', jwt.access_token)

    await example.down()
    await expect(fetch(`${example.issuer}/jwks`)).rejects.toThrow('fetch failed')
    expect((await answerTo('/whoami', jwt.access_token)).status).toBe(200)
    expect(await answerTo('/whoami', opaque.access_token)).toEqual({
      status: 503,
      challenge: null,
      retryAfter: expect.stringMatching(/^\d+$/),
    })

    await example.up()
    expect(await publishedKeys()).toHaveLength(1)
    expect((await answerTo('/whoami', opaque.access_token)).status).toBe(200)
  })
})

describe.each(['jwt', 'opaque'] as const)('variants of a token: %s', (format) => {
  const path = '/books/9780156027328'
  let token: string
  beforeAll(async () => {
    token = (await obtain('books:read', ada(), format)).access_token
    await accepted(path, token)
  })

  it.each<[Change, number, string]>([
    ['expired', 401, 'invalid_token'],
    ['other-audience', 401, 'invalid_token'],
    ['fewer-scopes', 403, 'insufficient_scope'],
  ])('%s is answered with %i', async (change, status, error) => {
    const variant = (await example.variant(token, change))!
    expect(variant.split('.')).toHaveLength(token.split('.').length)
    expect(variant).not.toBe(token)
    const answer = await answerTo(path, variant)
    expect(answer.status).toBe(status)
    expect(answer.challenge).toContain(`error="${error}"`)
    expect((await answerTo(path, token)).status).toBe(200)
  })

  it('with fewer scopes is a good token nevertheless', async () => {
    const variant = (await example.variant(token, 'fewer-scopes'))!
    expect((await answerTo('/whoami', variant)).status).toBe(200)
  })

  it('there are of machines too', async () => {
    const [clientId, clientSecret] =
      format === 'jwt' ? ['head-office', 'head-secret'] : ['south-shop', 'south-secret']
    const machine = machineClient({
      issuer: example.issuer,
      resource: example.url,
      clientId: clientId!,
      clientSecret: clientSecret!,
    })
    const { access_token } = await machine.token({ scope: 'books:read' })
    const variant = (await example.variant(access_token, 'fewer-scopes'))!
    expect((await answerTo(path, variant)).status).toBe(403)
  })
})

describe('variants', () => {
  it('there are of access tokens only, and of no others’', async () => {
    const { access_token, id_token, refresh_token } = await obtain(
      'openid offline_access books:read',
    )
    const [header, payload, signature] = access_token.split('.') as [string, string, string]
    const forged = [header, payload, `${signature.slice(0, -4)}AAAA`].join('.')
    for (const token of ['', 'nothing', 'a.b.c', forged, id_token!, refresh_token!]) {
      expect(await example.variant(token, 'fewer-scopes')).toBeUndefined()
    }
  })
})

describe('CORS', () => {
  const preflight = async (path: string, origin: string) => {
    const response = await fetch(example.issuer + path, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    })
    return response.headers.get('access-control-allow-origin')
  }

  it.each(['/token', '/token/revocation', '/.well-known/oauth-authorization-server'])(
    'lets the playground read answers of %s, and no other page',
    async (path) => {
      expect(await preflight(path, example.playground)).toBe(example.playground)
      expect(await preflight(path, 'http://127.0.0.1:1')).not.toBe('http://127.0.0.1:1')
      const method = path.startsWith('/token') ? 'POST' : 'GET'
      const headers = { origin: 'http://127.0.0.1:1' }
      const response = await fetch(example.issuer + path, { method, headers })
      expect(response.headers.get('access-control-allow-origin')).toBe(example.playground)
      expect(response.headers.get('vary')).toContain('Origin')
      expect(response.headers.has('access-control-allow-credentials')).toBe(false)
    },
  )

  it('lets no other origin read the pages for people', async () => {
    expect(await preflight('/interaction/1', example.playground)).toBeNull()
  })
})

describe('the end', () => {
  it('comes quietly: in all of this, nothing was printed', async () => {
    await grace().open(`${example.issuer}/nowhere`)
    expect(await example.stop()).toEqual({ code: 0, printed: '' })
  })
})
