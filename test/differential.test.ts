import { createPublicKey, generateKeyPairSync, hash, type JsonWebKey, verify } from 'node:crypto'
import { beforeAll, describe, expect, it, jest } from '@jest/globals'
import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyOptions, jwtVerify } from 'jose'
import {
  type Algorithm,
  type RefusalReason,
  type ResourceServer,
  resourceServer,
} from '../lib/index.ts'
import { bearing, resource, TestClock } from './fixtures/protected-api.ts'
import { SeededRandom } from './fixtures/seeded-random.ts'
import { isStrictJsonObject } from './fixtures/strict-json.ts'
import {
  type Draft,
  plainStyle,
  type Signer,
  signatureOf,
  written,
} from './fixtures/token-draft.ts'
import {
  earlyMutations,
  lateMutations,
  requiredClaims,
  type Surroundings,
} from './fixtures/token-mutations.ts'

// The same mutated tokens for scopegate and for jose, the field's reference. Another seed and
// another number: DIFFERENTIAL_SEED=7 DIFFERENTIAL_TOKENS=200000 npm run jest -- test/differential.test.ts

// Many cases in one test: enough also on a machine that does much else.
jest.setTimeout(60_000)

const seed = Number(process.env['DIFFERENTIAL_SEED'] ?? 20261122)
const total = Number(process.env['DIFFERENTIAL_TOKENS'] ?? 22_000)
const random = new SeededRandom(seed)

const clock = new TestClock()
const issuer = 'https://as.test'
const toleranceSeconds = 5
const maxTokenBytes = 8192

type WeightedSigner = Signer & { readonly weight: number }

/** A mutated token, and what was done to it. */
interface Case {
  /** What follows `Bearer `. */
  readonly presented: string
  /** The same without spaces before it: RFC 9110 section 11.4 allows any number of them there. */
  readonly token: string
  readonly mutations: readonly string[]
  /** Signed with a trusted key after everything that was done to it. */
  readonly isSignedAfter: boolean
}

interface Judged extends Case {
  readonly ours: 'accepted' | 'unavailable' | RefusalReason
  readonly theirs: boolean
}

const trusted: readonly WeightedSigner[] = [
  signer('ES256', 'es', 30),
  signer('Ed25519', 'ed', 30),
  signer('ES256', 'es-any', 8, []),
  signer('ES256', undefined, 6),
  // Two keys may have one kid, of different types or of one.
  signer('ES256', 'twin', 4),
  signer('ES256', 'twin', 4),
  signer('Ed25519', 'twin', 4),
  signer('ES384', 'es384', 3),
  signer('ES512', 'es512', 1),
  ...rsaSigners(),
]
const foreign = (['ES256', 'ES384', 'ES512', 'Ed25519', 'RS256'] as const).map((alg) =>
  signer(alg, 'es', 1),
)
const around: Surroundings = { random, now: clock.seconds, toleranceSeconds, trusted, foreign }

/** Under these keys anybody can sign; no signature under them proves anything. */
const weak: readonly {
  algs: readonly Algorithm[]
  jwk: JsonWebKey & { kid: string }
  forge(input: string): Uint8Array
}[] = [exponentOne(), smallOrder(1), smallOrder(4)]

const jwks: JSONWebKeySet & { keys: JsonWebKey[] } = {
  keys: [
    { kty: 'RSA', kid: 'unusable', n: 'AQAB', e: 'AQAB' },
    { ...foreign[0]!.publicJwk, kid: 'encryption', use: 'enc' },
    ...new Set(trusted.map(({ publicJwk }) => publicJwk)),
    ...weak.map(({ jwk }) => jwk),
  ],
} as JSONWebKeySet & { keys: JsonWebKey[] }

/** `names`: what the key says that it is for; nothing for an Ed25519 key, see `oracle`. */
function signer(
  alg: Signer['alg'],
  kid: string | undefined,
  weight: number,
  names: readonly string[] = alg === 'Ed25519' ? [] : ['alg', 'use'],
): WeightedSigner {
  const curves: Record<string, string> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }
  const pair =
    alg === 'Ed25519'
      ? generateKeyPairSync('ed25519')
      : curves[alg]
        ? generateKeyPairSync('ec', { namedCurve: curves[alg] })
        : generateKeyPairSync('rsa', { modulusLength: 2048 })
  const said = { alg, use: 'sig' } as Record<string, unknown>
  const publicJwk = {
    ...pair.publicKey.export({ format: 'jwk' }),
    ...(kid !== undefined && { kid }),
    ...Object.fromEntries(names.map((name) => [name, said[name]])),
  }
  return { alg, kid, weight, privateKey: pair.privateKey, publicJwk }
}

