import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { ErrorRequestHandler, Express, RequestHandler } from 'express'
import fc from 'fast-check'
import request from 'supertest'
import {
  type ClaimSet,
  type ResourceServer,
  type ResourceServerOptions,
  resourceServer,
  type VerifiableRequest,
} from '../lib/index.ts'
import { type TestAuthorizationServer, testAuthorizationServer } from '../lib/testing/index.ts'
import { anyCharacter } from './fixtures/any-character.ts'
import { majors } from './fixtures/express-majors.ts'
import { parseChallenges } from './fixtures/parse-challenges.ts'
import { smallCache } from './fixtures/protected-api.ts'
import { type RawRequest, type RawResponse, rawHttp } from './fixtures/raw-http.ts'

const malformed = 'The credentials are malformed.'
const repeated = 'The request carries credentials more than once.'
const several = 'The access token was sent in more than one way.'
const nothing = 'The request carries no access token.'
const tooLarge = 'The access token is too large.'

/** Every character that a token68 may have (RFC 9110 section 11.2). */
const wholeAlphabet = 'AZaz09-._~+/=='

const blns = resolve(import.meta.dirname, '../../shared/vectors/blns/blns.json')
const naughty: string[] = existsSync(blns) ? JSON.parse(readFileSync(blns, 'utf8')) : []

let as: TestAuthorizationServer
let token: string

beforeAll(async () => {
  as = await testAuthorizationServer()
  token = await as.token()
  await as.opaque({ token: wholeAlphabet })
})

afterAll(() => as.close())

