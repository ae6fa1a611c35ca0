import { generateKeyPairSync, type JsonWebKey } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { type UnavailableValue, unavailable } from '../lib/errors/unavailable-value.ts'
import type { JoseHeader } from '../lib/jws/compact.ts'
import type { IssuerSettings, JwtSettings } from '../lib/options/issuer-options.ts'
import type { Candidates, TrustedKey } from '../lib/verification/jwt/issuer-keys.ts'
import type { KeySetRefresh } from '../lib/verification/jwt/key-set.ts'
import { type KeySets, keySets } from '../lib/verification/jwt/key-sets.ts'
import type { AuthorizationServerMetadata, Issuer } from '../lib/verification/verifier.ts'
import { type Scripted, ScriptedHttp, settled } from './fixtures/scripted-http.ts'

const jwksUri = 'https://as.example.com/jwks'
const startMs = 1_700_000_000_000
const keySettings = { coolDownMs: 30_000, maxAgeMs: 600_000, staleMs: 3_600_000 }

function ec(members: object = {}): JsonWebKey {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { ...publicKey.export({ format: 'jwk' }), ...members }
}

function rsa(members: object = {}): JsonWebKey {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { ...publicKey.export({ format: 'jwk' }), ...members }
}

const ecA = ec({ kid: 'a' })
const ecB = ec({ kid: 'b' })
const rsaA = rsa({ kid: 'a' })
const a: JoseHeader = { alg: 'ES256', kid: 'a' }
const b: JoseHeader = { alg: 'ES256', kid: 'b' }

/** An issuer whose key set is where the test says. */
class FakeIssuer implements Issuer {
  readonly settings: IssuerSettings
  readonly http: ScriptedHttp
  forgotten = false
  found: Partial<AuthorizationServerMetadata> | UnavailableValue = { jwks_uri: jwksUri }
  /** What the authorization server says by now, which a doubt brings to light. */
  moved: Partial<AuthorizationServerMetadata> | undefined
  /** What there is to say once a doubt is settled. */
  afterDoubt: UnavailableValue | undefined
  doubts = 0

  constructor(http: ScriptedHttp, keys: JwtSettings['keys'] = { uri: jwksUri }) {
    this.http = http
    this.settings = {
      issuer: 'https://as.example.com',
      jwt: { keys } as JwtSettings,
    } as IssuerSettings
  }

  metadata: Issuer['metadata'] = (afterDoubt) => {
    if (afterDoubt && this.afterDoubt) return this.afterDoubt
    if (afterDoubt && this.doubts > 0 && this.moved) {
      this.found = this.moved
      return Promise.resolve(this.found as AuthorizationServerMetadata)
    }
    return this.found as AuthorizationServerMetadata
  }

  doubtMetadata(): void {
    this.doubts++
  }
}

let now: number
let http: ScriptedHttp
let sets: KeySets
let refreshes: KeySetRefresh[]
let issuer: FakeIssuer

beforeEach(() => {
  now = startMs
  http = new ScriptedHttp().on(jwksUri, { body: { keys: [ecA] } })
  refreshes = []
  sets = keySets({
    keys: keySettings,
    clock: () => now,
    onRefresh: (refresh) => refreshes.push(refresh),
  })
  issuer = new FakeIssuer(http)
})

function publish(...keys: unknown[]): void {
  http.on(jwksUri, { body: { keys } })
}

/** What came of it in one word: kids of the keys, or the reason. */
function outcome(candidates: Candidates): string {
  return 'verdict' in candidates
    ? `${candidates.verdict}: ${candidates.reason}`
    : candidates.map(({ key }) => key.kid ?? '-').join()
}

async function ask(header: JoseHeader, of: Issuer = issuer): Promise<string> {
  return outcome(await sets.of(of).candidates(header))
}

async function trustedKey(header: JoseHeader = a): Promise<TrustedKey> {
  const candidates = await sets.of(issuer).candidates(header)
  if ('verdict' in candidates || candidates[0] === undefined) throw new Error(outcome(candidates))
  return candidates[0]
}