/** One key for RS256 alone, and one for whatever RSA can do. */
function rsaSigners(): WeightedSigner[] {
  const any = signer('PS256', 'rsa-any', 1, ['use'])
  return [signer('RS256', 'rs', 1), any, { ...any, alg: 'RS384' }, { ...any, alg: 'RS256' }]
}

/** With exponent 1, the signature is the padded hash itself (RFC 8017 section 8.2.2). */
function exponentOne(): (typeof weak)[number] {
  const { n } = foreign.at(-1)!.publicJwk as { n: string }
  const info = '3031300d060960864801650304020105000420'
  return {
    algs: ['RS256'],
    jwk: { kty: 'RSA', kid: 'weak-rsa', n, e: 'AQ' },
    forge: (input) => {
      const end = `00${info}${hash('sha256', input)}`
      return Buffer.from(`0001${end.padStart(508, 'f')}`, 'hex')
    },
  }
}

/**
 * A point of order 1 or 4 as a public key: S = 1 and R = B fit every message, or one in four
 * (RFC 8032 section 5.1.7).
 */
function smallOrder(order: 1 | 4): (typeof weak)[number] {
  const one = Buffer.from('01'.padEnd(64, '0'), 'hex')
  const point = order === 1 ? one : Buffer.alloc(32)
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url') }
  return {
    algs: ['Ed25519', 'EdDSA'],
    jwk: { ...jwk, kid: `weak-ed-${order}` },
    forge: () => Buffer.concat([Buffer.from('58'.padEnd(64, '6'), 'hex'), one]),
  }
}

function goodDraft(of: Signer): Draft {
  const now = clock.seconds
  return {
    signer: of,
    style: plainStyle,
    header: [
      ['alg', of.alg === 'Ed25519' && random.chance(0.3) ? 'EdDSA' : of.alg],
      ['typ', 'at+jwt'],
      ...(of.kid === undefined ? [] : [['kid', of.kid] as const]),
    ],
    claims: [
      ['iss', issuer],
      ['sub', 'user-1'],
      ['aud', resource],
      ['client_id', 'client-1'],
      ['iat', now - 10],
      ['exp', now + 300],
      ['jti', String(random.below(1e9))],
      ['scope', 'orders:read orders:write'],
      ...(random.chance(0.3) ? [['nbf', now - 10] as const] : []),
    ],
  }
}

function nextCase(): Case {
  const draft = goodDraft(random.weighted(trusted))
  const count = random.chance(0.02) ? 0 : random.chance(0.7) ? 1 : random.chance(0.75) ? 2 : 3
  const isLate = random.chance(0.42)
  const late = isLate ? random.weighted(lateMutations) : undefined
  const early = Array.from({ length: Math.max(0, count - (isLate ? 1 : 0)) }, () =>
    random.weighted(earlyMutations),
  )
  const mutations = early.map(({ name }) => name)

  for (const mutation of early) if (mutation.of === 'members') mutation.apply(draft, around)
  const signer = asNamed(draft)
  const parts: Buffer[] = [draft.header, draft.claims].map((members) =>
    Buffer.from(written(members, draft.style, random)),
  )
  for (const mutation of early) {
    const at = random.chance(0.5) ? 0 : 1
    if (mutation.of === 'octets') parts[at] = mutation.apply(parts[at] as Buffer, around)
  }
  const segments = parts.map((octets) => octets.toString('base64url'))
  for (const mutation of early) {
    const at = random.chance(0.5) ? 0 : 1
    if (mutation.of === 'segment') segments[at] = mutation.apply(segments[at] as string, around)
  }
  const input = segments.join('.')
  const signature =
    late?.of === 'signature' ? late.apply(input, signer, around) : signatureOf(signer, input)
  const signed = `${input}.${signature.toString('base64url')}`
  const presented = late?.of === 'token' ? late.apply(signed, around) : signed
  if (late) mutations.push(late.name)
  const token = presented.replace(/^ +/, '')
  return { presented, token, mutations, isSignedAfter: !late && count > 0 }
}

