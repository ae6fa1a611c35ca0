import { generateKeyPairSync, hash, randomUUID } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Server } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import express, { type ErrorRequestHandler, type Express } from 'express'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose'
import request from 'supertest'
import {
  ConfigurationError,
  type DpopOptions,
  InvalidDpopProof,
  type ResourceServer,
  type ResourceServerOptions,
  resourceServer,
  UseDpopNonce,
  type VerifyResult,
} from '../lib/index.ts'
import { algorithms } from '../lib/jws/algorithms.ts'
import {
  clientCertificate,
  type DpopKey,
  dpopKey,
  type ProofOptions,
  type TestAuthorizationServer,
  testAuthorizationServer,
} from '../lib/testing/index.ts'
import { majors } from './fixtures/express-majors.ts'
import { parseChallenges } from './fixtures/parse-challenges.ts'
import { smallCache } from './fixtures/protected-api.ts'
import { rawHttp } from './fixtures/raw-http.ts'

const resource = 'https://api.test'
const url = `${resource}/orders`
const start = 1_800_000_000_000

let now = start
const clock = () => now
let as: TestAuthorizationServer
let key: DpopKey
let bound: string
let opaque: string

beforeAll(async () => {
  as = await testAuthorizationServer({ clock })
  key = dpopKey({ clock })
  bound = await as.token({ scope: 'orders:read', expiresInSeconds: 86_400, boundTo: key })
  opaque = await as.opaque({ scope: 'orders:read', expiresInSeconds: 86_400, boundTo: key })
})

afterAll(() => as.close())

const open: { close(): Promise<unknown> }[] = []

afterEach(async () => {
  now = start
  as.restore()
  await Promise.all(open.splice(0).map((one) => one.close()))
})

function protectedBy(options: Partial<ResourceServerOptions> = {}): ResourceServer {
  // Deadlines are the business of others: a busy machine must not meet them here.
  const issuers = as.options.issuers.map((issuer) => ({
    ...issuer,
    introspection: { ...issuer.introspection, timeoutMs: 60_000 },
  }))
  const http = { timeoutMs: 60_000 }
  const own = { resource, ...as.options, issuers, http, cache: smallCache }
  const api = resourceServer({ ...own, dpop: true, ...options })
  open.push(api)
  return api
}

type Fields = readonly (readonly [string, string])[]

/** The decision on a request for the orders, in one word or two. */
async function asked(
  api: ResourceServer,
  { fields, method = 'GET', target = '/orders' }: Asked,
): Promise<string> {
  return inWords(await api.verify({ method, url: target, headers: fields }))
}

interface Asked {
  readonly fields: Fields
  readonly method?: string
  readonly target?: string
}

function inWords(result: VerifyResult): string {
  if (result.verdict === 'accepted') return 'accepted'
  const { reason } = result.verdict === 'refused' ? result.refusal : result.error
  const error = result.verdict === 'refused' ? `${result.refusal.error} ` : ''
  return `${result.response.status} ${error}${reason}`
}

/** The header fields of a good request, unless told otherwise. */
function presenting(changes: Partial<ProofOptions> & { by?: DpopKey } = {}, token = bound): Fields {
  const { by = key, ...options } = changes
  const proof = by.proof({ method: 'GET', url, token, ...options })
  return [
    ['Authorization', `DPoP ${token}`],
    ['DPoP', proof],
  ] as const
}

function fieldOf({ response }: VerifyResult, name: string): readonly string[] {
  return response.headers.filter(([one]) => one === name).map(([, value]) => value)
}

const nonceOf = (result: VerifyResult): string => fieldOf(result, 'DPoP-Nonce').join('|')

describe('a proof', () => {
  it.each([
    ['a JWT', () => bound],
    ['an introspected token', () => opaque],
  ])(
    'is accepted with %s that is bound to its key (DP-14, DP-15, RFC 9449 section 7.1)',
    async (_, token) => {
      const api = protectedBy()
      const result = await api.verify({
        method: 'GET',
        url: '/orders?page=2',
        headers: presenting({}, token()),
      })
      expect(result).toMatchObject({ verdict: 'accepted', auth: { proofs: ['dpop'] } })
      expect(result.response).toEqual({ status: 200, headers: [] })
    },
  )

  it.each(['dpop', 'DPOP', 'dPoP'])('goes with the scheme in any case: %s', async (scheme) => {
    const [, proof] = presenting()
    const fields: Fields = [['authorization', `${scheme}   ${bound}`], proof as [string, string]]
    expect(await asked(protectedBy(), { fields })).toBe('accepted')
  })

  // One for all six algorithms, since such keys take long to make.
  const { privateKey: anotherRsa } = generateKeyPairSync('rsa', { modulusLength: 2048 })

  it.each(Object.keys(algorithms) as (keyof typeof algorithms)[])(
    'may be signed with %s (DP-5, RFC 9449 section 4.3, check 5)',
    async (algorithm) => {
      const by = dpopKey({ algorithm, clock })
      const token = await as.token({ boundTo: by })
      const api = protectedBy()
      expect(await asked(api, { fields: presenting({ by }, token) })).toBe('accepted')
      // With a key that is known already.
      expect(await asked(api, { fields: presenting({ by }, token) })).toBe('accepted')
      const isRsa = by.publicJwk.kty === 'RSA'
      const forged = presenting({ by, signedBy: isRsa ? anotherRsa : 'foreign' }, token)
      expect(await asked(api, { fields: forged })).toBe(
        '401 invalid_dpop_proof wrong_proof_signature',
      )
    },
  )

  it('made by jose is accepted, too', async () => {
    const { publicKey, privateKey } = await generateKeyPair('Ed25519', { extractable: true })
    const jwk = await exportJWK(publicKey)
    const token = await as.token({ claims: { cnf: { jkt: await calculateJwkThumbprint(jwk) } } })
    const proof = await new SignJWT({
      htm: 'GET',
      htu: url,
      ath: hash('sha256', token, 'base64url'),
      jti: randomUUID(),
      iat: start / 1000,
    })
      .setProtectedHeader({ alg: 'Ed25519', typ: 'dpop+jwt', jwk })
      .sign(privateKey)
    const fields: Fields = [
      ['Authorization', `DPoP ${token}`],
      ['DPoP', proof],
    ]
    expect(await asked(protectedBy(), { fields })).toBe('accepted')
  })
})

