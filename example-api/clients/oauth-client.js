// @ts-check
import * as oauth from './oauth4webapi.js'

/**
 * @typedef {object} ClientSettings
 * @property {string} issuer - of the authorization server; all else is discovered (RFC 8414)
 * @property {string} clientId
 * @property {string} [clientSecret] - none: a public client
 * @property {string} resource - the API that tokens are for (RFC 8707)
 * @property {CryptoKeyPair} [keys] - to bind tokens to (RFC 9449); none: whoever has a token may use it
 * @property {(url: string, init: any) => Promise<Response>} [fetch] - to look at what is sent and
 * answered
 *
 * @typedef {object} Tokens - as the authorization server answered
 * @property {string} access_token
 * @property {string} token_type
 * @property {number} [expires_in]
 * @property {string} [scope]
 * @property {string} [refresh_token]
 * @property {string} [id_token]
 */

/**
 * What all clients have in common. It rejects with errors that have the `error` and
 * `error_description` of the authorization server.
 *
 * @param {ClientSettings} settings
 */
export function oauthClient({ issuer, clientId, clientSecret, resource, keys, fetch }) {
  /** @type {oauth.Client} */
  const client = { client_id: clientId }
  const authentication = clientSecret ? oauth.ClientSecretBasic(clientSecret) : oauth.None()
  const proofs = keys && oauth.DPoP(client, keys)
  const options = {
    // The servers of this example do not leave the machine. All others have to speak HTTPS.
    [oauth.allowInsecureRequests]: new URL(issuer).hostname === '127.0.0.1',
    ...(proofs && { DPoP: proofs }),
    ...(fetch && { [oauth.customFetch]: fetch }),
  }
  /** @type {oauth.AuthorizationServer | undefined} */
  let metadata

  /** Where the endpoints are, asked for once. */
  async function discover() {
    const expected = new URL(issuer)
    metadata ??= await oauth.processDiscoveryResponse(
      expected,
      await oauth.discoveryRequest(expected, { ...options, algorithm: 'oauth2' }),
    )
    return metadata
  }

  return {
    client,
    authentication,
    options,
    proofs,
    discover,

    /**
     * New tokens for an old refresh token, which is used up by this.
     *
     * @param {string} refreshToken
     * @param {{ scope?: string }} [less] - fewer scopes than were granted
     * @returns {Promise<Tokens>}
     */
    async refresh(refreshToken, { scope } = {}) {
      const server = await discover()
      const response = await oauth.refreshTokenGrantRequest(
        server,
        client,
        authentication,
        refreshToken,
        { ...options, additionalParameters: { resource, ...(scope && { scope }) } },
      )
      return { ...(await oauth.processRefreshTokenResponse(server, client, response)) }
    },

    /**
     * RFC 7009. A JWT that resource servers verify by themselves cannot be taken back
     * (`unsupported_token_type`), but the refresh token can, and what comes after.
     *
     * @param {string} token
     */
    async revoke(token) {
      const server = await discover()
      await oauth.processRevocationResponse(
        await oauth.revocationRequest(server, client, authentication, token, options),
      )
    },
  }
}
