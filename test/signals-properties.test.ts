import { generateKeyPairSync } from 'node:crypto'
import { afterAll, describe, expect, it, jest } from '@jest/globals'
import fc from 'fast-check'
import { signJws } from '../lib/jws/sign-jws.ts'
import {
  backchannelLogout,
  type Receiver,
  type Revoking,
  securityEvents,
} from '../lib/signals/index.ts'
import { delivered } from './fixtures/delivered.ts'
import { TestClock } from './fixtures/protected-api.ts'

// Many cases in one test: enough also on a machine that does much else.
jest.setTimeout(120_000)

const caep = 'https://schemas.openid.net/secevent/caep/event-type/'
const logoutType = 'http://schemas.openid.net/event/backchannel-logout'

const clock = new TestClock()
const issuer = 'https://as.test'
const audience = 'https://api.test'
const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const keys = { jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k' }] } }

type Selector = Parameters<Revoking['revoke']>[0]
let revoked: Selector[] = []
const api: Revoking = { revoke: async (selector) => void revoked.push(selector) }
const common = { issuer, keys, clock: clock.read, log: () => {} }
const events = securityEvents(api, { ...common, audience })
const logouts = backchannelLogout(api, { ...common, clientId: audience })

afterAll(() => Promise.all([events.close(), logouts.close()]))

async function answerOf(receiver: Receiver, body: unknown, type: string): Promise<number> {
  const { status, fields } = await delivered(receiver, body, type)
  for (const [name, value] of fields) {
    if (!/^[A-Za-z-]+$/.test(name) || !/^[ -~]+$/.test(value)) throw new Error('no header field')
  }
  return status
}

async function received(token: string): Promise<{ status: number; selectors: Selector[] }> {
  revoked = []
  const status = await answerOf(events, token, 'application/secevent+jwt')
  return { status, selectors: revoked }
}

async function loggedOut(token: unknown): Promise<{ status: number; selectors: Selector[] }> {
  revoked = []
  const form = { logout_token: token }
  const status = await answerOf(logouts, form, 'application/x-www-form-urlencoded')
  return { status, selectors: revoked }
}

function signed(typ: unknown, claims: object): string {
  const header = { typ, kid: 'k' }
  return signJws({ header, payload: claims, key: privateKey, algorithm: 'Ed25519' })
}

const goodEvent = (jti: string) => ({
  iss: issuer,
  aud: audience,
  iat: clock.seconds,
  jti,
  sub_id: { format: 'iss_sub', iss: issuer, sub: 'alice' },
  events: { [`${caep}session-revoked`]: {} },
})
const goodLogout = (jti: string) => ({
  iss: issuer,
  aud: audience,
  iat: clock.seconds,
  jti,
  sub: 'alice',
  sid: 's1',
  events: { [logoutType]: {} },
})

/** Of what is in tokens, and of anything else that JSON can say. */
const word = fc.constantFrom<unknown>(
  issuer,
  audience,
  'alice',
  'iss_sub',
  'opaque',
  'complex',
  'aliases',
  'jwt_id',
  '',
  clock.seconds,
  clock.seconds + 1,
  -1,
  1e300,
  null,
  true,
)
const name = fc.constantFrom(
  'format',
  'subject_type',
  'iss',
  'sub',
  'id',
  'jti',
  'user',
  'session',
  'device',
  'identifiers',
  'subject',
  'event_timestamp',
  'email',
)
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    word,
    fc.jsonValue({ maxDepth: 2 }),
    fc.dictionary(name, tie('value'), { maxKeys: 4 }),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
}))
const changes = (names: readonly string[]) =>
  fc.dictionary(fc.constantFrom(...names), fc.option(value, { nil: undefined }), {
    maxKeys: 2,
  })
const payloads = fc.dictionary(
  fc.constantFrom(`${caep}session-revoked`, `${caep}credential-change`, logoutType, 'a:b', 'x'),
  value,
  { maxKeys: 3 },
)

/** All that the API is ever asked: one issuer's tokens, by one member, up to now. */
function expectSelector(selector: Selector): void {
  const { issuer: whose, issuedUntil, ...members } = selector
  expect(whose).toBe(issuer)
  const [[member, text] = [], ...others] = Object.entries(members)
  expect(['jti', 'subject', 'session']).toContain(member)
  expect([typeof text, text, others]).toEqual(['string', expect.stringMatching(/./s), []])
  if (member !== 'jti') {
    expect(Number.isInteger(issuedUntil)).toBe(true)
    // By the clock of the transmitter, which may be a little ahead.
    expect(issuedUntil).toBeLessThanOrEqual(clock.seconds + 5)
  }
}