describe('a proof is refused', () => {
  it('that is missing (DP-15, RFC 9449 section 7.1)', async () => {
    const fields: Fields = [['Authorization', `DPoP ${bound}`]]
    expect(await asked(protectedBy(), { fields })).toBe('401 invalid_dpop_proof no_proof')
  })

  it('that comes twice, in two fields or in one (DP-1, RFC 9449 section 4.3, check 1)', async () => {
    const [authorization, proof] = presenting() as [[string, string], [string, string]]
    const api = protectedBy()
    const twice: Fields = [authorization, proof, ['dpop', proof[1]]]
    expect(await asked(api, { fields: twice })).toBe('401 invalid_dpop_proof repeated_proof')
    const joined: Fields = [authorization, ['DPoP', `${proof[1]}, ${proof[1]}`]]
    expect(await asked(api, { fields: joined })).toBe('401 invalid_dpop_proof malformed_proof')
    // Neither of them was spent.
    expect(await asked(api, { fields: [authorization, proof] })).toBe('accepted')
  })

  it.each([
    ['nothing', ''],
    ['a word', 'proof'],
    ['two segments', 'eyJhbGciOiJFUzI1NiJ9.e30'],
    ['five segments', 'eyJhbGciOiJFUzI1NiJ9.e30.e30.e30.e30'],
    ['a header that is no JSON', 'e30x.e30.e30'],
    ['a token68 with padding', `${'a'.repeat(40)}==`],
  ])('that is no well-formed JWT: %s (DP-2, RFC 9449 section 4.3, check 2)', async (_, proof) => {
    const fields: Fields = [
      ['Authorization', `DPoP ${bound}`],
      ['DPoP', proof],
    ]
    expect(await asked(protectedBy(), { fields })).toBe('401 invalid_dpop_proof malformed_proof')
  })

  it('that is longer than any proof (DP-23, RFC 9449 section 11.1)', async () => {
    const api = protectedBy()
    const longest = presenting({ claims: { pad: 'x'.repeat(5000) } })
    expect(await asked(api, { fields: longest })).toBe('accepted')
    const fields = presenting({ jti: 'x'.repeat(8192) })
    expect(await asked(api, { fields })).toBe('401 invalid_dpop_proof malformed_proof')
  })

  it.each(['jti', 'htm', 'htu', 'iat', 'ath'])(
    'without the claim %s, and with one of another type (DP-3, RFC 9449 section 4.3, check 3)',
    async (name) => {
      const api = protectedBy()
      for (const value of [undefined, null, '', {}, [], true, name === 'iat' ? '1800000000' : 7]) {
        const fields = presenting({ claims: { [name]: value } })
        expect([value, await asked(api, { fields })]).toEqual([
          value,
          '401 invalid_dpop_proof malformed_proof',
        ])
      }
    },
  )

  it.each([{ nonce: 5 }, { exp: '9' }, { nbf: null }, { exp: [] }])(
    'with an optional claim of another type: %j',
    async (claims) => {
      expect(await asked(protectedBy(), { fields: presenting({ claims }) })).toBe(
        '401 invalid_dpop_proof malformed_proof',
      )
    },
  )

  it('with a member twice, or with a payload that is no object', async () => {
    const api = protectedBy()
    const claims = JSON.stringify({ htm: 'GET', htu: url, ath: hash('sha256', bound, 'base64url') })
    const iat = start / 1000
    for (const rawPayload of [
      `${claims.slice(0, -1)},"iat":${iat},"jti":"a","jti":"b"}`,
      `${claims.slice(0, -1)},"iat":1e999,"jti":"a"}`,
      '[]',
      'null',
      '{',
    ]) {
      expect(await asked(api, { fields: presenting({ rawPayload }) })).toBe(
        '401 invalid_dpop_proof malformed_proof',
      )
    }
  })

  it.each([undefined, 'JWT', 'at+jwt', 'DPOP+JWT', 'application/dpop+jwt', 'dpop', 7])(
    'of another type: %s (DP-24, DP-4, RFC 9449 section 4.3, check 4, and section 11.6)',
    async (typ) => {
      expect(await asked(protectedBy(), { fields: presenting({ header: { typ } }) })).toBe(
        '401 invalid_dpop_proof wrong_proof_type',
      )
    },
  )

  it.each(['none', 'HS256', 'HS384', 'HS512'] as const)(
    'under %s (DP-24, DP-5, RFC 9449 section 4.3, check 5, and section 11.6)',
    async (algorithm) => {
      expect(await asked(protectedBy(), { fields: presenting({ algorithm }) })).toBe(
        '401 invalid_dpop_proof unsupported_proof_algorithm',
      )
    },
  )

  it('under an algorithm that is not among those configured (DP-5, RFC 9449 section 4.3, check 5)', async () => {
    const api = protectedBy({ dpop: { algorithms: ['PS256', 'Ed25519'] } })
    expect(await asked(api, { fields: presenting() })).toBe(
      '401 invalid_dpop_proof unsupported_proof_algorithm',
    )
    const by = dpopKey({ algorithm: 'EdDSA', clock })
    const token = await as.token({ boundTo: by })
    expect(await asked(api, { fields: presenting({ by }, token) })).toBe('accepted')
  })

  it('with a critical extension', async () => {
    const header = { crit: ['b64'], b64: true }
    expect(await asked(protectedBy(), { fields: presenting({ header }) })).toBe(
      '401 invalid_dpop_proof malformed_proof',
    )
  })

  it('that another key signed (DP-6, RFC 9449 section 4.3, check 6)', async () => {
    const api = protectedBy()
    const fields = presenting({ signedBy: 'foreign' })
    expect(await asked(api, { fields })).toBe('401 invalid_dpop_proof wrong_proof_signature')
    expect(await asked(api, { fields: presenting() })).toBe('accepted')
    expect(await asked(api, { fields })).toBe('401 invalid_dpop_proof wrong_proof_signature')
  })

  it('whose signature was cut off, changed or spelt otherwise', async () => {
    const api = protectedBy()
    expect(await asked(api, { fields: presenting() })).toBe('accepted')
    const [authorization, [, proof]] = presenting() as [[string, string], [string, string]]
    const [head, payload, signature = ''] = proof.split('.')
    const first = signature.startsWith('A') ? 'B' : 'A'
    for (const bad of [
      '',
      signature.slice(0, -2),
      `${signature}AA`,
      `${signature}=`,
      `${first}${signature.slice(1)}`,
      `${'A'.repeat(signature.length)}`,
    ]) {
      const fields: Fields = [authorization, ['DPoP', `${head}.${payload}.${bad}`]]
      expect(await asked(api, { fields })).toBe('401 invalid_dpop_proof wrong_proof_signature')
    }
    expect(await asked(api, { fields: [authorization, ['DPoP', proof]] })).toBe('accepted')
  })

  it('that shows its private key (DP-7, RFC 9449 section 4.3, check 7)', async () => {
    const fields = presenting({ header: { jwk: key.privateJwk } })
    expect(await asked(protectedBy(), { fields })).toBe('401 invalid_dpop_proof unfit_proof_key')
  })

  it.each([
    ['no key', undefined],
    ['null', null],
    ['a text', 'key'],
    ['a list', []],
    ['a shared secret', { kty: 'oct', k: 'c2VjcmV0' }],
    ['an unknown type', { kty: 'XYZ' }],
    ['a weak RSA key', { kty: 'RSA', n: Buffer.alloc(128, 255).toString('base64url'), e: 'AQAB' }],
  ])('that shows %s (DP-7, RFC 9449 section 4.3, check 7)', async (_, jwk) => {
    expect(await asked(protectedBy(), { fields: presenting({ header: { jwk } }) })).toBe(
      '401 invalid_dpop_proof unfit_proof_key',
    )
  })

  it('that shows a point that is not on its curve, whatever the token is bound to (DP-7)', async () => {
    const jwk = { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) }
    const token = await as.token({ claims: { cnf: { jkt: await calculateJwkThumbprint(jwk) } } })
    expect(await asked(protectedBy(), { fields: presenting({ header: { jwk } }, token) })).toBe(
      '401 invalid_dpop_proof unfit_proof_key',
    )
  })

  it('that shows a key for another algorithm than its own', async () => {
    const rsa = dpopKey({ algorithm: 'RS256' })
    const header = { jwk: rsa.publicJwk }
    expect(await asked(protectedBy(), { fields: presenting({ header }) })).toBe(
      '401 invalid_dpop_proof unfit_proof_key',
    )
  })

  it.each(['POST', 'get', 'HEAD', 'GET ', 'Get'])(
    'for the method %s where it is GET (DP-8, RFC 9449 section 4.3, check 8)',
    async (method) => {
      expect(await asked(protectedBy(), { fields: presenting({ method }) })).toBe(
        '401 invalid_dpop_proof wrong_proof_method',
      )
    },
  )

  it('for GET where the method is HEAD (DP-8, RFC 9449 section 4.3, check 8)', async () => {
    expect(await asked(protectedBy(), { fields: presenting(), method: 'HEAD' })).toBe(
      '401 invalid_dpop_proof wrong_proof_method',
    )
  })

  it.each([60, 0, -10])(
    'not, when it was made %i seconds ago (DP-25, DP-11, RFC 9449 section 4.3, check 11)',
    async (issuedSecondsAgo) => {
      expect(await asked(protectedBy(), { fields: presenting({ issuedSecondsAgo }) })).toBe(
        'accepted',
      )
    },
  )

  it.each([61, 3600, -11, -3600])(
    'that was made %i seconds ago (DP-23, DP-11, RFC 9449 section 4.3, check 11, and section 11.1)',
    async (issuedSecondsAgo) => {
      const fields = presenting({ issuedSecondsAgo })
      expect(await asked(protectedBy(), { fields })).toBe(
        '401 invalid_dpop_proof proof_not_in_time',
      )
    },
  )

  it('outside the window that is configured', async () => {
    const api = protectedBy({ dpop: { windowSeconds: 5, futureSeconds: 0 } })
    const late = '401 invalid_dpop_proof proof_not_in_time'
    expect(await asked(api, { fields: presenting({ issuedSecondsAgo: 5 }) })).toBe('accepted')
    expect(await asked(api, { fields: presenting({ issuedSecondsAgo: 6 }) })).toBe(late)
    expect(await asked(api, { fields: presenting({ issuedSecondsAgo: -1 }) })).toBe(late)
  })

  it('that has expired or is not valid yet by its own exp and nbf (DP-25)', async () => {
    const api = protectedBy()
    const seconds = start / 1000
    const late = '401 invalid_dpop_proof proof_not_in_time'
    for (const [claims, outcome] of [
      [{ exp: seconds + 1, nbf: seconds }, 'accepted'],
      [{ nbf: seconds + 10 }, 'accepted'],
      [{ exp: seconds }, late],
      [{ nbf: seconds + 11 }, late],
    ] as const) {
      expect(await asked(api, { fields: presenting({ claims }) })).toBe(outcome)
    }
  })

  it('for another token (DP-12, RFC 9449 section 4.3, check 12)', async () => {
    const other = await as.token({ boundTo: key })
    const fields = presenting({ token: other })
    expect(await asked(protectedBy(), { fields })).toBe('401 invalid_dpop_proof wrong_proof_token')
  })

  it('of another key than the token is bound to (DP-15, DP-12, RFC 9449 section 4.3, check 12)', async () => {
    const thief = dpopKey({ clock })
    const api = protectedBy()
    for (const token of [bound, opaque]) {
      expect(await asked(api, { fields: presenting({ by: thief }, token) })).toBe(
        '401 invalid_token wrong_proof_key',
      )
    }
  })

  it('while nobody can verify the token, where it can be refuted all the same', async () => {
    const foreign = dpopKey({ clock })
    const api = protectedBy()
    as.fail('jwks', 'down')
    as.fail('introspection', 'down')
    for (const token of [bound, opaque]) {
      expect(await asked(api, { fields: presenting({}, token) })).toMatch(/^503 /)
      expect(await asked(api, { fields: presenting({ method: 'PUT' }, token) })).toBe(
        '401 invalid_dpop_proof wrong_proof_method',
      )
      expect(await asked(api, { fields: [['Authorization', `DPoP ${token}`]] })).toBe(
        '401 invalid_dpop_proof no_proof',
      )
    }
    expect(await asked(api, { fields: presenting({ by: foreign }) })).toBe(
      '401 invalid_token wrong_proof_key',
    )
    expect(await asked(api, { fields: [['Authorization', `Bearer ${bound}`]] })).toBe(
      '401 invalid_token proof_missing',
    )
    const plain = await as.token()
    expect(await asked(api, { fields: presenting({}, plain) })).toBe(
      '401 invalid_token not_dpop_bound',
    )
    expect(await asked(api, { fields: [['Authorization', `Bearer ${plain}`]] })).toMatch(/^503 /)
    const strict = protectedBy({ senderConstrained: 'required', mtls: true })
    expect(await asked(strict, { fields: [['Authorization', `Bearer ${plain}`]] })).toBe(
      '401 invalid_token not_sender_constrained',
    )
    // What such a token says of itself is for its issuer to say.
    const [issuer] = as.options.issuers
    const asking = protectedBy({ issuers: { ...issuer, jwt: false } })
    expect(await asked(asking, { fields: [['Authorization', `Bearer ${bound}`]] })).toMatch(/^503 /)
    // Whether a key signed it is not looked at for a token that nobody verified.
    expect(await asked(api, { fields: presenting({ signedBy: 'foreign' }) })).toMatch(/^503 /)
    // It was not spent, and its key is not known by it.
    const fields = presenting()
    expect(await asked(api, { fields })).toMatch(/^503 /)
    as.restore()
    now += 30_000
    expect(await asked(api, { fields })).toBe('accepted')
  })
})

