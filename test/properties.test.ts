import { generateKeyPairSync, hash, type JsonWebKey } from 'node:crypto'
import { validateHeaderName, validateHeaderValue } from 'node:http'
import { describe, expect, it, jest } from '@jest/globals'
import fc from 'fast-check'
import {
  type Answer,
  allOf,
  anyOf,
  ConfigurationError,
  type HeaderFields,
  type Middleware,
  type Requirement,
  type ResourceServer,
  type ResourceServerOptions,
  type VerifyResult,
} from '../lib/index.ts'
import { signJws } from '../lib/jws/sign-jws.ts'
import { parseChallenges } from './fixtures/parse-challenges.ts'
import { bearing, closingAfter, outcome, resource, TestClock } from './fixtures/protected-api.ts'
import { isStrictJsonObject } from './fixtures/strict-json.ts'

// Many cases in one test: enough also on a machine that does much else.
jest.setTimeout(60_000)

const clock = new TestClock()
const now = clock.seconds
const issuer = 'https://as.test'
const opened = closingAfter('each')

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** The network, in memory: whatever is asked for, this is the answer. */
function fetchOf(answer: (form: URLSearchParams) => Response): typeof globalThis.fetch {
  return async (_url, init) => answer(new URLSearchParams(String(init?.body ?? '')))
}

/** An API that has every token introspected, by what the function says of it. */
function introspecting(
  answer: (token: string) => Response,
  more: Partial<ResourceServerOptions> = {},
): ResourceServer<object> {
  return opened.api({
    clock: clock.read,
    log: () => {},
    issuers: {
      issuer,
      discovery: false,
      jwt: false,
      introspection: {
        endpoint: `${issuer}/introspect`,
        client: { method: 'client_secret_basic', clientId: 'api', clientSecret: 'secret' },
        // Each answer is judged by itself, however many bad ones came before.
        breaker: false,
      },
      http: { fetch: fetchOf((form) => answer(form.get('token') ?? '')) },
    },
    ...more,
  })
}

/** An API whose tokens name their own scopes and roles: `a.b.c`; an empty one is `-`. */
function trusting(more: Partial<ResourceServerOptions> = {}): ResourceServer<object> {
  return introspecting((token) => {
    const names = token.split('.').filter((name) => name !== '-')
    const granted = { scope: names.join(' '), roles: names }
    return Response.json({ active: true, token_type: 'Bearer', sub: 'user', ...granted })
  }, more)
}

const tokenOf = (names: readonly string[]) => names.join('.') || '-'

interface Sent {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** What `next` was called with, when it was. */
  readonly next: readonly unknown[] | undefined
}

/** What a middleware does with a request of these header fields, without a server around it. */
function sent(
  middleware: Middleware,
  request: { rawHeaders?: readonly string[]; originalUrl?: string; method?: string },
): Promise<Sent> {
  return new Promise((resolve) => {
    const headers: Record<string, string> = {}
    const response = {
      statusCode: 200,
      headersSent: false,
      getHeader: (name: string) => headers[name.toLowerCase()],
      setHeader(name: string, value: string) {
        validateHeaderName(name)
        validateHeaderValue(name, String(value))
        headers[name.toLowerCase()] = String(value)
      },
      end(body = '') {
        resolve({ status: response.statusCode, headers, body, next: undefined })
      },
    }
    const next = (...error: unknown[]) =>
      resolve({ status: undefined, headers, body: '', next: error })
    const defaults = { method: 'GET', originalUrl: '/', baseUrl: '', headers: {}, rawHeaders: [] }
    middleware({ ...defaults, ...request } as never, response as never, next)
  })
}

/** Every character of a WWW-Authenticate value has a place in its grammar, and each scheme a parameter. */
function expectLegalChallenge(value: string): void {
  const challenges = parseChallenges(value)
  const { scope = 'none', ...others } = challenges[0]?.params ?? {}
  const isLegal =
    challenges.length === 1 &&
    challenges[0]?.scheme === 'Bearer' &&
    Object.keys(others).length > 0 &&
    // RFC 6750 section 3: for scope-tokens even less than for the rest.
    /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/.test(scope)
  expect([value, isLegal]).toEqual([value, true])
}

