// @ts-check
import { scopes } from '../scopes.js'
import { registrationOf } from './clients.js'
import { InvalidTarget } from './oidc-provider.js'

/** Another API that this authorization server knows; its tokens are not for the bookshop. */
export const otherResource = 'https://warehouse.example'

/**
 * Which APIs tokens can be asked for, by `resource` (RFC 8707), and what those tokens are like.
 *
 * @param {string} bookshop
 */
export function resourceIndicators(bookshop) {
  return {
    /**
     * @param {unknown} _ctx
     * @param {string} resource
     * @param {{ clientId: string }} client
     */
    getResourceServerInfo(_ctx, resource, client) {
      if (resource !== bookshop && resource !== otherResource) {
        throw new InvalidTarget()
      }
      return {
        audience: resource,
        scope: scopes.join(' '),
        accessTokenFormat: registrationOf(client.clientId)?.tokens ?? 'jwt',
        jwt: { sign: { alg: 'ES256' } },
      }
    },
  }
}