describe('the target of a proof (DP-9, RFC 9449 section 4.3, check 9)', () => {
  const served =
    (publicUrl: string | readonly string[], target: string) =>
    async (htu: string): Promise<string> => {
      const api = protectedBy({ publicUrl })
      return asked(api, { fields: presenting({ claims: { htu } }), target })
    }
  const wrong = '401 invalid_dpop_proof wrong_proof_target'

  it.each([
    'https://api.test/orders',
    'https://api.test/orders?page=2',
    'https://api.test/orders#top',
    'https://api.test/orders?page=2#top',
    'HTTPS://API.TEST/orders',
    'https://api.test:443/orders',
    'https://api.test:/orders',
    'https://api.test/%6frders',
    'https://api.test/%6Frders',
    'https://api.test/a/../orders',
    'https://api.test/./orders',
    'https://api.test/%2e/orders',
  ])('is the request, however it is spelt: %s (DP-13, RFC 3986 section 6.2)', async (htu) => {
    const api = protectedBy()
    const fields = presenting({ claims: { htu } })
    expect(await asked(api, { fields, target: '/orders?page=1' })).toBe('accepted')
  })

  it.each([
    'http://api.test/orders',
    'https://api.test:444/orders',
    'https://api.test:80/orders',
    'https://evil.test/orders',
    'https://api.test.evil.test/orders',
    'https://evil.test/https://api.test/orders',
    'https://user@api.test/orders',
    'https://api.test@evil.test/orders',
    'https://api.test/orders/',
    'https://api.test//orders',
    'https://api.test/Orders',
    'https://api.test/orders%2f',
    'https://api.test/orders/..',
    'https://api.test/..',
    'https://api.test',
    'https://api.test/',
    '/orders',
    '//api.test/orders',
    'orders',
    'https:/api.test/orders',
    'https:\\\\api.test\\orders',
    'https://api.test\\orders',
    ' https://api.test/orders',
    'https://api.test/orders ',
    'https://api.test/or\tders',
    'https://api.test/orders\u0000',
    'https://api.test/ordérs',
    'https://api。test/orders',
    'https://api.test/orders%',
    'https://api.test/orders%zz',
    'https://%61pi.test/orders',
    'https://0xapi.test/orders',
  ])('is not %j', async (htu) => {
    const fields = presenting({ claims: { htu } })
    expect(await asked(protectedBy(), { fields })).toBe(wrong)
  })

  it.each([
    ['/a%2Fb', 'https://api.test/a%2fb', 'https://api.test/a/b'],
    ['/caf%C3%A9', 'https://api.test/caf%c3%a9', 'https://api.test/café'],
    ['/a%0Ab', 'https://api.test/a%0ab', 'https://api.test/a%Ab'],
    ['/a|b', 'https://api.test/a%7Cb', 'https://api.test/a%7cc'],
    ['/%7Ejoe', 'https://api.test/~joe', 'https://api.test/%257Ejoe'],
    ['/', 'https://api.test', 'https://api.test/index'],
    ['//x', 'https://api.test//x', 'https://api.test/x'],
    ['https://evil.test/orders', 'https://api.test/orders', 'https://evil.test/orders'],
    ['http://evil.test', 'https://api.test/', 'http://evil.test/'],
    ['/a;b=c,d', 'https://api.test/a;b=c,d', 'https://api.test/a'],
  ])('of %s is %s, not %s', async (target, right, other) => {
    const ask = served(resource, target)
    expect(await ask(right)).toBe('accepted')
    expect(await ask(other)).toBe(wrong)
  })

  it.each([
    '*',
    'api.test:443',
    '/a/../orders',
    '/./orders',
    '/%2e%2e/orders',
    '/orders/..',
    '/a%',
    '/é',
    '',
    // Express takes these apart in ways of its own.
    'ftp://evil.test/orders',
    'ws://evil.test/orders',
    'http:///orders',
    'javascript://evil.test/orders',
    'http://evil.test;/orders',
    "http://evil.test'/orders",
    'http://u@evil.test/orders',
    'http://evil.test/x\\..\\orders',
    "http://evil.test/o'rders",
    '/orders#x',
    '/x\\..\\orders#x',
    '/x\\orders',
    '//u@evil.test/orders? ',
    '//u@evil.test/orders?a=\u00a0',
    "/o'rders?\t",
  ])('is none for a request of %j: a router does not read it as RFC 3986 does', async (target) => {
    for (const htu of [
      url,
      resource,
      `${resource}${target}`,
      `${resource}${target.split('?')[0]}`,
      `${resource}/%E9`,
      `${resource}/%C3%A9`,
      `${resource}/x%5Corders`,
      `${resource}/x%5C..%5Corders`,
      `${resource}/o'rders`,
    ]) {
      expect(await served(resource, target)(htu)).toBe(wrong)
    }
  })

  it('has the prefix that a proxy strips, from publicUrl', async () => {
    const ask = served('https://public.test/v1/', '/orders')
    expect(await ask('https://public.test/v1/orders')).toBe('accepted')
    expect(await ask('https://public.test:443/v1/orders')).toBe('accepted')
    expect(await ask('https://public.test/orders')).toBe(wrong)
    expect(await ask('https://public.test/v1orders')).toBe(wrong)
    expect(await ask(url)).toBe(wrong)
    const root = served('https://public.test/v1', '/')
    expect(await root('https://public.test/v1')).toBe('accepted')
    expect(await root('https://public.test/v1/')).toBe('accepted')
    expect(await root('https://public.test/')).toBe(wrong)
  })

  it('is at any one of several public URLs', async () => {
    const ask = served(['https://a.test', 'HTTPS://B.test:8443/x'], '/orders')
    expect(await ask('https://a.test/orders')).toBe('accepted')
    expect(await ask('https://b.test:8443/x/orders')).toBe('accepted')
    expect(await ask('https://b.test/x/orders')).toBe(wrong)
    expect(await ask('https://a.test/x/orders')).toBe(wrong)
  })

  it('is never taken from Host or X-Forwarded fields', async () => {
    const fields: Fields = [
      ...presenting({ url: 'https://evil.test/orders' }),
      ['Host', 'evil.test'],
      ['X-Forwarded-Host', 'evil.test'],
      ['X-Forwarded-Proto', 'https'],
      ['Forwarded', 'host=evil.test;proto=https'],
    ]
    expect(await asked(protectedBy(), { fields })).toBe(wrong)
  })
})

