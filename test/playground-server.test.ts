import { execFile } from 'node:child_process'
import { type IncomingHttpHeaders, request } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { eventStream } from '../example-api/playground/event-stream.js'
import { flows } from '../example-api/playground/flows.js'
import { loopbackOnly } from '../example-api/playground/loopback-only.js'
import { observer } from '../example-api/playground/observer.js'
import { routeTable } from '../example-api/routes/route-table.js'
import { parseChallenges } from './fixtures/parse-challenges.ts'
import { type StartedExample, startedExample } from './fixtures/started-example.ts'

jest.setTimeout(30_000)

let example: StartedExample
beforeAll(async () => {
  example = await startedExample()
})
afterAll(async () => {
  expect(await example.end()).toEqual({ code: 0, errors: '' })
})

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Unlike fetch, this sends any header field. */
function ask(
  method: string,
  path: string,
  { headers = {}, body }: { headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(`${example.playground}${path}`, { method, headers }, (response) => {
      const { statusCode: status = 0, headers } = response
      const isStream = headers['content-type']?.startsWith('text/event-stream')
      if (isStream) response.destroy()
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      response.on('close', () => resolve({ status, headers, body: text }))
      response.on('error', () => {})
    })
    sent.on('error', reject).end(body)
  })
}

const json = { 'content-type': 'application/json' }
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  ask('POST', path, { headers: { ...json, ...headers }, body: JSON.stringify(body) })

