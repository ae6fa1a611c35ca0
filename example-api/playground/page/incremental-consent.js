// @ts-check
import { begin } from './login.js'
import { state } from './store.js'

/**
 * Whether the client that got the token in use is registered for what a challenge named.
 *
 * @param {string} missing
 */
export function mayAskFor(missing) {
  const { kind, format } = state.token.choice
  const { clients } = state.setup.kinds.find((/** @type {any} */ one) => one.id === kind)
  return missing.split(' ').every((scope) => clients[format].scopes.includes(scope))
}

/**
 * Asks for what the token in use has and the scopes that a challenge named. The person decides
 * again, also where the answer was no before.
 *
 * @param {string} missing
 */
export async function askForScope(missing) {
  await begin({ ...state.token.choice, scopes: scopesWith(missing) }, { again: true })
}

/**
 * The scopes of the token in use, and those besides.
 *
 * @param {string} [missing]
 * @returns {string[]}
 */
export function scopesWith(missing = '') {
  const { choice, scope = choice.scopes.join(' ') } = state.token
  const known = state.setup.scopes.map((/** @type {{ name: string }} */ { name }) => name)
  return [...new Set([...scope.split(' '), ...missing.split(' ')])].filter((one) =>
    known.includes(one),
  )
}
