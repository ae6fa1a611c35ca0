import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it, jest } from '@jest/globals'
import { allowedUrl } from '../lib/http/allowed-url.ts'
import { type HttpClient, type HttpRequest, httpClient } from '../lib/http/http-client.ts'
import { HttpFailure } from '../lib/http/http-failure.ts'
import type { HttpSettings } from '../lib/options/http-options.ts'
import {
  authority,
  clientCertificate,
  clientKey,
  serverCertificate,
  serverKey,
} from './fixtures/tls.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
})

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => {
    server.closeAllConnections()
    return once(server.close(), 'close')
  })
  return (server.address() as AddressInfo).port
}

async function serve(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(listener))}`
}

function client(settings: Partial<HttpSettings> = {}): HttpClient {
  const made = httpClient({ timeoutMs: 5000, insecureHosts: [], ...settings })
  closing.push(() => made.close())
  return made
}

function get(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'GET', url, maxBytes: 1024, ...more }
}

async function failure(sent: Promise<unknown>): Promise<HttpFailure> {
  const error = await sent.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(HttpFailure)
  return error as HttpFailure
}

async function text(message: IncomingMessage): Promise<string> {
  let read = ''
  for await (const chunk of message.setEncoding('utf8')) read += chunk
  return read
}

describe('allowedUrl', () => {
  it.each([
    'https://as.example.com/keys',
    'https://10.0.0.1:8443/',
    'http://localhost:8080/',
    'http://LOCALHOST/',
    'http://as.localhost/',
    'http://127.0.0.1:9/',
    'http://127.8.9.10/',
    'http://127.1/',
    'http://[::1]:3000/',
  ])('allows %s', (url) => {
    expect(allowedUrl(url, [])?.href).toBe(new URL(url).href)
  })

  it.each([
    'http://as.example.com/',
    'http://10.0.0.1/',
    'http://127.0.0.1.example.com/',
    'http://localhost.example.com/',
    'http://notlocalhost/',
    'http://[::2]/',
    'http://0.0.0.0/',
    'https://user:secret@as.example.com/',
    'https://user@as.example.com/',
    'https://:secret@as.example.com/',
    'ftp://localhost/',
    'file:///etc/passwd',
    'data:application/json,{}',
    '/keys',
    '',
  ])('does not allow %s', (url) => {
    expect(allowedUrl(url, [])).toBeUndefined()
  })

  it('allows plain http to exactly the listed hosts, at any port unless one is listed', () => {
    const listed = ['keycloak', 'As.Internal:8080', 'hydra:80']
    const allowed = (url: string) => allowedUrl(url, listed) !== undefined
    expect(allowed('http://keycloak/')).toBe(true)
    expect(allowed('http://keycloak:9090/')).toBe(true)
    expect(allowed('http://as.internal:8080/')).toBe(true)
    expect(allowed('http://hydra/')).toBe(true)
    expect(allowed('http://as.internal/')).toBe(false)
    expect(allowed('http://as.internal:8081/')).toBe(false)
    expect(allowed('http://hydra:8080/')).toBe(false)
    expect(allowed('http://keycloak.example.com/')).toBe(false)
    expect(allowed('http://my.keycloak/')).toBe(false)
    expect(allowed('http://user@keycloak/')).toBe(false)
  })
})

describe.each(['undici', 'fetch'] as const)('httpClient over %s', (transport) => {
  const over = (settings: Partial<HttpSettings> = {}): HttpClient =>
    client({ ...(transport === 'fetch' && { fetch: globalThis.fetch }), ...settings })

  it('sends method, path, headers and body, and gives status, headers and body', async () => {
    const base = await serve(async (req, res) => {
      const { method, url, headers } = req
      const seen = { method, url, type: headers['content-type'], body: await text(req) }
      res.writeHead(201, { 'x-many': ['a', 'b'] }).end(JSON.stringify(seen))
    })
    const response = await over().send({
      method: 'POST',
      url: `${base}/introspect?tenant=1`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'token=%C3%A9',
      maxBytes: 1024,
    })
    expect(response.status).toBe(201)
    expect(response.header('X-Many')).toBe('a, b')
    expect(response.header('x-absent')).toBeUndefined()
    expect(JSON.parse(response.body.toString())).toEqual({
      method: 'POST',
      url: '/introspect?tenant=1',
      type: 'application/x-www-form-urlencoded',
      body: 'token=%C3%A9',
    })
  })

  it.each([200, 204, 304, 401, 404, 500, 503])('gives status %i to the caller', async (status) => {
    const base = await serve((_, res) => res.writeHead(status).end())
    const response = await over().send(get(base))
    expect(response.status).toBe(status)
    expect(response.body).toHaveLength(0)
  })

  it.each([301, 302, 303, 307, 308])('never follows a redirect with status %i', async (status) => {
    let requests = 0
    const base = await serve((_, res) => {
      requests += 1
      res.writeHead(status, { location: '/elsewhere' }).end()
    })
    const { code } = await failure(over().send(get(base)))
    expect(code).toBe('redirected')
    expect(requests).toBe(1)
  })

  it('asks for an uncompressed answer and refuses a compressed one', async () => {
    let asked: string | undefined
    const base = await serve((req, res) => {
      asked = req.headers['accept-encoding']
      res.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(1_000_000)))
    })
    const { code } = await failure(over().send(get(base, { maxBytes: 100_000 })))
    expect(code).toBe('unreadable')
    expect(asked).toBe('identity')
  })

  it('takes the content coding `identity` for what it is', async () => {
    const base = await serve((_, res) => {
      res.writeHead(200, { 'content-encoding': 'Identity' }).end('plain')
    })
    expect((await over().send(get(base))).body.toString()).toBe('plain')
  })

  it('takes a body of exactly the bound and refuses one octet more, announced or not', async () => {
    const base = await serve((req, res) => {
      const body = Buffer.alloc(req.url === '/fits' ? 1000 : 1001, 0x20)
      if (req.url === '/announced') res.setHeader('content-length', body.length)
      res.write(body.subarray(0, 500))
      res.end(body.subarray(500))
    })
    const http = over()
    const send = (path: string) => http.send(get(base + path, { maxBytes: 1000 }))
    expect((await send('/fits')).body).toHaveLength(1000)
    expect((await failure(send('/announced'))).code).toBe('too_large')
    expect((await failure(send('/streamed'))).code).toBe('too_large')
  })

  it('stops an endless body at the bound', async () => {
    let ended = Promise.resolve<unknown>(undefined)
    const base = await serve((_, res) => {
      ended = once(res, 'close')
      const write = () => {
        while (res.write(Buffer.alloc(16_384)));
      }
      res.on('drain', write)
      write()
    })
    expect((await failure(over().send(get(base)))).code).toBe('too_large')
    await ended
  })

  it('fails at the deadline when no answer comes', async () => {
    const base = await serve(() => {})
    const { code, message } = await failure(over().send(get(base, { timeoutMs: 50 })))
    expect(code).toBe('timeout')
    expect(message).toBe(`The authorization server did not answer in time (${base}).`)
  })

  it('fails at the deadline when the body does not end', async () => {
    const base = await serve((_, res) => res.writeHead(200).write('{'))
    expect((await failure(over({ timeoutMs: 50 }).send(get(base)))).code).toBe('timeout')
  })

  it('tells a refused connection, and keeps the code of the cause but nothing else', async () => {
    const server = createServer()
    const port = await listen(server)
    server.close()
    await once(server, 'close')
    closing.pop()
    const error = await failure(over().send(get(`http://127.0.0.1:${port}/path?token=secret`)))
    expect(error.code).toBe('connection_failed')
    expect(error.cause).toEqual({ name: expect.any(String), code: 'ECONNREFUSED' })
    expect(error.message).toBe(
      `The authorization server could not be reached (http://127.0.0.1:${port}).`,
    )
  })

  it('tells a connection that breaks before the answer, and within the body', async () => {
    const base = await serve((req, res) => {
      if (req.url === '/within') res.writeHead(200, { 'content-length': 100 }).write('{')
      setImmediate(() => req.socket.destroy())
    })
    const http = over()
    expect((await failure(http.send(get(`${base}/before`)))).code).toBe('connection_failed')
    expect((await failure(http.send(get(`${base}/within`)))).code).toBe('connection_failed')
  })

  it('asks nobody when the URL is not allowed', async () => {
    let asked = false
    const fetch: typeof globalThis.fetch = async () => {
      asked = true
      return new Response()
    }
    const http = transport === 'fetch' ? over({ fetch }) : over()
    for (const url of ['http://as.example.com/', 'https://u:p@as.example.com/', 'nonsense']) {
      const { code, message } = await failure(http.send(get(url)))
      expect(code).toBe('not_allowed')
      expect(message).not.toContain('as.example.com')
    }
    expect(asked).toBe(false)
  })

  it('ends what is in flight when it is closed, and sends nothing afterwards', async () => {
    let arrived = () => {}
    const here = new Promise<void>((resolve) => {
      arrived = resolve
    })
    let requests = 0
    const base = await serve(() => {
      requests += 1
      arrived()
    })
    const http = over()
    const inFlight = failure(http.send(get(base)))
    await here
    await http.close()
    expect((await inFlight).code).toBe('closed')
    expect((await failure(http.send(get(base)))).code).toBe('closed')
    await http.close()
    expect(requests).toBe(1)
  })

  it('ends a request that was sent in the same turn as the close', async () => {
    const http = over()
    const inFlight = failure(http.send(get(await serve(() => {}))))
    await http.close()
    expect((await inFlight).code).toBe('closed')
  })
})

