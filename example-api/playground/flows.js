// @ts-check
import { randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'

const atMost = 50
const patienceMs = 20_000

/**
 * Requests for a token that clients outside the page have under way. Whoever began one holds its
 * unguessable id, and gets the access token for it once; then, or after ten minutes, it is gone.
 *
 * @param {{ lifeMs?: number }} [settings]
 *
 * @typedef {object} Begun - what a client began
 * @property {Record<string, string>} [show] - what the person needs to go on
 * @property {string} [state] - of the authorization request, when the answer comes to our server
 * @property {(url: URL) => void} [answer] - takes that answer
 * @property {Promise<Tokens>} finished
 * @property {() => void} [cancel]
 *
 * @typedef {{ access_token: string, expires_in?: number, scope?: string }} Tokens
 *
 * @typedef {{ status: 'waiting' } | { status: 'done', tokens: Tokens }
 *   | { status: 'failed', error: string, description?: string }} FlowState
 */
export function flows({ lifeMs = 600_000 } = {}) {
  /** @type {LRUCache<string, Begun & { outcome: Promise<FlowState> }>} */
  const held = new LRUCache({
    max: atMost,
    ttl: lifeMs,
    ttlAutopurge: true,
    dispose: (flow) => flow.cancel?.(),
  })
  /** @type {Set<() => void>} */
  const waiting = new Set()

  return {
    /** @param {Begun} begun */
    add(begun) {
      const id = randomBytes(32).toString('base64url')
      held.set(id, { ...begun, outcome: begun.finished.then(done, failed) })
      return id
    },
    /**
     * How it stands, as soon as that is known; `waiting` when it takes long.
     *
     * @param {string} id
     * @param {boolean} patient - whether to wait at all
     * @returns {Promise<FlowState | undefined>} `undefined` when there is none, or no longer
     */
    async take(id, patient) {
      const flow = held.get(id)
      if (!flow) {
        return undefined
      }
      const state = await Promise.race([flow.outcome, patience(patient ? patienceMs : 0)])
      if (state.status === 'waiting') {
        return state
      }
      // A token is for one of those who wait; that there will be none may be told to all.
      return held.delete(id) || state.status === 'failed' ? state : undefined
    },
    /**
     * The answer of the authorization server to an authorization request of ours.
     *
     * @param {URL} url
     */
    async answer(url) {
      const state = url.searchParams.get('state')
      const flow = [...held.values()].find((one) => one.state !== undefined && one.state === state)
      flow?.answer?.(url)
      await flow?.outcome
    },
    /** @param {string} id */
    cancel: (id) => held.delete(id),
    close() {
      for (const stop of waiting) {
        stop()
      }
      held.clear()
    },
  }

  /**
   * @param {number} ms
   * @returns {Promise<{ status: 'waiting' }>}
   */
  function patience(ms) {
    return new Promise((resolve) => {
      function stop() {
        clearTimeout(timer)
        waiting.delete(stop)
        resolve({ status: 'waiting' })
      }
      const timer = setTimeout(stop, ms)
      waiting.add(stop)
    })
  }
}

/**
 * @param {Tokens} tokens
 * @returns {FlowState}
 */
function done({ access_token, expires_in, scope }) {
  // Refresh tokens stay with the client that got them.
  return {
    status: 'done',
    tokens: { access_token, ...(expires_in && { expires_in }), ...(scope && { scope }) },
  }
}

/**
 * @param {any} error
 * @returns {FlowState}
 */
function failed(error) {
  if (typeof error.error === 'string') {
    return { status: 'failed', error: error.error, description: error.error_description }
  }
  // What fetch throws when no answer came.
  return { status: 'failed', error: error instanceof TypeError ? 'unreachable' : 'unfinished' }
}
