// @ts-check
import { eventsOf } from './events.js'
import { bearerParameter, parseChallenges } from './parse-challenge.js'
import { state, update } from './store.js'

/**
 * Sends the chosen request, and shows what became of it.
 *
 * @param {number} [times] - at once
 */
export async function send(times = 1) {
  update({ sending: true })
  const route = state.setup.routes[state.request.at]
  try {
    const results = await Promise.all(Array.from({ length: times }, () => one(route)))
    update({ result: results.at(-1), burst: times > 1 ? results : undefined })
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
 */
async function one(route) {
  const id = crypto.randomUUID()
  const token = tokenToSend()
  const { path, body } = state.request
  const url = new URL(path, state.setup.resource)
  const sent = { id, route, path: url.pathname + url.search, token, variant: state.token?.variant }
  if (url.origin !== state.setup.resource) {
    return { ...sent, failed: 'The path leads away from the API.' }
  }
  const observed = eventsOf(id)
  const begun = performance.now()
  try {
    // From another origin, so the browser asks by a preflight first whether this may be sent.
    const response = await fetch(url, {
      method: route.method,
      headers: {
        'x-playground-request': id,
        ...(token && { authorization: `Bearer ${token}` }),
        ...(route.body && { 'content-type': 'application/json' }),
      },
      ...(route.body && { body }),
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
    })
    const answer = await read(response)
    const ms = Math.round(performance.now() - begun)
    return { ...sent, ...answer, ms, events: await observed }
  } catch {
    return { ...sent, failed: 'No answer came: is the example still running?' }
  }
}

/** @param {Response} response */
async function read(response) {
  const challenges = parseChallenges(response.headers.get('www-authenticate') ?? '')
  const body = await response.text()
  return {
    status: response.status,
    challenges,
    error: bearerParameter(challenges, 'error'),
    scope: bearerParameter(challenges, 'scope'),
    retryAfter: response.headers.get('retry-after') ?? undefined,
    type: response.headers.get('content-type') ?? undefined,
    body: pretty(body),
    detail: detailOf(body),
  }
}

/** @param {string} body */
function pretty(body) {
  try {
    return JSON.stringify(JSON.parse(body), undefined, 2)
  } catch {
    return body
  }
}

/** @param {string} body */
function detailOf(body) {
  try {
    return /** @type {string | undefined} */ (JSON.parse(body).detail)
  } catch {
    return undefined
  }
}
