// @ts-check
import { state, update } from './store.js'

/**
 * Takes a route of the table as the next request.
 *
 * @param {number} at
 */
export function choose(at) {
  const { path, body } = state.setup.routes[at]
  const text = body ? JSON.stringify(body, undefined, 2) : ''
  update({ request: { at, path, body: text } })
}
