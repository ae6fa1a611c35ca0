import { hash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { allowInsecureRequests, customFetch, validateJwtAccessToken } from 'oauth4webapi'
import { type ResourceServer, resourceServer } from '../lib/index.ts'
import {
  type DpopKey,
  dpopKey,
  type ProofOptions,
  type TestAuthorizationServer,
  tampered,
  testAuthorizationServer,
} from '../lib/testing/index.ts'
import { SeededRandom } from './fixtures/seeded-random.ts'

const resource = 'https://api.test'
const url = `${resource}/orders`
const rounds = 1500
const random = new SeededRandom(9449)

let as: TestAuthorizationServer
let api: ResourceServer
let key: DpopKey
let thief: DpopKey
let token: string

beforeAll(async () => {
  as = await testAuthorizationServer()
  api = resourceServer({ resource, ...as.options, dpop: true })
  key = dpopKey()
  thief = dpopKey()
  token = await as.token({ boundTo: key, expiresInSeconds: 3600 })
})

afterAll(() => Promise.all([api.close(), as.close()]))

/** What the other implementation says of the same request. */
async function other(method: string, target: string, proof: string): Promise<boolean> {
  const headers = { authorization: `DPoP ${token}`, dpop: proof }
  try {
    await validateJwtAccessToken(
      { issuer: as.issuer, jwks_uri: as.endpoints.jwks },
      new Request(target, { method, headers }),
      resource,
      {
        requireDPoP: true,
        [allowInsecureRequests]: true,
        [customFetch]: async () => Response.json(as.jwks()),
      },
    )
    return true
  } catch {
    return false
  }
}

async function ours(method: string, target: string, proof: string): Promise<string> {
  const result = await api.verify({
    method,
    url: target.slice(resource.length),
    headers: { authorization: `DPoP ${token}`, dpop: proof },
  })
  return result.verdict === 'refused' ? result.refusal.reason : result.verdict
}

const seconds = () => Math.floor(Date.now() / 1000)
const odd = [undefined, null, '', 0, 1, -1, true, [], {}, ['GET'], 'x', '\u0000', 'é']
const claimNames = ['jti', 'htm', 'htu', 'iat', 'ath', 'exp', 'nbf', 'nonce', 'cnf']
const headerNames = ['typ', 'alg', 'jwk', 'kid', 'crit', 'b64', 'x5c', 'cty']
const targets = [
  url,
  `${url}?page=1`,
  `${url}#top`,
  'HTTPS://API.TEST:443/orders',
  'https://api.test/./orders',
  'https://api.test/x/../orders',
  'https://api.test/%6frders',
  'https://api.test/orders/',
  'https://api.test/Orders',
  'http://api.test/orders',
  'https://evil.test/orders',
  'https://api.test:444/orders',
  'https://u@api.test/orders',
  '/orders',
]
const mutations: (() => Partial<ProofOptions>)[] = [
  () => ({}),
  () => ({ claims: { [random.pick(claimNames)]: random.pick(odd) } }),
  () => ({ header: { [random.pick(headerNames)]: random.pick(odd) } }),
  () => ({
    header: { typ: random.pick(['dpop+jwt', 'DPoP+JWT', 'at+jwt', 'application/dpop+jwt']) },
  }),
  () => ({
    header: {
      jwk: random.pick([
        key.privateJwk,
        thief.publicJwk,
        { ...key.publicJwk, alg: 'ES384' },
        { ...key.publicJwk, use: 'enc' },
        { ...key.publicJwk, y: 'AA' },
        { ...key.publicJwk, extra: 1 },
      ]),
    },
  }),
  () => ({ claims: { htu: random.pick(targets) } }),
  () => ({ method: random.pick(['GET', 'get', 'POST', 'HEAD']) }),
  () => ({ issuedSecondsAgo: random.pick([0, 5, 55, 70, 299, 301, -5, -15, -299, -301]) }),
  () => ({
    claims: {
      exp: seconds() + random.pick([-100, 100]),
      nbf: seconds() + random.pick([-100, 100]),
    },
  }),
  () => ({
    claims: {
      ath: random.pick([
        hash('sha256', 'x', 'base64url'),
        hash('sha256', token, 'hex'),
        `${hash('sha256', token, 'base64url')}=`,
      ]),
    },
  }),
  () => ({ signedBy: 'foreign' }),
  () => ({ algorithm: random.pick(['none', 'HS256', 'HS512'] as const) }),
  () => ({ rawPayload: random.bytes(40) }),
  () => ({ rawHeader: random.bytes(40) }),
]

/** A proof, wrong in some ways or none. */
function draw(): string {
  const changes: Partial<ProofOptions>[] = [random.pick(mutations)()]
  while (random.chance(0.2)) changes.push(random.pick(mutations)())
  const merged = {
    ...Object.assign({}, ...changes),
    claims: Object.assign({}, ...changes.map(({ claims }) => claims)),
    header: Object.assign({}, ...changes.map(({ header }) => header)),
  }
  const by = random.chance(0.1) ? thief : key
  const proof = by.proof({ method: 'GET', url, token, ...merged })
  return random.chance(0.15) ? altered(proof) : proof
}

function altered(proof: string): string {
  const at = random.below(proof.length)
  switch (random.below(4)) {
    case 0:
      return tampered(proof)
    case 1:
      return proof.slice(0, at) + random.pick([...'AB_-.=+/ ,']) + proof.slice(at + 1)
    case 2:
      return proof.slice(0, at)
    default:
      return `${proof}${random.pick(['A', '=', '.', ', x'])}`
  }
}

describe('proofs, mutated in every way', () => {
  it('are never accepted where another implementation of RFC 9449 refuses them, but for escapes', async () => {
    const counts = { both: 0, neither: 0, stricter: 0 }
    const stricterFor = new Set<string>()
    for (let turn = 0; turn < rounds; turn += 1) {
      random.turn(turn)
      const proof = draw()
      const [reason, isFine] = [await ours('GET', url, proof), await other('GET', url, proof)]
      if (reason === 'accepted') {
        // RFC 3986 section 6.2.2.2, which the parser of URLs leaves to others.
        const isEscaped = payloadOf(proof).includes('%6frders')
        expect([turn, proof, isFine || isEscaped]).toEqual([turn, proof, true])
        counts.both += 1
      } else if (isFine) {
        stricterFor.add(reason)
        counts.stricter += 1
      } else {
        counts.neither += 1
      }
    }
    expect(counts.both).toBeGreaterThan(rounds / 10)
    expect(counts.neither).toBeGreaterThan(rounds / 4)
    // Each is stricter for a reason that is meant.
    const meant = [
      'malformed_proof', // a nonce that is no text, `crit`, a member twice, empty texts
      'proof_not_in_time', // theirs is 300 seconds wide
      'replayed_proof', // theirs remembers nothing
      'unfit_proof_key', // `use` and `alg` of the key, private keys, coordinates cut short
      'wrong_proof_type', // compared exactly
    ]
    expect([...stricterFor].filter((reason) => !meant.includes(reason))).toEqual([])
    expect(stricterFor.size).toBeGreaterThan(2)
  }, 60_000)
})

function payloadOf(proof: string): string {
  return Buffer.from(proof.split('.')[1] ?? '', 'base64url').toString()
}
