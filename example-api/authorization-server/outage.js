// @ts-check

/**
 * A listener that can be taken down: then every connection is reset, those that wait included.
 *
 * @param {import('node:http').RequestListener} listener
 */
export function outage(listener) {
  /** @type {Set<import('node:net').Socket>} */
  const connections = new Set()
  let isDown = false

  return {
    get isDown() {
      return isDown
    },
    down() {
      isDown = true
      for (const connection of connections) {
        connection.resetAndDestroy()
      }
    },
    up() {
      isDown = false
    },
    /** @type {import('node:http').RequestListener} */
    listener(req, res) {
      const { socket } = req
      if (isDown) {
        socket.resetAndDestroy()
        return
      }
      if (!connections.has(socket)) {
        connections.add(socket)
        socket.once('close', () => connections.delete(socket))
      }
      listener(req, res)
    },
  }
}
