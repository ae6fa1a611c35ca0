import { describe, expect, it } from '@jest/globals'
import { adviceByReason, adviceFor } from '../example-api/playground/page/advice.js'
import { outcomeOf } from '../example-api/playground/page/decision.js'
import { decodeToken, tamper } from '../example-api/playground/page/decode-token.js'
import { describeEvent } from '../example-api/playground/page/describe-event.js'
import {
  parameterOf,
  parseChallenges,
  tellingOf,
} from '../example-api/playground/page/parse-challenge.js'
import { refusalReasons } from '../lib/errors/refusal-reasons.ts'
import type { UnavailableReason } from '../lib/errors/unavailable-value.ts'
import { parseChallenges as otherParser } from './fixtures/parse-challenges.ts'

// A reason that is missing here, or is none, is an error of types.
const unavailableReasons: Record<UnavailableReason, true> = {
  no_usable_key: true,
  keys_unreachable: true,
  status_list_unreachable: true,
  discovery_failed: true,
  issuer_lookup_failed: true,
  introspection_failed: true,
  introspection_busy: true,
  introspection_paused: true,
  client_refused: true,
  live_unsupported: true,
  replay_memory_full: true,
  replay_store_lost: true,
  revocations_unknown: true,
  closed: true,
}

describe('advice', () => {
  it('there is for every reason of the library, and for no other', () => {
    const reasons = [...Object.keys(refusalReasons), ...Object.keys(unavailableReasons)]
    expect(Object.keys(adviceByReason).sort()).toEqual(reasons.sort())
  })

  it('is one or two sentences', () => {
    for (const text of Object.values(adviceByReason)) {
      expect(text.match(/[.!?](?= |$)/g)?.length ?? 0).toBeLessThanOrEqual(3)
      expect(text).toMatch(/^[A-Z].{20,}\.$/)
    }
  })

  it('falls back to the status, and there is none where all is well', () => {
    expect(adviceFor({ status: 503 })).toContain('Retry-After')
    expect(adviceFor({ status: 401, reason: 'of a later version' })).toContain('new access token')
    expect(adviceFor({ status: 418 })).toBeTruthy()
    expect(adviceFor({ status: 500 })).toBeTruthy()
    expect(adviceFor({ status: 201 })).toBeUndefined()
  })
})

describe('a challenge', () => {
  it.each([
    'Bearer',
    'Bearer realm="a, b"',
    'Bearer resource_metadata="http://127.0.0.1:1/x", error="invalid_token", scope="a b"',
  ])('is read in its parts: %s', (field) => {
    const read = parseChallenges(field).map(({ scheme, params }) => ({
      scheme: scheme.toLowerCase(),
      params: Object.fromEntries(params),
    }))
    const other = otherParser(field).map(({ scheme, params }) => ({
      scheme: scheme.toLowerCase(),
      params: { ...params },
    }))
    expect(read).toEqual(other)
    expect(read.length).toBeGreaterThan(0)
  })

  it('may be written in less usual ways', () => {
    expect(parseChallenges('Basic realm="say \\"no\\"" ,, Bearer error=a , scope = "b"')).toEqual([
      { scheme: 'Basic', params: [['realm', 'say "no"']] },
      {
        scheme: 'Bearer',
        params: [
          ['error', 'a'],
          ['scope', 'b'],
        ],
      },
    ])
  })

  it('tells by the scheme that was used, and by the first when there is no error', () => {
    const told = (field: string, name: string) =>
      parameterOf(tellingOf(parseChallenges(field)), name)
    expect(told('Basic scope="x", bearer scope="a b"', 'scope')).toBe('a b')
    expect(told('Basic scope="x", bearer scope="a b"', 'error')).toBeUndefined()
    expect(told('Bearer scope="a", DPoP error="e", scope="b"', 'scope')).toBe('b')
    expect(told('Bearer scope="a", DPoP algs="ES256", scope="b"', 'scope')).toBe('a')
    expect(told('Basic error="x"', 'error')).toBeUndefined()
    expect(parseChallenges('')).toEqual([])
  })
})

describe('a token', () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const jwt = `${part({ alg: 'ES256' })}.${part({ sub: 'Zoë', scope: 'a' })}.c2ln`

  it('is decoded when it is a JWT, also beyond ASCII', () => {
    expect(decodeToken(jwt)).toEqual({
      kind: 'jwt',
      header: { alg: 'ES256' },
      claims: { sub: 'Zoë', scope: 'a' },
    })
  })

  it.each(['opaque', 'a.b.c', 'e30.e30', ''])('is opaque otherwise: %j', (token) => {
    expect(decodeToken(token)).toEqual({ kind: 'opaque' })
  })

  it('is changed under its signature, and in one character when it is opaque', () => {
    const [header, , signature] = jwt.split('.')
    const changed = tamper(jwt)
    expect([changed.split('.')[0], changed.split('.')[2]]).toEqual([header, signature])
    expect(decodeToken(changed)).toMatchObject({ claims: { sub: 'mallory', scope: 'a' } })
    expect([tamper('Abc'), tamper('xbc')]).toEqual(['Bbc', 'Abc'])
  })
})

describe('the picture', () => {
  const decided = (
    verdict: 'accepted' | 'refused' | 'unavailable',
    stage: string,
    status: number,
  ) => outcomeOf({ decision: { verdict, stage }, observed: true, status })

  it('lights the stages up to the end', () => {
    expect(decided('refused', 'issuer', 401)).toEqual({
      verdict: 'refused',
      states: ['passed', 'refused', 'unreached', 'unreached', 'unreached'],
      handler: 'unreached',
    })
    expect(decided('unavailable', 'verification', 503).states[2]).toBe('unavailable')
    expect(decided('accepted', 'policy', 200).states).toEqual(Array(5).fill('passed'))
    expect(decided('accepted', 'policy', 404).handler).toBe('refused')
  })

  it('tells what was not asked from what is not known', () => {
    expect(decided('accepted', 'proof', 200).states[4]).toBe('skipped')
    const open = outcomeOf({ decision: undefined, observed: true, status: 200 })
    expect([open.verdict, ...open.states]).toEqual(['open', ...Array(5).fill('skipped')])
    const blind = outcomeOf({ decision: undefined, observed: false, status: 200 })
    expect([blind.verdict, ...blind.states, blind.handler]).toEqual(Array(7).fill('unknown'))
  })
})

describe('an event', () => {
  it('is told in a few words, and what is unknown not at all', () => {
    const told = (channel: string, event: Record<string, unknown>) =>
      describeEvent({ id: 1, at: 0, channel, event })?.text
    expect(told('cache', { outcome: 'hit', fingerprint: '0123456789abcdef' })).toBe(
      'hit · token 012345',
    )
    expect(told('keys', { outcome: 'refreshed', keys: 1, durationMs: 3 })).toContain('1 key')
    expect(told('keys', { outcome: 'failed', keys: 2, reason: 'timeout' })).toContain('timeout')
    expect(told('introspection', { outcome: 'unavailable', reason: 'x', durationMs: 1 })).toContain(
      'unavailable (x)',
    )
    expect(told('decision', { verdict: 'refused', stage: 'policy', reason: 'y' })).toBe(
      'refused at policy (y)',
    )
    expect(told('answer', { status: 200 })).toBeUndefined()
  })
})