const latin1 = fc
  .uint8Array({ maxLength: 60 })
  .map((octets) => Buffer.from(octets).toString('latin1'))
const bitOfJson = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(null, true, false, 0, 1, -1, '', 'x', issuer, resource) },
  fc.jsonValue({ maxDepth: 2 }),
)

describe('credentials', () => {
  const segment = fc.oneof(
    fc.base64String().map((text) => text.replace(/=+$/, '')),
    fc.record({ alg: bitOfJson, typ: bitOfJson, kid: bitOfJson, iss: bitOfJson }).map(encode),
    latin1,
  )
  const authorization = fc.oneof(
    latin1,
    fc
      .tuple(fc.constantFrom('Bearer ', 'bearer  ', 'BEARER', 'DPoP ', 'Basic '), latin1)
      .map((both) => both.join('')),
    fc.array(segment, { maxLength: 6 }).map((segments) => `Bearer ${segments.join('.')}`),
    fc.stringMatching(/^Bearer [A-Za-z0-9._~+/-]{1,60}=*$/),
  )
  const { publicKey } = generateKeyPairSync('ed25519')
  const jwk = publicKey.export({ format: 'jwk' }) as JsonWebKey & { kid?: string }

  it('BX-2: any octets in the Authorization field are refused with 400 or 401, in every form (RFC 6750 section 3.1)', async () => {
    const api = opened.api({
      clock: clock.read,
      issuers: {
        issuer,
        discovery: false,
        jwt: { keys: { jwks: { keys: [jwk] } } },
        introspection: {
          endpoint: `${issuer}/introspect`,
          client: { method: 'client_secret_post', clientId: 'api', clientSecret: 'secret' },
        },
        http: { fetch: fetchOf(() => Response.json({ active: false })) },
      },
    })
    const guard = api.authenticate()
    await fc.assert(
      fc.asyncProperty(authorization, async (value) => {
        const result = await api.verify({
          method: 'GET',
          url: '/',
          headers: { authorization: value },
        })
        expect(result.verdict).toBe('refused')
        expect([400, 401]).toContain(result.response.status)
        const { next, status, headers } = await sent(guard, {
          rawHeaders: ['Authorization', value],
        })
        expect(next).toBeUndefined()
        expect(status).toBe(result.response.status)
        expectLegalChallenge(headers['www-authenticate'] ?? '')
      }),
      { numRuns: 1000 },
    )
  })
})