describe('whatever the transmitter signs', () => {
  it('is acknowledged or refused, and revokes only what can be meant (2,000 security events)', async () => {
    const names = ['iss', 'aud', 'iat', 'jti', 'exp', 'sub_id', 'sub_id', 'sub_id', 'sub', 'nonce']
    const claims = fc.tuple(fc.uuid(), changes(names), fc.option(payloads))
    let acknowledged = 0
    await fc.assert(
      fc.asyncProperty(claims, async ([jti, changed, payload]) => {
        const good = goodEvent(jti)
        const token = { ...good, ...changed, ...(payload && { events: payload }) }
        const { status, selectors } = await received(signed('secevent+jwt', token))
        expect([202, 400]).toContain(status)
        if (status === 400) expect(selectors).toEqual([])
        else acknowledged++
        for (const selector of selectors) expectSelector(selector)
      }),
      { numRuns: 2000 },
    )
    expect(acknowledged).toBeGreaterThan(200)
  })

  it('is acknowledged or refused, and revokes only what can be meant (1,000 logout tokens)', async () => {
    const names = ['iss', 'aud', 'iat', 'jti', 'exp', 'sub', 'sid', 'events']
    let acknowledged = 0
    await fc.assert(
      fc.asyncProperty(fc.uuid(), changes(names), async (jti, changed) => {
        const token = { ...goodLogout(jti), ...changed }
        const { status, selectors } = await loggedOut(signed('logout+jwt', token))
        expect([200, 400]).toContain(status)
        // What was changed into the same as before is done already.
        expect(selectors.length).toBeLessThanOrEqual(status === 200 ? 1 : 0)
        acknowledged += selectors.length
        for (const selector of selectors) expectSelector(selector)
      }),
      { numRuns: 1000 },
    )
    expect(acknowledged).toBeGreaterThan(50)
  })
})

describe('whatever somebody else makes of it', () => {
  const event = signed('secevent+jwt', goodEvent('e1'))
  const logout = signed('logout+jwt', goodLogout('l1'))

  it('is refused, and revokes nothing (2,000 changed tokens of each kind)', async () => {
    const character = fc.constantFrom(...'AZaz09-_.=+/ \n\u0000é')
    const change = fc.tuple(
      fc.nat(),
      character,
      fc.constantFrom('replace', 'insert', 'drop', 'cut'),
    )
    await fc.assert(
      fc.asyncProperty(change, async ([place, put, how]) => {
        for (const [token, receive] of [
          [event, received],
          [logout, loggedOut],
        ] as const) {
          const at = place % token.length
          const rest = { replace: at + 1, insert: at, drop: at + 1, cut: token.length }[how]
          const middle = how === 'replace' || how === 'insert' ? put : ''
          const changed = token.slice(0, at) + middle + token.slice(rest as number)
          // White space around the body of an event is no part of it.
          if (changed.trim() === token) continue
          expect(await receive(changed)).toEqual({ status: 400, selectors: [] })
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('is refused where it is no token at all (1,000 bodies)', async () => {
    const part = fc.constantFrom(
      'e30',
      'eyJhbGciOiJFZERTQSJ9',
      '.',
      '.',
      '{}',
      'null',
      '\u0000',
      'é',
    )
    const body = fc.oneof(
      fc.string(),
      fc.array(part, { maxLength: 8 }).map((all) => all.join('')),
    )
    await fc.assert(
      fc.asyncProperty(body, async (text) => {
        expect(await received(text)).toEqual({ status: 400, selectors: [] })
        expect(await loggedOut(text)).toEqual({ status: 400, selectors: [] })
      }),
      { numRuns: 1000 },
    )
  })

  it('is refused as a form of any shape', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (token) => {
        expect(await loggedOut(token)).toEqual({ status: 400, selectors: [] })
      }),
    )
  })

  it('is taken only as what it is', async () => {
    expect((await received(logout)).status).toBe(400)
    expect((await loggedOut(event)).status).toBe(400)
    expect((await received(event)).selectors).toHaveLength(1)
    expect((await loggedOut(logout)).selectors).toHaveLength(1)
  })
})
