// @ts-check

import { oauthClient } from './oauth-client.js'
import * as oauth from './oauth4webapi.js'

/**
 * A program that acts on its own behalf (client credentials). There is no person, so nobody is
 * asked, and there is no refresh token: it can always ask again.
 *
 * @param {import('./oauth-client.js').ClientSettings & { clientSecret: string }} settings
 */
export function machineClient(settings) {
  const { client, authentication, options, discover, revoke } = oauthClient(settings)
  const { resource } = settings

  return {
    /**
     * @param {Pick<import('./authorization-code.js').Wanted, 'scope' | 'authorizationDetails'>} wanted
     * @returns {Promise<import('./oauth-client.js').Tokens>}
     */
    async token({ scope, authorizationDetails: details }) {
      const server = await discover()
      const response = await oauth.clientCredentialsGrantRequest(
        server,
        client,
        authentication,
        { scope, resource, ...(details && { authorization_details: JSON.stringify(details) }) },
        options,
      )
      return { ...(await oauth.processClientCredentialsResponse(server, client, response)) }
    },
    revoke,
  }
}