describe('an introspection answer', () => {
  /** What belongs there, seldom what is near to it, and seldom anything. */
  const mostly = (good: readonly unknown[], near: readonly unknown[] = ['x']) =>
    fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom(...good) },
      { weight: 2, arbitrary: fc.constantFrom(...near) },
      { weight: 1, arbitrary: bitOfJson },
    )
  const members = fc.record(
    {
      active: mostly([true], ['true', 1, [true]]),
      iss: mostly([issuer], [`${issuer}/`]),
      aud: mostly([resource, [resource], ['x', resource], `x ${resource}`], [`${resource}/`, []]),
      exp: mostly([now + 60, now - 4, 0, 1e300], [now - 5, now - 6, -1]),
      nbf: mostly([now - 60, now + 5], [now + 6, now + 60]),
      iat: mostly([now - 60], [now + 60]),
      sub: mostly(['user'], [null, 1]),
      scope: mostly(['a b', '', ['a']], [[1]]),
      token_type: mostly(['Bearer', 'bearer', 'access_token'], ['id_token', 'DPoP']),
    },
    { requiredKeys: ['active'] },
  )
  const bound = members.map((one) => ({ ...one, cnf: { jkt: 'x' } }))
  const good = JSON.stringify({ active: true, iss: issuer, aud: resource, exp: now + 60, sub: 'u' })
  const body = fc.oneof(
    { weight: 6, arbitrary: members.map((one) => Buffer.from(JSON.stringify(one))) },
    { weight: 1, arbitrary: bound.map((one) => Buffer.from(JSON.stringify(one))) },
    { weight: 1, arbitrary: fc.json().map((text) => Buffer.from(text)) },
    {
      weight: 1,
      arbitrary: fc.uint8Array({ maxLength: 100 }).map((octets) => Buffer.from(octets)),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.nat(good.length - 1), fc.nat(255), fc.nat(2), fc.string({ maxLength: 2 }))
        .map(([at, octet, drop, more]) =>
          Buffer.concat([
            Buffer.from(good.slice(0, at)),
            octet < 128 ? Buffer.from([octet]) : Buffer.from(more),
            Buffer.from(good.slice(at + drop)),
          ]),
        ),
    },
  )

  /** What must be true of an answer that makes a request pass, in words of our own. */
  function isGood(octets: Buffer): boolean {
    if (!isStrictJsonObject(octets)) return false
    const {
      active,
      iss,
      aud,
      exp,
      nbf,
      sub,
      token_type: type,
      ...rest
    } = JSON.parse(octets.toString())
    const recipients = typeof aud === 'string' ? [aud, ...aud.split(' ')] : aud
    const absent = (value: unknown) => value === undefined || value === null
    return (
      active === true &&
      (absent(iss) || iss === issuer) &&
      // Whom it is for, or at least what it is.
      (absent(aud) ? !absent(type) : recipients.includes(resource)) &&
      (absent(exp) || exp === 0 || (Number.isFinite(exp) && now < exp + 5)) &&
      (absent(nbf) || (Number.isFinite(nbf) && now >= nbf - 5)) &&
      (absent(sub) || typeof sub === 'string') &&
      !Object.hasOwn(rest, 'cnf') &&
      (absent(type) || ['bearer', 'access_token'].includes(String(type).toLowerCase()))
    )
  }

  it('IN-2: lets a request pass only when it says so in every respect, whatever octets it is (RFC 7662 section 2.2)', async () => {
    let answer: { body: Buffer; status: number; type: string } | undefined
    const api = introspecting(
      () => {
        const { body, status, type } = answer as NonNullable<typeof answer>
        return new Response(new Uint8Array(body), {
          status,
          headers: type ? { 'content-type': type } : {},
        })
      },
      { cache: { introspectionMaxAgeSeconds: 0, negativeMaxAgeSeconds: 0 } },
    )
    const status = fc.oneof(
      { weight: 9, arbitrary: fc.constant(200) },
      fc.constantFrom(201, 206, 300, 307, 400, 401, 403, 404, 429, 500, 503),
    )
    const type = fc.constantFrom('application/json', 'text/html', '')
    const verdicts = { accepted: 0, refused: 0, unavailable: 0 }
    await fc.assert(
      fc.asyncProperty(body, status, type, async (octets, code, media) => {
        answer = { body: octets, status: code, type: media }
        const result = await api.verify(bearing('opaque'))
        verdicts[result.verdict]++
        if (result.verdict === 'accepted') {
          expect([code, isGood(octets)]).toEqual([200, true])
        }
        // That nobody can tell is never the caller's fault, nor the other way round.
        if (result.verdict === 'refused') {
          expect([code, isStrictJsonObject(octets), result.response.status]).toEqual([
            200,
            true,
            401,
          ])
        }
        if (code !== 200 || !isStrictJsonObject(octets)) {
          expect(result.response.status).toBe(503)
        }
      }),
      { numRuns: 1500 },
    )
    expect(Math.min(...Object.values(verdicts))).toBeGreaterThan(50)
  })
})

