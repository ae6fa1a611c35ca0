// @ts-check

/**
 * All that the page knows. It is in memory only, and so are the tokens: a reload forgets them.
 *
 * @typedef {object} Held - a token
 * @property {string} good - as issued
 * @property {string | undefined} inUse - what is sent; `undefined` for no token
 * @property {Variant} variant
 * @property {import('./login.js').Choice} choice - how it was got
 * @property {string} [scope] - what was granted
 * @property {import('./present.js').Call} [call] - with proofs of the key that it is bound to
 *
 * @typedef {'good' | 'expired' | 'tampered' | 'other-audience' | 'fewer-scopes' | 'none'} Variant
 *
 * @typedef {object} Login
 * @property {'none' | 'busy' | 'waiting' | 'failed'} status
 * @property {string} [message]
 * @property {Record<string, string>} [show] - what the person needs to go on
 */

/** @type {any} */
export const state = {
  setup: undefined,
  connected: false,
  /** @type {boolean | undefined} - of the authorization server, once that is known */
  down: undefined,
  notice: '',
  choice: { kind: 'browser', format: 'jwt', scopes: ['books:read'] },
  choosing: true,
  /** @type {Login} */
  login: { status: 'none' },
  /** @type {Held | undefined} */
  token: undefined,
  /** @type {{ at: number, path: string, body: string }} */
  request: { at: 0, path: '', body: '' },
  sending: false,
  result: undefined,
  /** @type {string | undefined} - that came with the last request that had one of its own */
  lastProof: undefined,
  burst: undefined,
  outcomes: {},
  log: [],
}

/** @type {(() => void) | undefined} */
let draw
let due = false

/** @param {() => void} listener - called once after any number of changes */
export function onChange(listener) {
  draw = listener
}

/** @param {Record<string, unknown>} changes */
export function update(changes) {
  Object.assign(state, changes)
  if (!due) {
    due = true
    queueMicrotask(() => {
      due = false
      draw?.()
    })
  }
}
