import { IncomingMessage, type Server, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import type { Express, RequestHandler } from 'express'
import fc from 'fast-check'
import type { ResourceServer } from '../lib/index.ts'
import { type DpopKey, dpopKey } from '../lib/testing/index.ts'
import { majors } from './fixtures/express-majors.ts'
import { closingAfter, resource, TestClock } from './fixtures/protected-api.ts'
import { rawPipeline } from './fixtures/raw-http.ts'
import { normalByTheLetter, respelt } from './fixtures/rfc3986.ts'

// Many requests in one test: enough also on a machine that does much else.
jest.setTimeout(120_000)

const clock = new TestClock()
const opened = closingAfter('all')
const publicUrls = [resource, 'https://public.test/v1']

let key: DpopKey
let token: string
let api: ResourceServer

beforeAll(async () => {
  const as = await opened.server({ clock: clock.read })
  // The fastest to sign with.
  key = dpopKey({ algorithm: 'Ed25519', clock: clock.read })
  token = await as.token({ expiresInSeconds: 86_400, boundTo: key })
  api = opened.api({ ...as.options, publicUrl: publicUrls, dpop: true })
  await api.ready()
})

/**
 * Each route, and the paths that Express takes there: in any case, with or without a last slash; a
 * mounted router of Express 4 takes a second slash for none.
 */
const routes = {
  '/admin': /^\/admin\/?$/i,
  '/orders': /^\/orders\/?$/i,
  '/shop/items/:id': /^\/shop\/{1,2}items\/[^/]+\/?$/i,
  '/shop': /^\/shop(?:\/|$)/i,
  others: /^/,
}
type Route = keyof typeof routes

/** What the handler of a route says of the request that came to it. */
interface Routed {
  readonly route: Route
  /** `req.path` before any router. */
  readonly path: string
  /** `req.baseUrl` and `req.path` in the handler. */
  readonly inner: string
  readonly originalUrl: string
}

function application(express: (typeof majors)[number]['express']): Express {
  const tell =
    (route: Route): RequestHandler =>
    ({ baseUrl, path, originalUrl }, response) => {
      const routed = { route, path: response.locals['path'], inner: baseUrl + path, originalUrl }
      response.json(routed)
    }
  const app = express()
  app.use((request, response, next) => {
    response.locals['path'] = request.path
    next()
  })
  const shop = express.Router()
  shop.get('/items/:id', api.authenticate(), tell('/shop/items/:id'))
  shop.use(api.authenticate(), tell('/shop'))
  app.use('/shop', shop)
  app.get('/admin', api.authenticate(), tell('/admin'))
  app.get('/orders', api.authenticate(), tell('/orders'))
  app.use(api.authenticate(), tell('others'))
  return app
}

const starts = fc.oneof(
  { weight: 8, arbitrary: fc.constant('/') },
  { weight: 3, arbitrary: fc.constantFrom('/admin', '/orders', '/shop/items/7', '/shop') },
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      ...['http://x', 'HTTP://X', 'https://api.test/admin', 'https://api.test/', 'HTTP://X:80/'],
      ...['http://[::1]:3000/', 'http://x?/', 'http://x:/orders', 'http://x:99999/', 'http://x#/'],
      ...['ftp://x/', 'ws://x/', 'http:///', 'http:/', 'http:', 'javascript:', 'javascript://x/'],
      ...['http://u@x/', 'http://u:p@x/', 'http://x;/', "http://x'/", 'http://x\\', 'http://[:.]/'],
      ...['http://xn--zzzz--/', 'http://%61/', `http://${'a'.repeat(300)}/`, 'x:80', '*', ''],
    ),
  },
  // These name a host, to some parsers.
  { weight: 3, arbitrary: fc.constantFrom('//x/', '///x/', '//u@x/', '//u@x/orders', '//u:p@x/') },
)
const ends = fc.constantFrom(
  ...['', '', '', '', '?', '?a=b', '?a=/admin', '??', '?/../', '#', '?#', '#?', ';', '/', '/..'],
  // One byte each.
  ...['?a=\t', '?a=\u00a0', '?\u00c3\u00a0', '?a=\f&b', '?a= ', '?a=\u00e9', '?a=\u0085', '\u00a0'],
)
const fragments = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('admin', 'orders', 'shop', 'items', '7', '/admin', '/shop/items/7'),
  },
  { weight: 4, arbitrary: fc.constantFrom('/', '/', '//', '///host', '//u@x/', '?', '?a=/admin&') },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...['ADMIN', '%61dmin', '%6Frders', '%6frders', '%2e', '%2E%2e', '.', '..', '/../', '/./'],
      ...['%2F', '%2f', '%5c', '%3F', '%23', '%25', '%00', '%0a', '%C3%A9', '%27', '%7C', '%z'],
      ...['\\', '\\..\\', '#', '#/', ';', ';a=b', '@', ':', '://', 'http://x/', '*', '&', '=', '+'],
      ...["'", '"', '|', '{', '}', '^', '`', '<', '>', '[', ']', '~', '!', '$', ',', '(', ')'],
      // One byte each.
      ...['\t', '\v', '\f', ' ', '\0', '\u007f', '\u0085', '\u00a0', '\u00c3\u00a9', '\u00ff'],
    ),
  },
)
const some = (maxLength: number) =>
  fc.array(fragments, { maxLength, size: 'max' }).map((parts) => parts.join(''))