describe('choosing keys', () => {
  it('JT-6: gives the key of the header kid among the keys of the issuer (RFC 9068 section 4)', async () => {
    publish(ecA, ecB)
    expect(await ask(a)).toBe('a')
    expect(await ask(b)).toBe('b')
  })

  it('is synchronous while keys are held', async () => {
    await ask(a)
    expect(sets.of(issuer).candidates(a)).not.toBeInstanceOf(Promise)
  })

  it('JT-10: never gives a key for an algorithm that it does not serve (RFC 8725bis section 3.1)', async () => {
    publish(rsa({ kid: 'r', alg: 'RS256' }), ecA)
    expect(await ask({ alg: 'RS256', kid: 'r' })).toBe('r')
    expect(await ask({ alg: 'PS256', kid: 'r' })).toBe('refused: unknown_key')
    expect(await ask({ alg: 'ES256', kid: 'r' })).toBe('refused: unknown_key')
    expect(await ask({ alg: 'HS256', kid: 'r' })).toBe('refused: unknown_key')
    expect(await ask({ alg: '__proto__' })).toBe('refused: unknown_key')
  })

  it('JT-10: never falls back to another key when the kid is unknown', async () => {
    publish(ecA, ec())
    expect(await ask({ alg: 'ES256', kid: 'z' })).toBe('refused: unknown_key')
    expect(await ask({ alg: 'ES256', kid: '' })).toBe('refused: unknown_key')
  })

  it('JT-18: tells keys with the same kid apart by the algorithm (FAPI 2.0 section 5.4)', async () => {
    publish(ecA, rsaA)
    const [key] = (await sets.of(issuer).candidates({ alg: 'PS256', kid: 'a' })) as TrustedKey[]
    expect(key?.key.keyObject.asymmetricKeyType).toBe('rsa')
    expect(await ask({ alg: 'ES256', kid: 'a' })).toBe('a')
  })

  it('gives all keys that serve the algorithm to a token without kid, at most 8', async () => {
    publish(ecA, rsaA, ec(), ecB)
    expect(await ask({ alg: 'ES256' })).toBe('a,-,b')
    now += 60_000
    publish(...Array.from({ length: 12 }, () => ec()))
    await ask({ alg: 'ES256', kid: 'none' })
    expect((await ask({ alg: 'ES256' })).split(',')).toHaveLength(8)
  })

  it.each(['../../admin', 'https://evil.example/', '__proto__', 'constructor', "a' OR 1=1"])(
    'JT-12: only looks the kid %j up, and asks nobody but the jwks_uri (RFC 8725bis section 3.10)',
    async (kid) => {
      expect(await ask({ alg: 'ES256', kid })).toBe('refused: unknown_key')
      expect(new Set(http.asked)).toEqual(new Set([jwksUri]))
    },
  )

  it('JT-11: never gives one issuer the key of another with the same kid (RFC 8725bis section 3.8)', async () => {
    const otherUri = 'https://other.example.com/jwks'
    const other = new FakeIssuer(http.on(otherUri, { body: { keys: [ecB, ec({ kid: 'a' })] } }), {
      uri: otherUri,
    })
    const mine = await trustedKey()
    const [theirs] = (await sets.of(other).candidates(a)) as TrustedKey[]
    expect(theirs?.key.thumbprint).not.toBe(mine.key.thumbprint)
    expect(await ask(b)).toBe('refused: unknown_key')
  })

  it('takes inline keys without asking anybody', async () => {
    const inline = new FakeIssuer(http, { jwks: { keys: [null as never, ecA] } })
    expect(outcome(sets.of(inline).candidates(a) as Candidates)).toBe('a')
    expect(outcome(sets.of(inline).candidates(b) as Candidates)).toBe('refused: unknown_key')
    expect(sets.of(inline).refreshAfterFailure()).toBe(false)
    const [key] = sets.of(inline).candidates(a) as TrustedKey[]
    expect(key?.holds(now + 1e12)).toBe(true)
    expect(http.asked).toEqual([])
  })
})