/** Of what the RSA key without `alg` can do, that which the header names. */
function asNamed({ signer, header }: Draft): Signer {
  const alg = header.findLast(([name]) => name === 'alg')?.[1]
  return signer.kid === 'rsa-any' && /^[RP]S(256|384|512)$/.test(`${alg}`)
    ? { ...signer, alg: alg as Signer['alg'] }
    : signer
}

/** Named in its header, so that both look at that key alone. */
function forgedCase(): Case {
  const key = random.pick(weak)
  const draft = goodDraft(random.pick(trusted))
  draft.header = [
    ['alg', random.pick(key.algs)],
    ['typ', 'at+jwt'],
    ['kid', key.jwk.kid],
  ]
  const parts = [draft.header, draft.claims].map((members) => written(members, plainStyle, random))
  const input = parts.map((text) => Buffer.from(text).toString('base64url')).join('.')
  const token = `${input}.${Buffer.from(key.forge(input)).toString('base64url')}`
  const mutations = [`forged for ${key.jwk.kid}`]
  return { presented: token, token, mutations, isSignedAfter: false }
}

/** Of one seed always the same, except that signatures have random parts of their own. */
function caseOf(number: number): Case {
  random.turn(number)
  return random.chance(0.005) ? forgedCase() : nextCase()
}

let api: ResourceServer
let keyOf: ReturnType<typeof createLocalJWKSet>
const options: JWTVerifyOptions = {
  typ: 'at+jwt',
  issuer,
  audience: resource,
  requiredClaims,
  clockTolerance: toleranceSeconds,
  currentDate: new Date(clock.now),
  algorithms: [
    ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
    ...['ES256', 'ES384', 'ES512', 'Ed25519', 'EdDSA'],
  ],
}

/**
 * Whether jose accepts the token. Two things are done as its documentation tells users to, or they
 * would compare nothing: where several keys fit they are tried in turn, and the Ed25519 keys of the
 * set have no `alg`, since to jose `EdDSA` and `Ed25519` differ (RFC 9864 section 2.2: they do not).
 */
async function theirVerdict(token: string): Promise<boolean> {
  try {
    await jwtVerify(token, keyOf, options)
    return true
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_JWKS_MULTIPLE_MATCHING_KEYS') return false
    for await (const key of error as AsyncIterable<CryptoKey>) {
      const isGood = await jwtVerify(token, key, options).then(
        () => true,
        () => false,
      )
      if (isGood) return true
    }
    return false
  }
}

async function ourVerdict({ presented }: Case): Promise<Judged['ours']> {
  const result = await api.verify(bearing(presented))
  return result.verdict === 'refused' ? result.refusal.reason : result.verdict
}

function decoded(token: string, segment: 0 | 1): Record<string, unknown> {
  const octets = Buffer.from(token.split('.')[segment] ?? '', 'base64url')
  return JSON.parse(octets.toString().replace(/^\ufeff/, ''))
}

function isCanonical(segment = ''): boolean {
  return Buffer.from(segment, 'base64url').toString('base64url') === segment
}

function isStrict(segment = ''): boolean {
  return isCanonical(segment) && isStrictJsonObject(Buffer.from(segment, 'base64url'))
}

const isText = (value: unknown) => typeof value === 'string'
const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText)
const isTime = (value: unknown) => typeof value === 'number' && Number.isFinite(value)
const isNames = (value: unknown) =>
  (value ?? undefined) === undefined || isText(value) || isTexts(value)
const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  iss: isText,
  sub: isText,
  client_id: isText,
  jti: isText,
  exp: isTime,
  iat: isTime,
  nbf: (value) => value === undefined || isTime(value),
  aud: (value) => isText(value) || isTexts(value),
  scope: isNames,
  scp: isNames,
  roles: isNames,
}

/** Whether the signature is one under a weak key: anybody may have made it. */
function isForgery(token: string): boolean {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const { alg } = decoded(token, 0)
  return weak.some(
    (key) =>
      alg !== undefined &&
      key.algs.includes(alg as Algorithm) &&
      verify(
        key.jwk.kty === 'RSA' ? 'sha256' : null,
        Buffer.from(`${header}.${payload}`, 'latin1'),
        createPublicKey({ format: 'jwk', key: key.jwk }),
        Buffer.from(signature, 'base64url'),
      ),
  )
}

