// @ts-check
import { authorizationCodeClient } from './authorization-code.js'

/**
 * An application in a browser. Whoever looks can read it, so it has no secret: it is a public
 * client, and PKCE ties the code to the page that began. Its requests are subject to CORS.
 *
 * @param {Omit<import('./oauth-client.js').ClientSettings, 'clientSecret'>
 *   & { redirectUri: string }} settings
 */
export function browserClient(settings) {
  return authorizationCodeClient(settings)
}