describe('reading a key set', () => {
  it('passes over entries that cannot be used: one bad entry does not void the set', async () => {
    const { n } = rsa()
    publish(
      null,
      'key',
      [],
      { kty: 'oct', k: 'c2VjcmV0', kid: 'a' },
      { kty: 'RSA', n, e: 'AQ', kid: 'a' },
      { kty: 'AKP', alg: 'ML-DSA-44', kid: 'a' },
      ec({ use: 'enc', kid: 'a' }),
      ecA,
    )
    expect(await ask(a)).toBe('a')
    expect(sets.of(issuer).state()).toEqual({
      uri: jwksUri,
      keys: 1,
      fetchedAt: startMs,
      failing: false,
    })
  })

  it.each([
    ['HTML', { body: '<html>', type: 'text/html; charset=utf-8' }, 'wrong_content'],
    ['an error status', { status: 500, body: { keys: [ecA] } }, 'wrong_status'],
    ['no JSON', { body: '{"keys":' }, 'malformed'],
    ['a member twice', { body: '{"keys":[],"keys":[]}' }, 'malformed'],
    ['an array', { body: [ecA] }, 'malformed'],
    ['keys that are no array', { body: { keys: ecA } }, 'malformed'],
    ['no keys member', { body: {} }, 'malformed'],
    ['more than 256 KiB', { body: { keys: [ecA], x: 'x'.repeat(262_144) } }, 'too_large'],
    ['a redirect', { fail: 'redirected' as const }, 'redirected'],
    ['nothing in time', { fail: 'timeout' as const }, 'timeout'],
  ])('does not take %s for a key set: 503, and older keys stay', async (_, answer, reason) => {
    http.on(jwksUri, answer)
    expect(await ask(a)).toBe('unavailable: keys_unreachable')
    expect(refreshes.at(-1)).toMatchObject({ outcome: 'failed', reason, keys: 0 })
    publish(ecA)
    now += 1000
    expect(await ask(a)).toBe('a')
    http.on(jwksUri, answer)
    now += 30_000
    expect(await ask(b)).toBe('unavailable: keys_unreachable')
    expect(await ask(a)).toBe('a')
  })

  it.each([['no key'], ['no usable key', null, { kty: 'oct', k: 'AA' }]])(
    'promise 1: a set with %s is unavailable, not refused, whatever the last refresh said',
    async (_, ...keys) => {
      publish(...keys)
      expect(await ask(a)).toBe('unavailable: no_usable_key')
      http.on(jwksUri, { fail: 'timeout' })
      now += 30_000
      expect(await ask(a)).toBe('unavailable: no_usable_key')
      now += 1000
      publish(ecA)
      expect(await ask(a)).toBe('a')
    },
  )

  it('looks at no more than 200 entries, usable or not, the same or not', async () => {
    const unusable = Array.from({ length: 199 }, () => ({ kty: 'oct', k: 'AA' }))
    publish(...unusable, ecA, ecB)
    expect(await ask(a)).toBe('a')
    expect(await ask(b)).toBe('refused: unknown_key')
    now += 30_000
    publish(...Array.from({ length: 200 }, () => ecA), ecB)
    expect(await ask(b)).toBe('refused: unknown_key')
  })

  it('imports at most 100 keys', async () => {
    publish(...Array.from({ length: 120 }, (_, index) => ec({ kid: `k${index}` })))
    expect(await ask({ alg: 'ES256', kid: 'k99' })).toBe('k99')
    expect(await ask({ alg: 'ES256', kid: 'k100' })).toBe('refused: unknown_key')
  })
})

describe('what is shown of a key set', () => {
  it('is its URI without the query, which may be a key: in states, events and causes', async () => {
    const secretUri = 'https://as.example.com/jwks?key=SECRET'
    http.on(secretUri, { body: { keys: [ecA] } })
    issuer = new FakeIssuer(http, { uri: secretUri })
    expect(await ask(a)).toBe('a')
    expect(sets.of(issuer).state()).toMatchObject({ uri: jwksUri })
    for (const answer of [{ fail: 'timeout' }, { status: 500 }, { body: {} }] as const) {
      http.on(secretUri, answer)
      now += 86_400_000
      const verdict = (await sets.of(issuer).candidates(a)) as UnavailableValue
      expect(verdict.cause).toMatchObject({ url: jwksUri })
      expect(JSON.stringify(verdict.cause)).not.toContain('SECRET')
    }
    expect(new Set(refreshes.map(({ uri }) => uri))).toEqual(new Set([jwksUri]))
    expect(new Set(http.asked)).toEqual(new Set([secretUri]))
  })
})