/**
 * What jose lets pass and scopegate refuses: the reason, why, and the trait that a token must have
 * to be refused for it. Whatever has such a trait must be refused, too.
 */
const stricter: readonly {
  readonly reason: RefusalReason
  readonly why: string
  readonly clause: string
  readonly trait: (of: Case) => boolean
}[] = [
  {
    reason: 'malformed_credentials',
    why: 'jose skips white space and padding within base64url; such a token is no token68, which is all that a field for Bearer credentials may hold',
    clause: 'RFC 6750 section 2.1, RFC 9110 section 11.2',
    trait: ({ token }) => !/^[A-Za-z0-9\-._~+/]+=*$/.test(token),
  },
  {
    reason: 'token_too_large',
    why: 'jose has no limit; the time that a stranger can take has one here',
    clause: 'RFC 9110 section 5.4',
    trait: ({ token }) => token.length > maxTokenBytes,
  },
  {
    reason: 'opaque_not_accepted',
    why: 'jose takes headers with a byte order mark, with one member twice, with half a surrogate pair, too deep, and segments with padding or trailing bits; to us these are no JWS',
    clause: 'RFC 7515 sections 2 and 4, RFC 8259 section 8.1, RFC 7493 section 2.1',
    trait: ({ token }) => !isStrict(token.split('.')[0]),
  },
  {
    reason: 'malformed_token',
    why: 'the same for the claims: two readers of one token must read the same',
    clause:
      'RFC 7519 section 4, RFC 8725bis section 3.14, RFC 8259 section 8.1, RFC 7493 section 2.1',
    trait: ({ token }) => !isStrict(token.split('.')[1]),
  },
  {
    reason: 'unsupported_header',
    why: 'jose ignores pointers to keys and compression, and knows the extension b64; access tokens have none of them, and whoever does look at them must not be led',
    clause: 'RFC 8725 section 3.10, RFC 7515 section 4.1.11, RFC 7797 section 7',
    trait: ({ token }) =>
      ['crit', 'b64', 'zip', 'jku', 'x5u', 'jwk'].some((name) =>
        Object.hasOwn(decoded(token, 0), name),
      ),
  },
  {
    reason: 'malformed_claim',
    why: 'jose looks for the presence of sub, client_id and jti, takes an audience among other things, and lets 1e999 be a time that never comes',
    clause: 'RFC 7519 section 4.1, RFC 9068 section 2.2',
    trait: ({ token }) => {
      const claims = decoded(token, 1)
      return Object.entries(types).some(([name, fits]) => !fits(claims[name]))
    },
  },
  {
    reason: 'proof_missing',
    why: 'jose leaves the confirmation to its user; a bound token is no bearer token',
    clause: 'RFC 7800 section 3.1, RFC 9449 section 7.2, RFC 8705 section 3',
    trait: ({ token }) => Object.hasOwn(decoded(token, 1), 'cnf'),
  },
  {
    reason: 'wrong_signature',
    why: 'jose takes a signature with padding or trailing bits: the same token in many spellings, which revocation by the token would miss; and, without a kid, any signature that a weak key of the set is content with',
    clause: 'RFC 7515 section 2, RFC 4648 section 3.5, RFC 8725 section 3.4',
    trait: ({ token }) => !isCanonical(token.split('.')[2]) || isForgery(token),
  },
  {
    reason: 'unknown_key',
    why: 'jose takes RSA keys of exponent 1 and Ed25519 keys of small order, under which anybody can sign',
    clause: 'RFC 8725 section 3.4, RFC 8017 section 3.1, RFC 8032 section 5.1.7',
    trait: ({ token }) => isForgery(token),
  },
]