describe('a proof is spent', () => {
  const replayed = '401 invalid_dpop_proof replayed_proof'

  it('by its first use (DP-23, RFC 9449 section 11.1)', async () => {
    const api = protectedBy()
    const fields = presenting()
    expect(await asked(api, { fields })).toBe('accepted')
    expect(await asked(api, { fields })).toBe(replayed)
    now += 59_000
    expect(await asked(api, { fields })).toBe(replayed)
    now += 2_000
    expect(await asked(api, { fields })).toBe('401 invalid_dpop_proof proof_not_in_time')
  })

  it('also when its time is at either end of the window', async () => {
    const api = protectedBy()
    const early = presenting({ issuedSecondsAgo: -10 })
    expect(await asked(api, { fields: early })).toBe('accepted')
    for (const _ of [1, 2, 3, 4, 5, 6, 7]) {
      now += 10_000
      expect(await asked(api, { fields: presenting() })).toBe('accepted')
      expect(await asked(api, { fields: early })).toBe(replayed)
    }
    const late = presenting({ issuedSecondsAgo: 60 })
    expect(await asked(api, { fields: late })).toBe('accepted')
    expect(await asked(api, { fields: late })).toBe(replayed)
  })

  it('for its key and its target: the same jti is good for another', async () => {
    const api = protectedBy()
    const jti = 'one'
    const other = dpopKey({ clock })
    const token = await as.token({ boundTo: other })
    expect(await asked(api, { fields: presenting({ jti }) })).toBe('accepted')
    expect(
      await asked(api, { fields: presenting({ jti, url: `${url}/7` }), target: '/orders/7' }),
    ).toBe('accepted')
    expect(await asked(api, { fields: presenting({ jti, by: other }, token) })).toBe('accepted')
    // Signed anew, and told otherwise, it is the same once more.
    expect(await asked(api, { fields: presenting({ jti, issuedSecondsAgo: 30 }) })).toBe(replayed)
    const respelt = presenting({ jti, claims: { htu: 'https://API.test:443/%6Frders?x' } })
    expect(await asked(api, { fields: respelt })).toBe(replayed)
  })

  it('not by a request that is refused for something else', async () => {
    const api = protectedBy()
    const [authorization, proof] = presenting() as [[string, string], [string, string]]
    const forged: Fields = [['Authorization', `DPoP ${bound.slice(0, -4)}AAAA`], proof]
    expect(await asked(api, { fields: forged })).toMatch(/^401 /)
    expect(await asked(api, { fields: [authorization, proof], method: 'POST' })).toMatch(/^401 /)
    expect(await asked(api, { fields: [authorization, proof] })).toBe('accepted')
  })

  it('still when the clock is set back after it was forgotten', async () => {
    const api = protectedBy()
    const fields = presenting()
    expect(await asked(api, { fields })).toBe('accepted')
    now += 3_600_000
    expect(await asked(api, { fields: presenting() })).toBe('accepted')
    now = start
    expect(await asked(api, { fields })).toBe(replayed)
  })

  it('once when 50 of the same come at once, for 1,000 proofs of JWTs and of introspected tokens', async () => {
    const api = protectedBy()
    // Asked about before: what keeps the loop busy here would outlast the deadlines of connections.
    for (const token of [bound, opaque]) {
      expect(await asked(api, { fields: presenting({}, token) })).toBe('accepted')
    }
    const proofs = Array.from({ length: 1000 }, (_, index) =>
      presenting({}, index % 2 === 0 ? bound : opaque),
    )
    const asks = Array.from({ length: 50 }, () => proofs.map((fields) => asked(api, { fields })))
    const outcomes = await Promise.all(asks.flat())
    expect(outcomes.filter((one) => one === 'accepted')).toHaveLength(1000)
    expect(outcomes.filter((one) => one === replayed)).toHaveLength(49_000)
  }, 60_000)

  it('and no further one is let in while all the room is taken; none is forgotten', async () => {
    const api = protectedBy({ dpop: { maxRememberedProofs: 16 } })
    const others = await Promise.all(
      Array.from({ length: 16 }, async () => {
        const by = dpopKey({ clock })
        return { by, token: await as.token({ boundTo: by, expiresInSeconds: 86_400 }) }
      }),
    )
    const spent: Fields[] = []
    for (const { by, token } of others) {
      const fields = presenting({ by }, token)
      expect(await asked(api, { fields })).toBe('accepted')
      spent.push(fields)
    }
    const result = await api.verify({ method: 'GET', url: '/orders', headers: presenting() })
    expect(inWords(result)).toBe('503 replay_memory_full')
    expect(result).toMatchObject({ error: { source: 'store' } })
    expect(fieldOf(result, 'Retry-After')).toEqual(['60'])
    expect(fieldOf(result, 'WWW-Authenticate')).toEqual([])
    for (const fields of spent) expect(await asked(api, { fields })).toBe(replayed)
    now += 90_000
    expect(await asked(api, { fields: presenting() })).toBe('accepted')
    // The room is as large as it was.
    for (const { by, token } of others.slice(1)) {
      expect(await asked(api, { fields: presenting({ by }, token) })).toBe('accepted')
    }
    expect(await asked(api, { fields: presenting() })).toBe('503 replay_memory_full')
  })

  it('and no key gets more than its share of the room once half of it is taken', async () => {
    const api = protectedBy({ dpop: { maxRememberedProofs: 80 } })
    const outcomes: string[] = []
    for (let count = 0; count < 60; count++)
      outcomes.push(await asked(api, { fields: presenting() }))
    expect(outcomes.filter((one) => one === 'accepted')).toHaveLength(40)
    expect(outcomes.slice(40)).toEqual(Array(20).fill('503 replay_memory_full'))
    const by = dpopKey({ clock })
    const token = await as.token({ boundTo: by })
    for (let count = 0; count < 10; count++) {
      expect(await asked(api, { fields: presenting({ by }, token) })).toBe('accepted')
    }
    expect(await asked(api, { fields: presenting({ by }, token) })).toBe('503 replay_memory_full')
  })
})