describe('a key set', () => {
  const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
    format: 'jwk',
  })
  const theirs = foreign.publicKey.export({ format: 'jwk' })
  const trusted = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const ours = trusted.publicKey.export({ format: 'jwk' })
  const claims = {
    ...{ iss: issuer, aud: resource, sub: 'user', client_id: 'client' },
    ...{ iat: now, exp: now + 60, jti: '1' },
  }
  const header = { typ: 'at+jwt', kid: 'k' }
  const signed = (alg: string, signature: (input: string) => Buffer) => {
    const input = `${encode({ alg, ...header })}.${encode(claims)}`
    return `${input}.${signature(input).toString('base64url')}`
  }
  const digestInfo = '3031300d060960864801650304020105000420'
  const small = Buffer.from('01'.padEnd(64, '0'), 'hex')
  /** Signed by a key that is not in any set below, or by nobody. */
  const foreignTokens = [
    signJws({ header, payload: claims, key: foreign.privateKey, algorithm: 'ES256' }),
    signed('none', () => Buffer.alloc(0)),
    signed('ES256', () => Buffer.alloc(64)),
    // Under RSA with exponent 1, and under an Ed25519 key of small order, anybody can sign.
    signed('RS256', (input) =>
      Buffer.from(`0001${`00${digestInfo}${hash('sha256', input)}`.padStart(508, 'f')}`, 'hex'),
    ),
    signed('Ed25519', () => Buffer.concat([Buffer.from('58'.padEnd(64, '6'), 'hex'), small])),
  ]
  const goodToken = signJws({
    header,
    payload: claims,
    key: trusted.privateKey,
    algorithm: 'ES256',
  })
  const goodKey = { ...ours, kid: 'k' }

  /** What looks like a key, made of parts of several; never the foreign one. */
  const jwk = fc.record(
    {
      kty: fc.oneof(
        { weight: 5, arbitrary: fc.constantFrom('EC', 'RSA', 'OKP', 'oct', 'AKP') },
        bitOfJson,
      ),
      crv: fc.oneof(
        { weight: 5, arbitrary: fc.constantFrom('P-256', 'Ed25519', 'secp256k1') },
        bitOfJson,
      ),
      kid: fc.oneof({ weight: 5, arbitrary: fc.constant('k') }, bitOfJson),
      x: fc.oneof(
        { weight: 5, arbitrary: fc.constantFrom(theirs.x, ours.x, small.toString('base64url')) },
        bitOfJson,
      ),
      y: fc.oneof({ weight: 5, arbitrary: fc.constantFrom(ours.y, theirs.x, '', 'AA') }, bitOfJson),
      n: fc.oneof({ weight: 5, arbitrary: fc.constantFrom(rsa.n, 'AQAB', ours.x) }, bitOfJson),
      e: fc.oneof(
        { weight: 5, arbitrary: fc.constantFrom('AQ', 'Ag', 'AA', 'AQAB', '') },
        bitOfJson,
      ),
      k: fc.constantFrom('', theirs.x),
      alg: fc.oneof(
        { weight: 5, arbitrary: fc.constantFrom('ES256', 'RS256', 'Ed25519', 'none') },
        bitOfJson,
      ),
      use: fc.oneof({ weight: 5, arbitrary: fc.constantFrom('sig', 'enc') }, bitOfJson),
      key_ops: fc.oneof({ weight: 5, arbitrary: fc.constant(['verify']) }, bitOfJson),
      d: bitOfJson,
    },
    { requiredKeys: [] },
  )
  const entries = fc.array(fc.oneof({ weight: 4, arbitrary: jwk }, bitOfJson), { maxLength: 8 })
  const body = fc.oneof(
    { weight: 6, arbitrary: entries.map((keys) => Buffer.from(JSON.stringify({ keys }))) },
    {
      weight: 1,
      arbitrary: fc.record({ keys: bitOfJson }).map((one) => Buffer.from(JSON.stringify(one))),
    },
    { weight: 1, arbitrary: fc.json().map((text) => Buffer.from(text)) },
    {
      weight: 1,
      arbitrary: fc.uint8Array({ maxLength: 200 }).map((octets) => Buffer.from(octets)),
    },
  )

  function fetching(octets: Buffer): ResourceServer<object> {
    return opened.api({
      clock: clock.read,
      log: () => {},
      issuers: {
        issuer,
        discovery: false,
        jwt: { keys: { uri: `${issuer}/jwks` } },
        http: { fetch: fetchOf(() => new Response(new Uint8Array(octets))) },
      },
    })
  }

  it('JT-6: never lets a foreign token pass, whatever octets it is (RFC 9068 section 4)', async () => {
    const verdicts = new Set<string>()
    await fc.assert(
      fc.asyncProperty(body, async (octets) => {
        const api = fetching(octets)
        for (const token of foreignTokens) {
          const { verdict } = await api.verify(bearing(token))
          verdicts.add(verdict)
          expect(verdict).not.toBe('accepted')
        }
      }),
      { numRuns: 500 },
    )
    expect([...verdicts].sort()).toEqual(['refused', 'unavailable'])
  })

  it('is not voided by what stands beside a good key (RFC 7517 section 5)', async () => {
    await fc.assert(
      fc.asyncProperty(entries, fc.nat(), async (others, at) => {
        const keys = others.toSpliced(at % (others.length + 1), 0, goodKey)
        const octets = Buffer.from(JSON.stringify({ keys }))
        // JSON.stringify writes half a surrogate pair as an escape, and such a text is refused whole.
        fc.pre(isStrictJsonObject(octets))
        expect(outcome(await fetching(octets).verify(bearing(goodToken)))).toBe('accepted')
      }),
      { numRuns: 300 },
    )
  })
})