describe('fetching', () => {
  it('JT-11: shares no key set between issuers that are reached in different ways (RFC 8725bis section 3.8)', async () => {
    const planted = new ScriptedHttp().on(jwksUri, { body: { keys: [ecB] } })
    const another = new FakeIssuer(planted)
    for (const _ of [1, 2]) {
      expect(await ask(b, another)).toBe('b')
      expect(await ask(b)).toBe('refused: unknown_key')
      expect(await ask(a)).toBe('a')
      planted.on(jwksUri, { fail: 'connection_failed' })
      now += 30_000
    }
    expect(await ask(a, another)).toBe('unavailable: keys_unreachable')
    expect(await ask(b)).toBe('refused: unknown_key')
  })

  it('makes one fetch for 1,000 concurrent cold requests', async () => {
    const all = await Promise.all(Array.from({ length: 1000 }, () => ask(a)))
    expect(new Set(all)).toEqual(new Set(['a']))
    expect(http.asked).toEqual([jwksUri])
  })

  it('fetches once per URI for all issuers that share it', async () => {
    const issuers = Array.from({ length: 50 }, () => new FakeIssuer(http))
    await Promise.all(issuers.map((one) => ask(a, one)))
    expect(http.asked).toEqual([jwksUri])
  })

  it('makes at most two fetches for 10,000 unknown kids', async () => {
    await ask(a)
    now += 30_000
    const all = await Promise.all(
      Array.from({ length: 10_000 }, (_, kid) => ask({ alg: 'ES256', kid: `x${kid}` })),
    )
    expect(new Set(all)).toEqual(new Set(['refused: unknown_key']))
    expect(http.asked).toHaveLength(2)
  })

  it('finds a new key at once, when the cool-down is over', async () => {
    await ask(a)
    publish(ecA, ecB)
    now += 29_999
    expect(await ask(b)).toBe('refused: unknown_key')
    now += 1
    expect(await ask(b)).toBe('b')
  })

  it('promise 1: an unknown kid is 401 while the last refresh succeeded and the cool-down runs, 503 while refresh is failing', async () => {
    await ask(a)
    expect(await ask(b)).toBe('refused: unknown_key')
    http.on(jwksUri, { fail: 'connection_failed' })
    now += 30_000
    expect(await ask(b)).toBe('unavailable: keys_unreachable')
    // Still in the back-off: nothing is fetched, and still nobody can tell.
    expect(await ask(b)).toBe('unavailable: keys_unreachable')
    expect(http.asked).toHaveLength(2)
    publish(ecA)
    now += 1000
    expect(await ask(b)).toBe('refused: unknown_key')
  })

  it('promise 1: a held key that does not serve the algorithm refutes the token also during an outage', async () => {
    await ask(a)
    http.on(jwksUri, { fail: 'timeout' })
    now += 30_000
    expect(await ask({ alg: 'RS256', kid: 'a' })).toBe('refused: unknown_key')
  })

  it('backs off after failures from 1 s, doubling to the cool-down, and says so in Retry-After', async () => {
    http.on(jwksUri, { fail: 'connection_failed' })
    const waits: number[] = []
    for (let attempt = 1; attempt <= 8; attempt++) {
      const verdict = (await sets.of(issuer).candidates(a)) as UnavailableValue
      expect(http.asked).toHaveLength(attempt)
      expect(verdict).toMatchObject({ reason: 'keys_unreachable', cause: { url: jwksUri } })
      waits.push(verdict.retryAfterSeconds)
      // Not a moment earlier than it was said.
      now += 100
      await ask(a)
      expect(http.asked).toHaveLength(attempt)
      now += verdict.retryAfterSeconds * 1000 - 100
    }
    for (const [index, wait] of waits.entries()) {
      const full = Math.min(30, 2 ** index)
      expect(wait).toBeLessThanOrEqual(full)
      expect(wait).toBeGreaterThanOrEqual(full * 0.75)
    }
  })

  it('recovers from a cold start without the authorization server', async () => {
    http.on(jwksUri, { fail: 'connection_failed' })
    expect(await ask(a)).toBe('unavailable: keys_unreachable')
    publish(ecA)
    now += 1000
    expect(await ask(a)).toBe('a')
  })

  it('sends what is a bug to those who wait, and leaves no rejection behind', async () => {
    http.on(jwksUri, { bug: new TypeError('a bug') })
    await expect(ask(a)).rejects.toThrow('a bug')
    publish(ecA)
    now += 1000
    const key = await trustedKey()
    http.on(jwksUri, { bug: new TypeError('a bug') })
    const unhandled: unknown[] = []
    const listener = (reason: unknown): number => unhandled.push(reason)
    process.on('unhandledRejection', listener)
    now += 500_000
    expect(key.holds(now)).toBe(true)
    await settled()
    expect(sets.of(issuer).state()).toMatchObject({ failing: true, reason: 'unexpected' })
    // Past its age it is waited for, and whoever waits gets to see the bug.
    http.on(jwksUri, { body: { keys: [ecA] } })
    now += 1000
    expect(key.holds(now)).toBe(true)
    await settled()
    http.on(jwksUri, { bug: new TypeError('a bug') })
    now += 600_000
    expect(key.holds(now)).toBe(false)
    await settled()
    process.off('unhandledRejection', listener)
    expect(unhandled).toEqual([])
  })
})

