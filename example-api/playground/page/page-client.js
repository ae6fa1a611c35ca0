// @ts-check
import { browserClient } from '../../clients/browser.js'
import { dpopClient } from '../../clients/dpop.js'
import { state } from './store.js'

/**
 * The client of this page: with keys, one whose tokens are bound to them.
 *
 * @param {import('./login.js').Choice} choice
 * @param {CryptoKeyPair} [keys]
 */
export function pageClient(choice, keys) {
  return keys ? keyedClient(choice, keys) : browserClient(settingsOf(choice))
}

/**
 * @param {import('./login.js').Choice} choice
 * @param {CryptoKeyPair} keys
 */
export function keyedClient(choice, keys) {
  return dpopClient({ ...settingsOf(choice), keys })
}

/** @param {import('./login.js').Choice} choice */
function settingsOf({ kind, format }) {
  const { issuer, resource, kinds } = state.setup
  const { clients } = kinds.find((/** @type {any} */ one) => one.id === kind)
  const clientId = clients[format].id
  return { issuer, resource, clientId, redirectUri: `${location.origin}/` }
}