describe(`${total} mutated tokens (seed ${seed}), for jose 6 and for scopegate`, () => {
  let judged: readonly Judged[]

  beforeAll(async () => {
    keyOf = createLocalJWKSet(jwks)
    api = resourceServer({
      resource,
      clock: clock.read,
      issuers: {
        issuer,
        discovery: false,
        jwt: { keys: { jwks }, clockToleranceSeconds: toleranceSeconds },
      },
      credentials: { maxTokenBytes },
    })
    judged = await judgeAll()
    // Also when all is well: whoever reads the log of a later failure can compare.
    process.stdout.write(`differential test, DIFFERENTIAL_SEED=${seed}: ${counted()}\n`)
  }, 600_000)

  function counted(): string {
    const count = (of: (one: Judged) => boolean) => judged.filter(of).length
    return [
      `${judged.length} tokens`,
      `${count(({ isSignedAfter }) => isSignedAfter)} signed by a trusted key after mutation`,
      `${count((one) => one.theirs && isOurs(one))} accepted by both`,
      `${count((one) => !one.theirs && !isOurs(one))} refused by both`,
      ...stricter.map(({ reason }) => {
        return `${count(({ theirs, ours }) => theirs && ours === reason)} refused by scopegate alone: ${reason}`
      }),
    ].join('; ')
  }

  async function judgeAll(): Promise<readonly Judged[]> {
    const all: Judged[] = []
    while (all.length < total) {
      const batch = Array.from({ length: 100 }, (_, at) => caseOf(all.length + at))
      const theirs = await Promise.all(batch.map(({ token }) => theirVerdict(token)))
      for (const [at, one] of batch.entries()) {
        all.push({ ...one, ours: await ourVerdict(one), theirs: theirs[at] as boolean })
      }
    }
    return all
  }

  /** The first few, with all that is needed to look into them. */
  function shown(cases: readonly Judged[]): unknown[] {
    return cases.slice(0, 5).map(({ presented, token, ...one }) => ({
      ...one,
      presented: presented.slice(0, 3000),
      text: token
        .split('.')
        .slice(0, 2)
        .map((part) => Buffer.from(part, 'base64url').toString().slice(0, 1000)),
    }))
  }

  const isOurs = ({ ours }: Judged) => ours === 'accepted'

  it('never accepts what jose refuses', () => {
    expect(shown(judged.filter((one) => isOurs(one) && !one.theirs))).toEqual([])
  })

  it('refuses what jose accepts only for a listed reason, which the token gives', () => {
    const unexplained = judged.filter(
      (one) =>
        one.theirs &&
        !isOurs(one) &&
        !stricter.some(({ reason, trait }) => reason === one.ours && trait(one)),
    )
    expect(shown(unexplained)).toEqual([])
  })

  it('accepts nothing that gives a listed reason to refuse it', () => {
    const overlooked = judged.filter(
      (one) => isOurs(one) && stricter.some(({ trait }) => trait(one)),
    )
    expect(shown(overlooked)).toEqual([])
  })

  it('decides every one: keys in hand, nothing is unavailable', () => {
    expect(shown(judged.filter(({ ours }) => ours === 'unavailable'))).toEqual([])
  })

  it.each(stricter)(
    'meets what is refused as $reason although jose accepts it ($clause)',
    ({ reason }) => {
      const met = judged.filter(({ theirs, ours }) => theirs && ours === reason)
      expect(met.length).toBeGreaterThan(0)
    },
  )

  it('meets at least 20,000 tokens, a third signed by a trusted key after the mutation, and many that are good', () => {
    const share = (of: (one: Judged) => boolean) => judged.filter(of).length / judged.length
    expect(judged.length).toBeGreaterThanOrEqual(20_000)
    expect(share(({ isSignedAfter }) => isSignedAfter)).toBeGreaterThan(1 / 3)
    expect(share((one) => one.theirs && isOurs(one))).toBeGreaterThan(0.1)
    expect(share((one) => !one.theirs && !isOurs(one))).toBeGreaterThan(0.3)
  })

  it('meets every mutation, and every reason to refuse that a JWT can give', () => {
    const mutations = new Set(judged.flatMap((one) => one.mutations))
    expect(
      [...earlyMutations, ...lateMutations].filter(({ name }) => !mutations.has(name)),
    ).toEqual([])
    const reasons = new Set(judged.map(({ ours }) => ours))
    const expected: readonly Judged['ours'][] = [
      ...(['unknown_issuer', 'wrong_type', 'unsupported_algorithm', 'missing_claim'] as const),
      ...([
        'wrong_audience',
        'expired',
        'not_yet_valid',
        'unknown_key',
        'wrong_signature',
      ] as const),
    ]
    expect(expected.filter((reason) => !reasons.has(reason))).toEqual([])
  })

  it('says the same when it remembers', async () => {
    const changed: unknown[] = []
    for (const one of judged.filter((_, at) => at % 10 === 0)) {
      for (let times = 0; times < 3; times++) {
        const again = await ourVerdict(one)
        if (again !== one.ours) changed.push({ ...one, again })
      }
    }
    expect(changed).toEqual([])
  })
})