describe('refreshing', () => {
  it('refreshes ahead of age in the background, on use and only then', async () => {
    await ask(a)
    now += 479_999
    expect(sets.of(issuer).candidates(a)).not.toBeInstanceOf(Promise)
    expect(http.asked).toHaveLength(1)
    now += 1
    expect(sets.of(issuer).candidates(a)).not.toBeInstanceOf(Promise)
    expect(sets.of(issuer).candidates(a)).not.toBeInstanceOf(Promise)
    expect(http.asked).toHaveLength(2)
    await settled()
    expect(refreshes.map((refresh) => refresh.outcome)).toEqual(['refreshed', 'unchanged'])
  })

  it('counts its age from when it was asked for: the answer may have been long on its way', async () => {
    http.hold()
    const waiting = ask(a)
    now += 4000
    http.release()
    expect(await waiting).toBe('a')
    expect(sets.of(issuer).state()).toMatchObject({ fetchedAt: startMs })
  })

  it('is kept fresh by cached verdicts alone', async () => {
    const key = await trustedKey()
    now += 480_000
    expect(key.holds(now)).toBe(true)
    expect(http.asked).toHaveLength(2)
  })

  it('waits for the refresh of a set that is past its age, as it may have lost a key', async () => {
    await ask(a)
    publish(ecB)
    now += 600_000
    expect(await ask(a)).toBe('refused: unknown_key')
  })

  it('serves last-known-good keys for the stale time while refresh fails, at once, and no longer', async () => {
    const key = await trustedKey()
    http.on(jwksUri, { fail: 'timeout' })
    now += 600_000
    expect(await ask(a)).toBe('a')
    const asked = http.asked.length
    // Retried in the background only: nobody waits for the next time-out.
    now += 5000
    expect(sets.of(issuer).candidates(a)).not.toBeInstanceOf(Promise)
    expect(http.asked).toHaveLength(asked + 1)
    await settled()
    expect(key.holds(now)).toBe(true)
    now = startMs + 600_000 + 3_600_000 - 1
    expect(await ask(a)).toBe('a')
    await settled()
    now += 1
    expect(key.holds(now)).toBe(false)
    expect(await ask(a)).toBe('unavailable: keys_unreachable')
    publish(ecA)
    now += 30_000
    expect(await ask(a)).toBe('a')
    expect(key.holds(now)).toBe(true)
  })

  it('stops trusting a key that was removed during an outage of any length', async () => {
    const key = await trustedKey()
    http.on(jwksUri, { fail: 'timeout' })
    now += 86_400_000
    expect(await ask(a)).toBe('unavailable: keys_unreachable')
    publish(ecB)
    now += 30_000
    expect(await ask(b)).toBe('b')
    expect(key.holds(now)).toBe(false)
  })

  it('tries again in the background after a failure, while younger keys are in use', async () => {
    await ask(a)
    http.on(jwksUri, { fail: 'timeout' })
    now += 30_000
    await ask(b)
    expect(sets.of(issuer).state()).toMatchObject({ keys: 1, failing: true, reason: 'timeout' })
    publish()
    now += 1000
    expect(sets.of(issuer).candidates(a)).not.toBeInstanceOf(Promise)
    await settled()
    expect(sets.of(issuer).state()).toMatchObject({ keys: 0, failing: false })
    // The former failure explains nothing any more.
    const verdict = await sets.of(issuer).candidates(a)
    expect(verdict).toMatchObject({ reason: 'no_usable_key' })
    expect(verdict).not.toHaveProperty('cause')
  })

  it('stops trusting a removed key at the next refresh, and keeps trusting the others', async () => {
    publish(ecA, ecB)
    const [first, second] = [await trustedKey(a), await trustedKey(b)]
    publish(ecB)
    now += 480_000
    expect(first.holds(now)).toBe(true)
    await settled()
    expect(first.holds(now)).toBe(false)
    expect(second.holds(now)).toBe(true)
    expect(await trustedKey(b)).toBe(second)
    expect(await ask(a)).toBe('refused: unknown_key')
  })

  it('stops trusting all keys when the set comes back empty', async () => {
    const key = await trustedKey()
    publish()
    now += 480_000
    await ask(a)
    await settled()
    expect(key.holds(now)).toBe(false)
    expect(await ask(a)).toBe('unavailable: no_usable_key')
  })

  it('takes a key for the same while key, kid and algorithms are', async () => {
    const key = await trustedKey()
    // A P-256 key serves ES256, said or not.
    publish({ ...ecA, alg: 'ES256' })
    now += 480_000
    await ask(a)
    await settled()
    expect(key.holds(now)).toBe(true)
    publish({ ...ecA, kid: 'renamed' })
    now += 480_000
    await ask(a)
    await settled()
    expect(key.holds(now)).toBe(false)
  })

  it('refreshes once per cool-down after signatures failed, and tells whether the set changed', async () => {
    await ask(a)
    const keys = sets.of(issuer)
    expect(keys.refreshAfterFailure()).toBe(false)
    now += 30_000
    expect(await Promise.all([keys.refreshAfterFailure(), keys.refreshAfterFailure()])).toEqual([
      false,
      false,
    ])
    expect(http.asked).toHaveLength(2)
    publish(ec({ kid: 'a' }))
    now += 30_000
    expect(await keys.refreshAfterFailure()).toBe(true)
    http.on(jwksUri, { fail: 'timeout' })
    now += 30_000
    expect(await keys.refreshAfterFailure()).toBe(false)
    expect(keys.refreshAfterFailure()).toBe(false)
  })

  it('moves the generation with each change of a key set, and only then', async () => {
    const generations = [sets.generation()]
    for (const published of [[ecA], [ecA], [ecA, ecB], [ecB], [ecB]]) {
      publish(...published)
      now += 480_000
      await ask(a)
      await settled()
      generations.push(sets.generation())
    }
    const moves = generations.slice(1).map((one, index) => one !== generations[index])
    expect(moves).toEqual([true, false, true, true, false])
  })

  it('fetches again when the clock was set back', async () => {
    await ask(a)
    now -= 86_400_000
    publish(ecB)
    expect(await ask(a)).toBe('a')
    now += 30_000
    expect(await ask(a)).toBe('refused: unknown_key')
    expect(await ask(b)).toBe('b')
  })

  it('makes no more fetches when the clock is set back again and again, and recovers within a cool-down', async () => {
    await ask(a)
    for (let step = 0; step < 50; step++) {
      now -= 1000
      expect(await ask(b)).toBe('refused: unknown_key')
    }
    expect(http.asked).toHaveLength(1)
    publish(ecA, ecB)
    now += 29_999
    expect(await ask(b)).toBe('refused: unknown_key')
    now += 1
    expect(await ask(b)).toBe('b')
    expect(http.asked).toHaveLength(2)
  })

  describe('from a server that hangs', () => {
    beforeEach(() => {
      jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'Date'] })
    })
    afterEach(() => {
      jest.useRealTimers()
    })

    it('keeps nobody waiting for more than a second while its keys are good, and all together once', async () => {
      const key = await trustedKey()
      http.hold()
      publish(ecB)
      now += 600_000
      const waiting = [ask(a), ask(a)]
      expect(key.holds(now)).toBe(false)
      const early = jest.fn()
      void Promise.race(waiting).then(early)
      jest.advanceTimersByTime(999)
      await settled()
      expect(early).not.toHaveBeenCalled()
      jest.advanceTimersByTime(1)
      expect(await Promise.all(waiting)).toEqual(['a', 'a'])
      // The fetch goes on, and nobody waits for it any more.
      expect(sets.of(issuer).candidates(a)).not.toBeInstanceOf(Promise)
      expect(key.holds(now)).toBe(true)
      http.release()
      await settled()
      expect(await ask(a)).toBe('refused: unknown_key')
      expect(key.holds(now)).toBe(false)
      expect(http.asked).toHaveLength(2)
      // The next time they are old, it is waited for again.
      publish(ecA)
      now += 600_000
      expect(await ask(b)).toBe('refused: unknown_key')
      expect(jest.getTimerCount()).toBe(0)
    })

    it('keeps everybody waiting when there are no keys to fall back on', async () => {
      http.hold()
      const waiting = ask(a)
      expect(jest.getTimerCount()).toBe(0)
      http.release()
      expect(await waiting).toBe('a')
    })

    it('sends what is a bug to those who still wait', async () => {
      await ask(a)
      http.on(jwksUri, { bug: new TypeError('a bug') })
      now += 600_000
      await expect(ask(a)).rejects.toThrow('a bug')
      expect(jest.getTimerCount()).toBe(0)
    })

    it('leaves no rejection behind when the fetch that nobody waits for ends with a bug', async () => {
      await ask(a)
      http.hold()
      http.on(jwksUri, { bug: new TypeError('a bug') })
      now += 600_000
      const unhandled = jest.fn()
      process.on('unhandledRejection', unhandled)
      const waiting = ask(a)
      jest.advanceTimersByTime(1000)
      expect(await waiting).toBe('a')
      http.release()
      await settled()
      process.off('unhandledRejection', unhandled)
      expect(unhandled).not.toHaveBeenCalled()
    })
  })
})