describe('httpClient over undici', () => {
  it('answers 1,000 requests at once over at most 64 connections, and keeps them', async () => {
    const sockets = new Set<Socket>()
    const base = await serve((req, res) => {
      sockets.add(req.socket)
      res.end(req.url)
    })
    const http = client({ timeoutMs: 30_000 })
    const urls = Array.from({ length: 1000 }, (_, index) => `${base}/${index}`)
    const responses = await Promise.all(urls.map((url) => http.send(get(url))))
    expect(responses.map(({ body }) => base + body.toString())).toEqual(urls)
    expect(sockets.size).toBeLessThanOrEqual(64)
    await http.send(get(base))
    expect(sockets.size).toBeLessThanOrEqual(64)
  })

  it('does not keep the process alive with idle connections', async () => {
    const server = createServer((_, res) => res.end('ok'))
    server.on('connection', (socket) => socket.unref())
    const base = `http://127.0.0.1:${await listen(server)}`
    const count = () =>
      process.getActiveResourcesInfo().filter((resource) => resource === 'TCPSocketWrap').length
    // Of other suites in the same process some may be left.
    const others = count()
    const http = client()
    await http.send(get(base))
    // undici turns to its idle connections a little later, and would close them after seconds.
    const begun = performance.now()
    while (count() > others && performance.now() - begun < 2000) await new Promise(setImmediate)
    const idle = count()
    expect(idle).toBeLessThanOrEqual(others)
    const probes = Array.from({ length: 8 }, () => connect(Number(new URL(base).port), '127.0.0.1'))
    await Promise.all(probes.map((probe) => once(probe, 'connect')))
    expect(count()).toBeGreaterThan(idle) // The measure works: a connection in use is counted.
    for (const probe of probes) probe.destroy()
    await Promise.all(probes.map((probe) => once(probe, 'close')))
  })

  it('releases its connections when it is closed', async () => {
    let socket: Socket | undefined
    const base = await serve((req, res) => {
      socket = req.socket
      res.end('ok')
    })
    const http = client()
    await http.send(get(base))
    const closed = once(socket as Socket, 'close')
    await http.close()
    await closed
  })

  it('tells an answer that is not HTTP, without quoting it', async () => {
    const base = await serve((req) => req.socket.end('secret nonsense\r\n\r\n'))
    const error = await failure(client().send(get(base)))
    expect(error.code).toBe('unreadable')
    expect(JSON.stringify([error.message, error.cause])).not.toContain('secret')
  })

  it('tells headers that are too long', async () => {
    const base = await serve((_, res) => res.setHeader('x-long', 'x'.repeat(100_000)).end())
    expect((await failure(client().send(get(base)))).code).toBe('unreadable')
  })

  it('lets a bug look like a bug', async () => {
    const base = await serve((_, res) => res.end())
    const sent = client().send(get(base, { headers: { 'x-broken': 'line\nbreak' } }))
    await expect(sent).rejects.toMatchObject({ code: 'UND_ERR_INVALID_ARG' })
  })

  it('trusts the given authorities only, and shows the client certificate', async () => {
    const options = { cert: serverCertificate, key: serverKey, ca: authority, requestCert: true }
    const tls = createTlsServer({ ...options, rejectUnauthorized: true }, (req, res) => {
      res.end((req.socket as TLSSocket).getPeerCertificate().subject.CN)
    })
    const url = `https://localhost:${await listen(tls as unknown as Server)}/`
    const known = client({
      ca: [authority],
      clientCertificate: { cert: clientCertificate, key: clientKey },
    })
    expect((await known.send(get(url))).body.toString()).toBe('scopegate test client')

    const stranger = await failure(client().send(get(url)))
    expect(stranger.code).toBe('connection_failed')
    expect(stranger.cause).toEqual({
      name: 'Error',
      code: expect.stringMatching(/^(SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE)$/),
    })
    const bare = await failure(client({ ca: [authority] }).send(get(url)))
    expect(bare.code).toBe('connection_failed')
  })

  it('goes through the proxy, and takes its refusal for a failed connection', async () => {
    const base = await serve((_, res) => res.end('through'))
    const tunnels: (string | undefined)[] = []
    let open = true
    const proxy = createServer()
    proxy.on('connect', (req, socket: Socket) => {
      tunnels.push(req.url)
      if (!open) return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
      const target = connect(Number(new URL(base).port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        socket.pipe(target).pipe(socket)
      })
      target.on('error', () => socket.destroy())
      socket.on('error', () => target.destroy())
      socket.on('close', () => target.destroy())
    })
    const url = `http://127.0.0.1:${await listen(proxy)}`
    const through = client({ proxy: url })
    expect((await through.send(get(base))).body.toString()).toBe('through')
    await through.close()
    open = false
    expect((await failure(client({ proxy: url }).send(get(base)))).code).toBe('connection_failed')
    expect(tunnels).toEqual([new URL(base).host, new URL(base).host])
  })
})