describe('a requirement', () => {
  const names = ['a', 'b', 'c', 'd', 'e']
  const held = fc.subarray(names)
  const { requirement } = fc.letrec<{ requirement: Requirement }>((tie) => ({
    requirement: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom(...names),
      fc.array(tie('requirement'), { minLength: 1, maxLength: 3 }).map((parts) => anyOf(...parts)),
      fc.array(tie('requirement'), { minLength: 1, maxLength: 3 }).map((parts) => allOf(...parts)),
    ),
  }))

  /** All the sets of names that meet it, in order of preference. */
  function waysToMeet(required: Requirement): string[][] {
    if (typeof required === 'string') return [[required]]
    if ('anyOf' in required) return required.anyOf.flatMap(waysToMeet)
    return required.allOf
      .map(waysToMeet)
      .reduce((all, ways) => all.flatMap((one) => ways.map((way) => [...one, ...way])), [
        [],
      ] as string[][])
  }

  const isMet = (required: Requirement, by: readonly string[]) =>
    waysToMeet(required).some((way) => way.every((name) => by.includes(name)))

  it('is met exactly when one of the ways to meet it is held, as scope, computed scope and role', async () => {
    const api = trusting()
    const small = requirement.filter((one) => waysToMeet(one).length <= 200)
    await fc.assert(
      fc.asyncProperty(fc.array(small, { minLength: 1, maxLength: 3 }), held, async (all, has) => {
        const request = bearing(tokenOf(has))
        const good = all.every((one) => isMet(one, has))
        const asked = [...new Set(all.flatMap((one) => waysToMeet(one)[0] ?? []))]
        const computed = all.map((one) => () => one)
        for (const scope of [all, computed]) {
          const result = await api.verify(request, { scope })
          expect(outcome(result)).toBe(good ? 'accepted' : '403 insufficient_scope')
          // RFC 6750 section 3.1: all that is needed, and of alternatives the first.
          if (result.verdict === 'refused') expect(result.refusal.scopes).toEqual(asked)
        }
        const roles = await api.verify(request, { roles: all })
        expect(outcome(roles)).toBe(good ? 'accepted' : '403 missing_role')
      }),
      { numRuns: 400 },
    )
  })

  it('is met by what implies it, through any number of steps, and a hierarchy in a circle throws', async () => {
    const edges = fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { maxLength: 7 })
    const seen = { circles: 0, others: 0 }
    await fc.assert(
      fc.asyncProperty(edges, held, async (pairs, has) => {
        // Warshall's closure.
        const implies = names.map((_, i) =>
          names.map((__, j) => pairs.some(([a, b]) => a === i && b === j)),
        )
        for (const [k] of names.entries())
          for (const [i] of names.entries())
            for (const [j] of names.entries())
              if (implies[i]?.[k] && implies[k]?.[j]) implies[i][j] = true
        const scopeHierarchy: Record<string, string[]> = {}
        for (const [a, b] of pairs) {
          const scope = names[a] as string
          scopeHierarchy[scope] = [...(scopeHierarchy[scope] ?? []), names[b] as string]
        }

        if (names.some((_, i) => implies[i]?.[i])) {
          seen.circles++
          expect(() => trusting({ scopeHierarchy })).toThrow(ConfigurationError)
          return
        }
        seen.others++
        const result = await trusting({ scopeHierarchy }).verify(bearing(tokenOf(has)))
        const auth = result.verdict === 'accepted' ? result.auth : undefined
        const model = names.filter((name, j) =>
          has.some((one) => one === name || implies[names.indexOf(one)]?.[j]),
        )
        expect(names.filter((name) => auth?.hasScope(name))).toEqual(model)
        expect(auth?.scopes).toEqual(has)
      }),
      { numRuns: 300 },
    )
    expect(Math.min(seen.circles, seen.others)).toBeGreaterThan(20)
  })
})