describe.each(majors)('with $major', ({ major, express }) => {
  /** What reached the application's error handling: for no request of these should anything. */
  const failures: unknown[] = []
  const open: { server: Server; api: ResourceServer }[] = []
  let server: Server

  function protect(
    options: Partial<ResourceServerOptions<ClaimSet>> = {},
    ...parsers: RequestHandler[]
  ): { api: ResourceServer; app: Express; server: Server } {
    const api = resourceServer({
      resource: as.resource,
      ...as.options,
      cache: smallCache,
      ...options,
    })
    const app = express()
    app.use(...([(_request, _response, next) => next(), ...parsers] as RequestHandler[]))
    app.all('/', api.authenticate(), (request, response) => {
      response.json({ subject: api.auth(request).subject })
    })
    app.all('/optional', api.authenticate({ optional: true }), (request, response) => {
      response.json({ subject: api.auth(request, { optional: true })?.subject ?? 'nobody' })
    })
    const failed: ErrorRequestHandler = (error, _request, response, _next) => {
      failures.push(error)
      response.status(500).end()
    }
    app.use(failed)
    const listening = app.listen(0, '127.0.0.1')
    open.push({ server: listening, api })
    return { api, app, server: listening }
  }

  async function authorized(value: string | Buffer, of: RawRequest = {}): Promise<RawResponse> {
    const line = Buffer.concat([Buffer.from('Authorization: '), Buffer.from(value as string)])
    return rawHttp(server, { ...of, lines: [line, ...(of.lines ?? [])] })
  }

  beforeAll(async () => {
    ;({ server } = protect())
    await once(server, 'listening')
  })

  afterEach(() => expect(failures.splice(0)).toEqual([]))

  afterAll(() =>
    Promise.all(
      open.splice(0).map(({ server, api }) => {
        server.close()
        return api.close()
      }),
    ),
  )

  describe('the Authorization field', () => {
    it('BX-1: carries the access token (RFC 6750 section 2.1)', async () => {
      const response = await authorized(`Bearer ${token}`)
      expect(response).toMatchObject({ status: 200, body: '{"subject":"alice"}' })
    })

    it.each([
      ['in lower case', () => `bearer ${token}`],
      ['in upper case', () => `BEARER ${token}`],
      ['in any case', () => `bEaReR ${token}`],
      ['before several spaces', () => `Bearer    ${token}`],
      ['within white space around the field value', () => `\t Bearer ${token} \t`],
      ['before a token of every character of a token68', () => `Bearer ${wholeAlphabet}`],
    ])('BX-2: takes the scheme %s (RFC 9110 section 11.1)', async (_, value) => {
      expect(await authorized(value())).toMatchObject({ status: 200 })
    })

    it.each([
      ['Bearer alone', 'Bearer'],
      ['bearer and a space', 'bearer '],
      ['nothing', ''],
      ['a tab after the scheme', 'Bearer\tT'],
      ['a tab after a space', 'Bearer \tT'],
      ['a tab in the token', 'Bearer T\tT'],
      ['two tokens', 'Bearer T T'],
      ['a comma after the token', 'Bearer T,'],
      ['a comma before the token', 'Bearer ,T'],
      ['a comma after the scheme', 'Bearer, T'],
      ['two credentials in one field', 'Bearer T, Bearer T'],
      ['a token and a parameter', 'Bearer T, realm="x"'],
      ['a parameter', 'Bearer token=T'],
      ['a quoted token', 'Bearer "T"'],
      ['padding only', 'Bearer ='],
      ['padding in the middle', 'Bearer T=T'],
      ['percent-encoding', 'Bearer T%2E'],
      ['a semicolon', 'Bearer T;x=1'],
      ['an asterisk', 'Bearer *'],
      ['a colon after the scheme', 'Bearer: T'],
      ['an equals sign after the scheme', 'Bearer=T'],
      ['a scheme that is no token', '(Bearer) T'],
      ['a slash in the scheme', 'Bearer/2 T'],
      ['bytes beyond ASCII', 'Bearer caf\u00e9'],
      ['full-width letters', 'Bearer \uff34'],
      ['a no-break space', 'Bearer\u00a0T'],
      ['an emoji', 'Bearer \u{1f511}'],
      ['bytes beyond ASCII before anything else', '\u00e9'],
    ])('BX-5: refuses %s as malformed (RFC 6750 section 3.1)', async (_, value) => {
      const response = await authorized(value)
      expect(response.status).toBe(400)
      expect(JSON.parse(response.body)).toMatchObject({
        error: 'invalid_request',
        detail: malformed,
      })
    })

    it('refuses single bytes beyond ASCII as malformed', async () => {
      for (const byte of [0x80, 0xa0, 0xe9, 0xff]) {
        const value = Buffer.concat([
          Buffer.from('Bearer T'),
          Buffer.from([byte]),
          Buffer.from('T'),
        ])
        expect(await authorized(value)).toMatchObject({ status: 400, body: /malformed/ })
      }
    })

    it.each([
      ['Basic', 'Basic dXNlcjpwYXNzd29yZA=='],
      ['Digest', 'Digest username="x", uri="/", response="Bearer T"'],
      ['Negotiate without a token', 'Negotiate'],
      ['a scheme that begins alike', 'Bearerx T'],
      ['a token without a scheme', 'eyJhbGciOiJub25lIn0.e30.'],
      ['Basic and Bearer in one field', 'Basic dXNlcjpwYXNzd29yZA==, Bearer T'],
      ['a broken scheme name', 'Bear er T'],
    ])('counts credentials of another scheme as none: %s', async (_, value) => {
      const response = await authorized(value)
      expect(response.status).toBe(401)
      expect(JSON.parse(response.body).detail).toBe(nothing)
      expect(parseChallenges(response.values('www-authenticate')[0]!)).toEqual([
        { scheme: 'Bearer', params: { realm: as.resource } },
      ])
      expect((await authorized(value, { target: '/optional' })).body).toBe('{"subject":"nobody"}')
    })

    it('never fails on a naughty string, and takes none for a token', async () => {
      const { server } = protect({ issuers: [{ issuer: as.issuer }] })
      await once(server, 'listening')
      const odd: object[] = []
      await inParallel(naughty, async (text) => {
        for (const value of [`Bearer ${text}`, text]) {
          const bytes = Buffer.from(`Authorization: ${value}`)
          const { status, body } = await rawHttp(server, { lines: [bytes] })
          // Node itself refuses control characters, before any application is asked.
          const byNode = status === 400 && body === ''
          if (!byNode && (!/^40[01]$/.test(String(status)) || JSON.parse(body).status !== status)) {
            odd.push({ value, status, body })
          }
        }
      })
      expect(odd).toEqual([])
    })
  })

  describe('several Authorization fields', () => {
    it.each([
      ['alike', ['Authorization: Bearer T', 'Authorization: Bearer T']],
      ['in different case', ['authorization: Bearer T', 'AUTHORIZATION: Bearer T']],
      ['of two schemes', ['Authorization: Basic dTpw', 'Authorization: Bearer T']],
      ['of two other schemes', ['Authorization: Basic dTpw', 'Authorization: DPoP T']],
      ['one of them empty', ['Authorization:', 'Authorization: Bearer T']],
      ['three times', ['Authorization: a', 'Authorization: b', 'Authorization: c']],
      ['apart', ['Authorization: Bearer T', 'X-Other: 1', 'aUTHORIZATION: Bearer T']],
    ])('BX-6: are refused %s (RFC 9449 section 7.2)', async (_, lines) => {
      const good = lines.map((line) => line.replace('Bearer T', `Bearer ${token}`))
      for (const target of ['/', '/optional']) {
        const response = await rawHttp(server, { target, lines: good })
        expect(response.status).toBe(400)
        expect(JSON.parse(response.body).detail).toBe(repeated)
        expect(parseChallenges(response.values('www-authenticate')[0]!)[0]).toMatchObject({
          scheme: 'Bearer',
          params: { error: 'invalid_request' },
        })
      }
    })
  })

  describe('other peculiarities of requests', () => {
    it('HTTP/1.0 without Host is served like any other', async () => {
      const good = await authorized(`Bearer ${token}`, { version: '1.0' })
      expect(good.status).toBe(200)
      expect((await authorized('Bearer', { version: '1.0' })).status).toBe(400)
    })

    it('a folded field line is refused or read as one line (RFC 9112 section 5.2)', async () => {
      const folded = await authorized(`Bearer\r\n ${token}`)
      expect([200, 400]).toContain(folded.status)
      const twice = await authorized(`Bearer ${token}\r\n ${token}`)
      expect(twice.status).toBe(400)
    })

    it('NUL and other control characters never get through', async () => {
      for (const control of ['\0', '\x01', '\x0b', '\x7f', '\x1b']) {
        const response = await authorized(`Bearer ${token}${control}`)
        expect(response.status).toBe(400)
      }
    })

    it('field names that are members of every object do no harm', async () => {
      const lines = ['__proto__: x', 'constructor: y', 'hasOwnProperty: z', 'toString: Bearer T']
      expect((await rawHttp(server, { lines })).status).toBe(401)
      expect((await authorized(`Bearer ${token}`, { lines })).status).toBe(200)
    })

    it('neither Host nor forwarding fields are credentials or come back', async () => {
      const lines = [
        'X-Forwarded-Host: evil.test',
        'X-Forwarded-Authorization: Bearer T',
        'Proxy-Authorization: Bearer T',
        'Forwarded: host=evil.test',
        'X-Authorization: Bearer T',
        'Authorization2: Bearer T',
      ]
      const response = await rawHttp(server, { lines })
      expect(response.status).toBe(401)
      expect(JSON.stringify(response)).not.toContain('evil')
    })

    it('a token is neither in the answer nor in its header fields', async () => {
      const secret = 'very.secret-token'
      for (const value of [`Bearer ${secret}`, `Bearer "${secret}"`, `Bearer ${secret} x`]) {
        expect(JSON.stringify(await authorized(value))).not.toContain('secret')
      }
    })

    it('raw header fields that are missing are made good from the merged ones', async () => {
      const adapter: RequestHandler = (request, _response, next) => {
        const headers = { ...request.headers }
        Object.defineProperty(request, 'headers', { value: headers })
        Object.defineProperty(request, 'rawHeaders', { value: [] })
        next()
      }
      const { app } = protect({}, adapter)
      await request(app).get('/').set('authorization', `Bearer ${token}`).expect(200)
      await request(app).get('/').set('authorization', 'Bearer').expect(400)
      await request(app).get('/').expect(401)
    })

    it('raw header fields that are undefined are made good, too, lists and all', async () => {
      const adapter: RequestHandler = (request, _response, next) => {
        const given = request.headers['x-authorization']
        const headers = given ? { Authorization: String(given).split(' & ') } : undefined
        Object.defineProperty(request, 'headers', { value: headers })
        Object.defineProperty(request, 'rawHeaders', { value: undefined })
        // Express reads the fields, too, when it writes a body.
        Object.defineProperty(request, 'fresh', { value: false })
        next()
      }
      const { app } = protect({}, adapter)
      await request(app).get('/').set('x-authorization', `Bearer ${token}`).expect(200)
      const twice = await request(app).get('/').set('x-authorization', 'Bearer a & Bearer b')
      expect(twice).toMatchObject({ status: 400, body: { detail: repeated } })
      await request(app).get('/').expect(401)
    })

    it('with raw header fields, what other middleware adds to the merged ones is not read', async () => {
      const adder: RequestHandler = (request, _response, next) => {
        request.headers.authorization = `Bearer ${token}`
        next()
      }
      await request(protect({}, adder).app).get('/').expect(401)
    })
  })

  describe('the size of a token', () => {
    it('is at most maxTokenBytes', async () => {
      const { app } = protect({ credentials: { maxTokenBytes: 256 } })
      const most = await as.opaque({ token: 'x'.repeat(256) })
      await request(app).get('/').auth(most, { type: 'bearer' }).expect(200)
      const response = await request(app).get('/').auth(`${most}x`, { type: 'bearer' })
      expect(response).toMatchObject({
        status: 400,
        body: { error: 'invalid_request', detail: tooLarge },
      })
    })

    it('is at most 8192 bytes by default', async () => {
      expect((await authorized(`Bearer ${'x'.repeat(8192)}`)).status).toBe(401)
      const response = await authorized(`Bearer ${'x'.repeat(8193)}`)
      expect(response.status).toBe(400)
      expect(JSON.parse(response.body).detail).toBe(tooLarge)
    })
  })

  describe('a token in the query string', () => {
    it.each([
      ['access_token'],
      ['ACCESS_TOKEN'],
      ['access_token[]'],
      ['token'],
      ['bearer_token'],
      ['authorization'],
    ])('BX-3: is ignored as %s (OAuth 2.1 section 5.1)', async (name) => {
      for (const credentials of [{}, { credentials: { formBody: true } }]) {
        const { app } = protect(credentials, express.urlencoded({ extended: true }))
        const query = `?${encodeURIComponent(name)}=${token}`
        const response = await request(app).get(`/${query}`)
        expect(response).toMatchObject({ status: 401, body: { detail: nothing } })
        // Neither does it count as a second method.
        await request(app).get(`/${query}`).auth(token, { type: 'bearer' }).expect(200)
        await request(app).post(`/${query}`).type('form').send('a=b').expect(401)
      }
    })

    it('BX-7: is never of use, so that no response needs Cache-Control: private (RFC 6750 section 2.3)', async () => {
      const response = await rawHttp(server, { target: `/optional?access_token=${token}` })
      expect(response).toMatchObject({ status: 200, body: '{"subject":"nobody"}' })
      expect(response.values('cache-control')).toEqual([])
    })
  })

  describe('a token in a form body', () => {
    let app: Express
    beforeAll(() => {
      const parsers = [express.urlencoded({ extended: true }), express.json()]
      app = protect({ credentials: { formBody: true } }, ...parsers).app
    })

    it('BX-4: is not looked at unless it is asked for (RFC 6750 section 2.2)', async () => {
      const { app } = protect({}, express.urlencoded({ extended: true }))
      await request(app).post('/').type('form').send({ access_token: token }).expect(401)
      await request(app)
        .post('/')
        .auth(token, { type: 'bearer' })
        .type('form')
        .send({ access_token: token })
        .expect(200)
    })

    it.each(['post', 'put', 'patch'] as const)(
      'BX-4: counts with %s (RFC 6750 section 2.2)',
      async (method) => {
        await request(app)[method]('/').type('form').send({ access_token: token }).expect(200)
      },
    )

    it.each(['get', 'delete', 'options'] as const)(
      'BX-4: does not count with %s (RFC 6750 section 2.2)',
      async (method) => {
        const sent = request(app)[method]('/').type('form').send({ access_token: token })
        expect(await sent).toMatchObject({ status: 401, body: { detail: nothing } })
      },
    )

    it.each([
      'application/x-www-form-urlencoded',
      'application/x-www-form-urlencoded;charset=utf-8',
      'APPLICATION/X-WWW-Form-Urlencoded ; charset=UTF-8',
    ])('BX-4: counts as %s (RFC 6750 section 2.2)', async (type) => {
      const sent = request(app).post('/').set('content-type', type).send(`access_token=${token}`)
      await sent.expect(200)
    })

    it.each([
      ['application/json', () => JSON.stringify({ access_token: token })],
      ['application/x-www-form-urlencoded-2', () => `access_token=${token}`],
      ['text/plain', () => `access_token=${token}`],
      ['multipart/form-data; boundary=x', () => `access_token=${token}`],
      ['text/plain, application/x-www-form-urlencoded', () => `access_token=${token}`],
    ])('BX-4: does not count as %s (RFC 6750 section 2.2)', async (type, body) => {
      const whatever: RequestHandler = (request, _response, next) => {
        request.body ??= { access_token: token }
        next()
      }
      const { app } = protect({ credentials: { formBody: true } }, express.json(), whatever)
      await request(app).post('/').set('content-type', type).send(body()).expect(401)
    })

    it('BX-4: does not count when the content type is missing or in doubt', async () => {
      const parsed: RequestHandler = (request, _response, next) => {
        request.body = { access_token: token }
        next()
      }
      const { server } = protect({ credentials: { formBody: true } }, parsed)
      await once(server, 'listening')
      const form = 'Content-Type: application/x-www-form-urlencoded'
      const post = (...lines: string[]) =>
        rawHttp(server, { method: 'POST', body: 'x', lines }).then(({ status }) => status)
      expect(await post(form)).toBe(200)
      expect(await post()).toBe(401)
      expect(await post(form, 'Content-Type: application/json')).toBe(401)
      expect(await post('Content-Type: application/json', form)).toBe(401)
    })

    it.each([
      ['twice', 'access_token=a&access_token=b', repeated],
      ['twice alike', 'access_token=T&access_token=T', repeated],
      ['as a list', 'access_token[]=T', repeated],
      ['as an object', 'access_token[x]=T', malformed],
      ['empty', 'access_token=', malformed],
      ['without a value', 'access_token', malformed],
      ['with a space', 'access_token=T+T', malformed],
      ['with a line break', 'access_token=T%0D%0AX: y', malformed],
      ['with NUL', 'access_token=T%00', malformed],
      ['with bytes beyond ASCII', 'access_token=%C3%A9', malformed],
    ])('BX-5: is refused %s (RFC 6750 section 3.1)', async (_, body, detail) => {
      const response = await request(app).post('/').type('form').send(body)
      expect(response).toMatchObject({ status: 400, body: { error: 'invalid_request', detail } })
    })

    it('BX-5: is refused together with one in the header (RFC 6750 section 2)', async () => {
      for (const value of [`Bearer ${token}`, 'Bearer other', 'Bearer', 'bearer x y']) {
        const sent = request(app).post('/').set('authorization', value).type('form')
        const response = await sent.send({ access_token: token })
        expect(response).toMatchObject({
          status: 400,
          body: { error: 'invalid_request', detail: several },
        })
      }
    })

    it('counts beside credentials of another scheme', async () => {
      const sent = request(app).post('/').auth('user', 'password').type('form')
      await sent.send({ access_token: token }).expect(200)
    })

    it('is bounded in size, too', async () => {
      const sent = request(app)
        .post('/')
        .type('form')
        .send({ access_token: 'x'.repeat(8193) })
      expect(await sent).toMatchObject({ status: 400, body: { detail: tooLarge } })
    })

    it('is read from an object without a prototype, and from none that inherits it', async () => {
      const simple = express.urlencoded({ extended: false })
      const { app } = protect({ credentials: { formBody: true } }, simple)
      await request(app).post('/').type('form').send({ access_token: token }).expect(200)
      const inheriting: RequestHandler = (request, _response, next) => {
        request.body = Object.create({ access_token: token })
        next()
      }
      const other = protect({ credentials: { formBody: true } }, inheriting).app
      await request(other).post('/').type('form').send({ access_token: token }).expect(401)
    })

    it.each([[undefined], [null], ['access_token=T'], [42], [[]], [Buffer.from('access_token=T')]])(
      'is none when the parsed body is %p',
      async (body) => {
        const parser: RequestHandler = (request, _response, next) => {
          request.body = body
          next()
        }
        const { app } = protect({ credentials: { formBody: true } }, parser)
        await request(app).post('/').type('form').send('x=y').expect(401)
      },
    )

    it('is what a body parser left: the stream is not touched', async () => {
      const api = resourceServer({
        resource: as.resource,
        ...as.options,
        credentials: { formBody: true },
      })
      const app = express()
      app.post('/', api.authenticate({ optional: true }), async (request, response) => {
        const chunks: Buffer[] = []
        for await (const chunk of request) chunks.push(chunk)
        response.send(Buffer.concat(chunks).toString())
      })
      const response = await request(app).post('/').type('form').send('access_token=T')
      expect(response).toMatchObject({ status: 200, text: 'access_token=T' })
      await api.close()
    })
  })

  if (major === 'Express 5') {
    describe('verify()', () => {
      it('finds the same in pairs, records, lists and Headers', async () => {
        const { api } = protect()
        const good = `Bearer ${token}`
        const forms: [VerifiableRequest['headers'], string][] = [
          [[['Authorization', good]], 'accepted'],
          [{ AUTHORIZATION: good }, 'accepted'],
          [{ authorization: [good] }, 'accepted'],
          [new Headers({ authorization: good }), 'accepted'],
          [new Map([['authorization', good]]), 'accepted'],
          [
            [
              ['authorization', good],
              ['Authorization', good],
            ],
            'repeated_credentials',
          ],
          [
            [
              ['authorization', good],
              ['authorization', good],
            ],
            'repeated_credentials',
          ],
          // A value is no name, though it spells one.
          [
            [
              ['x-note', 'authorization'],
              ['authorization', good],
            ],
            'accepted',
          ],
          [{ authorization: good, Authorization: good }, 'repeated_credentials'],
          [{ authorization: [good, good] }, 'repeated_credentials'],
          [{ authorization: undefined }, 'no_credentials'],
          [{}, 'no_credentials'],
          [[], 'no_credentials'],
          [JSON.parse('{"__proto__": "x"}'), 'no_credentials'],
          // Headers merges repeated fields into one that is malformed.
          [
            new Headers([
              ['authorization', good],
              ['authorization', good],
            ]),
            'malformed_credentials',
          ],
        ]
        for (const [headers, outcome] of forms) {
          const result = await api.verify({ method: 'GET', url: '/', headers })
          const found = result.verdict === 'refused' ? result.refusal.reason : result.verdict
          expect(found).toBe(outcome)
        }
      })

      it('never rejects and never accepts, whatever the credentials are', async () => {
        const { api } = protect({ issuers: [{ issuer: as.issuer }] })
        const anything = fc.oneof(
          fc.string({ unit: anyCharacter }),
          fc.string().map((text) => `Bearer ${text}`),
          fc.base64String().map((text) => `Bearer ${text}`),
          fc.constantFrom(...naughty, 'Bearer').map((text) => `bearer  ${text}`),
        )
        await fc.assert(
          fc.asyncProperty(fc.array(anything, { maxLength: 3 }), async (values) => {
            const result = await api.verify({
              method: 'GET',
              url: '/',
              headers: values.map((value) => ['authorization', value] as const),
            })
            expect(result.verdict).toBe('refused')
            expect([400, 401]).toContain(result.response.status)
          }),
          { numRuns: 150 },
        )
      })
    })
  }
})

/** A few at a time, each on its own connection. */
async function inParallel<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const left = [...items]
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (let item = left.pop(); item !== undefined; item = left.pop()) await work(item)
    }),
  )
}
