import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import express from 'express'
import supertest from 'supertest'
import { ConfigurationError, type LogRecord, type SignalsEvent } from '../lib/index.ts'
import {
  backchannelLogout,
  type Receiver,
  type Revoking,
  type SecurityEvent,
  type SecurityEventsOptions,
  securityEvents,
} from '../lib/signals/index.ts'
import {
  type SecurityEventOptions,
  type TestAuthorizationServer,
  tampered,
  testAuthorizationServer,
} from '../lib/testing/index.ts'
import { delivered } from './fixtures/delivered.ts'
import { majors } from './fixtures/express-majors.ts'
import { asked, closingAfter, TestClock } from './fixtures/protected-api.ts'
import { rawHttp } from './fixtures/raw-http.ts'

const caep = 'https://schemas.openid.net/secevent/caep/event-type/'
const risc = 'https://schemas.openid.net/secevent/risc/event-type/'
const ssf = 'https://schemas.openid.net/secevent/ssf/event-type/'

const clock = new TestClock()
let as: TestAuthorizationServer
let revoked: object[]
/** What `api.revoke()` rejects with, if it does. */
let failure: unknown
let logged: LogRecord[]
let published: SignalsEvent[]
let open: Receiver[]

const api: Revoking = {
  async revoke(selector) {
    revoked.push(selector)
    if (failure !== undefined) throw failure
  },
}
const listen = (event: unknown) => void published.push(event as SignalsEvent)

beforeAll(async () => {
  as = await testAuthorizationServer({ clock: clock.read })
})
afterAll(() => as.close())
beforeEach(() => {
  clock.pass(3600)
  revoked = []
  failure = undefined
  logged = []
  published = []
  open = []
  subscribe('scopegate:signals', listen)
})
afterEach(async () => {
  unsubscribe('scopegate:signals', listen)
  as.restore()
  as.publish()
  as.forgetRequests()
  await Promise.all(open.map((receiver) => receiver.close()))
})

function receiving(options: Partial<SecurityEventsOptions> = {}, framework = express) {
  const receiver = securityEvents(api, {
    issuer: as.issuer,
    audience: as.resource,
    clock: clock.read,
    log: (record) => void logged.push(record),
    ...options,
  })
  open.push(receiver)
  const app = framework()
  app.disable('x-powered-by')
  app.post('/events', receiver)
  app.use('/all', receiver)
  return { receiver, app }
}

type Receiving = ReturnType<typeof receiving>

function push({ app }: Receiving, token: string, headers: Record<string, string> = {}) {
  return supertest(app)
    .post('/events')
    .set('Content-Type', 'application/secevent+jwt')
    .set(headers)
    .send(token)
}

/** The status and the error code of the answer. */
async function told(answer: PromiseLike<supertest.Response>): Promise<unknown[]> {
  const { status, body } = await answer
  return [status, body.err]
}

async function refusal(
  options: SecurityEventOptions,
  receiver: Partial<SecurityEventsOptions> = {},
): Promise<unknown[]> {
  const [status, code] = await told(push(receiving(receiver), await as.securityEvent(options)))
  expect(revoked).toEqual([])
  return [status, code, published.at(-1)?.reason]
}

/** What is revoked by one event that is acknowledged. */
async function revocations(
  options: SecurityEventOptions,
  receiver: Partial<SecurityEventsOptions> = {},
): Promise<object[]> {
  const { status } = await push(receiving(receiver), await as.securityEvent(options))
  expect(status).toBe(202)
  return revoked
}

const alice = () => ({ issuer: as.issuer, subject: 'alice', issuedUntil: clock.seconds })

