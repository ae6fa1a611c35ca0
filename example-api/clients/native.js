// @ts-check
import { authorizationCodeClient } from './authorization-code.js'
import { loopbackListener } from './loopback-listener.js'

/**
 * An application on a phone or a desktop (RFC 8252). It opens the system's browser, where the
 * person may be logged in already, and waits on a port of its own for the browser to come back.
 *
 * @param {Omit<import('./oauth-client.js').ClientSettings, 'clientSecret'>
 *   & { returnTo?: string }} settings - `returnTo`: where to send the browser in the end
 */
export function nativeClient({ returnTo, ...settings }) {
  // Where it listens is known only when it does; neither of these needs to know.
  const { refresh, revoke } = authorizationCodeClient({ ...settings, redirectUri: '' })

  return {
    /**
     * @param {import('./authorization-code.js').Wanted} wanted
     * @returns {Promise<{
     *   url: string,
     *   finished: Promise<import('./oauth-client.js').Tokens>,
     *   close: () => void,
     * }>} `url`: to open in a browser; `close`: waits no longer
     */
    async begin(wanted) {
      const listener = await loopbackListener(returnTo)
      try {
        const client = authorizationCodeClient({ ...settings, redirectUri: listener.redirectUri })
        const attempt = await client.begin(wanted)
        const finished = listener
          .callback(attempt.state)
          .then((callbackUrl) => client.finish(attempt, callbackUrl))
        // Whoever asks for it is told; until then it is nobody's fault.
        finished.catch(() => {})
        return { url: attempt.url, finished, close: listener.close }
      } catch (error) {
        listener.close()
        throw error
      }
    },
    refresh,
    revoke,
  }
}