describe('a nonce', () => {
  const secret = 'a secret of thirty-two characters'
  const nonces = (more: DpopOptions = {}): Partial<ResourceServerOptions> => ({
    dpop: { nonce: 'required', nonceSecret: secret, ...more },
  })
  const ask = (api: ResourceServer, nonce?: string, token = bound) =>
    api.verify({ method: 'GET', url: '/orders', headers: presenting({ nonce }, token) })

  it('is demanded and handed out: 401 use_dpop_nonce with exactly one (DP-20, RFC 9449 section 9)', async () => {
    for (const token of [bound, opaque]) {
      const api = protectedBy(nonces())
      const refused = await ask(api, undefined, token)
      expect(inWords(refused)).toBe('401 use_dpop_nonce nonce_missing')
      const [, dpop] = parseChallenges(fieldOf(refused, 'WWW-Authenticate').join(', '))
      expect(dpop).toMatchObject({ scheme: 'DPoP', params: { error: 'use_dpop_nonce' } })
      // RFC 9449 section 8.1: 1*NQCHAR.
      expect(nonceOf(refused)).toMatch(/^[\x21\x23-\x5b\x5d-\x7e]+$/)
      expect(fieldOf(refused, 'Cache-Control')).toEqual(['no-store'])
      expect(fieldOf(refused, 'Access-Control-Expose-Headers')).toEqual([
        'WWW-Authenticate, DPoP-Nonce',
      ])
      const accepted = await ask(api, nonceOf(refused), token)
      expect(inWords(accepted)).toBe('accepted')
      expect(accepted.response.headers).toEqual([])
    }
  })

  it('is demanded of every proof, also after one was handed out (DP-22, RFC 9449 section 11.3)', async () => {
    const api = protectedBy(nonces())
    const nonce = nonceOf(await ask(api))
    expect(inWords(await ask(api, nonce))).toBe('accepted')
    expect(inWords(await ask(api))).toBe('401 use_dpop_nonce nonce_missing')
  })

  it('of somebody else is refused, with one of ours (DP-10, RFC 9449 section 4.3, check 10)', async () => {
    const api = protectedBy(nonces())
    const nonce = nonceOf(await ask(api))
    const flipped = `${nonce.slice(0, -2)}${nonce.endsWith('AA') ? 'BB' : 'AA'}`
    const foreign = nonceOf(await ask(protectedBy({ dpop: { nonce: 'required' } })))
    const elsewhere = nonceOf(
      await ask(
        protectedBy({
          ...nonces(),
          resource: 'https://b.test',
          publicUrl: resource,
          issuers: [
            { issuer: as.issuer, audience: resource, introspection: { client: as.client } },
          ],
        }),
      ),
    )
    expect(elsewhere).not.toBe('')
    for (const bad of [
      '',
      'x',
      flipped,
      `${nonce}A`,
      nonce.slice(4),
      foreign,
      elsewhere,
      'ü',
      '"',
    ]) {
      const refused = await ask(api, bad)
      expect([bad, inWords(refused)]).toEqual([bad, '401 use_dpop_nonce wrong_nonce'])
      expect(inWords(await ask(api, nonceOf(refused)))).toBe('accepted')
    }
  })

  it('grows old: a new one comes with the response, and the old one is good for a time (DP-21, RFC 9449 section 8.2)', async () => {
    const api = protectedBy(nonces({ nonceMaxAgeSeconds: 100 }))
    const first = nonceOf(await ask(api))
    now += 50_000
    expect((await ask(api, first)).response.headers).toEqual([])
    now += 1_000
    const renewed = await ask(api, first)
    expect(inWords(renewed)).toBe('accepted')
    expect(renewed.response.headers).toEqual([
      ['DPoP-Nonce', expect.any(String)],
      ['Access-Control-Expose-Headers', 'DPoP-Nonce'],
      ['Cache-Control', 'no-store'],
    ])
    const lacking = await api.verify(
      { method: 'GET', url: '/orders', headers: presenting({ nonce: first }) },
      { scope: 'orders:write' },
    )
    expect(inWords(lacking)).toBe('403 insufficient_scope insufficient_scope')
    expect(nonceOf(lacking)).toBe(nonceOf(renewed))
    as.fail('introspection', 'down')
    const undecided = await api.verify(
      { method: 'GET', url: '/orders', headers: presenting({ nonce: first }) },
      { live: true },
    )
    as.restore()
    expect(inWords(undecided)).toBe('503 introspection_failed')
    expect(nonceOf(undecided)).toBe(nonceOf(renewed))
    now += 49_000
    expect(inWords(await ask(api, first))).toBe('accepted')
    now += 1
    expect(inWords(await ask(api, first))).toBe('401 use_dpop_nonce wrong_nonce')
    expect(inWords(await ask(api, nonceOf(renewed)))).toBe('accepted')
  })

  it('is known to every process that shares the secret, also while it is replaced', async () => {
    const [old, fresh] = [
      'the old secret, thirty-two characters',
      'the new secret, thirty-two characters',
    ]
    const before = protectedBy(nonces({ nonceSecret: old }))
    const between = protectedBy(nonces({ nonceSecret: [fresh, old] }))
    const after = protectedBy(nonces({ nonceSecret: fresh }))
    const ofOld = nonceOf(await ask(before))
    const ofBetween = nonceOf(await ask(between))
    expect(inWords(await ask(between, ofOld))).toBe('accepted')
    expect(inWords(await ask(after, ofBetween))).toBe('accepted')
    expect(inWords(await ask(after, ofOld))).toBe('401 use_dpop_nonce wrong_nonce')
  })

  it('of a process whose clock is a little ahead is good, and of one far ahead is not', async () => {
    const api = protectedBy(nonces())
    now += 10_000
    const ahead = nonceOf(await ask(protectedBy(nonces())))
    now += 1_000
    const farAhead = nonceOf(await ask(protectedBy(nonces())))
    now = start
    expect(inWords(await ask(api, ahead))).toBe('accepted')
    expect(inWords(await ask(api, farAhead))).toBe('401 use_dpop_nonce wrong_nonce')
  })

  it('that was not asked for is no matter', async () => {
    expect(await asked(protectedBy(), { fields: presenting({ nonce: 'of another server' }) })).toBe(
      'accepted',
    )
  })

  it('does not excuse a proof that was made long ago (DP-11, RFC 9449 section 4.3, check 11)', async () => {
    const api = protectedBy(nonces())
    const nonce = nonceOf(await ask(api))
    const fields = presenting({ nonce, issuedSecondsAgo: 61 })
    expect(await asked(api, { fields })).toBe('401 invalid_dpop_proof proof_not_in_time')
  })
})

