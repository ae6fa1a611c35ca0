// @ts-check
import { setTimeout } from 'node:timers/promises'
import { oauthClient } from './oauth-client.js'
import * as oauth from './oauth4webapi.js'

const defaultIntervalSeconds = 5

/**
 * A device without a browser or a keyboard (RFC 8628). It shows a code, which the person enters on
 * another device, and asks again and again until that has been done.
 *
 * @param {Omit<import('./oauth-client.js').ClientSettings, 'clientSecret'>} settings
 */
export function deviceClient(settings) {
  const { client, authentication, options, discover, refresh, revoke } = oauthClient(settings)
  const { resource } = settings

  return {
    /**
     * @param {{ scope: string }} wanted
     * @returns {Promise<{
     *   userCode: string,
     *   verificationUri: string,
     *   verificationUriComplete: string | undefined,
     *   finished: Promise<import('./oauth-client.js').Tokens>,
     *   cancel: () => void,
     * }>} `verificationUri`: where to enter the code; `cancel`: asks no longer
     */
    async begin({ scope }) {
      const server = await discover()
      const shown = await oauth.processDeviceAuthorizationResponse(
        server,
        client,
        await oauth.deviceAuthorizationRequest(
          server,
          client,
          authentication,
          { scope, resource },
          options,
        ),
      )
      const cancelled = new AbortController()
      const finished = poll(server, shown, cancelled.signal)
      // Whoever asks for it is told; until then it is nobody's fault.
      finished.catch(() => {})
      return {
        userCode: shown.user_code,
        verificationUri: shown.verification_uri,
        verificationUriComplete: shown.verification_uri_complete,
        finished,
        cancel: () => cancelled.abort(),
      }
    },
    refresh,
    revoke,
  }

  /**
   * @param {oauth.AuthorizationServer} server
   * @param {oauth.DeviceAuthorizationResponse} shown
   * @param {AbortSignal} signal
   * @returns {Promise<import('./oauth-client.js').Tokens>}
   */
  async function poll(server, { device_code, interval = defaultIntervalSeconds }, signal) {
    let seconds = interval
    for (;;) {
      await setTimeout(seconds * 1000, undefined, { signal })
      const response = await oauth.deviceCodeGrantRequest(
        server,
        client,
        authentication,
        device_code,
        { ...options, signal, additionalParameters: { resource } },
      )
      try {
        return { ...(await oauth.processDeviceCodeResponse(server, client, response)) }
      } catch (error) {
        // RFC 8628 section 3.5: these two mean to go on, the second more slowly.
        const { error: code } = /** @type {oauth.ResponseBodyError} */ (error)
        if (code === 'slow_down') {
          seconds += 5
        } else if (code !== 'authorization_pending') {
          throw error
        }
      }
    }
  }
}
