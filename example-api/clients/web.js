// @ts-check
import { authorizationCodeClient } from './authorization-code.js'

/**
 * An application on a web server. It is confidential: the secret stays on the server, and so do
 * the tokens. Its browser carries the code only.
 *
 * @param {import('./oauth-client.js').ClientSettings
 *   & { clientSecret: string, redirectUri: string }} settings
 */
export function webClient(settings) {
  return authorizationCodeClient(settings)
}