describe('a token', () => {
  it('that is bound is refused as Bearer (DP-17, RFC 9449 section 7.2)', async () => {
    const api = protectedBy()
    for (const token of [bound, opaque]) {
      const [, proof] = presenting({}, token) as [[string, string], [string, string]]
      for (const fields of [
        [['Authorization', `Bearer ${token}`]],
        [['Authorization', `Bearer ${token}`], proof],
      ] as Fields[]) {
        expect(await asked(api, { fields })).toBe('401 invalid_token proof_missing')
      }
    }
  })

  it('that is not bound is refused as DPoP (DP-15, RFC 9449 section 7.1)', async () => {
    const api = protectedBy()
    for (const token of [await as.token(), await as.opaque()]) {
      expect(await asked(api, { fields: presenting({}, token) })).toBe(
        '401 invalid_token not_dpop_bound',
      )
      expect(await asked(api, { fields: [['Authorization', `Bearer ${token}`]] })).toBe('accepted')
    }
  })

  it('that is bound to a certificate alone is refused as DPoP', async () => {
    const token = await as.token({ claims: { cnf: { 'x5t#S256': 'x'.repeat(43) } } })
    const api = protectedBy()
    expect(await asked(api, { fields: presenting({}, token) })).toBe(
      '401 invalid_token proof_missing',
    )
  })

  it('that is bound to a certificate alone is refused as DPoP also with that certificate', async () => {
    const certificate = clientCertificate()
    const token = await as.token({ boundTo: certificate })
    const api = protectedBy({ mtls: true })
    const ask = async (fields: Fields) =>
      inWords(
        await api.verify({
          method: 'GET',
          url: '/orders',
          headers: fields,
          certificate: certificate.der,
        }),
      )
    expect(await ask(presenting({}, token))).toBe('401 invalid_token not_dpop_bound')
    expect(await ask([['Authorization', `Bearer ${token}`]])).toBe('accepted')
  })

  it('that is bound both ways needs both proofs (MT-1, DP-15)', async () => {
    const certificate = clientCertificate()
    const other = clientCertificate()
    const token = await as.token({ boundTo: [key, certificate] })
    const api = protectedBy({ mtls: true })
    const ask = (fields: Fields, der?: Uint8Array) =>
      api.verify({
        method: 'GET',
        url: '/orders',
        headers: fields,
        ...(der && { certificate: der }),
      })
    const bearer: Fields = [['Authorization', `Bearer ${token}`]]
    for (const [fields, der, outcome] of [
      [presenting({}, token), undefined, '401 invalid_token proof_missing'],
      [presenting({}, token), other.der, '401 invalid_token wrong_certificate'],
      [bearer, certificate.der, '401 invalid_token proof_missing'],
      [
        presenting({ by: dpopKey({ clock }) }, token),
        certificate.der,
        '401 invalid_token wrong_proof_key',
      ],
    ] as const) {
      expect(inWords(await ask(fields, der))).toBe(outcome)
    }
    const fields = presenting({}, token)
    expect(await ask(fields, certificate.der)).toMatchObject({ auth: { proofs: ['dpop', 'mtls'] } })
    expect(inWords(await ask(fields, certificate.der))).toBe(
      '401 invalid_dpop_proof replayed_proof',
    )
    for (const off of [{ mtls: false }, { mtls: true, dpop: false }]) {
      const without = protectedBy(off)
      const result = await without.verify({
        method: 'GET',
        url: '/orders',
        headers: presenting({}, token),
        certificate: certificate.der,
      })
      expect(result.response.status).toBe(401)
    }
  })

  it.each([
    null,
    'x',
    7,
    [],
    {},
    { jkt: '' },
    { jkt: 7 },
    { jkt: null },
    { jkt: ['x'] },
    { kid: 'x' },
    { jwk: {} },
    { jkt: 'too-short' },
    { JKT: 'x'.repeat(43) },
  ])(
    'with a confirmation that is not understood is refused, with and without a proof: %j (RFC 7800 section 3.1)',
    async (cnf) => {
      const api = protectedBy()
      for (const token of [
        await as.token({ claims: { cnf } }),
        await as.opaque({ response: { cnf } }),
      ]) {
        for (const fields of [
          presenting({}, token),
          [['Authorization', `Bearer ${token}`]] as Fields,
        ]) {
          expect(await asked(api, { fields })).toBe('401 invalid_token proof_missing')
        }
      }
    },
  )

  it('that asks for more than it can prove is refused', async () => {
    const token = await as.token({ claims: { cnf: { jkt: key.thumbprint, kid: 'x' } } })
    expect(await asked(protectedBy(), { fields: presenting({}, token) })).toBe(
      '401 invalid_token proof_missing',
    )
  })

  it('that is bound is refused where DPoP is off, and the scheme counts for nothing', async () => {
    const api = protectedBy({ dpop: false })
    expect(await asked(api, { fields: [['Authorization', `Bearer ${bound}`]] })).toBe(
      '401 invalid_token proof_missing',
    )
    expect(await asked(api, { fields: presenting() })).toBe('401 undefined no_credentials')
  })

  it('must be bound where that is required (B-2, RFC 9700 section 2.2)', async () => {
    const api = protectedBy({ senderConstrained: 'required' })
    const token = await as.token()
    const result = await api.verify({
      method: 'GET',
      url: '/orders',
      headers: [['Authorization', `Bearer ${token}`]],
    })
    expect(inWords(result)).toBe('401 invalid_token not_sender_constrained')
    expect(fieldOf(result, 'WWW-Authenticate')).toEqual([
      expect.stringMatching(/^DPoP .*error="invalid_token"/),
    ])
    expect(await asked(api, { fields: presenting() })).toBe('accepted')
    expect(await asked(api, { fields: presenting({}, token) })).toBe(
      '401 invalid_token not_sender_constrained',
    )
  })
})