async function token(client: string, scope: string): Promise<string> {
  const { machines } = await import('../example-api/authorization-server/clients.js')
  const { secret } = machines.find(({ id }) => id === client)!
  const response = await fetch(`${example.issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${client}:${secret}`)}` },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      resource: example.url,
      ...(scope && { scope }),
    }),
  })
  return ((await response.json()) as { access_token: string }).access_token
}

describe('the route table', () => {
  it('lists every route that the routers have, each once', async () => {
    const script = join(import.meta.dirname, 'fixtures', 'express-routes.js')
    const { stdout } = await promisify(execFile)(process.execPath, [script])
    const routes = (JSON.parse(stdout) as string[]).map((route) => route.replace(/(.)\/$/, '$1'))
    expect(routes.length).toBeGreaterThan(10)
    const listed = routeTable.map(
      ({ method, route }) => `${method} ${route.replace(/\{(\w+)\}/g, ':$1')}`,
    )
    // Middleware serves this one.
    const elsewhere = 'GET /.well-known/oauth-protected-resource'
    expect(listed.sort()).toEqual([...routes, elsewhere].sort())
  })

  function call({ method, path, body }: (typeof routeTable)[number], bearer?: string) {
    return fetch(example.url + path, {
      method,
      headers: { ...json, ...(bearer && { authorization: `Bearer ${bearer}` }) },
      ...(body && { body: JSON.stringify(body) }),
    })
  }
  const challengeOf = (response: Response) => {
    const field = response.headers.get('www-authenticate')
    return field === null ? undefined : parseChallenges(field)[0]!.params
  }
  const rows = routeTable.map((entry) => [`${entry.method} ${entry.route}`, entry] as const)

  it.each(rows)('tells what %s requires, as the API itself does', async (_, entry) => {
    const nobody = await call(entry)
    if (entry.needs === 'nothing') {
      expect(nobody.status).toBe(200)
      return
    }
    const bad = await call(entry, 'unknown')
    expect(bad.status).toBe(401)
    expect(nobody.status).toBe(entry.needs === 'optional' ? 200 : 401)
    const plain = await call(entry, await token('head-office', ''))
    // A machine has not logged in and has no key; what it lacks besides is told along with it.
    const lacksMore = entry.also === 'login' || entry.also === 'dpop'
    const lacks = entry.needs === 'scope' || entry.also === 'details'
    expect(plain.status).toBe(lacksMore ? 401 : lacks ? 403 : 200)
    expect(challengeOf(plain)?.['scope']).toBe(entry.scope)
    for (const scope of (entry.scope ?? '').split(' ').filter(Boolean)) {
      expect(entry.requires).toContain(scope.replace(':north:', ':{shop}:'))
    }
  })

  it.each(rows.filter(([, { scope }]) => scope))(
    'names a scope for %s that is enough, but for what no scope can grant',
    async (_, entry) => {
      const isShops = entry.scope!.startsWith('shop:')
      const good = await call(
        entry,
        await token(isShops ? 'north-shop' : 'head-office', entry.scope!),
      )
      // The head office is a client and a manager; the first order is the north shop's.
      if (entry.also === 'user') {
        expect([good.status, challengeOf(good)]).toEqual([403, undefined])
      } else if (entry.also === 'login' || entry.also === 'dpop') {
        expect(good.status).toBe(401)
      } else {
        expect(good.ok).toBe(true)
      }
      if (entry.also === 'manager' || entry.also === 'own') {
        const other = entry.also === 'own' ? { ...entry, path: '/shops/north/orders/2' } : entry
        const bearer = await token(entry.also === 'own' ? 'north-shop' : 'scanner', entry.scope!)
        const refused = await call(other, bearer)
        expect([refused.status, challengeOf(refused)]).toEqual([403, undefined])
      }
    },
  )
})

describe('the playground’s server', () => {
  const guarded: [method: string, path: string][] = [
    ['POST', '/controls/rotate'],
    ['POST', '/controls/outage'],
    ['POST', '/controls/variant'],
    ['POST', '/flows'],
    ['GET', '/flows/any'],
    ['DELETE', '/flows/any'],
    ['GET', '/events'],
    ['GET', '/setup.json'],
  ]

  describe.each(guarded)('answers %s %s', (method, path) => {
    const body = method === 'POST' ? '{}' : ''
    const send = (headers: Record<string, string>) =>
      ask(method, path, { headers: { ...json, ...headers }, ...(body && { body }) })

    it.each([
      ['of another origin', { origin: 'http://127.0.0.1:1' }],
      ['of the API’s origin', { origin: 'api' }],
      ['of no origin that it would tell', { origin: 'null' }],
      ['of another site', { 'sec-fetch-site': 'cross-site' }],
      ['of another port', { 'sec-fetch-site': 'same-site' }],
      ['under a name that was rebound', { host: 'evil.example' }],
      ['under a name that begins well', { host: '127.0.0.1.evil.example' }],
    ])('not to a page %s', async (_, headers) => {
      const origin =
        (headers as { origin?: string }).origin === 'api' ? { origin: example.url } : {}
      const answer = await send({ ...headers, ...origin } as Record<string, string>)
      expect(answer.status).toBe(403)
      expect(answer.headers['access-control-allow-origin']).toBeUndefined()
    })

    it('to its own page, and to a program of this machine', async () => {
      const own = { origin: example.playground, 'sec-fetch-site': 'same-origin' }
      for (const headers of [own, {}]) {
        const { status } = await send(headers)
        expect(status).not.toBe(403)
        expect(status).toBeLessThan(500)
      }
    })
  })

  it.each([
    ['10.0.0.5', 403],
    ['::ffff:10.0.0.5', 403],
    ['fe80::1', 403],
    ['127.0.0.1', undefined],
    ['::1', undefined],
    ['::ffff:127.0.0.1', undefined],
  ])('takes %s for what it is', (remoteAddress, status) => {
    const guard = loopbackOnly('http://127.0.0.1:3002')
    const headers = { host: '127.0.0.1:3002' }
    const next = jest.fn<(error?: { status: number }) => void>()
    guard({ socket: { remoteAddress }, headers } as never, {} as never, next as never)
    expect(next.mock.calls[0]?.[0]?.status).toBe(status)
  })

  it('takes JSON only, and not much of it', async () => {
    const form = { headers: { 'content-type': 'text/plain' }, body: '{"down":true}' }
    expect((await ask('POST', '/controls/outage', form)).status).toBe(415)
    expect((await ask('POST', '/flows', form)).status).toBe(415)
    expect((await post('/controls/outage', [])).status).toBe(415)
    const big = await post('/controls/variant', { token: 'a'.repeat(20_000), change: 'expired' })
    expect(big.status).toBe(413)
    expect((await post('/flows', { kind: 'machine', scope: 'a'.repeat(5000) })).status).toBe(413)
  })

  it.each([
    ['/controls/outage', { down: 'yes' }, 400],
    ['/controls/variant', { token: 'a' }, 400],
    ['/controls/variant', { token: 1, change: 'expired' }, 400],
    ['/controls/variant', { token: 'a', change: '__proto__' }, 400],
    ['/controls/variant', { token: 'not-ours', change: 'expired' }, 404],
    ['/flows', {}, 400],
    ['/flows', { kind: 'browser' }, 400],
    ['/flows', { kind: 'toString' }, 400],
    ['/flows', { kind: 'machine', scope: 'everything' }, 400],
    ['/flows', { kind: 'machine', opaque: 'yes' }, 400],
    ['/flows', { kind: 'web', acrValues: ['mfa'] }, 400],
    ['/flows', { kind: 'web', maxAge: 300 }, 400],
    ['/flows', { kind: 'machine', authorizationDetails: {} }, 400],
    ['/flows', { kind: 'machine', redirectUri: 'https://elsewhere.example' }, 400],
    ['/flows', { kind: 'device', scope: 'books:write' }, 400],
  ])('refuses %s with %j', async (path, body, status) => {
    const answer = await post(path, body)
    expect([answer.status, JSON.parse(answer.body).status]).toEqual([status, status])
  })

  it('asks for what is wanted besides scopes: details, or a stronger login', async () => {
    const details = [{ type: 'purchase', actions: ['buy'], identifier: '9780441478125' }]
    const machine = await post('/flows', { kind: 'machine', authorizationDetails: details })
    const { id } = JSON.parse(machine.body) as { id: string }
    const { tokens } = JSON.parse((await ask('GET', `/flows/${id}`)).body)
    const [, claims] = tokens.access_token.split('.')
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      authorization_details: details,
    })
    const web = await post('/flows', { kind: 'web', acrValues: 'mfa', maxAge: '300' })
    const { searchParams } = new URL((JSON.parse(web.body) as { url: string }).url)
    expect([searchParams.get('acr_values'), searchParams.get('max_age')]).toEqual(['mfa', '300'])
  })

  it('hands a token over once, and to whoever knows the name of the flow only', async () => {
    const { status, body, headers } = await post('/flows', { kind: 'machine', scope: 'books:read' })
    expect([status, headers['cache-control']]).toEqual([201, 'no-store'])
    const { id } = JSON.parse(body) as { id: string }
    expect(Buffer.from(id, 'base64url')).toHaveLength(32)
    const first = await ask('GET', `/flows/${id}`)
    expect(first.headers['cache-control']).toBe('no-store')
    const { tokens, ...rest } = JSON.parse(first.body)
    expect(rest).toEqual({ status: 'done' })
    expect(Object.keys(tokens).sort()).toEqual(['access_token', 'expires_in', 'scope'])
    expect((await ask('GET', `/flows/${id}`)).status).toBe(404)
    expect((await ask('GET', '/flows/unknown')).status).toBe(404)
  })

  it('sends whoever answers for the web application back to the page, and nowhere else', async () => {
    for (const query of ['', '?state=unknown&code=a', '?state=a&redirect=https://evil.example']) {
      const { status, headers } = await ask('GET', `/clients/web/callback${query}`)
      expect([status, headers.location]).toEqual([303, '/'])
    }
    // The target may be absolute (RFC 9112 section 3.2.2), and no URL.
    const { hostname, port, host } = new URL(example.playground)
    const path = 'http://evil.example:99999/clients/web/callback?state=a'
    const absolute = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request({ hostname, port, path, headers: { host } }, (response) => {
        response.resume().once('end', () => resolve(response.statusCode))
      })
      sent.once('error', reject).end()
    })
    expect(absolute).toBe(303)
    const { status, headers } = await ask('GET', '/', { headers: { host: 'localhost:9' } })
    expect([status, headers.location]).toEqual([302, `${example.playground}/`])
  })

  it('serves the page’s own files, and no others', async () => {
    for (const path of ['/', '/playground/page/main.js', '/clients/oauth4webapi.js']) {
      expect((await ask('GET', path)).status).toBe(200)
    }
    for (const path of [
      '/playground/controls.js',
      '/playground/page/../controls.js',
      '/clients/..%2fexample.js',
      '/package.json',
    ]) {
      expect((await ask('GET', path)).status).toBe(404)
    }
  })
})

describe('the API, for browsers', () => {
  const preflight = (path: string, origin: string) =>
    fetch(example.url + path, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'authorization,content-type,x-playground-request',
      },
    })

  it('lets the page of the playground in by its preflight, and no other page', async () => {
    for (const origin of [example.playground, 'https://evil.example']) {
      const { status, headers } = await preflight('/books/9780156027328/stock', origin)
      expect(status).toBe(204)
      expect(headers.get('access-control-allow-origin')).toBe(example.playground)
      expect(headers.get('access-control-allow-headers')).toContain('Authorization')
      expect(headers.get('access-control-allow-credentials')).toBeNull()
    }
  })

  it('exposes the challenge, and lets everybody read the metadata that it points to', async () => {
    const { headers } = await fetch(`${example.url}/whoami`)
    expect(headers.get('access-control-expose-headers')).toContain('WWW-Authenticate')
    expect(headers.get('access-control-allow-origin')).toBe(example.playground)
    const metadata = '/.well-known/oauth-protected-resource'
    const anybody = await preflight(metadata, 'https://somewhere.example')
    expect(anybody.headers.get('access-control-allow-origin')).toBe('*')
  })
})

describe('the events', () => {
  it('name the request they belong to, and never carry a token', async () => {
    const stopped = new AbortController()
    const events = await fetch(`${example.playground}/events`, { signal: stopped.signal })
    const reader = events.body!.pipeThrough(new TextDecoderStream()).getReader()
    let seen = ''
    async function until(text: string) {
      while (!seen.includes(text)) seen += (await reader.read()).value
    }
    await until('event: state')
    const jwt = await token('head-office', 'books:read')
    const opaque = await token('south-shop', 'books:read')
    for (const [name, bearer] of Object.entries({ first: jwt, second: opaque, third: `${jwt}x` })) {
      await fetch(`${example.url}/books/9780156027328`, {
        headers: { authorization: `Bearer ${bearer}`, 'x-playground-request': name },
      })
    }
    await post('/controls/variant', { token: opaque, change: 'expired' })
    await fetch(`${example.url}/whoami`, { headers: { 'x-playground-request': 'bad name' } })
    await fetch(`${example.url}/whoami`, { headers: { 'x-playground-request': 'last' } })
    await until('"channel":"answer","request":"last"')
    stopped.abort()

    const observed = [...seen.matchAll(/^event: observed\ndata: (.+)$/gm)].map(
      ([, data]) => JSON.parse(data!) as { channel: string; request?: string; event: object },
    )
    const of = (name: string) => observed.filter(({ request }) => request === name)
    // Keys may be due by chance, in the middle of any request.
    const channelsOf = (name: string) =>
      of(name).flatMap(({ channel }) => (channel === 'keys' ? [] : channel))
    expect(channelsOf('first')).toEqual(['cache', 'decision', 'answer'])
    expect(channelsOf('second')).toEqual(['cache', 'introspection', 'decision', 'answer'])
    expect(of('third').at(-1)!.event).toEqual({ status: 401 })
    expect(of('bad name')).toEqual([])
    for (const secret of [jwt, opaque, jwt.split('.')[2]!]) expect(seen).not.toContain(secret)
  })
})

describe('the event stream', () => {
  function reader(writableLength: number) {
    const res = {
      set: () => {},
      write: jest.fn(),
      destroy: jest.fn(),
      once: () => {},
      writableLength,
    }
    return { ...res, req: { get: () => undefined } }
  }

  it('lets go who does not read, and only so many listen at once', () => {
    const observed = observer('https://api.test')
    const stream = eventStream(observed, () => ({ down: false }))
    const [reading, asleep] = [reader(0), reader(2_000_000)]
    for (const one of [reading, asleep]) stream.handler(one.req as never, one as never)
    const before = reading.write.mock.calls.length
    for (const _ of [1, 2]) stream.tellState()
    expect(reading.write).toHaveBeenCalledTimes(before + 2)
    expect([reading, asleep].map(({ destroy }) => destroy.mock.calls.length)).toEqual([0, 1])
    const another = () => stream.handler(reader(0).req as never, reader(0) as never)
    for (let count = 1; count < 50; count++) another()
    expect(another).toThrow('Too many pages listen already.')
    observed.close()
  })
})

describe('flows', () => {
  const finished = Promise.resolve({ access_token: 'a' })

  it('are bounded in number: the oldest is given up', async () => {
    const held = flows()
    const cancel = jest.fn()
    const first = held.add({ finished, cancel })
    for (let more = 0; more < 50; more++) held.add({ finished })
    expect(cancel).toHaveBeenCalledTimes(1)
    expect(await held.take(first, true)).toBeUndefined()
    held.close()
  })

  it('are bounded in time', async () => {
    const held = flows({ lifeMs: 10 })
    let id = ''
    await new Promise<void>((resolve) => {
      id = held.add({ finished, cancel: resolve })
    })
    expect(await held.take(id, true)).toBeUndefined()
    held.close()
  })

  it('are handed over once, also to two who ask at the same time', async () => {
    const held = flows()
    const id = held.add({ finished })
    const states = await Promise.all([held.take(id, true), held.take(id, true)])
    expect(states.filter(Boolean)).toHaveLength(1)
    held.close()
  })

  it('that wait are let go when all ends', async () => {
    const held = flows()
    const id = held.add({ finished: new Promise(() => {}) })
    const state = held.take(id, true)
    held.close()
    expect(await state).toEqual({ status: 'waiting' })
  })
})
