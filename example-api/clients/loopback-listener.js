// @ts-check
import { once } from 'node:events'
import { createServer } from 'node:http'

/**
 * Listens on a free port of this machine for one redirect (RFC 8252 section 7.3).
 *
 * @param {string} [returnTo] - where to send the browser then
 */
export async function loopbackListener(returnTo) {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  const origin = `http://127.0.0.1:${port}`
  const closed = new AbortController()

  return {
    redirectUri: `${origin}/callback`,
    /**
     * The URL that the browser comes back with. What others send here counts for nothing.
     *
     * @param {string} state
     * @returns {Promise<string>}
     */
    callback(state) {
      return new Promise((resolve, reject) => {
        closed.signal.addEventListener('abort', () => reject(new Error('It waits no longer.')))
        server.on('request', (req, res) => {
          // As text: what others send need be no URL that can be resolved (`//`).
          const url = new URL(origin + (req.url?.startsWith('/') ? req.url : '/'))
          const isOurs = url.pathname === '/callback' && url.searchParams.get('state') === state
          res.writeHead(isOurs ? 200 : 404, headers).end(isOurs ? page(returnTo) : '')
          if (isOurs) {
            server.close()
            resolve(url.href)
          }
        })
      })
    },
    close() {
      closed.abort()
      server.close()
      server.closeAllConnections()
    },
  }
}

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  connection: 'close',
}

/**
 * Not a redirect: browsers would count it as part of the consent form's answer, which may end here
 * and nowhere else.
 *
 * @param {string} [returnTo]
 */
function page(returnTo) {
  const next = returnTo && new URL(returnTo).href.replaceAll('&', '&amp;').replaceAll('"', '&quot;')
  return `<!doctype html>
<html lang="en">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${next ? `<meta http-equiv="refresh" content="0; url=${next}">` : ''}
<title>Back to the app</title>
<p>The app has its answer. ${next ? `<a href="${next}">Go on</a>` : 'You can close this page.'}</p>
</html>
`
}
