import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import express from 'express'
import supertest from 'supertest'
import { ConfigurationError, type LogRecord, type SignalsEvent } from '../lib/index.ts'
import {
  type BackchannelLogoutOptions,
  backchannelLogout,
  type Receiver,
  type Revoking,
} from '../lib/signals/index.ts'
import {
  type LogoutTokenOptions,
  type TestAuthorizationServer,
  tampered,
  testAuthorizationServer,
} from '../lib/testing/index.ts'
import { majors } from './fixtures/express-majors.ts'
import { TestClock } from './fixtures/protected-api.ts'

const logoutType = 'http://schemas.openid.net/event/backchannel-logout'

const clock = new TestClock()
let as: TestAuthorizationServer
let revoked: object[]
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
  as.forgetRequests()
  await Promise.all(open.map((receiver) => receiver.close()))
})

function receiving(options: Partial<BackchannelLogoutOptions> = {}): Receiver {
  const receiver = backchannelLogout(api, {
    issuer: as.issuer,
    clientId: 'test-client',
    clock: clock.read,
    log: (record) => void logged.push(record),
    ...options,
  })
  open.push(receiver)
  return receiver
}

function post(receiver: Receiver, form: string, type = 'application/x-www-form-urlencoded') {
  return supertest(express().post('/logout', receiver))
    .post('/logout')
    .set('Content-Type', type)
    .send(form)
}

function logOut(receiver: Receiver, token: string) {
  return post(receiver, `logout_token=${token}`)
}

/** The status and the reason. */
async function refusal(
  options: LogoutTokenOptions,
  receiver: Partial<BackchannelLogoutOptions> = {},
): Promise<unknown[]> {
  const { status, body } = await logOut(receiving(receiver), await as.logoutToken(options))
  expect(body.error).toBe('invalid_request')
  expect(revoked).toEqual([])
  return [status, published.at(-1)?.reason]
}

/** What is revoked by a logout that is acknowledged. */
async function revocations(
  options: LogoutTokenOptions,
  receiver: Partial<BackchannelLogoutOptions> = {},
): Promise<object[]> {
  const { status } = await logOut(receiving(receiver), await as.logoutToken(options))
  expect(status).toBe(200)
  return revoked
}

const until = () => ({ issuer: as.issuer, issuedUntil: clock.seconds })

describe('a receiver of logout tokens', () => {
  it.each(majors)(
    'answers 200 once the tokens of the user are refused (Back-Channel Logout section 2.8), in $major',
    async ({ express: framework }) => {
      const receiver = receiving()
      const app = framework().post('/logout', receiver)
      const { status, text, headers } = await supertest(app)
        .post('/logout')
        .type('form')
        .send({ logout_token: await as.logoutToken(), other: 'ignored' })
      expect([status, text, headers['cache-control']]).toEqual([200, '', 'no-store'])
      expect(revoked).toEqual([{ ...until(), subject: 'alice' }])
      expect(published).toEqual([
        { issuer: as.issuer, kind: 'logout_token', outcome: 'revoked', types: ['other'] },
      ])
    },
  )

  it('ends the one session that is named, and all of the user when none is (section 2.4)', async () => {
    await revocations({ session: 's1' })
    await revocations({ session: 's1', subject: undefined })
    await revocations({})
    expect(revoked).toEqual([
      { ...until(), session: 's1' },
      { ...until(), session: 's1' },
      { ...until(), subject: 'alice' },
    ])
  })

  it('ends all sessions of the user where tokens name none, if the options say so', async () => {
    const ends = 'subject'
    await revocations({ session: 's1' }, { ends })
    await revocations({ session: 's1', subject: undefined }, { ends })
    expect(revoked).toEqual([
      { ...until(), subject: 'alice' },
      { ...until(), session: 's1' },
    ])
  })

  it('touches no token issued after the logout', async () => {
    expect(await revocations({ issuedSecondsAgo: 100 })).toEqual([
      { ...until(), issuedUntil: clock.seconds - 100, subject: 'alice' },
    ])
    revoked = []
    expect(await revocations({ issuedSecondsAgo: -4 })).toEqual([
      { ...until(), issuedUntil: clock.seconds + 4, subject: 'alice' },
    ])
  })

  it('takes a form that a body parser read, of both majors', async () => {
    for (const { express: framework } of majors) {
      const app = framework()
      app.use(framework.urlencoded({ extended: false }))
      app.post('/logout', receiving())
      const logout_token = await as.logoutToken()
      const { status } = await supertest(app).post('/logout').type('form').send({ logout_token })
      expect(status).toBe(200)
      for (const wrong of [`logout_token=${logout_token}&logout_token=x`, 'x=y', '']) {
        const answer = await supertest(app).post('/logout').type('form').send(wrong)
        expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request'])
      }
    }
    expect(revoked).toHaveLength(2)
  })

  it('answers 503 when the broadcast failed, and does it again', async () => {
    const receiver = receiving()
    const token = await as.logoutToken()
    failure = new Error('the store is gone')
    const { status, headers } = await logOut(receiver, token)
    expect([status, headers['retry-after']]).toEqual([503, '5'])
    expect(logged.map(({ code }) => code)).toEqual(['logout_token_unavailable'])
    failure = undefined
    expect((await logOut(receiver, token)).status).toBe(200)
    expect((await logOut(receiver, token)).status).toBe(200)
    expect(revoked).toHaveLength(2)
  })

  it('finds the keys of the provider where OAuth or OpenID Connect have them', async () => {
    for (const discovery of ['oauth', 'openid'] as const) {
      const other = await testAuthorizationServer({ clock: clock.read, discovery })
      const receiver = receiving({ issuer: other.issuer })
      expect((await logOut(receiver, await other.logoutToken())).status).toBe(200)
      await other.close()
    }
  })

  it('answers 503 while the keys of the provider cannot be had', async () => {
    as.fail('all', 500)
    const { status, headers } = await logOut(receiving(), await as.logoutToken())
    expect(status).toBe(503)
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
  })

  it('has a name, for stack traces and router listings', () => {
    const receiver = receiving()
    expect([receiver.name, receiver.length]).toEqual(['backchannelLogoutMiddleware', 3])
  })
})

