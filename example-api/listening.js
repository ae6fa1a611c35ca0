// @ts-check
import { createServer } from 'node:http'

const host = '127.0.0.1'
const graceMs = 1000

/**
 * @typedef {object} Listening
 * @property {string} url
 * @property {(listener: import('node:http').RequestListener) => void} answerWith
 * @property {() => Promise<void>} close - no new requests; those under way get a second to end
 */

/**
 * A server that listens on the port (0: a free one) of this machine only, or `undefined` when the
 * port is in use.
 *
 * @param {number} port
 * @returns {Promise<Listening | undefined>}
 */
export async function listening(port) {
  const server = createServer()
  try {
    await /** @type {Promise<void>} */ (
      new Promise((resolve, reject) => {
        server.once('error', reject).listen(port, host, resolve)
      })
    )
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EADDRINUSE') {
      return undefined
    }
    throw error
  }
  const { port: bound } = /** @type {import('node:net').AddressInfo} */ (server.address())
  return {
    url: `http://${host}:${bound}`,
    answerWith(listener) {
      server.on('request', listener)
    },
    close: () =>
      new Promise((resolve) => {
        const patience = setTimeout(() => server.closeAllConnections(), graceMs)
        server.close(() => {
          clearTimeout(patience)
          resolve()
        })
      }),
  }
}
