// @ts-check
import { randomBytes } from 'node:crypto'
import { bookshopApi } from './api.js'
import { authorizationServer } from './authorization-server/authorization-server.js'
import { bookshop } from './bookshop.js'
import { listening } from './listening.js'
import { protection } from './protection.js'

/**
 * The whole example: a protected API, and the authorization server whose tokens it takes.
 *
 * @typedef {object} Example
 * @property {string} url - of the API, which is also its identifier
 * @property {string} issuer - of the authorization server, which is also its URL
 * @property {string} playground - origin of the page to play with
 * @property {import('./authorization-server/authorization-server.js').AuthorizationServer} authorizationServer
 * @property {() => Promise<void>} close - stops both, and leaves nothing behind
 */

/**
 * Starts both, or tells in one line which port is in use.
 *
 * @param {object} settings - ports: 0 takes a free one
 * @param {number} settings.port
 * @param {number} settings.asPort
 * @param {number} [settings.playgroundPort]
 * @param {number} [settings.introspectionMaxAgeSeconds] - how long answers about opaque tokens count
 * @returns {Promise<Example | { problem: string }>}
 */
export async function createExample({
  port,
  asPort,
  playgroundPort = 3002,
  introspectionMaxAgeSeconds,
}) {
  // Each has to know the other's URL, and with port 0 that is known only when it listens.
  const apiServer = await listening(port)
  if (!apiServer) {
    return { problem: inUse(port, '--port') }
  }
  const asServer = await listening(asPort)
  if (!asServer) {
    await apiServer.close()
    return { problem: inUse(asPort, '--as-port') }
  }
  const resource = apiServer.url
  const issuer = asServer.url
  // What the API proves itself with when it asks about opaque tokens. Nobody else needs it.
  const introspectionSecret = randomBytes(32).toString('base64url')

  // Nothing listens there yet.
  const playground = `http://127.0.0.1:${playgroundPort}`
  const as = authorizationServer({ issuer, resource, introspectionSecret, playground })
  asServer.answerWith(as.listener)
  const api = protection({
    issuer,
    resource,
    introspectionSecret,
    introspectionMaxAgeSeconds,
  })
  apiServer.answerWith(bookshopApi(api, bookshop()))
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
      // The API first: it may still need the authorization server for requests under way.
      closed ??= apiServer
        .close()
        .then(() => api.close())
        .then(() => asServer.close())
      await closed
    },
  }
}

/**
 * @param {number} port
 * @param {string} option
 */
function inUse(port, option) {
  return `Port ${port} is in use; choose another with ${option}.`
}