describe('a receiver of security events', () => {
  it.each(majors)(
    'acknowledges with 202 and no body once the tokens are refused (RFC 8935 section 2.2), in $major',
    async ({ express: framework }) => {
      const { status, text, headers } = await push(
        receiving({}, framework),
        await as.securityEvent(),
      )
      expect([status, text]).toEqual([202, ''])
      expect(headers['cache-control']).toBe('no-store')
      expect(revoked).toEqual([alice()])
      expect(published).toEqual([
        {
          issuer: as.issuer,
          kind: 'security_event',
          outcome: 'revoked',
          types: [`${caep}session-revoked`],
        },
      ])
      expect(Object.isFrozen(published[0])).toBe(true)
    },
  )

  it('acknowledges only after the broadcast to other processes', async () => {
    let broadcast = () => {}
    const done: string[] = []
    const slow: Revoking = {
      revoke: () =>
        new Promise((resolve) => {
          broadcast = () => {
            done.push('broadcast')
            resolve()
          }
        }),
    }
    const receiver = securityEvents(slow, {
      issuer: as.issuer,
      audience: as.resource,
      clock: clock.read,
      onEvent: () => void done.push('told'),
    })
    open.push(receiver)
    const app = express().post('/events', receiver)
    const requested = as.nextRequest('jwks')
    const answer = told(push({ receiver, app }, await as.securityEvent())).then((it) => {
      done.push('answered')
      return it
    })
    await requested
    while (done.length === 0) {
      broadcast()
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await answer).toEqual([202, undefined])
    expect(done).toEqual(['broadcast', 'told', 'answered'])
  })

  it('answers 503 whatever the broadcast failed with', async () => {
    failure = Object.defineProperty({}, 'code', {
      get() {
        throw new Error('nobody can look at it')
      },
    })
    expect((await push(receiving(), await as.securityEvent())).status).toBe(503)
  })

  it('answers 503 with Retry-After when the broadcast failed, and does it again (RFC 8935 section 4.2)', async () => {
    const receiver = receiving()
    const event = await as.securityEvent()
    failure = new Error('the store is gone')
    const answer = await push(receiver, event)
    expect([answer.status, answer.text, answer.headers['retry-after']]).toEqual([503, '', '5'])
    expect(published.at(-1)).toMatchObject({ outcome: 'unavailable', reason: 'not_broadcast' })
    expect(logged.map(({ code }) => code)).toEqual(['security_event_unavailable'])
    failure = undefined
    expect((await push(receiver, event)).status).toBe(202)
    expect(revoked).toEqual([alice(), alice()])
  })

  it('passes on what api.revoke() finds wrong with the options', async () => {
    failure = new ConfigurationError('selector.issuer', 'is none of ours.')
    const { app } = receiving()
    app.use(((error, _request, response, _next) => {
      response.status(500).json({ option: error.option })
    }) as express.ErrorRequestHandler)
    const answer = await push({ app } as Receiving, await as.securityEvent())
    expect([answer.status, answer.body]).toEqual([500, { option: 'selector.issuer' }])
  })

  it('does nothing twice, and acknowledges each time (RFC 8935 section 2)', async () => {
    const events: SecurityEvent[] = []
    const receiver = receiving({ onEvent: (event) => void events.push(event) })
    const event = await as.securityEvent()
    for (let time = 0; time < 3; time++) expect((await push(receiver, event)).status).toBe(202)
    expect(revoked).toHaveLength(1)
    expect(events).toHaveLength(1)
    expect(published.map(({ outcome }) => outcome)).toEqual(['revoked', 'repeated', 'repeated'])
    // Signed anew it is the same event; of another `jti` it is another.
    const claims = { jti: 'once' }
    const first = await as.securityEvent({ claims })
    expect(await as.securityEvent({ claims })).not.toBe(first)
    await push(receiver, first)
    await push(receiver, await as.securityEvent({ claims }))
    expect(revoked).toHaveLength(2)
    await push(receiver, await as.securityEvent({ claims: { jti: 'twice' } }))
    expect(revoked).toHaveLength(3)
    // A transmitter that gives two events one `jti` is wrong, and loses neither.
    await push(receiver, await as.securityEvent({ claims: { jti: 'twice', txn: 'another' } }))
    expect(revoked).toHaveLength(4)
  })

  it('does nothing twice when the same event arrives at once, many times', async () => {
    const receiver = receiving()
    const event = await as.securityEvent()
    const answers = await Promise.all(Array.from({ length: 20 }, () => push(receiver, event)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]))
    expect(revoked).toHaveLength(1)
    expect(as.received('jwks')).toHaveLength(1)
  })

  it('takes a body that express.text() or express.raw() left', async () => {
    for (const parser of [express.text, express.raw]) {
      const { receiver } = receiving()
      const app = express()
      app.use(parser({ type: 'application/secevent+jwt' }))
      app.post('/events', receiver)
      expect((await push({ receiver, app }, await as.securityEvent())).status).toBe(202)
    }
    expect(revoked).toHaveLength(2)
  })

  it('reads behind body parsers for other types, of both majors', async () => {
    for (const { express: framework } of majors) {
      const { receiver } = receiving()
      const app = framework()
      app.use(framework.json(), framework.urlencoded({ extended: false }))
      app.post('/events', receiver)
      expect((await push({ receiver, app }, await as.securityEvent())).status).toBe(202)
    }
    expect(revoked).toHaveLength(2)
  })

  it('says what to do when somebody read the body and left nothing', async () => {
    const { receiver } = receiving()
    const app = express()
    app.use((request, _response, next) => {
      request.resume().on('end', () => next())
    })
    app.post('/events', receiver)
    app.use(((error, _request, response, _next) => {
      response.status(500).json({ code: error.code, message: error.message })
    }) as express.ErrorRequestHandler)
    const { status, body } = await push({ receiver, app }, await as.securityEvent())
    expect(status).toBe(500)
    expect(body.code).toBe('invalid_configuration')
    expect(body.message).toMatch(/mount the receiver before whatever reads bodies/)
  })

  it('answers other methods with 405', async () => {
    const { app } = receiving()
    for (const method of ['get', 'put', 'delete', 'options'] as const) {
      const { status, headers } = await supertest(app)[method]('/all')
      expect([status, headers['allow']]).toEqual([405, 'POST'])
    }
  })

  it('works on bare node:http', async () => {
    const { receiver } = receiving()
    const server = createServer((request, response) =>
      receiver(request, response, (error) => response.end(String(error))),
    )
    const answer = await supertest(server)
      .post('/')
      .set('Content-Type', 'application/secevent+jwt')
      .send(await as.securityEvent())
    expect(answer.status).toBe(202)
    server.close()
  })

  it('has a name, for stack traces and router listings', () => {
    const { receiver } = receiving()
    expect([receiver.name, receiver.length]).toEqual(['securityEventsMiddleware', 3])
  })

  it.each([
    ['at once', 0],
    ['with the keys in its hands', 1],
  ])('answers 503 once it was closed, %s, and revokes nothing', async (_, before) => {
    const closing = receiving()
    for (let count = 0; count < before; count++) {
      expect((await push(closing, await as.securityEvent())).status).toBe(202)
    }
    await closing.receiver.close()
    expect((await push(closing, await as.securityEvent())).status).toBe(503)
    expect(revoked).toHaveLength(before)
  })
})

