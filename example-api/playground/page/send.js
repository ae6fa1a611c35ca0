// @ts-check
import { eventsOf } from './events.js'
import { present } from './present.js'
import { readAnswer } from './read-answer.js'
import { state, update } from './store.js'

/**
 * Sends the chosen request, and shows what became of it.
 *
 * @param {number} [times] - at once
 * @param {import('./present.js').How} [how] - where the token is bound to a key
 */
export async function send(times = 1, how = 'proved') {
  update({ sending: true })
  const route = state.setup.routes[state.request.at]
  try {
    const results = await Promise.all(Array.from({ length: times }, () => one(route, how)))
    const result = results.at(-1)
    update({ result, burst: times > 1 ? results : undefined })
    if (how === 'proved' && result?.proof) {
      update({ lastProof: result.proof })
    }
  } finally {
    update({ sending: false })
  }
}

/** The token that goes along: routes that need nothing are not told who calls. */
export function tokenToSend() {
  const route = state.setup.routes[state.request.at]
  return route.needs === 'nothing' ? undefined : state.token?.inUse
}

/**
 * @param {import('../../routes/route-table.js').RouteEntry} route
 * @param {import('./present.js').How} how
 * @returns {Promise<any>}
 */
async function one(route, how) {
  const token = tokenToSend()
  const { path, body } = state.request
  const url = new URL(path, state.setup.resource)
  const sent = { route, path: url.pathname + url.search, token, variant: state.token?.variant }
  if (url.origin !== state.setup.resource) {
    return { ...sent, failed: 'The path leads away from the API.' }
  }
  const headers = /** @type {Record<string, string>} */ (
    route.body ? { 'content-type': 'application/json' } : {}
  )
  const request = { method: route.method, url, headers, body: route.body && body }
  const { attempts, fetch } = traced()
  const begun = performance.now()
  try {
    const response = await (token ? present(token, how, request, fetch) : fetch(url.href, request))
    const answer = await readAnswer(response)
    const ms = Math.round(performance.now() - begun)
    const { id, proof, observed } = /** @type {Attempt} */ (attempts.at(-1))
    const isRepeated = attempts.length > 1
    return { ...sent, id, proof, isRepeated, ...answer, ms, events: await observed }
  } catch {
    return { ...sent, failed: 'No answer came: is the example still running?' }
  }
}

/**
 * A `fetch` that names each request, so that its events are found.
 *
 * @typedef {{ id: string, proof: string | undefined, observed: ReturnType<typeof eventsOf> }} Attempt
 */
function traced() {
  /** @type {Attempt[]} */
  const attempts = []
  return {
    attempts,
    /**
     * From another origin, so the browser asks by a preflight first whether this may be sent.
     *
     * @param {string} url
     * @param {{ method: string, headers: Record<string, string>, body?: string | undefined }} request
     */
    fetch(url, { method, headers, body }) {
      const id = crypto.randomUUID()
      attempts.push({ id, proof: headers['dpop'], observed: eventsOf(id) })
      return globalThis.fetch(url, {
        method,
        headers: { ...headers, 'x-playground-request': id },
        ...(body && { body }),
        credentials: 'omit',
        cache: 'no-store',
        redirect: 'error',
      })
    },
  }
}
