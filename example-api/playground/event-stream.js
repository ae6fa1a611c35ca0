// @ts-check
import { Problem } from '../problems.js'

/** Who does not read is let go: pages come back by themselves, and say what they have seen. */
const mostUnreadBytes = 1_000_000
const mostStreams = 50

/**
 * Server-sent events: first the state and the latest of what was observed, then what comes.
 *
 * @param {import('./observer.js').Observer} observer
 * @param {() => object} state - of the authorization server
 */
export function eventStream(observer, state) {
  /** @type {Set<import('express').Response>} */
  const open = new Set()

  observer.onEvent((observed) => tellAll(sent('observed', observed, observed.id)))

  /** @param {string} text */
  function tellAll(text) {
    for (const res of open) {
      if (res.writableLength > mostUnreadBytes) {
        open.delete(res)
        res.destroy()
      } else {
        res.write(text)
      }
    }
  }

  return {
    /**
     * @param {import('express').Request} req
     * @param {import('express').Response} res
     */
    handler(req, res) {
      if (open.size >= mostStreams) {
        throw new Problem(503, 'Too many pages listen already.')
      }
      res.set({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      res.write(sent('state', state()))
      // Who comes back after a break has seen a part of them already.
      const seen = Number(req.get('last-event-id') ?? 0)
      res.write(sent('outcomes', observer.outcomes))
      for (const observed of observer.latest) {
        if (!(observed.id <= seen)) {
          res.write(sent('earlier', observed, observed.id))
        }
      }
      open.add(res)
      res.once('close', () => open.delete(res))
    },
    /** Tells every page what the state is now. */
    tellState() {
      tellAll(sent('state', state()))
    },
    close() {
      for (const res of open) {
        res.end()
      }
      open.clear()
    },
  }
}

/**
 * @param {string} event
 * @param {object} data
 * @param {number} [id]
 */
function sent(event, data, id) {
  const named = id === undefined ? '' : `id: ${id}\n`
  return `${named}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