describe('a delivery is refused', () => {
  it.each<[string, SecurityEventOptions, string, string]>([
    [
      'without the type (RFC 8417 section 2.3)',
      { header: { typ: undefined } },
      'invalid_request',
      'wrong_type',
    ],
    ['with the type JWT', { header: { typ: 'JWT' } }, 'invalid_request', 'wrong_type'],
    [
      'as an access token (RFC 8725 section 3.11)',
      { header: { typ: 'at+jwt' } },
      'invalid_request',
      'wrong_type',
    ],
    ['as a logout token', { header: { typ: 'logout+jwt' } }, 'invalid_request', 'wrong_type'],
    [
      'with the type in a longer one',
      { header: { typ: 'x-secevent+jwt' } },
      'invalid_request',
      'wrong_type',
    ],
    [
      'with a critical header (RFC 7515 section 4.1.11)',
      { header: { crit: ['exp'], exp: 1 } },
      'invalid_request',
      'unsupported_header',
    ],
    [
      'with a key of its own (RFC 8725 section 3.10)',
      { header: { jwk: {} } },
      'invalid_request',
      'unsupported_header',
    ],
    ['with a kid that is no string', { header: { kid: 1 } }, 'invalid_request', 'malformed'],
    ['unsigned', { algorithm: 'none' }, 'invalid_key', 'unsupported_algorithm'],
    [
      'with HMAC under the public key',
      { algorithm: 'HS256' },
      'invalid_key',
      'unsupported_algorithm',
    ],
    ['signed by somebody else', { signedBy: 'foreign' }, 'invalid_key', 'wrong_signature'],
    ['of an unknown key', { header: { kid: 'unknown' } }, 'invalid_key', 'unknown_key'],
    [
      'from another issuer (SSF section 4.1.6)',
      { claims: { iss: 'https://other.test' } },
      'invalid_issuer',
      'wrong_issuer',
    ],
    ['without an issuer', { claims: { iss: undefined } }, 'invalid_issuer', 'wrong_issuer'],
    [
      'for another audience',
      { audience: 'https://other.test' },
      'invalid_audience',
      'wrong_audience',
    ],
    ['for no audience', { claims: { aud: undefined } }, 'invalid_audience', 'wrong_audience'],
    [
      'for an audience that is no text',
      { claims: { aud: {} } },
      'invalid_audience',
      'wrong_audience',
    ],
    [
      'without jti (RFC 8417 section 2.2)',
      { claims: { jti: undefined } },
      'invalid_request',
      'malformed_claim',
    ],
    ['with an empty jti', { claims: { jti: '' } }, 'invalid_request', 'malformed_claim'],
    ['with a jti that is no string', { claims: { jti: 1 } }, 'invalid_request', 'malformed_claim'],
    [
      'without iat (RFC 8417 section 2.2)',
      { claims: { iat: undefined } },
      'invalid_request',
      'malformed_claim',
    ],
    [
      'with an iat that is no number',
      { claims: { iat: '1' } },
      'invalid_request',
      'malformed_claim',
    ],
    [
      'with an exp that is no number',
      { claims: { exp: 'x' } },
      'invalid_request',
      'malformed_claim',
    ],
    ['of the future', { issuedSecondsAgo: -6 }, 'invalid_request', 'not_in_time'],
    ['older than a day', { issuedSecondsAgo: 86_406 }, 'invalid_request', 'not_in_time'],
    [
      'without events (RFC 8417 section 2.2)',
      { claims: { events: undefined } },
      'invalid_request',
      'no_event',
    ],
    ['with no event', { claims: { events: {} } }, 'invalid_request', 'no_event'],
    ['with a list of events', { claims: { events: ['a:b'] } }, 'invalid_request', 'no_event'],
    ['with a type that is no URI', { event: 'session-revoked' }, 'invalid_request', 'no_event'],
    [
      'with an event that is no object',
      { claims: { events: { 'a:b': 'x' } } },
      'invalid_request',
      'no_event',
    ],
    ['with a payload that is no object', { rawPayload: '[]' }, 'invalid_request', 'malformed'],
    [
      'with a member twice',
      { rawPayload: '{"iss":"a","iss":"b"}' },
      'invalid_request',
      'malformed',
    ],
  ])('%s', async (_, options, code, reason) => {
    expect(await refusal(options)).toEqual([400, code, reason])
  })

  it('when it has expired, though it should not say so (RFC 8417 section 2.2)', async () => {
    const at = (exp: number) => ({ claims: { exp: clock.seconds + exp } })
    expect(await refusal(at(-5))).toEqual([400, 'invalid_request', 'not_in_time'])
    expect(await revocations(at(-4))).toHaveLength(1)
  })

  it('when its signature was tampered with', async () => {
    const token = tampered(await as.securityEvent())
    expect(await told(push(receiving(), token))).toEqual([400, 'invalid_key'])
    expect(revoked).toEqual([])
  })

  it('with an algorithm that is not listed', async () => {
    const algorithms = ['RS256'] as const
    expect(await refusal({}, { algorithms })).toEqual([400, 'invalid_key', 'unsupported_algorithm'])
  })

  it('when the body is no token at all', async () => {
    for (const body of ['', 'x', 'a.b.c', '{}', 'e30.e30.', '\u0000\ufeff']) {
      expect(await told(push(receiving(), body))).toEqual([400, 'invalid_request'])
      expect(published.at(-1)?.reason).toBe('malformed')
    }
  })

  it('when it is encrypted', async () => {
    await push(receiving(), 'eyJhbGciOiJSU0EtT0FFUCJ9.a.b.c.d')
    expect(published.at(-1)?.reason).toBe('encrypted')
  })

  it('when it is another kind of token of the same issuer (RFC 8725 section 3.12)', async () => {
    const audience = as.resource
    const receiver = receiving()
    for (const token of [
      await as.token(),
      await as.idToken({ audience }),
      await as.logoutToken({ audience }),
    ]) {
      expect(await told(push(receiver, token))).toEqual([400, 'invalid_request'])
      expect(published.at(-1)?.reason).toBe('wrong_type')
    }
    expect(as.requests).toEqual([])
  })

  it('with another media type (RFC 8935 section 2.1)', async () => {
    const event = await as.securityEvent()
    for (const type of ['application/jwt', 'text/plain', 'application/secevent+jwt2']) {
      const answer = push(receiving(), event, { 'Content-Type': type })
      expect(await told(answer)).toEqual([400, 'invalid_request'])
      expect(published.at(-1)?.reason).toBe('wrong_media_type')
    }
    const type = 'Application/SecEvent+JWT; charset=utf-8'
    expect((await push(receiving(), event, { 'Content-Type': type })).status).toBe(202)
  })

  it('with err and description, and in which language (RFC 8935 section 2.3)', async () => {
    const { headers, body } = await push(
      receiving(),
      await as.securityEvent({ audience: 'https://other.test' }),
    )
    expect(headers['content-type']).toBe('application/json')
    expect(headers['content-language']).toBe('en')
    expect(headers['cache-control']).toBe('no-store')
    expect(body).toEqual({
      err: 'invalid_audience',
      description: 'The token is meant for somebody else.',
    })
  })

  it('before any key is fetched, where no key is needed for that', async () => {
    await refusal({ audience: 'https://other.test' })
    await refusal({ claims: { iss: 'https://other.test' } })
    await refusal({ issuedSecondsAgo: 90_000 })
    expect(as.requests).toEqual([])
  })
})

describe('the edges of time', () => {
  it('are tolerant of a clock that is ahead', async () => {
    expect(await revocations({ issuedSecondsAgo: -5 })).toHaveLength(1)
    expect(
      await revocations({ issuedSecondsAgo: -60 }, { clockToleranceSeconds: 60 }),
    ).toHaveLength(2)
  })

  it('are of the options, for what is old', async () => {
    expect(await revocations({ issuedSecondsAgo: 86_405 })).toHaveLength(1)
    const maxAgeSeconds = 60
    expect(await revocations({ issuedSecondsAgo: 65 }, { maxAgeSeconds })).toHaveLength(2)
    const receiver = receiving({ maxAgeSeconds })
    const old = await as.securityEvent({ issuedSecondsAgo: 66 })
    expect(await told(push(receiver, old))).toEqual([400, 'invalid_request'])
  })
})