describe('challenges', () => {
  const challengesOf = async (api: ResourceServer, fields: Fields) =>
    parseChallenges(
      fieldOf(
        await api.verify({ method: 'GET', url: '/orders', headers: fields }),
        'WWW-Authenticate',
      ).join(', '),
    )
  const algs = Object.keys(algorithms).join(' ')

  it('are one for each scheme, without an error where nothing was sent (DP-16, DP-18, RFC 9449 section 7.2)', async () => {
    expect(await challengesOf(protectedBy(), [])).toEqual([
      { scheme: 'Bearer', params: { realm: resource } },
      { scheme: 'DPoP', params: { realm: resource, algs } },
    ])
  })

  it('tell of the error in the scheme that was used (DP-16, DP-18, RFC 9449 section 7.2)', async () => {
    const api = protectedBy({ dpop: { algorithms: ['ES256', 'PS256'] } })
    expect(await challengesOf(api, [['Authorization', `DPoP ${bound}`]])).toEqual([
      { scheme: 'Bearer', params: { realm: resource } },
      {
        scheme: 'DPoP',
        params: {
          realm: resource,
          error: 'invalid_dpop_proof',
          error_description: 'The request carries no DPoP proof.',
          algs: 'ES256 PS256',
        },
      },
    ])
    expect(await challengesOf(api, [['Authorization', `Bearer ${bound}`]])).toEqual([
      {
        scheme: 'Bearer',
        params: {
          realm: resource,
          error: 'invalid_token',
          error_description: 'The access token is bound to a key that was not proved.',
        },
      },
      { scheme: 'DPoP', params: { realm: resource, algs: 'ES256 PS256' } },
    ])
  })

  it('are one, of the scheme used, where it is not about authentication', async () => {
    const api = protectedBy()
    const result = await api.verify(
      { method: 'GET', url: '/orders', headers: presenting() },
      { scope: 'orders:write' },
    )
    expect(result.response.status).toBe(403)
    expect(parseChallenges(fieldOf(result, 'WWW-Authenticate').join(', '))).toEqual([
      {
        scheme: 'DPoP',
        params: {
          realm: resource,
          error: 'insufficient_scope',
          error_description: 'The access token lacks a required scope.',
          scope: 'orders:write',
          algs,
        },
      },
    ])
  })

  it.each([
    [
      ['Bearer x', 'DPoP y'],
      ['Bearer', 'DPoP'],
    ],
    [['DPoP x', 'dpop y'], ['DPoP']],
    [['Bearer x', 'Bearer y'], ['Bearer']],
  ])(
    'tell of two Authorization fields %j in the schemes that were used: 400 (DP-18, RFC 9449 section 7.2)',
    async (values, schemes) => {
      const fields: Fields = values.map((value) => ['Authorization', value] as const)
      const found = await challengesOf(protectedBy(), fields)
      expect(found.map(({ scheme }) => scheme)).toEqual(schemes)
      expect(new Set(found.map(({ params }) => params['error']))).toEqual(
        new Set(['invalid_request']),
      )
    },
  )

  it.each(['DPoP', 'dpop', 'DPoP ', 'DPoP a b', 'DPoP "x"'])(
    'tell of malformed credentials %j in their scheme: 400',
    async (value) => {
      const found = await challengesOf(protectedBy(), [['Authorization', value]])
      expect(found.map(({ scheme, params }) => [scheme, params['error']])).toEqual([
        ['DPoP', 'invalid_request'],
      ])
    },
  )

  it('tell of a token that is too large in its scheme', async () => {
    const token = 'x'.repeat(100_000)
    const found = await challengesOf(protectedBy(), [['Authorization', `DPoP ${token}`]])
    expect(found.map(({ scheme, params }) => [scheme, params['error']])).toEqual([
      ['DPoP', 'invalid_request'],
    ])
  })

  it('are for DPoP alone where every token must be bound to a key', async () => {
    const found = await challengesOf(protectedBy({ senderConstrained: 'required' }), [])
    expect(found.map(({ scheme }) => scheme)).toEqual(['DPoP'])
    // RFC 8705 section 3: with a certificate it is presented as Bearer.
    const both = protectedBy({ senderConstrained: 'required', mtls: true })
    expect((await challengesOf(both, [])).map(({ scheme }) => scheme)).toEqual(['Bearer', 'DPoP'])
  })

  it('are never for a proxy: Proxy-Authorization counts for nothing (DP-19, RFC 9449 section 7.1)', async () => {
    const [[, credentials], proof] = presenting() as [[string, string], [string, string]]
    const fields: Fields = [['Proxy-Authorization', credentials], proof]
    const result = await protectedBy().verify({ method: 'GET', url: '/orders', headers: fields })
    expect(inWords(result)).toBe('401 undefined no_credentials')
    expect(result.response.headers.map(([name]) => name)).not.toContain('Proxy-Authenticate')
  })
})

describe('the metadata document', () => {
  const documentOf = async (options: Partial<ResourceServerOptions>) => {
    const app = express()
    app.use(protectedBy(options).resourceMetadata())
    const { body } = await request(app).get('/.well-known/oauth-protected-resource')
    return body
  }

  it('lists the algorithms of proofs, and that tokens must be bound (PR-3, RFC 9728 section 2)', async () => {
    expect(await documentOf({ dpop: false })).not.toHaveProperty(
      'dpop_signing_alg_values_supported',
    )
    const plain = await documentOf({ dpop: { algorithms: ['ES256'] } })
    expect(plain).toMatchObject({ dpop_signing_alg_values_supported: ['ES256'] })
    expect(plain).not.toHaveProperty('dpop_bound_access_tokens_required')
    expect(plain).not.toHaveProperty('tls_client_certificate_bound_access_tokens')
    expect(await documentOf({ senderConstrained: 'required' })).toHaveProperty(
      'dpop_bound_access_tokens_required',
      true,
    )
    const both = await documentOf({ senderConstrained: 'required', mtls: true })
    expect(both).not.toHaveProperty('dpop_bound_access_tokens_required')
    expect(both).toHaveProperty('tls_client_certificate_bound_access_tokens', true)
  })
})

