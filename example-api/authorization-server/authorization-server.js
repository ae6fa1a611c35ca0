// @ts-check
import { randomBytes } from 'node:crypto'
import { configuration } from './configuration.js'
import { aroundDeviceFlow } from './device-flow.js'
import { memoryAdapter } from './memory-adapter.js'
import { Provider } from './oidc-provider.js'
import { outage } from './outage.js'
import { signingKeys } from './signing-keys.js'
import { tokenVariants } from './token-variants.js'
import { website } from './website.js'

/**
 * @typedef {object} Settings
 * @property {string} issuer
 * @property {string} resource - the identifier of the API
 * @property {string} introspectionSecret - of the API, when it asks about tokens
 * @property {string} playground - origin of the page that may send requests from a browser
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
  let current = newProvider()
  const { issuer, playground } = settings
  const pages = website({ provider: () => current.provider, issuer, playground })
  pages.use((req, res) => current.answer(req, res))
  const switched = outage(pages)

  return {
    listener: switched.listener,
    down: switched.down,
    up: switched.up,
    get isDown() {
      return switched.isDown
    },
    rotateKeys() {
      keys.rotate()
      current = newProvider()
    },
    variant: tokenVariants(keys, adapter),
  }

  /** All that it keeps is in the adapter, so that sessions and grants outlive a provider. */
  function newProvider() {
    const own = { adapter, cookieKey, signingKey: keys.current.jwk }
    const provider = new Provider(settings.issuer, configuration(settings, own))
    provider.use(aroundDeviceFlow)
    provider.on('server_error', logError)
    return { provider, answer: provider.callback() }
  }
}

/**
 * @param {unknown} _ctx
 * @param {unknown} error
 */
function logError(_ctx, error) {
  console.error(error)
}
