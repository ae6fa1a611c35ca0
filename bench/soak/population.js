import { randomUUID } from 'node:crypto'
import { dpopKey } from 'scopegate/testing'

/**
 * A token of the authorization server's own, and what is known about it.
 *
 * @typedef {object} Entry
 * @property {'jwt' | 'opaque' | 'dpop'} shape
 * @property {string} token
 * @property {string} subject - of this token alone
 * @property {string} jti
 * @property {number} expiresAt
 * @property {import('./key-ring.js').Generation} [generation]
 * @property {string} [kid]
 * @property {import('scopegate/testing').DpopKey} [key] - that it is bound to
 * @property {number} [firstSentAt]
 * @property {Set<number>} servedBy - the workers that have accepted it
 * @property {boolean} revoking - in either of the two ways
 */

const mostRemembered = 60
export const url = 'https://api.test/orders'

/**
 * The tokens that are under way: the good ones, and those that were good once.
 *
 * @param {object} around - see `soak.js`
 */
export function population({ as, ring, plan, now, workers, store: shared, revocations }) {
  /** @type {Record<Entry['shape'], Entry[]>} */
  const good = { jwt: [], opaque: [], dpop: [] }
  /** Which must be refused from some time on; `revocations` has those that were revoked. */
  const retired = []
  const inactive = []
  /** Proofs that were accepted. */
  const spent = []
  let count = 0

  /** @returns {Promise<Entry>} */
  async function mint(shape, { scope = 'orders:read', ...more } = {}) {
    count += 1
    const subject = `user-${count}`
    const jti = randomUUID()
    const claims = { sub: subject, client_id: `client-${count % 7}`, jti }
    const grant = { scope, expiresInSeconds: plan.tokenSeconds }
    const entry = {
      shape,
      subject,
      jti,
      expiresAt: now() + (plan.tokenSeconds - 10) * 1000,
      servedBy: new Set(),
      revoking: false,
    }
    if (shape === 'opaque')
      return { ...entry, token: await as.opaque({ ...grant, response: claims }) }
    const generation = ring.current
    const algorithm = count % 2 === 0 ? 'RS256' : 'ES256'
    const signer = generation.keys[algorithm]
    const key = shape === 'dpop' ? dpopKey() : undefined
    const signing = { algorithm, signedBy: signer, boundTo: key, claims }
    const token = await as.token({ ...grant, ...signing, ...more })
    return { ...entry, token, generation, kid: signer.kid, key }
  }

  /** Takes it out of traffic; some are revoked in one of the two ways. */
  function dismiss(entry) {
    if (Math.random() < 0.15) {
      void revocations.revoke(entry)
    } else if (entry.shape === 'opaque' && Math.random() < 0.3) {
      entry.revoking = true
      as.revoke(entry.token)
      remember(inactive, { entry, since: now() })
    }
  }

  /** A good token, a new one in one case of ten. */
  async function draw(shape) {
    const held = good[shape]
    if (held.length === 0 || Math.random() < 0.1) {
      const entry = await mint(shape)
      held.push(entry)
      if (held.length > plan.tokensOfAShape) dismiss(held.shift())
      return entry
    }
    const at = Math.floor(Math.random() * held.length)
    const entry = held[at]
    if (isGood(entry)) return entry
    held.splice(at, 1)
    if (entry.generation) remember(retired, entry)
    return draw(shape)
  }

  const isGood = (entry) => entry.expiresAt > now() && (entry.generation?.inUse ?? true)

  /** What may be in the way of a verdict on it by this worker. */
  function undecided(entry, worker) {
    if (entry.shape === 'opaque') {
      const heldUntil = (entry.firstSentAt ?? 0) + plan.introspectionMaxAgeSeconds * 850
      const isHeld = entry.servedBy.has(worker.index)
      return (answeredAt) => (isHeld && answeredAt < heldUntil ? [] : ['introspection'])
    }
    const isKnown = worker.knows.has(entry.kid)
    const store = entry.shape === 'dpop' ? ['store'] : []
    // One that was revoked may outlive its key.
    return () => (isKnown && !entry.generation.retiredWith ? store : ['keys', ...store])
  }

  /** The header fields of a request with it, and a new proof if it is bound. */
  function headersOf({ token, key }) {
    if (!key) return { Authorization: `Bearer ${token}` }
    return key.headers({ method: 'GET', url, token })
  }

  /** A request that must be accepted. */
  async function request(shape) {
    const worker = oneOf(workers)
    const entry = await draw(shape)
    const headers = headersOf(entry)
    const { memories } = shared
    entry.firstSentAt ??= now()
    return {
      kind: `good ${shape}`,
      worker,
      headers,
      expected: {
        status: 200,
        subject: entry.subject,
        undecided: undecided(entry, worker),
        // It was revoked while it was under way.
        alsoRefused: () => entry.revoking,
      },
      onAccepted() {
        entry.servedBy.add(worker.index)
        if (entry.kid) worker.knows.add(entry.kid)
        if (entry.key) remember(spent, { entry, headers, worker, memories, at: now() })
      },
    }
  }

  return {
    mint,
    draw,
    request,
    undecided,
    headersOf,
    /** A proof that was accepted, within its window. */
    spent: () => oneOf(spent.filter(({ entry, at }) => isGood(entry) && now() - at < 30_000)),
    /** A token whose key has been taken back, as this worker knows. */
    retired: (worker) =>
      oneOf(
        retired.filter(
          ({ generation, expiresAt }) =>
            expiresAt > now() &&
            Object.values(generation.retiredWith?.keys ?? {}).some(({ kid }) =>
              worker.knows.has(kid),
            ),
        ),
      ),
    /** An opaque token that has been inactive for longer than anybody rests on what was true. */
    inactive() {
      const forMs = plan.introspectionMaxAgeSeconds * 1000 + plan.timeoutMs + 2000
      const found = inactive.filter(({ since }) => now() - since > forMs)
      return oneOf(found.filter(({ entry }) => entry.expiresAt > now()))?.entry
    },
  }
}

function remember(list, one) {
  list.push(one)
  if (list.length > mostRemembered) list.shift()
}

/** @template One @param {readonly One[]} list @returns {One} `undefined` of none */
export function oneOf(list) {
  return list[Math.floor(Math.random() * list.length)]
}
