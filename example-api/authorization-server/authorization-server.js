// @ts-check
import { randomBytes } from 'node:crypto'
import { configuration } from './configuration.js'
import { memoryAdapter } from './memory-adapter.js'
import { Provider } from './oidc-provider.js'
import { outage } from './outage.js'
import { signingKeys } from './signing-keys.js'
import { tokenVariants } from './token-variants.js'

/**
 * @typedef {object} Settings
 * @property {string} issuer
 * @property {string} resource - the identifier of the API
 * @property {string} introspectionSecret - of the API, when it asks about tokens
 * @property {string} [playground] - origin of the page that may send requests from a browser
 *
 * @typedef {object} AuthorizationServer
 * @property {import('node:http').RequestListener} listener - one for life
 * @property {() => void} rotateKeys - a new key signs; the old one is no longer published
 * @property {() => void} down - from now on every connection is reset
 * @property {() => void} up
 * @property {boolean} isDown
 * @property {ReturnType<typeof tokenVariants>} variant
 */

/**
 * An authorization server (oidc-provider) for the example, with switches to see what happens.
 *
 * @param {Settings} settings
 * @returns {AuthorizationServer}
 */
export function authorizationServer(settings) {
  const keys = signingKeys()
  const adapter = memoryAdapter()
  const cookieKey = randomBytes(32).toString('base64url')
  let current = provider()
  const switched = outage((req, res) => current(req, res))

  return {
    listener: switched.listener,
    down: switched.down,
    up: switched.up,
    get isDown() {
      return switched.isDown
    },
    rotateKeys() {
      keys.rotate()
      current = provider()
    },
    variant: tokenVariants(keys, adapter),
  }

  /** All that is stored is in the adapter, so that sessions and grants outlive a provider. */
  function provider() {
    const provider = new Provider(
      settings.issuer,
      configuration(settings, { adapter, cookieKey, signingKey: keys.current.jwk }),
    )
    provider.on('server_error', logError)
    return provider.callback()
  }
}

/**
 * @param {unknown} _ctx
 * @param {unknown} error
 */
function logError(_ctx, error) {
  console.error(error)
}
