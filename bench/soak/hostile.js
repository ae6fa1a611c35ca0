import { randomBytes, randomUUID } from 'node:crypto'
import { dpopKey, tampered } from 'scopegate/testing'
import { oneOf, url } from './population.js'

const never = () => []
const invalidToken = { status: 401, errors: ['invalid_token'], undecided: never }
/** A list that grows when the token is revoked meanwhile, which is looked at first. */
const proofErrors = (entry) => ({
  includes: (error) =>
    error === 'invalid_dpop_proof' || (error === 'invalid_token' && entry.revoking),
  length: 1,
})
const bearing = (token) => ({ Authorization: `Bearer ${token}` })

/**
 * Requests that must not be accepted, by kind. Those of some kinds are there only when something has
 * happened before.
 *
 * @param {object} around - see `soak.js`
 */
export function hostile({ as, ring, workers, tokens, store, revocations }) {
  const untilKeysAreKnown = () => ['keys']

  /** A JWT that is refuted by what it says of itself, whoever signed it. */
  const refuted = (options) => async () => {
    const { RS256, ES256 } = ring.current.keys
    const signing = oneOf([
      { algorithm: 'RS256', signedBy: RS256 },
      { algorithm: 'ES256', signedBy: ES256 },
    ])
    const token = await as.token({ scope: 'orders:read', ...signing, ...options })
    return { headers: bearing(token), expected: invalidToken }
  }

  /** @type {Record<string, (worker: object) => Promise<object | undefined>>} */
  const kinds = {
    async 'forged signature'(worker) {
      const entry = await tokens.draw('jwt')
      const token = tampered(entry.token, { claims: { sub: 'admin', jti: randomUUID() } })
      const undecided = tokens.undecided(entry, worker)
      return { headers: bearing(token), expected: { ...invalidToken, undecided } }
    },
    async 'unknown kid'() {
      const signedBy = ring.current.keys.ES256
      const header = { kid: randomUUID() }
      const token = await as.token({ scope: 'orders:read', algorithm: 'ES256', signedBy, header })
      return {
        headers: bearing(token),
        expected: { ...invalidToken, undecided: untilKeysAreKnown },
      }
    },
    expired: refuted({ expired: true }),
    'wrong audience': refuted({ audience: 'https://other.test' }),
    'wrong issuer': refuted({ issuer: 'https://evil.test' }),
    async 'made-up token'() {
      const token = randomBytes(24).toString('base64url')
      const undecided = () => ['introspection']
      return { headers: bearing(token), expected: { ...invalidToken, undecided } }
    },
    async 'malformed header'() {
      const token = randomBytes(24).toString('base64url')
      const Authorization = oneOf([
        'Bearer',
        `Bearer ${token} ${token}`,
        `Bearer ${token},`,
        'Bearer "',
        [`Bearer ${token}`, `Bearer ${token}`],
      ])
      const expected = { status: 400, errors: ['invalid_request'], undecided: never }
      return { headers: { Authorization }, expected }
    },
    async 'no credentials'() {
      return { headers: {}, expected: { status: 401, undecided: never } }
    },
    async 'scope missing'(worker) {
      const entry = await tokens.mint('jwt', { scope: 'profile' })
      const expected = { status: 403, errors: ['insufficient_scope'] }
      const undecided = tokens.undecided(entry, worker)
      return { headers: bearing(entry.token), expected: { ...expected, undecided } }
    },
    async 'bound token without proof'() {
      const { token } = await tokens.draw('dpop')
      return { headers: bearing(token), expected: invalidToken }
    },
    async "a thief's own proof"() {
      const { token } = await tokens.draw('dpop')
      const headers = dpopKey().headers({ method: 'GET', url, token })
      return { headers, expected: invalidToken }
    },
    async 'replayed proof'(worker) {
      const proof = tokens.spent()
      if (!proof) return undefined
      const isSame = proof.worker === worker
      const sources = worker.knows.has(proof.entry.kid) ? [] : ['keys']
      return {
        headers: proof.headers,
        expected: {
          status: 401,
          subject: proof.entry.subject,
          errors: proofErrors(proof.entry),
          undecided: () => (isSame ? sources : [...sources, 'store']),
          // A store that lost its memory has lost who spent it: see docs/shared-store.md.
          alsoAccepted: () => !isSame && proof.memories !== store.memories,
        },
      }
    },
    async 'revoked token'(worker) {
      const found = revocations.draw()
      if (!found) return undefined
      const { entry, refusedBy, settled } = found
      const isCertain = settled || refusedBy.has(worker.index)
      return {
        headers: tokens.headersOf(entry),
        expected: {
          ...invalidToken,
          subject: entry.subject,
          undecided: tokens.undecided(entry, worker),
          alsoAccepted: () => !isCertain,
        },
        onRefused: () => refusedBy.add(worker.index),
      }
    },
    async 'inactive token'() {
      const entry = tokens.inactive()
      const expected = { ...invalidToken, undecided: () => ['introspection'] }
      return entry && { headers: bearing(entry.token), expected }
    },
    async 'key taken back'(worker) {
      const entry = tokens.retired(worker)
      const expected = { ...invalidToken, undecided: untilKeysAreKnown }
      return entry && { headers: tokens.headersOf(entry), expected }
    },
  }

  return {
    kinds: Object.keys(kinds),
    /** One of them; `undefined` where there is none of its kind yet. */
    async request() {
      const worker = oneOf(workers)
      const kind = oneOf(Object.keys(kinds))
      const made = await kinds[kind](worker)
      return made && { kind, worker, ...made }
    },
  }
}
