// @ts-check
import { authorizationCodeClient } from './authorization-code.js'
import * as oauth from './oauth4webapi.js'

/**
 * An application in a browser that has a key (RFC 9449). It has no secret either. But its tokens are
 * bound to the key, which the browser keeps from everybody, the application included: it can sign
 * with it and not read it. Every request carries a proof, and whoever steals the token has none.
 *
 * @param {Omit<import('./oauth-client.js').ClientSettings, 'clientSecret'>
 *   & { redirectUri: string, keys: CryptoKeyPair }} settings
 */
export function dpopClient({ keys, fetch, ...settings }) {
  const client = authorizationCodeClient({ ...settings, keys, ...(fetch && { fetch }) })
  // It remembers the latest nonce of each server.
  const proofs = oauth.DPoP({}, keys)

  /**
   * Sends a request to the API with the token and a proof made for it. The API may ask for a nonce
   * of its own (RFC 9449 section 9); then the request is sent once more, with the nonce.
   *
   * @param {string} token
   * @param {string} method
   * @param {URL} url
   * @param {object} [more]
   * @param {Record<string, string>} [more.headers]
   * @param {string | undefined} [more.body]
   * @param {(url: string, init: any) => Promise<Response>} [more.fetch]
   * @returns {Promise<Response>}
   */
  async function call(token, method, url, { headers = {}, body, fetch: ask = fetch } = {}) {
    const options = {
      DPoP: proofs,
      [oauth.allowInsecureRequests]: url.hostname === '127.0.0.1',
      ...(ask && { [oauth.customFetch]: ask }),
    }
    const send = () =>
      answerOf(
        oauth.protectedResourceRequest(token, method, url, new Headers(headers), body, options),
      )
    const { response, isNonceWanted } = await send()
    return isNonceWanted ? (await send()).response : response
  }

  return { ...client, call }
}

/** A key that can be used and not be read, also not by who made it (WebCrypto). */
export function newKeys() {
  return oauth.generateKeyPair('ES256', { extractable: false })
}

/**
 * A challenge is an answer like any other here: those who call look at it.
 *
 * @param {Promise<Response>} asked
 */
async function answerOf(asked) {
  try {
    return { response: await asked, isNonceWanted: false }
  } catch (error) {
    const { code, response } = /** @type {oauth.WWWAuthenticateChallengeError} */ (error)
    if (code !== oauth.WWW_AUTHENTICATE_CHALLENGE) {
      throw error
    }
    return { response, isNonceWanted: oauth.isDPoPNonceError(error) }
  }
}