describe('the transmitter', () => {
  const authorization = 'Bearer a secret of the stream'

  it('must authenticate itself as agreed (RFC 8935 section 2, SSF section 6.1.1)', async () => {
    const receiver = receiving({ authorization })
    const event = await as.securityEvent()
    for (const given of [
      undefined,
      '',
      'Bearer',
      'bearer a secret of the stream',
      `${authorization}x`,
    ]) {
      const headers = given === undefined ? {} : { Authorization: given }
      expect(await told(push(receiver, event, headers))).toEqual([400, 'authentication_failed'])
    }
    expect(revoked).toEqual([])
    expect((await push(receiver, event, { Authorization: authorization })).status).toBe(202)
  })

  it('is judged by a function, of which only true is a yes', async () => {
    const asked: (string | undefined)[] = []
    let answer: unknown = true
    const receiver = receiving({
      authorization: (header) => {
        asked.push(header)
        return answer as boolean
      },
    })
    const event = await as.securityEvent()
    expect((await push(receiver, event, { Authorization: 'Basic eDp5' })).status).toBe(202)
    for (answer of [false, undefined, 'yes', Promise.resolve(true)]) {
      expect(await told(push(receiver, event))).toEqual([400, 'authentication_failed'])
    }
    expect(asked).toEqual(['Basic eDp5', undefined, undefined, undefined, undefined])
  })

  it('is refused without its body being read', async () => {
    const server = await listening(receiving({ authorization }).app)
    const answer = await rawHttp(server, {
      method: 'POST',
      target: '/events',
      lines: ['Content-Type: application/secevent+jwt', 'Content-Length: 100000'],
    })
    expect(answer.status).toBe(400)
    server.close()
  })
})