describe.each(majors)('with $major', ({ express }) => {
  let server: Server
  let app: Express
  let api: ResourceServer
  let forwarding: ResourceServer
  const errors: unknown[] = []

  beforeAll(async () => {
    const nonceSecret = 'a secret that both of them know of'
    const dpop = { nonce: 'required', nonceSecret, nonceMaxAgeSeconds: 100 } as const
    api = resourceServer({ resource, ...as.options, dpop })
    forwarding = resourceServer({ resource, ...as.options, dpop, errors: 'forward' })
    app = express()
    const router = express.Router()
    router.get('/items/:id', api.requireScope('orders:read'), (req, res) => {
      res.json({ proofs: api.auth(req).proofs, id: req.params['id'] })
    })
    app.use('/shop', router)
    app.post(
      '/overridden',
      (req, _res, next) => {
        // As `method-override` does it.
        Object.assign(req, { originalMethod: req.method, method: 'DELETE' })
        next()
      },
      api.authenticate(),
      (req, res) => {
        res.json({ method: req.method })
      },
    )
    app.get('/twice', api.authenticate(), api.requireScope('orders:read'), (_req, res) => {
      res.json({})
    })
    app.get('/refused', api.requireScope('orders:write'))
    app.get('/forwarding', forwarding.authenticate())
    app.get('/forwarding-scope', forwarding.requireScope('orders:write'))
    const onError: ErrorRequestHandler = (error, _req, res, _next) => {
      errors.push(error)
      res.status(error.status).set(error.headers).end()
    }
    app.use(onError)
    await new Promise<void>((resolve) => {
      server = app.listen(0, '127.0.0.1', () => resolve())
    })
  })

  afterAll(async () => {
    await Promise.all([api.close(), forwarding.close()])
    await new Promise((resolve) => server.close(resolve))
  })

  const send = (
    method: 'get' | 'post' | 'head',
    path: string,
    more: Partial<ProofOptions> = {},
  ) => {
    const proof = key.proof({
      method: method.toUpperCase(),
      url: `${resource}${path}`,
      token: bound,
      ...more,
    })
    return request(server)
      [method](path)
      .set({ Authorization: `DPoP ${bound}`, DPoP: proof })
  }
  const freshNonce = async () => (await send('get', '/twice')).headers['dpop-nonce'] as string

  it('judges the whole original URL under mounted routers', async () => {
    const nonce = await freshNonce()
    const { body } = await send('get', '/shop/items/7?x=1', { nonce }).expect(200)
    expect(body).toEqual({ proofs: ['dpop'], id: '7' })
    await send('get', '/shop/items/7', { nonce, url: `${resource}/items/7` }).expect(401)
  })

  it('judges the method that was sent, not the one that routes (DP-8, RFC 9449 section 4.3, check 8)', async () => {
    const nonce = await freshNonce()
    const { body } = await send('post', '/overridden', { nonce }).expect(200)
    expect(body).toEqual({ method: 'DELETE' })
    await send('post', '/overridden', { nonce, method: 'DELETE' }).expect(401)
    await send('head', '/twice', { nonce }).expect(200)
    await send('head', '/twice', { nonce, method: 'GET' }).expect(401)
  })

  it('spends a proof once in a request that meets two of its middleware', async () => {
    await send('get', '/twice', { nonce: await freshNonce() }).expect(200)
  })

  it('hands out the next nonce with whatever the response is (DP-20, DP-21, RFC 9449 section 8.2)', async () => {
    const nonce = await freshNonce()
    now += 60_000
    const accepted = await send('get', '/twice', { nonce }).expect(200)
    expect(accepted.headers).toMatchObject({
      'dpop-nonce': expect.any(String),
      'cache-control': 'no-store',
      'access-control-expose-headers': 'DPoP-Nonce',
    })
    const refused = await send('get', '/refused', { nonce }).expect(403)
    expect(refused.headers).toMatchObject({
      'dpop-nonce': accepted.headers['dpop-nonce'],
      'access-control-expose-headers': 'DPoP-Nonce, WWW-Authenticate',
    })
    const forwarded = await send('get', '/forwarding-scope', { nonce }).expect(403)
    expect(errors.at(-1)).toMatchObject({
      headers: { 'DPoP-Nonce': forwarded.headers['dpop-nonce'] },
    })
    const next = await send('get', '/twice', { nonce: accepted.headers['dpop-nonce'] }).expect(200)
    expect(next.headers).not.toHaveProperty('dpop-nonce')
  })

  it('forwards errors of their classes, with all their fields', async () => {
    errors.length = 0
    const { headers } = await send('get', '/forwarding').expect(401)
    expect(headers['dpop-nonce']).toEqual(expect.any(String))
    expect(parseChallenges(headers['www-authenticate'] ?? '').map(({ scheme }) => scheme)).toEqual([
      'Bearer',
      'DPoP',
    ])
    await request(server)
      .get('/forwarding')
      .set({ Authorization: `DPoP ${bound}` })
      .expect(401)
    expect(errors).toEqual([expect.any(UseDpopNonce), expect.any(InvalidDpopProof)])
    expect(errors[0]).toMatchObject({ nonce: headers['dpop-nonce'], code: 'use_dpop_nonce' })
  })

  it('sends each challenge in a field of its own, and reads repeated proofs as sent', async () => {
    const proof = key.proof({ method: 'GET', url: `${resource}/twice`, token: bound })
    const lines = [`Authorization: DPoP ${bound}`, `DPoP: ${proof}`, `DPoP: ${proof}`]
    const answer = await rawHttp(server, { target: '/twice', lines })
    expect(answer.values('www-authenticate')).toEqual([
      expect.stringMatching(/^Bearer /),
      expect.stringMatching(/^DPoP /),
    ])
    expect(answer.body).toContain('more than one DPoP header field')
  })
})

describe('options that cannot be meant throw', () => {
  const fault = (options: object): ConfigurationError => {
    try {
      resourceServer({ resource, issuers: { issuer: 'https://as.test' }, ...options })
    } catch (error) {
      if (error instanceof ConfigurationError) return error
      throw error
    }
    throw new Error('nothing was thrown')
  }

  it.each([
    [{ dpop: 'yes' }, 'dpop', 'must be true, false or an object, not "yes".'],
    [{ dpop: null }, 'dpop', 'must be true, false or an object, not null.'],
    [{ dpop: { window: 5 } }, 'dpop.window', 'Did you mean `windowSeconds`?'],
    [
      { dpop: { windowSeconds: 0 } },
      'dpop.windowSeconds',
      'a number of seconds from 1 to 600, not 0.',
    ],
    [{ dpop: { windowSeconds: 601 } }, 'dpop.windowSeconds', 'from 1 to 600'],
    [{ dpop: { futureSeconds: -1 } }, 'dpop.futureSeconds', 'from 0 to 60'],
    [{ dpop: { futureSeconds: 61 } }, 'dpop.futureSeconds', 'from 0 to 60'],
    [{ dpop: { nonce: true } }, 'dpop.nonce', '"off" or "required", not true.'],
    [{ dpop: { nonce: 'require' } }, 'dpop.nonce', 'Did you mean "required"?'],
    [{ dpop: { nonceSecret: 'x'.repeat(32) } }, 'dpop.nonceSecret', 'set `nonce: "required"`'],
    [{ dpop: { nonceMaxAgeSeconds: 60 } }, 'dpop.nonceMaxAgeSeconds', 'set `nonce: "required"`'],
    [
      { dpop: { nonce: 'required', nonceMaxAgeSeconds: 9 } },
      'dpop.nonceMaxAgeSeconds',
      'from 10 to 86400',
    ],
    [
      { dpop: { nonce: 'required', nonceSecret: 'short-and-secret' } },
      'dpop.nonceSecret',
      'a secret of 32 characters or more',
    ],
    [
      { dpop: { nonce: 'required', nonceSecret: [] } },
      'dpop.nonceSecret',
      'a secret of 32 characters or more',
    ],
    [{ dpop: { algorithms: ['HS256'] } }, 'dpop.algorithms[0]', 'shared secret'],
    [{ dpop: { algorithms: [] } }, 'dpop.algorithms', 'a non-empty array of algorithms'],
    [{ dpop: { maxRememberedProofs: 0 } }, 'dpop.maxRememberedProofs', 'a whole number from 1'],
    [{ senderConstrained: 'required' }, 'senderConstrained', 'set `dpop` or `mtls`'],
    [{ senderConstrained: 'always' }, 'senderConstrained', '"when-bound" or "required"'],
    [{ publicUrl: 'api.test' }, 'publicUrl', 'must be an absolute https URL'],
    [{ publicUrl: 'http://api.test' }, 'publicUrl', 'must be an absolute https URL'],
    [{ publicUrl: ['https://a.test', 'https://a.test/x?y'] }, 'publicUrl[1]', 'query'],
    [{ publicUrl: [] }, 'publicUrl', 'a URL or a non-empty array of those'],
  ])('%j', (options, option, message) => {
    const error = fault(options)
    expect(error.option).toBe(option)
    expect(error.message).toContain(message)
    expect(error.message).not.toContain('short-and-secret')
  })
})

describe('what is observed', () => {
  it('never holds a token, a proof or a nonce', async () => {
    const seen: unknown[] = []
    const listen = (event: unknown) => seen.push(event)
    const channels = ['scopegate:decision', 'scopegate:cache', 'scopegate:proof']
    for (const name of channels) subscribe(name, listen)
    const api = protectedBy({ dpop: { nonce: 'required' } })
    const fields = presenting()
    const result = await api.verify({ method: 'GET', url: '/orders', headers: fields })
    const nonce = nonceOf(result)
    await api.verify({ method: 'GET', url: '/orders', headers: presenting({ nonce }) })
    for (const name of channels) unsubscribe(name, listen)
    expect(seen).toContainEqual(
      expect.objectContaining({ verdict: 'refused', stage: 'proof', reason: 'nonce_missing' }),
    )
    expect(seen).toContainEqual(expect.objectContaining({ verdict: 'accepted', stage: 'proof' }))
    const text = JSON.stringify(seen)
    for (const secret of [bound, fields[1]?.[1] as string, nonce, key.thumbprint]) {
      expect(text).not.toContain(secret)
    }
  })
})