describe('a logout token is refused', () => {
  it.each<[string, LogoutTokenOptions, string]>([
    ['without the type (section 2.4)', { header: { typ: undefined } }, 'wrong_type'],
    ['with the type JWT', { header: { typ: 'JWT' } }, 'wrong_type'],
    ['as a security event', { header: { typ: 'secevent+jwt' } }, 'wrong_type'],
    ['unsigned (section 2.6, step 2)', { algorithm: 'none' }, 'unsupported_algorithm'],
    ['signed by somebody else', { signedBy: 'foreign' }, 'wrong_signature'],
    [
      'from another issuer (section 2.6, step 3)',
      { claims: { iss: 'https://other.test' } },
      'wrong_issuer',
    ],
    ['for another client (section 2.6, step 3)', { audience: 'other' }, 'wrong_audience'],
    ['without iat', { claims: { iat: undefined } }, 'malformed_claim'],
    ['without jti (section 2.4)', { claims: { jti: undefined } }, 'malformed_claim'],
    ['of the future', { issuedSecondsAgo: -6 }, 'not_in_time'],
    ['older than ten minutes', { issuedSecondsAgo: 606 }, 'not_in_time'],
    ['when it has expired (section 4)', { claims: { exp: 1 } }, 'not_in_time'],
    ['without sub and sid (section 2.6, step 4)', { subject: undefined }, 'no_subject'],
    ['with an empty sub', { subject: '' }, 'malformed_claim'],
    ['with a sid that is no string', { claims: { sid: 1 } }, 'malformed_claim'],
    ['without events (section 2.6, step 5)', { claims: { events: undefined } }, 'no_event'],
    ['with another event (section 2.6, step 5)', { claims: { events: { 'a:b': {} } } }, 'no_event'],
    ['with an event that is no object', { claims: { events: { [logoutType]: true } } }, 'no_event'],
    ['with a nonce (section 2.6, step 6)', { claims: { nonce: 'n' } }, 'forbidden_claim'],
    ['with a nonce that is null', { claims: { nonce: null } }, 'forbidden_claim'],
  ])('%s', async (_, options, reason) => {
    expect(await refusal(options)).toEqual([400, reason])
  })

  it('when its signature was tampered with', async () => {
    const { status } = await logOut(receiving(), tampered(await as.logoutToken()))
    expect([status, published.at(-1)?.reason]).toEqual([400, 'wrong_signature'])
  })

  it('when it is another kind of token of the same issuer (section 4.1)', async () => {
    const audience = 'test-client'
    for (const untyped of [false, true]) {
      const receiver = receiving({ untyped })
      for (const token of [
        await as.token({ audience }),
        await as.idToken({ audience }),
        await as.token({ audience, header: { typ: 'JWT' } }),
        await as.securityEvent({ audience }),
      ]) {
        expect((await logOut(receiver, token)).status).toBe(400)
      }
    }
    expect(published.map(({ reason }) => reason)).toEqual([
      ...Array(4).fill('wrong_type'),
      'wrong_type',
      // Types aside: it has no event, and neither have access tokens.
      'malformed_claim',
      'no_event',
      'wrong_type',
    ])
    expect(revoked).toEqual([])
  })

  it('unless older providers are waited for, which do not type theirs', async () => {
    const untyped = true
    for (const typ of [undefined, 'JWT', 'jwt', 'application/jwt', 'logout+jwt', 'LOGOUT+JWT']) {
      expect(await revocations({ header: { typ } }, { untyped })).toHaveLength(1)
      revoked = []
    }
    expect(await refusal({ header: { typ: 1 } }, { untyped })).toEqual([400, 'wrong_type'])
  })

  it('when it is not sent once, in a form (section 2.5)', async () => {
    const receiver = receiving()
    const token = await as.logoutToken()
    for (const form of ['', 'token=x', `logout_token=${token}&logout_token=${token}`]) {
      const { status, body } = await post(receiver, form)
      expect([status, body]).toEqual([
        400,
        { error: 'invalid_request', error_description: expect.any(String) },
      ])
      expect(published.at(-1)?.reason).toBe('malformed')
    }
    const json = await post(receiver, JSON.stringify({ logout_token: token }), 'application/json')
    expect([json.status, json.headers['cache-control']]).toEqual([400, 'no-store'])
    expect(published.at(-1)?.reason).toBe('wrong_media_type')
    expect(revoked).toEqual([])
  })
})

describe('wrong options of backchannelLogout()', () => {
  it.each<[string, object, RegExp]>([
    ['issuer', { issuer: undefined }, /is required/],
    ['clientId', { clientId: undefined }, /is required/],
    ['clientId', { clientId: [] }, /non-empty/],
    ['untyped', { untyped: 1 }, /true or false/],
    ['maxAgeSeconds', { maxAgeSeconds: 59 }, /60 or more/],
    ['subjectIssuer', { subjectIssuer: 'x' }, /there is no such option/],
  ])('throw at start-up: %s %j', (option, wrong, message) => {
    const good = { issuer: 'https://as.test', clientId: 'web' }
    const make = () => backchannelLogout(api, { ...good, ...wrong } as BackchannelLogoutOptions)
    expect(make).toThrow(ConfigurationError)
    expect(make).toThrow(message)
    expect(make).toThrow(expect.objectContaining({ option }))
  })
})