const targets = fc.tuple(starts, some(4), ends).map((parts) => parts.join(''))
/** The path of a target as RFC 3986 reads it: what is between the authority and `?` or `#`. */
const pathIn = (target: string) =>
  target.replace(/[?#].*$/s, '').replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '') || '/'

/** Paths that somebody might take a target for, and some that nobody should. */
const otherPaths = fc.oneof(
  fc.constant((target: string) =>
    URL.canParse(target, resource) ? new URL(target, resource).pathname : '/',
  ),
  fc.constant((target: string) =>
    pathIn(target).replace(/%([0-7][0-9a-f])/gi, (_, hex) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    ),
  ),
  fc.constantFrom('/admin', '/orders', '/shop/items/7', '/').map((path) => () => path),
  some(4).map((text) => () => `/${text}`),
)

/** Proofs that were refused are not spent: they serve the next target, too. */
const unspent = new Map<string, string>()

function proofFor(htu: string): string {
  const proof =
    unspent.get(htu) ?? key.proof({ method: 'GET', url: resource, token, claims: { htu } })
  unspent.set(htu, proof)
  return proof
}

/** What became of a request with each of the proofs: where it was routed, unless it was refused. */
type Ask = (target: string, proofs: readonly string[]) => Promise<readonly (Routed | undefined)[]>

/** How many requests came through, by the form of their targets and by their routes. */
type Accepted = Map<string, number>

/** Asks for one target with proofs for several paths, and compares where they let it in. */
async function compare(
  ask: Ask,
  [target, other, base]: [target: string, other: (target: string) => string, base: string],
  accepted: Accepted,
): Promise<void> {
  const htus = [...new Set([pathIn(target), other(target)])].map((path) => `${base}${path}`)
  const answers = await ask(target, htus.map(proofFor))
  for (const [index, htu] of htus.entries()) {
    const routed = answers[index]
    if (routed) {
      unspent.delete(htu)
      const path = normalByTheLetter(htu)?.slice(base.length)
      // What the proof is for, what was sent, and what Express routes: in one spelling the same.
      expect([target, respelt(routed.path)]).toEqual([target, path])
      expect([target, respelt(pathIn(routed.originalUrl))]).toEqual([target, path])
      expect(slashesApart(routed.inner)).toBe(slashesApart(routed.path))
      expect(path).toMatch(routes[routed.route])
      const form = target.startsWith('/') ? 'origin form' : 'absolute form'
      for (const one of [form, routed.route]) accepted.set(one, (accepted.get(one) ?? 0) + 1)
    }
  }
  // Nothing is odd about these.
  if (/^\/[a-z0-9/]*(?:\?[a-z0-9=&]*)?$/i.test(target)) {
    expect([target, answers[0]]).toEqual([
      target,
      expect.objectContaining({ path: pathIn(target) }),
    ])
  }
}

const slashesApart = (path: string) => path.split(/\/+/).filter(Boolean).join('/')

const overSockets =
  (server: Server): Ask =>
  async (target, proofs) => {
    const requests = proofs.map((proof) => ({
      target,
      lines: [`Authorization: DPoP ${token}`, `DPoP: ${proof}`],
    }))
    const responses = await rawPipeline(server, requests)
    return responses.map(({ status, body }) => (status === 200 ? JSON.parse(body) : undefined))
  }

/** Without a server, as adapters of serverless platforms do it: no parser has looked at the target. */
const fromAdapter =
  (app: Express): Ask =>
  (target, proofs) =>
    Promise.all(
      proofs.map(
        (proof) =>
          new Promise<Routed | undefined>((resolve) => {
            const request = new IncomingMessage(new Socket())
            const headers = { authorization: `DPoP ${token}`, dpop: proof }
            Object.assign(request, { method: 'GET', url: target, headers })
            const response = new ServerResponse(request)
            const end = (body: string) =>
              resolve(response.statusCode === 200 ? JSON.parse(body) : undefined)
            // Where Express cannot take the target apart, it gives up before its first middleware.
            app(request as never, Object.assign(response, { end }) as never, () =>
              resolve(undefined),
            )
          }),
      ),
    )

describe.each(majors)(
  'the path that a proof is for and the path that $major routes',
  ({ express }) => {
    let app: Express
    let server: Server

    beforeAll(async () => {
      app = application(express)
      await new Promise<void>((resolve) => {
        server = app.listen(0, '127.0.0.1', () => resolve())
      })
    })

    afterAll(() => new Promise((resolve) => server.close(resolve)))

    it.each<[how: string, ask: () => Ask, numRuns: number]>([
      ['is written in the request line', () => overSockets(server), 2000],
      ['an adapter makes a request of', () => fromAdapter(app), 1000],
    ])(
      'are the same, whatever %s (DP-9, RFC 9449 section 4.3, check 9)',
      async (_, asking, numRuns) => {
        const accepted: Accepted = new Map()
        const bases = fc.constantFrom(...publicUrls)
        await fc.assert(
          fc.asyncProperty(fc.tuple(targets, otherPaths, bases), (tuple) =>
            compare(asking(), tuple, accepted),
          ),
          { numRuns },
        )
        // There was something to compare.
        for (const one of ['origin form', 'absolute form', ...Object.keys(routes)]) {
          expect([one, accepted.get(one)]).toEqual([one, expect.any(Number)])
        }
      },
    )
  },
)