describe('httpClient over a given fetch', () => {
  const url = 'https://as.example.com/keys'

  it('passes the URL, `redirect: manual` and a signal', async () => {
    const seen: unknown[] = []
    const http = client({
      fetch: async (input, init) => {
        seen.push(input, init)
        return new Response('{}')
      },
    })
    await http.send({ method: 'POST', url, body: 'token=x', maxBytes: 10 })
    expect(seen).toEqual([
      url,
      {
        method: 'POST',
        headers: { 'accept-encoding': 'identity' },
        body: 'token=x',
        redirect: 'manual',
        signal: expect.objectContaining({ aborted: false }),
      },
    ])
  })

  it.each([
    ['hides the redirect', { type: 'opaqueredirect', status: 0 }],
    ['followed it', { redirected: true, status: 200 }],
  ])('refuses a redirect also where fetch %s', async (_, fields) => {
    const response = { headers: new Headers(), body: null, redirected: false, ...fields }
    const http = client({ fetch: async () => response as unknown as Response })
    expect((await failure(http.send(get(url)))).code).toBe('redirected')
  })

  it('is bounded in time where fetch does not heed the signal', async () => {
    const http = client({ fetch: () => new Promise(() => {}), timeoutMs: 20 })
    expect((await failure(http.send(get(url)))).code).toBe('timeout')
  })

  /** A fetch that answers when told, and heeds no signal. */
  function stubborn() {
    const sent: { url: string; answer: () => void }[] = []
    const http = client({
      fetch: (input) =>
        new Promise((resolve) => {
          sent.push({ url: String(input), answer: () => resolve(new Response('{}')) })
        }),
    })
    return { http, sent }
  }

  it('hands on 64 exchanges at a time, the others in the order of their coming', async () => {
    const { http, sent } = stubborn()
    const urls = Array.from({ length: 70 }, (_, index) => `${url}/${index}`)
    const responses = urls.map((one) => http.send(get(one)))
    await new Promise(setImmediate)
    expect(sent.map((one) => one.url)).toEqual(urls.slice(0, 64))
    for (const answered of [5, 3]) sent[answered]?.answer()
    await Promise.all([responses[5], responses[3]])
    await new Promise(setImmediate)
    expect(sent.map((one) => one.url)).toEqual(urls.slice(0, 66))
    for (let index = 0; index < sent.length; index++) {
      sent[index]?.answer()
      await responses[index]
    }
    expect(sent.map((one) => one.url)).toEqual(urls)
  })

  it('frees the place of an exchange at its deadline, also where fetch does not let go', async () => {
    const { http, sent } = stubborn()
    const hanging = Array.from({ length: 64 }, () =>
      failure(http.send(get(url, { timeoutMs: 20 }))),
    )
    const next = http.send(get(`${url}/next`))
    const codes = (await Promise.all(hanging)).map(({ code }) => code)
    expect(new Set(codes)).toEqual(new Set(['timeout']))
    await new Promise(setImmediate)
    expect(sent[64]?.url).toBe(`${url}/next`)
    sent[64]?.answer()
    expect((await next).status).toBe(200)
  })

  it('sends nothing that waited for most of its time: it would get no answer, nor would those behind it', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] })
    const { http, sent } = stubborn()
    const first = Array.from({ length: 64 }, () => http.send(get(url)))
    const late = failure(http.send(get(`${url}/late`, { timeoutMs: 4000 })))
    const inTime = http.send(get(`${url}/in-time`, { timeoutMs: 4400 }))
    await new Promise(setImmediate)
    jest.advanceTimersByTime(3000)
    expect((await late).code).toBe('busy')
    sent[0]?.answer()
    await first[0]
    await new Promise(setImmediate)
    expect(sent[64]?.url).toBe(`${url}/in-time`)
    // Once it is sent, it has all of its time.
    jest.advanceTimersByTime(1000)
    for (const one of sent) one.answer()
    expect((await inTime).status).toBe(200)
    await Promise.all(first)
    jest.useRealTimers()
  })

  it('never sends what waited until its deadline, or until the close', async () => {
    const { http, sent } = stubborn()
    const first = Array.from({ length: 64 }, () => failure(http.send(get(url))))
    const waiting = failure(http.send(get(`${url}/late`)))
    expect((await failure(http.send(get(`${url}/late`, { timeoutMs: 20 })))).code).toBe('busy')
    await http.close()
    expect((await waiting).code).toBe('closed')
    await Promise.all(first)
    expect(sent.filter((one) => one.url !== url)).toEqual([])
  })

  it('turns questions about tokens away when 4,096 requests wait, and lets keys have their turn', async () => {
    const { http, sent } = stubborn()
    const ask = () => failure(http.send({ method: 'POST', url, body: 'token=x', maxBytes: 10 }))
    const waiting = Array.from({ length: 64 + 4096 }, ask)
    const refused = await ask()
    expect(refused.code).toBe('busy')
    expect(refused.message).toContain('(https://as.example.com)')
    const key = http.send(get(`${url}/set`, { timeoutMs: 60_000 }))
    const elsewhere = http.send(get('https://other.example.com/'))
    await new Promise(setImmediate)
    expect(sent.at(-1)?.url).toBe('https://other.example.com/')
    sent.at(-1)?.answer()
    await elsewhere
    const settled = failure(key)
    await http.close()
    const codes = [...(await Promise.all(waiting)), await settled].map(({ code }) => code)
    expect(new Set(codes)).toEqual(new Set(['closed']))
  })

  it('takes whatever fetch rejects or throws with for a failed connection, and drops it', async () => {
    const thrown = [
      new TypeError('fetch failed: token=secret', {
        cause: Object.assign(new Error('secret'), { code: 'ENOTFOUND' }),
      }),
      'secret',
      undefined,
      Object.assign(new Error('secret'), { code: 'not a code: secret', name: 'secret secret' }),
      Object.defineProperty(new Error('secret'), 'code', {
        get() {
          throw new Error('secret')
        },
      }),
    ]
    for (const error of thrown) {
      const failed = await failure(client({ fetch: () => Promise.reject(error) }).send(get(url)))
      expect(failed.code).toBe('connection_failed')
      expect(JSON.stringify([failed.message, failed.cause])).not.toContain('secret')
    }
  })
})
