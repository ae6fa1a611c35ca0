// @ts-check

import { oauthClient } from './oauth-client.js'
import * as oauth from './oauth4webapi.js'

/**
 * @typedef {object} Attempt - to be kept until the browser comes back, and nowhere else
 * @property {string} url - to send the browser to
 * @property {string} state - tells this attempt from those that others began (CSRF)
 * @property {string} verifier - proves that who began is who ends (PKCE, RFC 7636)
 */

/**
 * What a client asks for.
 *
 * @typedef {object} Wanted
 * @property {string} scope
 * @property {string} [prompt] - by default, that of the rules
 * @property {string} [acrValues] - how the person shall log in (RFC 9470): as the challenge says
 * @property {string | number} [maxAge] - how many seconds ago that may have been: as it says
 * @property {readonly object[]} [authorizationDetails] - what no scope is narrow enough for (RFC 9396)
 */

/**
 * The authorization code flow, for every client with a browser.
 *
 * @param {import('./oauth-client.js').ClientSettings & { redirectUri: string }} settings
 */
export function authorizationCodeClient({ redirectUri, ...settings }) {
  const { client, authentication, options, proofs, discover, refresh, revoke } =
    oauthClient(settings)
  const { resource } = settings

  /**
   * @param {Wanted} wanted
   * @returns {Promise<Attempt>}
   */
  async function begin(wanted) {
    const { acrValues, maxAge, authorizationDetails } = wanted
    const scope = acrValues || maxAge !== undefined ? withOpenid(wanted.scope) : wanted.scope
    const { prompt = promptFor(scope) } = wanted
    const { authorization_endpoint = '' } = await discover()
    const state = oauth.generateRandomState()
    const verifier = oauth.generateRandomCodeVerifier()
    const url = new URL(authorization_endpoint)
    url.search = String(
      new URLSearchParams({
        response_type: 'code',
        client_id: client.client_id,
        redirect_uri: redirectUri,
        scope,
        resource,
        state,
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        // RFC 9449 section 10: then the code too is of no use without the key.
        ...(proofs && { dpop_jkt: await proofs.calculateThumbprint() }),
        ...(prompt && { prompt }),
        ...(acrValues && { acr_values: acrValues }),
        ...(maxAge !== undefined && { max_age: String(maxAge) }),
        ...(authorizationDetails && {
          authorization_details: JSON.stringify(authorizationDetails),
        }),
      }),
    )
    return { url: url.href, state, verifier }
  }

  /**
   * Trades the code for tokens, once `state` and `iss` (RFC 9207) say that the answer is to us.
   *
   * @param {Pick<Attempt, 'state' | 'verifier'>} attempt
   * @param {string | URL} callbackUrl - that the browser came back with
   * @returns {Promise<import('./oauth-client.js').Tokens>}
   */
  async function finish({ state, verifier }, callbackUrl) {
    const server = await discover()
    const answer = oauth.validateAuthResponse(server, client, new URL(callbackUrl), state)
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      authentication,
      answer,
      redirectUri,
      verifier,
      { ...options, additionalParameters: { resource } },
    )
    return { ...(await oauth.processAuthorizationCodeResponse(server, client, response)) }
  }

  return { begin, finish, refresh, revoke }
}

/**
 * These two are parameters of OpenID Connect, and there are servers that take them with its scope
 * only.
 *
 * @param {string} scope
 */
function withOpenid(scope) {
  return scope.split(' ').includes('openid') ? scope : `openid ${scope}`
}

/**
 * OpenID Connect Core section 11: for access while the person is away, the person has to be asked.
 *
 * @param {string} scope
 */
function promptFor(scope) {
  return scope.split(' ').includes('offline_access') ? 'consent' : undefined
}
