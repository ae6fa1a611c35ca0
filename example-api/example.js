// @ts-check
import { randomBytes } from 'node:crypto'
import { bookshopApi } from './api.js'
import { authorizationServer } from './authorization-server/authorization-server.js'
import { bookshop } from './bookshop.js'
import { listening } from './listening.js'
import { observer } from './playground/observer.js'
import { playgroundServer } from './playground/playground.js'
import { protection } from './protection.js'

/**
 * The whole example: a protected API, the authorization server whose tokens it takes, and a page
 * to play with both.
 *
 * @typedef {object} Example
 * @property {string} url - of the API, which is also its identifier
 * @property {string} issuer - of the authorization server, which is also its URL
 * @property {string} playground - URL of the page, which is also its origin
 * @property {import('./authorization-server/authorization-server.js').AuthorizationServer} authorizationServer
 * @property {() => Promise<void>} close - stops all three, and leaves nothing behind
 */

/**
 * Starts all three, or tells in one line which port is in use.
 *
 * @param {object} settings - ports: 0 takes a free one
 * @param {number} settings.port
 * @param {number} settings.asPort
 * @param {number} settings.playgroundPort
 * @param {number} [settings.introspectionMaxAgeSeconds] - how long answers about opaque tokens count
 * @returns {Promise<Example | { problem: string }>}
 */
export async function createExample({ port, asPort, playgroundPort, introspectionMaxAgeSeconds }) {
  // Each has to know the others' URLs, and with port 0 they are known only when all listen.
  const started = await allListening([
    [port, '--port'],
    [asPort, '--as-port'],
    [playgroundPort, '--playground-port'],
  ])
  if ('problem' in started) {
    return started
  }
  const [apiServer, asServer, pageServer] = started.servers
  const [resource, issuer, playground] = started.servers.map(({ url }) => url)
  // What the API proves itself with when it asks about opaque tokens. Nobody else needs it.
  const introspectionSecret = randomBytes(32).toString('base64url')

  const as = authorizationServer({ issuer, resource, introspectionSecret, playground })
  asServer.answerWith(as.listener)
  const api = protection({
    issuer,
    resource,
    introspectionSecret,
    ...(introspectionMaxAgeSeconds !== undefined && { introspectionMaxAgeSeconds }),
  })
  const observed = observer(resource)
  apiServer.answerWith(bookshopApi(api, bookshop(), { playground, observer: observed }))
  const page = playgroundServer({
    playground,
    resource,
    issuer,
    authorizationServer: as,
    observer: observed,
  })
  pageServer.answerWith(page.listener)
  // Keys are fetched before the first request needs them; without this, that request would wait.
  await api.ready()

  /** @type {Promise<unknown> | undefined} */
  let closed
  return {
    url: resource,
    issuer,
    playground,
    authorizationServer: as,
    async close() {
      closed ??= closeAll()
      await closed
    },
  }

  async function closeAll() {
    page.close()
    observed.close()
    await pageServer.close()
    // The API before what it may still need for requests under way.
    await apiServer.close()
    await api.close()
    await asServer.close()
  }
}

/**
 * @param {[port: number, option: string][]} wanted
 * @returns {Promise<{ servers: any[] } | { problem: string }>}
 */
async function allListening(wanted) {
  /** @type {import('./listening.js').Listening[]} */
  const servers = []
  for (const [port, option] of wanted) {
    const server = await listening(port)
    if (!server) {
      await Promise.all(servers.map((one) => one.close()))
      return {
        problem: `Port ${port} is in use. Choose another: npm start -- ${option} 0 (0: any free one).`,
      }
    }
    servers.push(server)
  }
  return { servers }
}