describe('the body', () => {
  const type = 'Content-Type: application/secevent+jwt'

  it('is read up to 256 KiB, and not beyond', async () => {
    const longest = 'x'.repeat(256 * 1024)
    await push(receiving(), longest)
    expect(published.at(-1)?.reason).toBe('malformed')
    const tooLong = await push(receiving(), `${longest}x`)
    expect(tooLong.headers['connection']).toBe('close')
    expect(published.at(-1)?.reason).toBe('too_large')
  })

  it('is read up to 256 KiB when its length was not told', async () => {
    const server = await listening(receiving().app)
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`
    const head = [
      'POST /events HTTP/1.1',
      'Host: api.test',
      type,
      'Transfer-Encoding: chunked',
      '',
      '',
    ]
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    // It never ends: who answers has not waited for the end.
    socket.write(`${head.join('\r\n')}${chunk.repeat(4)}1\r\nx\r\n`)
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1\.1 400 .*Connection: close/s)
    expect(published.at(-1)?.reason).toBe('too_large')
    socket.destroy()
    server.close()
  })

  it('has to arrive in time', async () => {
    const server = await listening(receiving({ bodyTimeoutMs: 20 }).app)
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    socket.write(
      ['POST /events HTTP/1.1', 'Host: api.test', type, 'Content-Length: 10', '', 'x'].join('\r\n'),
    )
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1\.1 400 /)
    expect(published.at(-1)?.reason).toBe('too_slow')
    socket.destroy()
    server.close()
  })

  it('may break off: nobody is answered, and nothing is told', async () => {
    const { receiver } = receiving()
    const failed: unknown[] = []
    const server = createServer((request, response) => {
      receiver(request, response, (error) => failed.push(error))
      response.once('close', () => server.close())
    }).listen(0)
    await once(server, 'listening')
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    socket.write(
      ['POST /events HTTP/1.1', 'Host: api.test', type, 'Content-Length: 10', '', 'x'].join('\r\n'),
    )
    await once(server, 'request')
    socket.destroy()
    await once(server, 'close')
    expect([failed, published, revoked]).toEqual([[], [], []])
  })

  it('may have been cut off before it is read: nobody waits for it', async () => {
    const { receiver } = receiving()
    const failed: unknown[] = []
    let waitedFor: number | undefined
    const server = createServer((request, response) => {
      response.once('close', () => {
        receiver(request, response, (error) => failed.push(error))
        waitedFor = request.listenerCount('data')
        server.close()
      })
    }).listen(0)
    await once(server, 'listening')
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    socket.write(
      ['POST /events HTTP/1.1', 'Host: api.test', type, 'Content-Length: 10', '', 'x'].join('\r\n'),
    )
    await once(server, 'request')
    socket.destroy()
    await once(server, 'close')
    expect([waitedFor, failed, published, revoked]).toEqual([0, [], [], []])
  })

  it('must not be compressed', async () => {
    const answer = push(receiving(), await as.securityEvent(), { 'Content-Encoding': 'gzip' })
    expect(await told(answer)).toEqual([400, 'invalid_request'])
    expect(published.at(-1)?.reason).toBe('encoded')
  })
})

describe('the keys of the transmitter', () => {
  it('are found by its metadata, between host and path (SSF section 7.2)', async () => {
    const other = await testAuthorizationServer({ clock: clock.read, path: '/tenant/' })
    const receiver = receiving({ issuer: other.issuer })
    expect((await push(receiver, await other.securityEvent())).status).toBe(202)
    expect(other.requests.map(({ url }) => url)).toEqual([
      '/.well-known/ssf-configuration/tenant',
      '/tenant/jwks',
    ])
    await other.close()
  })

  it('are found where the options say', async () => {
    const event = await as.securityEvent()
    for (const options of [
      { keys: { uri: as.endpoints.jwks } },
      { keys: { jwks: as.jwks() } },
      { metadataUrl: as.endpoints.discovery },
    ]) {
      expect((await push(receiving(options), event)).status).toBe(202)
    }
    expect(as.requests.map(({ endpoint }) => endpoint)).toEqual(['jwks', 'discovery', 'jwks'])
  })

  it('are not those of a document that names another issuer (SSF section 7.2.4)', async () => {
    const other = await testAuthorizationServer({
      clock: clock.read,
      metadata: { issuer: 'https://other.test' },
    })
    const answer = await push(receiving({ issuer: other.issuer }), await other.securityEvent())
    expect([answer.status, published.at(-1)?.reason]).toEqual([503, 'discovery_failed'])
    await other.close()
  })

  it('cannot be had: 503 with Retry-After, and 202 once they can', async () => {
    const receiver = receiving()
    const event = await as.securityEvent()
    as.fail('jwks', 500)
    const answer = await push(receiver, event)
    expect(answer.status).toBe(503)
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    expect(published.at(-1)).toMatchObject({ outcome: 'unavailable', reason: 'keys_unreachable' })
    as.restore()
    clock.pass(Number(answer.headers['retry-after']))
    expect((await push(receiver, event)).status).toBe(202)
  })

  it('are fetched again when one is unknown or was replaced, once a cool-down', async () => {
    const receiver = receiving()
    await push(receiver, await as.securityEvent())
    as.rotate()
    const event = await as.securityEvent()
    clock.pass(30)
    expect((await push(receiver, event)).status).toBe(202)
    expect(as.received('jwks')).toHaveLength(2)
  })

  it('may be replaced under the same kid', async () => {
    const receiver = receiving()
    await push(receiver, await as.securityEvent())
    const [old] = as.keys
    as.rotate({ overlap: false })
    const [key] = as.keys
    as.publish({ keys: [{ ...key?.publicJwk, kid: old?.kid }] })
    clock.pass(30)
    const event = await as.securityEvent({ header: { kid: old?.kid } })
    expect((await push(receiver, event)).status).toBe(202)
    expect(as.received('jwks')).toHaveLength(2)
  })

  it('may be behind an endpoint that fails, for a token that names none', async () => {
    const receiver = receiving()
    await push(receiver, await as.securityEvent())
    as.fail('jwks', 500)
    clock.pass(30)
    const nameless = { header: { kid: undefined }, signedBy: 'foreign' } as const
    expect((await push(receiver, await as.securityEvent(nameless))).status).toBe(503)
    expect(published.at(-1)?.reason).toBe('keys_unreachable')
  })

  it('are fetched twice at most, by a flood of 1,000 unknown ones', async () => {
    const receiver = receiving()
    await push(receiver, await as.securityEvent())
    clock.pass(30)
    const statuses = new Set<number>()
    for (let round = 0; round < 20; round++) {
      const sent = Array.from({ length: 50 }, async (_, index) => {
        const token = await as.securityEvent({ header: { kid: `${round} ${index}` } })
        const type = 'application/secevent+jwt'
        statuses.add((await delivered(receiver.receiver, token, type)).status)
      })
      await Promise.all(sent)
    }
    expect(statuses).toEqual(new Set([400]))
    expect(as.received('jwks')).toHaveLength(2)
    expect(revoked).toHaveLength(1)
    // Operators hear of it once a minute.
    expect(logged).toHaveLength(1)
  }, 30_000)
})

describe('an event revokes what was issued before it', () => {
  it.each([
    `${caep}session-revoked`,
    `${caep}token-claims-change`,
    `${caep}credential-change`,
    `${risc}account-credential-change-required`,
    `${risc}account-purged`,
    `${risc}account-disabled`,
    `${risc}identifier-changed`,
    `${risc}identifier-recycled`,
    `${risc}credential-compromise`,
    `${risc}sessions-revoked`,
    'https://schemas.openid.net/secevent/oauth/event-type/tokens-revoked',
  ])('by default: %s', async (event) => {
    expect(await revocations({ event })).toEqual([alice()])
  })

  it.each([
    `${caep}assurance-level-change`,
    `${caep}device-compliance-change`,
    `${caep}session-established`,
    `${caep}session-presented`,
    `${caep}risk-level-change`,
    `${risc}account-enabled`,
    `${risc}opt-out-effective`,
    `${risc}recovery-activated`,
    `${ssf}stream-updated`,
    'https://example.com/events/something-else',
    'constructor:x',
  ])('but for %s, which is acknowledged', async (event) => {
    expect(await revocations({ event })).toEqual([])
    expect(published.at(-1)?.outcome).toBe('ignored')
  })

  it('as the options say by type', async () => {
    const ignored = `${caep}credential-change`
    const own = 'https://example.com/events/fired'
    const actions = { [ignored]: 'ignore', [own]: 'revoke' } as const
    expect(await revocations({ event: ignored }, { actions })).toEqual([])
    expect(await revocations({ event: own }, { actions })).toEqual([alice()])
    expect(published.map(({ types }) => types)).toEqual([[ignored], ['other']])
  })

  it('at the time of its token, when it tells no other', async () => {
    expect(await revocations({ issuedSecondsAgo: 100 })).toEqual([
      { ...alice(), issuedUntil: clock.seconds - 100 },
    ])
  })

  it.each<[string, (now: number) => unknown, number]>([
    ['its own time (CAEP section 2)', (now) => now - 50, -50],
    ['its own time, of which the second counts', (now) => now - 49.5, -50],
    ['its own time in milliseconds, as in drafts', (now) => (now - 50) * 1000, -50],
    ['its own time, but never later than its token', (now) => now + 50, -10],
    ['its own time, unless that is none', () => 'yesterday', -10],
    ['its own time, unless that is before all time', () => -1, -10],
  ])('at %s', async (_, timestamp, seconds) => {
    const payload = { event_timestamp: timestamp(clock.seconds) }
    expect(await revocations({ payload, issuedSecondsAgo: 10 })).toEqual([
      { ...alice(), issuedUntil: clock.seconds + seconds },
    ])
  })

  it('by the clock of the transmitter, which wrote the tokens, also when it is ahead', async () => {
    expect(await revocations({ issuedSecondsAgo: -4 })).toEqual([
      { ...alice(), issuedUntil: clock.seconds + 4 },
    ])
  })

  it('the same whenever it is delivered again', async () => {
    const event = await as.securityEvent()
    const issuedUntil = clock.seconds
    await push(receiving(), event)
    clock.pass(600)
    await push(receiving(), event)
    expect(revoked.map((one) => (one as { issuedUntil: number }).issuedUntil)).toEqual([
      issuedUntil,
      issuedUntil,
    ])
  })
})

describe('the subject of an event', () => {
  const until = () => ({ issuedUntil: clock.seconds })
  const issSub = (sub = 'alice', iss = as.issuer) => ({ format: 'iss_sub', iss, sub })
  const opaque = (id: string) => ({ format: 'opaque', id })
  const disabled = `${risc}account-disabled`

  it('is a token, by its jti, whenever it was issued (SSF section 3.5.1)', async () => {
    const subject = { format: 'jwt_id', iss: as.issuer, jti: 'j1' }
    expect(await revocations({ subject })).toEqual([{ issuer: as.issuer, jti: 'j1' }])
  })

  it('is an opaque account (RFC 9493 section 3.2.5)', async () => {
    expect(await revocations({ event: disabled, subject: opaque('a1') })).toEqual([
      { issuer: as.issuer, subject: 'a1', ...until() },
    ])
  })

  it('is an opaque session or account, where sessions are revoked (CAEP section 3.1)', async () => {
    expect(await revocations({ subject: opaque('s1') })).toEqual([
      { issuer: as.issuer, subject: 's1', ...until() },
      { issuer: as.issuer, session: 's1', ...until() },
    ])
  })

  it('is named in several ways (RFC 9493 section 3.2.8)', async () => {
    const identifiers = [
      { format: 'email', email: 'a@example.com' },
      issSub(),
      issSub('al'),
      { format: 'aliases', identifiers: [issSub('nested')] },
      null,
    ]
    expect(await revocations({ subject: { format: 'aliases', identifiers } })).toEqual([
      alice(),
      { ...alice(), subject: 'al' },
    ])
  })

  it('is named in a hundred ways, and not in more', async () => {
    const aliases = (length: number) => ({
      format: 'aliases',
      identifiers: Array.from({ length }, (_, index) => issSub(`a${index}`)),
    })
    expect(await revocations({ subject: aliases(100) })).toHaveLength(100)
    revoked = []
    expect(await revocations({ subject: aliases(101) })).toEqual([])
  })

  it('is named in no more ways where identifiers are nested, however they are', async () => {
    let asked = 0
    const subjectOf = () => {
      asked++
      return undefined
    }
    const users = (length: number) => ({
      format: 'complex',
      user: { format: 'aliases', identifiers: Array.from({ length }, (_, at) => issSub(`a${at}`)) },
    })
    const sessions = { format: 'aliases', identifiers: [users(40), { session: users(30) }] }
    for (const [subject, most] of [
      [users(99), 99],
      [users(100), 0],
      [{ format: 'aliases', identifiers: [users(31), users(32), users(31)] }, 94],
      [{ format: 'aliases', identifiers: [users(32), users(32), users(31)] }, 0],
      [{ format: 'aliases', identifiers: [sessions, ...Array(30).fill(issSub())] }, 0],
    ] as const) {
      asked = 0
      revoked = []
      expect(await revocations({ subject }, { subjectOf })).toHaveLength(most)
      expect(asked).toBeLessThanOrEqual(101)
    }
  })

  it.each<[string, 'session' | 'subject' | undefined, () => object, object]>([
    [
      'its session',
      undefined,
      () => ({ user: issSub(), session: opaque('s1'), tenant: opaque('t') }),
      { session: 's1' },
    ],
    [
      'its user, where all sessions of it end',
      'subject',
      () => ({ user: issSub(), session: opaque('s1') }),
      { subject: 'alice' },
    ],
    [
      'its user and device',
      'session',
      () => ({ user: issSub(), device: opaque('d') }),
      { subject: 'alice' },
    ],
    ['its session alone', 'subject', () => ({ session: opaque('s1') }), { session: 's1' }],
    [
      'its session as issuer and sid',
      undefined,
      () => ({ session: { format: 'iss_sub', iss: 'https://as', sub: 's1' } }),
      { session: 's1', issuer: 'https://as' },
    ],
    [
      'its user, where the session is not understood',
      'session',
      () => ({ user: issSub(), session: { format: 'uri', uri: 'a:b' } }),
      { subject: 'alice' },
    ],
  ])('is %s of several members (SSF section 3.3)', async (_, ends, members, expected) => {
    const subject = { format: 'complex', ...members() }
    const subjectIssuer = 'issuer' in expected ? 'https://as' : as.issuer
    expect(await revocations({ subject }, { ...(ends && { ends }), subjectIssuer })).toEqual([
      { issuer: as.issuer, ...until(), ...expected },
    ])
  })

  it('is inside the event, or without a format, as in drafts', async () => {
    const drafted = { subject_type: 'iss-sub', iss: as.issuer, sub: 'alice' }
    const event = disabled
    expect(await revocations({ event, subject: undefined, payload: { subject: drafted } })).toEqual(
      [alice()],
    )
    expect(await revocations({ event, subject: { user: issSub('bob') } })).toEqual([
      alice(),
      { ...alice(), subject: 'bob' },
    ])
  })

  it.each<[string, () => Record<string, unknown> | undefined]>([
    ['an email address', () => ({ format: 'email', email: 'a@example.com' })],
    ['a phone number', () => ({ format: 'phone_number', phone_number: '+12065550100' })],
    ['an account', () => ({ format: 'account', uri: 'acct:a@example.com' })],
    ['of another issuer', () => issSub('alice', 'https://other.test')],
    [
      'a token of another issuer',
      () => ({ format: 'jwt_id', iss: 'https://other.test', jti: 'j' }),
    ],
    ['without sub', () => ({ format: 'iss_sub', iss: as.issuer })],
    ['with an empty sub', () => issSub('')],
    ['with a sub that is no string', () => ({ ...issSub(), sub: 1 })],
    ['an opaque one without id', () => ({ format: 'opaque' })],
    ['a device', () => ({ format: 'complex', device: opaque('d') })],
    [
      'a user of several users',
      () => ({ format: 'complex', user: { format: 'complex', user: issSub() } }),
    ],
    [
      'a session of several',
      () => ({ format: 'complex', session: { format: 'complex', session: opaque('s') } }),
    ],
    ['no list of aliases', () => ({ format: 'aliases', identifiers: issSub() })],
    ['of no format', () => ({ iss: as.issuer, sub: 'alice' })],
    ['missing', () => undefined],
  ])('is not understood when it is %s: acknowledged and told', async (_, subject) => {
    expect(await revocations({ event: disabled, subject: subject() })).toEqual([])
    expect(published.at(-1)).toEqual({
      issuer: as.issuer,
      kind: 'security_event',
      outcome: 'not_understood',
      types: [disabled],
    })
    expect(logged.map(({ code, details }) => [code, details])).toEqual([
      ['security_event_not_understood', { issuer: as.issuer, types: [disabled] }],
    ])
  })

  it('is of the issuers that the transmitter may speak of, and of no others', async () => {
    const subjectIssuer = ['https://a.test', 'https://b.test']
    const of = (iss: string) => revocations({ subject: issSub('alice', iss) }, { subjectIssuer })
    await of('https://b.test')
    await of(as.issuer)
    await revocations({ subject: opaque('a1') }, { subjectIssuer })
    expect(revoked).toEqual([{ ...alice(), issuer: 'https://b.test' }])
    const one = { subjectIssuer: 'https://a.test' }
    await revocations({ event: disabled, subject: opaque('a1') }, one)
    expect(revoked.at(-1)).toEqual({ ...alice(), issuer: 'https://a.test', subject: 'a1' })
  })

  it('is what the application makes of it, of any format, also later', async () => {
    const asked: unknown[] = []
    const subjectOf: SecurityEventsOptions['subjectOf'] = async (identifier) => {
      asked.push(identifier)
      return identifier['email'] === 'a@example.com'
        ? { subject: 'alice', session: 's1' }
        : undefined
    }
    const email = { format: 'email', email: 'a@example.com' }
    expect(await revocations({ subject: email }, { subjectOf })).toEqual([
      { issuer: as.issuer, session: 's1', ...until() },
    ])
    revoked = []
    expect(await revocations({ subject: email }, { subjectOf, ends: 'subject' })).toEqual([alice()])
    revoked = []
    await revocations({ subject: issSub('bob') }, { subjectOf })
    expect(revoked).toEqual([{ ...alice(), subject: 'bob' }])
    expect(asked).toEqual([email, email, issSub('bob')])
  })

  it('may be of an issuer that the application names', async () => {
    const subjectOf = () => ({ subject: 'al', issuer: 'https://other.test' })
    expect(await revocations({}, { subjectOf })).toEqual([
      { ...alice(), issuer: 'https://other.test', subject: 'al' },
    ])
  })

  it.each<[unknown]>([
    [{}],
    [null],
    ['alice'],
    [{ subject: '' }],
    [{ subject: 1 }],
    [{ session: 's', subject: null }],
  ])('is nobody when the application says %j, which is a mistake', async (said) => {
    const { app } = receiving({ subjectOf: () => said as { subject: string } })
    app.use(((error, _request, response, _next) => {
      response.status(500).json({ option: error.option })
    }) as express.ErrorRequestHandler)
    const { status, body } = await push({ app } as Receiving, await as.securityEvent())
    expect([status, body, revoked]).toEqual([500, { option: 'subjectOf' }, []])
  })
})

describe('a resource server that is told', () => {
  const opened = closingAfter('each')

  it('refuses what was issued before, and takes what is issued afterwards', async () => {
    const server = opened.api({ ...as.options, log: () => {} })
    const receiver = securityEvents(server, {
      issuer: as.issuer,
      audience: as.resource,
      clock: clock.read,
      log: (record) => void logged.push(record),
    })
    open.push(receiver)
    const app = express().post('/events', receiver)
    const [alice, bob] = [await as.token(), await as.token({ claims: { sub: 'bob' } })]
    const events = {
      wrong: await as.securityEvent({ signedBy: 'foreign' }),
      good: await as.securityEvent(),
    }
    expect(await asked(server, alice)).toBe('accepted')
    expect((await push({ receiver, app }, events.wrong)).status).toBe(400)
    expect(await asked(server, alice)).toBe('accepted')
    expect((await push({ receiver, app }, events.good)).status).toBe(202)
    expect(await asked(server, alice)).toBe('401 revoked')
    expect(await asked(server, bob)).toBe('accepted')
    clock.pass(1)
    const fresh = await as.token()
    expect(await asked(server, fresh)).toBe('accepted')
    // A replay of the event ends no newer token, also where it is not remembered.
    const another = securityEvents(server, {
      issuer: as.issuer,
      audience: as.resource,
      clock: clock.read,
    })
    open.push(another)
    const again = express().post('/events', another)
    expect((await push({ receiver: another, app: again }, events.good)).status).toBe(202)
    expect(await asked(server, fresh)).toBe('accepted')
  })

  it('JT-15: takes neither a security event nor a logout token for an access token (RFC 8725 section 3.12)', async () => {
    for (const profile of ['rfc9068', 'plain'] as const) {
      const server = opened.api({
        ...as.options,
        log: () => {},
        issuers: { issuer: as.issuer, jwt: { profile } },
      })
      const claims = {
        exp: clock.seconds + 300,
        sub: 'alice',
        client_id: 'c',
        scope: 'orders:read',
      }
      for (const header of [{}, { typ: 'JWT' }]) {
        const event = await as.securityEvent({ claims, header })
        const logout = await as.logoutToken({ claims, header, audience: as.resource })
        for (const token of [event, logout]) {
          expect(await asked(server, token)).toMatch(/^401 (?:wrong_type|not_an_access_token)$/)
        }
      }
    }
  })
})

describe('the application', () => {
  it('is told each event once it is done, with what it says', async () => {
    const events: SecurityEvent[] = []
    const subject = { format: 'iss_sub', iss: as.issuer, sub: 'alice' }
    const payload = { reason: 'hijacking' }
    const event = `${risc}account-disabled`
    await revocations(
      { event, subject, payload, claims: { jti: 'e1' } },
      { onEvent: (it) => void events.push(it) },
    )
    expect(events).toEqual([
      { issuer: as.issuer, jti: 'e1', type: event, payload, subject, outcome: 'revoked' },
    ])
    expect(Object.isFrozen(events[0]) && Object.isFrozen(events[0]?.payload)).toBe(true)
    await revocations(
      { event: 'a:b', subject: undefined },
      { onEvent: (it) => void events.push(it) },
    )
    expect(events[1]).toMatchObject({ type: 'a:b', subject: undefined, outcome: 'ignored' })
  })

  it('is told of all events of a token, of which all are done before', async () => {
    const events: unknown[] = []
    const both = { [`${caep}session-revoked`]: {}, [`${risc}sessions-revoked`]: {}, 'a:b': {} }
    await revocations(
      { claims: { events: both } },
      { onEvent: ({ type, outcome }) => void events.push([type, outcome, revoked.length]) },
    )
    expect(events).toEqual([
      [`${caep}session-revoked`, 'revoked', 2],
      [`${risc}sessions-revoked`, 'revoked', 2],
      ['a:b', 'ignored', 2],
    ])
    expect(published).toEqual([expect.objectContaining({ outcome: 'revoked' })])
  })

  it('may fail: the event is not acknowledged, and comes again', async () => {
    let fails = true
    const { app } = receiving({
      onEvent: async () => {
        if (fails) throw new Error('the database is gone')
      },
    })
    app.use(((_error, _request, response, _next) => {
      response.status(500).end()
    }) as express.ErrorRequestHandler)
    const event = await as.securityEvent()
    expect((await push({ app } as Receiving, event)).status).toBe(500)
    fails = false
    expect((await push({ app } as Receiving, event)).status).toBe(202)
    expect(revoked).toHaveLength(2)
  })

  it('is told the state of a verification event (SSF section 8.1.4.1)', async () => {
    const states: unknown[] = []
    const onVerification = (state: string | undefined) => {
      states.push(state)
      return state !== 'unexpected'
    }
    const event = `${ssf}verification`
    const subject = { format: 'opaque', id: 'the stream' }
    const verify = async (payload: Record<string, unknown>) =>
      told(push(receiving({ onVerification }), await as.securityEvent({ event, subject, payload })))
    expect(await verify({ state: 'abc' })).toEqual([202, undefined])
    expect(await verify({})).toEqual([202, undefined])
    expect(await verify({ state: 'unexpected' })).toEqual([400, 'invalid_state'])
    expect(states).toEqual(['abc', undefined, 'unexpected'])
    expect(await told(push(receiving(), await as.securityEvent({ event, subject })))).toEqual([
      202,
      undefined,
    ])
    expect(revoked).toEqual([])
  })

  it.each([
    ['paused', 'warn', { status: 'paused' }],
    ['disabled', 'warn', { status: 'disabled' }],
    ['enabled', 'info', { status: 'enabled' }],
    ['whatever', 'info', {}],
  ])('reads in its log that the stream is %s (SSF section 8.1.5)', async (status, level, more) => {
    const subject = { format: 'opaque', id: 'the stream' }
    await revocations({ event: `${ssf}stream-updated`, subject, payload: { status, reason: 'x' } })
    expect(logged).toEqual([
      {
        level,
        code: 'security_event_stream_updated',
        message: expect.any(String),
        details: { issuer: as.issuer, ...more },
      },
    ])
  })

  it('reads in its log what was refused, once a minute for each reason', async () => {
    const receiver = receiving()
    const wrong = () => as.securityEvent({ audience: 'https://other.test' })
    await push(receiver, await wrong())
    await push(receiver, await wrong())
    await push(receiver, await as.securityEvent({ header: { typ: 'JWT' } }))
    clock.pass(59)
    await push(receiver, await wrong())
    expect(logged).toHaveLength(2)
    clock.pass(1)
    await push(receiver, await wrong())
    expect(logged.map(({ level, code, details }) => [level, code, details])).toEqual([
      ['warn', 'security_event_refused', { issuer: as.issuer, reason: 'wrong_audience' }],
      ['warn', 'security_event_refused', { issuer: as.issuer, reason: 'wrong_type' }],
      ['warn', 'security_event_refused', { issuer: as.issuer, reason: 'wrong_audience' }],
    ])
  })

  it('reads nothing of what was sent', async () => {
    const secret = 'radioactive'
    const receiver = receiving({ subjectIssuer: 'https://a.test' })
    const sent = [
      await as.securityEvent({ event: `https://x.test/${secret}`, payload: { a: secret } }),
      await as.securityEvent({ event: `${caep}credential-change`, claims: { jti: secret } }),
      await as.securityEvent({ header: { kid: secret } }),
      await as.securityEvent({ claims: { iss: secret } }),
      secret,
    ]
    const answers: string[] = []
    for (const token of sent) {
      const { text, headers } = await push(receiver, token)
      answers.push(text, JSON.stringify(headers))
    }
    expect(published).toHaveLength(5)
    expect(JSON.stringify([answers, published, logged])).not.toContain(secret)
  })
})