describe('an issuer and its key set', () => {
  it('stops trusting its keys when it is forgotten, and nobody else does', async () => {
    const other = new FakeIssuer(http)
    const mine = await trustedKey()
    const [theirs] = (await sets.of(other).candidates(a)) as TrustedKey[]
    issuer.forgotten = true
    expect(mine.holds(now)).toBe(false)
    expect(theirs?.holds(now)).toBe(true)
  })

  it('follows a moved jwks_uri, and stops trusting what rests on the former one', async () => {
    const movedUri = 'https://as.example.com/new-jwks'
    issuer = new FakeIssuer(http.on(movedUri, { body: { keys: [ecB] } }), 'discovered')
    const key = await trustedKey()
    const generation = sets.generation()
    issuer.found = { jwks_uri: movedUri }
    expect(key.holds(now)).toBe(false)
    expect(sets.generation()).not.toBe(generation)
    expect(await ask(b)).toBe('b')
  })

  it('looks whether the key set moved when it is gone from its place', async () => {
    const movedUri = 'https://as.example.com/new-jwks'
    issuer = new FakeIssuer(http.on(movedUri, { body: { keys: [ecB] } }), 'discovered')
    await ask(a)
    http.on(jwksUri, { status: 404 })
    now += 30_000
    issuer.afterDoubt = unavailable('discovery_failed', 5000)
    expect(await ask(b)).toBe('unavailable: keys_unreachable')
    issuer.afterDoubt = undefined
    issuer.moved = { jwks_uri: movedUri }
    expect(await ask(b)).toBe('b')
  })

  it('looks whether the key set moved before it refuses an unknown key', async () => {
    const movedUri = 'https://as.example.com/new-jwks'
    issuer = new FakeIssuer(http.on(movedUri, { body: { keys: [ecB] } }), 'discovered')
    issuer.moved = { jwks_uri: movedUri }
    await ask(a)
    expect(issuer.doubts).toBe(0)
    expect(await ask(b)).toBe('refused: unknown_key')
    now += 30_000
    expect(await ask(b)).toBe('b')
  })

  it('promise 1: is unavailable for an unknown key while the metadata, which may name another key set, cannot be had', async () => {
    issuer = new FakeIssuer(http, 'discovered')
    await ask(a)
    issuer.afterDoubt = unavailable('discovery_failed', 5000)
    expect(await ask(b)).toBe('unavailable: discovery_failed')
    now += 30_000
    expect(await ask(b)).toBe('unavailable: discovery_failed')
    // What is held is held, and a key that is held, and not for the algorithm, refutes the token.
    expect(await ask(a)).toBe('a')
    expect(await ask({ alg: 'RS256', kid: 'a' })).toBe('refused: unknown_key')
    issuer.afterDoubt = undefined
    expect(await ask(b)).toBe('refused: unknown_key')
    expect(http.asked).toHaveLength(2)
  })

  it('doubts the metadata when the key set cannot be fetched', async () => {
    issuer = new FakeIssuer(http.on(jwksUri, { status: 404 }), 'discovered')
    expect(await ask(a)).toBe('unavailable: keys_unreachable')
    expect(issuer.doubts).toBeGreaterThan(0)
  })

  it('is unavailable while the metadata are, or name no key set', async () => {
    issuer = new FakeIssuer(http, 'discovered')
    issuer.found = unavailable('discovery_failed', 5000)
    expect(await ask(a)).toBe('unavailable: discovery_failed')
    expect(await sets.of(issuer).warm()).toMatchObject({ reason: 'discovery_failed' })
    issuer.found = {}
    expect(issuer.doubts).toBe(0)
    expect(await ask(a)).toBe('unavailable: no_usable_key')
    // They may name one by now.
    expect(issuer.doubts).toBe(1)
  })

  it('are held for so many URIs, and stay with the issuers that use them', async () => {
    sets = keySets({ keys: keySettings, clock: () => now, mostKeySets: 1 })
    const key = await trustedKey()
    const otherUri = 'https://other.example.com/jwks'
    const other = new FakeIssuer(http.on(otherUri, { body: { keys: [ecB] } }), { uri: otherUri })
    expect(await ask(b, other)).toBe('b')
    expect(key.holds(now)).toBe(true)
    expect(await ask(a)).toBe('a')
    expect(http.count(jwksUri)).toBe(1)
    // Whoever comes later shares another one.
    expect(await ask(a, new FakeIssuer(http))).toBe('a')
    expect(http.count(jwksUri)).toBe(2)
  })

  it('can be warmed up, and says what is in the way', async () => {
    expect(sets.of(issuer).state()).toBeUndefined()
    expect(await sets.of(issuer).warm()).toBeUndefined()
    expect(sets.of(issuer).state()).toMatchObject({ keys: 1, failing: false })
    expect(sets.of(issuer).candidates(a)).not.toBeInstanceOf(Promise)
    publish()
    now += 600_000
    expect(await sets.of(issuer).warm()).toMatchObject({ reason: 'no_usable_key' })
  })

  it('asks for nothing after close', async () => {
    sets.close()
    expect(await ask(a)).toBe('unavailable: closed')
    expect(http.asked).toEqual([])
  })

  it('does not take an answer that comes after close', async () => {
    http.hold()
    const waiting = ask(a)
    sets.close()
    http.release()
    expect(await waiting).toBe('unavailable: closed')
    expect(sets.generation()).toBe(0)
  })
})

