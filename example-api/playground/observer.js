// @ts-check
import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'

const channels = ['decision', 'cache', 'keys', 'introspection']
const remembered = 60
const requestId = /^[\w-]{1,64}$/

/**
 * What happened to a request, as the library's diagnostics channels tell it. They never carry a
 * token, only its fingerprint.
 *
 * @typedef {object} Observed
 * @property {number} id - rises by one
 * @property {number} at - milliseconds since the epoch
 * @property {string} channel - of the library, or `answer`: the API answered
 * @property {string} [request] - the name that the page gave to its request
 * @property {Record<string, unknown>} event
 */

/**
 * Listens to the channels of one resource server, and knows which request an event belongs to:
 * they are published in its asynchronous context.
 *
 * @param {string} resource
 */
export function observer(resource) {
  /** @type {AsyncLocalStorage<string>} */
  const requests = new AsyncLocalStorage()
  /** @type {Set<(observed: Observed) => void>} */
  const listeners = new Set()
  /** @type {Observed[]} */
  const latest = []
  /** @type {Record<string, number>} */
  const outcomes = { hit: 0, negative_hit: 0, miss: 0, coalesced: 0, dropped: 0 }
  // Higher than those of an earlier process, which a page that comes back may have seen.
  let id = Date.now()

  /**
   * @param {unknown} message
   * @param {string | symbol} channel
   */
  function onMessage(message, channel) {
    const event = /** @type {Record<string, unknown>} */ (message)
    // The channels are the process's, which may have other resource servers.
    if (event['resource'] === resource) {
      tell(String(channel).replace('scopegate:', ''), event, requests.getStore())
    }
  }

  /**
   * @param {string} channel
   * @param {Record<string, unknown>} event
   * @param {string | undefined} request
   */
  function tell(channel, event, request) {
    if (channel === 'cache') {
      const outcome = String(event['outcome'])
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    }
    const observed = { id: ++id, at: Date.now(), channel, ...(request && { request }), event }
    latest.push(observed)
    if (latest.length > remembered) {
      latest.shift()
    }
    for (const listener of listeners) {
      listener(observed)
    }
  }

  for (const channel of channels) {
    subscribe(`scopegate:${channel}`, onMessage)
  }

  return {
    latest,
    outcomes,
    /**
     * Middleware for the API: what follows belongs to the request that the page named.
     *
     * @param {import('express').Request} req
     * @param {import('express').Response} res
     * @param {import('express').NextFunction} next
     */
    middleware(req, res, next) {
      const request = req.get('x-playground-request')
      if (!request || !requestId.test(request)) {
        next()
        return
      }
      res.once('close', () => tell('answer', { status: res.statusCode }, request))
      requests.run(request, next)
    },
    /**
     * @param {(observed: Observed) => void} listener
     * @returns {() => void} - stops it
     */
    onEvent(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      for (const channel of channels) {
        unsubscribe(`scopegate:${channel}`, onMessage)
      }
      listeners.clear()
    },
  }
}

/** @typedef {ReturnType<typeof observer>} Observer */