describe('wrong options of securityEvents()', () => {
  const good = { issuer: 'https://as.test', audience: 'https://api.test' }
  it.each<[string, object, RegExp]>([
    ['issuer', { issuer: undefined }, /is required/],
    ['issuer', { issuer: 'http://as.test' }, /absolute https URL/],
    ['audience', { audience: undefined }, /is required/],
    ['audience', { audience: [] }, /non-empty/],
    ['subjectIssuer', { subjectIssuer: '' }, /non-empty/],
    ['authorization', { authorization: '' }, /a non-empty string/],
    ['keys', { keys: {} }, /either `jwks` or `uri`/],
    ['keys.uri', { keys: { uri: 'http://as.test' } }, /absolute https URL/],
    ['metadataUrl', { metadataUrl: 'x' }, /absolute https URL/],
    ['algorithms[0]', { algorithms: ['HS256'] }, /shared secret/],
    ['clockToleranceSeconds', { clockToleranceSeconds: 601 }, /from 0 to 600/],
    ['maxAgeSeconds', { maxAgeSeconds: 1 }, /60 or more/],
    ['bodyTimeoutMs', { bodyTimeoutMs: 0 }, /whole number/],
    ['ends', { ends: 'user' }, /"session" or "subject"/],
    ['onEvents', { onEvents: () => {} }, /Did you mean `onEvent`/],
    ['clock', { clock: () => 1 }, /milliseconds since 1970/],
    ['log', { log: true }, /a function/],
    ['http.timeoutMs', { http: { timeoutMs: -1 } }, /whole number/],
    [
      '',
      { actions: { [`${caep}session-revokd`]: 'ignore' } },
      /Did you mean "https:\/\/schemas\.openid\.net\/secevent\/caep\/event-type\/session-revoked"/,
    ],
    ['', { actions: { 'session-revoked': 'ignore' } }, /Did you mean "https:.*\/session-revoked"/],
    ['', { actions: { [`${caep}x`]: 'ignore' } }, /no event type that is known here/],
    ['', { actions: { 'a:b': 'forget' } }, /"revoke" or "ignore"/],
  ])('throw at start-up: %s %j', (option, wrong, message) => {
    const make = () => securityEvents(api, { ...good, ...wrong } as SecurityEventsOptions)
    expect(make).toThrow(ConfigurationError)
    expect(make).toThrow(message)
    if (option !== '') expect(make).toThrow(expect.objectContaining({ option }))
  })

  it('throw where the resource server is missing', () => {
    for (const wrong of [undefined, good, {}]) {
      expect(() => securityEvents(wrong as Revoking, good)).toThrow(/the resource server first/)
      expect(() => backchannelLogout(wrong as Revoking, { ...good, clientId: 'x' })).toThrow(
        ConfigurationError,
      )
    }
  })
})

describe('the testing kit', () => {
  it('knows what securityEvent() and logoutToken() take, and nothing else', async () => {
    await expect(as.securityEvent({ evnt: 'x' } as SecurityEventOptions)).rejects.toThrow(
      'securityEvent() has no member "evnt". Did you mean "event"?',
    )
    await expect(as.logoutToken({ sid: 'x' } as object)).rejects.toThrow(
      'logoutToken() has no member "sid".',
    )
    await expect(as.securityEvent({ signedBy: 'me' as 'own' })).rejects.toThrow(TypeError)
    await expect(as.logoutToken({ algorithm: 'RS255' as 'RS256' })).rejects.toThrow(TypeError)
  })
})

async function listening(app: express.Express): Promise<Server> {
  const server = app.listen(0)
  await once(server, 'listening')
  return server
}

function once(
  from: { once(event: string, listener: (...values: unknown[]) => void): unknown },
  event: string,
): Promise<unknown[]> {
  return new Promise((resolve) => from.once(event, (...values) => resolve(values)))
}