describe('keys of an issuer that moved', () => {
  const movedUri = 'https://as.example.com/new-jwks'

  afterEach(() => {
    jest.useRealTimers()
  })

  /** The issuer names another place, which answers so; returns the key that was trusted until now. */
  async function move(answer: Scripted = { fail: 'timeout' }): Promise<TrustedKey> {
    issuer = new FakeIssuer(http.on(movedUri, answer), 'discovered')
    const key = await trustedKey()
    issuer.found = { jwks_uri: movedUri }
    return key
  }

  function atOnce(): boolean {
    return !(sets.of(issuer).candidates(a) instanceof Promise)
  }

  async function serveUntil(end: number): Promise<void> {
    now = end - 1
    expect(await ask(a)).toBe('a')
    now = end
    expect(await ask(a)).toBe('unavailable: keys_unreachable')
  }

  it('are trusted no longer from the first request on where the new place answers', async () => {
    const key = await move({ body: { keys: [ecB] } })
    expect(await ask(a)).toBe('refused: unknown_key')
    expect(key.holds(now)).toBe(false)
    expect(sets.of(issuer).state()).toMatchObject({ uri: movedUri, keys: 1, failing: false })
  })

  it('serve for the time of grace while the new place cannot be had', async () => {
    const before = await move()
    expect(await ask(a)).toBe('a')
    expect(await ask(b)).toBe('unavailable: keys_unreachable')
    expect(await ask({ alg: 'RS256', kid: 'a' })).toBe('refused: unknown_key')
    const key = await trustedKey()
    expect([before.holds(now), key.holds(now)]).toEqual([false, true])
    expect(sets.of(issuer).state()).toMatchObject({ uri: movedUri, keys: 1, reason: 'timeout' })
    now += 3_599_999
    expect(await ask(a)).toBe('a')
    now += 1
    expect(key.holds(now)).toBe(false)
    expect(await ask(a)).toBe('unavailable: keys_unreachable')
    expect(sets.of(issuer).state()).toMatchObject({ keys: 0 })
    expect(http.count(jwksUri)).toBe(1)
  })

  it('do not serve where there is no time of grace', async () => {
    sets = keySets({ keys: { ...keySettings, staleMs: 0 }, clock: () => now })
    await move()
    expect(await ask(a)).toBe('unavailable: keys_unreachable')
  })

  it('have nobody wait for a place that failed already, and are gone once it answers', async () => {
    await move()
    const first = [ask(a), ask(a)]
    expect(await Promise.all(first)).toEqual(['a', 'a'])
    expect(http.count(movedUri)).toBe(1)
    const key = await trustedKey()
    now += 1000
    http.hold()
    expect([atOnce(), atOnce()]).toEqual([true, true])
    expect(http.count(movedUri)).toBe(2)
    http.on(movedUri, { body: { keys: [ecB] } })
    http.release()
    await settled()
    expect(key.holds(now)).toBe(false)
    expect(await ask(a)).toBe('refused: unknown_key')
    expect(await ask(b)).toBe('b')
  })

  it('serve after a second where the new place hangs', async () => {
    await move()
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] })
    http.hold()
    const first = ask(a)
    await settled()
    expect(atOnce()).toBe(false)
    jest.advanceTimersByTime(1000)
    expect(await first).toBe('a')
    expect(atOnce()).toBe(true)
    http.release()
  })

  it('serve no longer for it when the issuer moves on, or the clock is set back', async () => {
    await move()
    await ask(a)
    now += 3_000_000
    issuer.found = { jwks_uri: `${movedUri}/2` }
    expect(await ask(a)).toBe('a')
    now -= 1_000_000
    expect(await ask(a)).toBe('a')
    await serveUntil(now + 1_600_000)
  })

  it('serve for one time of grace after the clock was set back', async () => {
    await move()
    await ask(a)
    now -= 1_000_000
    expect(await ask(a)).toBe('a')
    await serveUntil(now + 3_600_000)
  })

  it('are not those which the former place gets from then on', async () => {
    const other = new FakeIssuer(http)
    await move()
    expect(await ask(a)).toBe('a')
    publish(ecA, ecB)
    now += 30_000
    expect(await ask(b, other)).toBe('b')
    expect(await ask(b)).toBe('unavailable: keys_unreachable')
    expect(await ask(a)).toBe('unavailable: keys_unreachable')
  })

  it('are the same again when the issuer comes back, and are not fetched for it', async () => {
    const before = await move()
    await ask(a)
    issuer.found = { jwks_uri: jwksUri }
    expect(await ask(a)).toBe('a')
    expect((await trustedKey()).holds(now)).toBe(true)
    expect(before.holds(now)).toBe(true)
    expect(http.count(jwksUri)).toBe(1)
  })
})
