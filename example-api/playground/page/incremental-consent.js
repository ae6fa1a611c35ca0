// @ts-check
import { begin } from './login.js'
import { state } from './store.js'

/**
 * Asks for what the token in use has and the scopes that a challenge named. The person decides
 * again, also where the answer was no before.
 *
 * @param {string} missing
 */
export async function askForScope(missing) {
  const { choice, scope = choice.scopes.join(' ') } = state.token
  const known = state.setup.scopes.map((/** @type {{ name: string }} */ { name }) => name)
  const scopes = [...new Set([...scope.split(' '), ...missing.split(' ')])].filter((one) =>
    known.includes(one),
  )
  await begin({ ...choice, scopes }, true)
}