const pathText = fc.stringMatching(/^[a-z0-9_~!$&'()*+,;=:@-]{1,8}$/)
const path = fc
  .array(pathText, { maxLength: 4 })
  .map((parts) => parts.map((part) => `/${part}`).join(''))
const host = fc.oneof(
  fc.stringMatching(/^[a-z]{1,8}\.[a-z]{1,8}\.test$/),
  fc.constantFrom('api.test', 'localhost', '[::1]'),
)
const port = fc.oneof(
  fc.constant(''),
  fc.integer({ min: 1024, max: 65535 }).map((one) => `:${one}`),
)
const query = fc.oneof(
  fc.constant(''),
  fc.constant('?'),
  // The URL parser escapes apostrophes in queries, and so do clients.
  pathText.map((text) => `?${text.replaceAll("'", '')}`),
)

describe('a challenge', () => {
  /** So long and odd that it is in no sentence of ours. */
  const junk = fc.stringMatching(/^zq[A-Za-z0-9]{10,20}qz$/)

  it('ER-4: is legal by grammar, and says nothing that was sent (RFC 6750 section 3)', async () => {
    const scopes = fc.array(fc.stringMatching(/^[\x21\x23-\x5b\x5d-\x7e]{1,6}$/), {
      minLength: 1,
      maxLength: 3,
    })
    const statuses = new Set<number>()
    await fc.assert(
      fc.asyncProperty(
        host,
        port,
        path,
        scopes,
        junk,
        fc.boolean(),
        async (name, at, where, needed, odd, described) => {
          const api = trusting({
            resource: `https://${name}${at}${where}`,
            credentials: { maxTokenBytes: 256 },
          })
          if (described) api.resourceMetadata()
          const sentHeaders = [
            [],
            [['Authorization', `Bearer ${odd}`]],
            [['Authorization', `Bearer ${odd}"`]],
            [['Authorization', `Bearer ${odd.repeat(30)}`]],
            [['Authorization', `Basic ${odd}`]],
            [
              ['Authorization', `Bearer ${odd}`],
              ['Authorization', odd],
            ],
          ].map(
            (fields) => [['Host', odd], ['X-Forwarded-Host', odd], ...fields] as [string, string][],
          )
          const policies = [
            { scope: needed },
            { roles: 'x' },
            { scope: () => `${odd}"` },
            { check: () => false },
          ]
          for (const headers of sentHeaders) {
            for (const policy of policies) {
              const { verdict, response } = await api.verify(
                { method: 'GET', url: `/${odd}?${odd}`, headers },
                policy,
              )
              statuses.add(response.status)
              expect(verdict).toBe('refused')
              expect(JSON.stringify(response)).not.toContain(odd)
              for (const value of fieldsOf(response, 'www-authenticate'))
                expectLegalChallenge(value)
            }
          }
        },
      ),
      { numRuns: 150 },
    )
    expect([...statuses].sort()).toEqual([400, 401, 403])
  })

  it('PR-1, PR-5: leads to the metadata, whose URL is made of the resource alone (RFC 9728 sections 3.1 and 5.1)', async () => {
    await fc.assert(
      fc.asyncProperty(
        host,
        port,
        fc.oneof(
          path,
          path.map((one) => `${one}/`),
        ),
        query,
        async (name, at, where, more) => {
          const origin = `https://${name}${at}`
          const identifier = `${origin}${where}${more}`
          const target = `/.well-known/oauth-protected-resource${where === '/' ? '' : where}${more}`
          const api = trusting({ resource: identifier })
          const metadata = api.resourceMetadata()

          const { response } = await api.verify({ method: 'GET', url: '/', headers: {} })
          const [challenge] = parseChallenges(fieldsOf(response, 'www-authenticate')[0] ?? '')
          expect(challenge?.params).toEqual({ resource_metadata: origin + target })

          const served = await sent(metadata, { originalUrl: target })
          expect(served.status).toBe(200)
          expect(JSON.parse(served.body)).toMatchObject({
            resource: identifier,
            authorization_servers: [issuer],
          })
          for (const other of [`${target}x`, where || '/', `/x${target}`]) {
            expect((await sent(metadata, { originalUrl: other })).next).toEqual([])
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  function fieldsOf(response: Answer, name: string): string[] {
    return response.headers
      .filter(([field]) => field.toLowerCase() === name)
      .map(([, value]) => value)
  }
})

describe('the three forms of header fields', () => {
  const name = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('Authorization', 'authorization', 'AUTHORIZATION') },
    fc.constantFrom(
      'Cookie',
      'X-Authorization',
      'Authorization-X',
      'Proxy-Authorization',
      '__proto__',
    ),
  )
  const value = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom('Bearer a', 'bearer  a', 'Bearer a.b', 'Basic YTpi', 'Bearer', ''),
    },
    // `Headers` takes what may be in a field, and cuts off white space around it (Fetch, RFC 9110 section 5.5).
    fc.stringMatching(/^[\x21-\x7e\xa0-\xff]([\t\x20-\x7e\xa0-\xff]{0,20}[\x21-\x7e\xa0-\xff])?$/),
  )
  const fields = fc.array(fc.tuple(name, value), { maxLength: 3 })

  it('lead to the same decision, and repeated credentials pass in none', async () => {
    const api = trusting()
    const guard = api.authenticate()
    const decided = { accepted: 0, refused: 0 }
    await fc.assert(
      fc.asyncProperty(fields, async (pairs) => {
        const ask = (headers: HeaderFields) => api.verify({ method: 'GET', url: '/', headers })
        const record: Record<string, string[]> = Object.create(null)
        for (const [field, text] of pairs) record[field] = [...(record[field] ?? []), text]
        const results: VerifyResult<object>[] = [
          await ask(pairs),
          await ask(record),
          await ask(new Headers(pairs as [string, string][])),
        ]
        const outcomes = results.map(outcome)
        const credentials = pairs.filter(([field]) => field.toLowerCase() === 'authorization')
        if (credentials.length > 1) {
          // `Headers` joins repeated fields by commas, which no token has: refused for another reason.
          expect(outcomes.slice(0, 2)).toEqual([
            '400 repeated_credentials',
            '400 repeated_credentials',
          ])
          expect(outcomes[2]).not.toBe('accepted')
          return
        }
        expect(new Set(outcomes).size).toBe(1)
        const { next, status } = await sent(guard, { rawHeaders: pairs.flat() })
        const [result] = results
        if (result?.verdict === 'accepted') {
          decided.accepted++
          expect(next).toEqual([])
        } else {
          decided.refused++
          expect([status, next]).toEqual([result?.response.status, undefined])
        }
      }),
      { numRuns: 1000 },
    )
    expect(Math.min(decided.accepted, decided.refused)).toBeGreaterThan(50)
  })
})
