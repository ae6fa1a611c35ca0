// @ts-check
import { browserClient } from '../../clients/browser.js'
import { cancelFlow, followFlow } from './flow.js'
import { fail, gotToken } from './login-outcome.js'
import { forget, remember, remembered } from './round-trip.js'
import { ask } from './server.js'
import { state, update } from './store.js'

/**
 * @typedef {{ kind: string, format: 'jwt' | 'opaque', scopes: string[] }} Choice
 */

/**
 * Begins to get a token for a choice. Browser and web clients leave the page for the authorization
 * server, and `resume` goes on when the person comes back.
 *
 * @param {Choice} choice
 * @param {boolean} [again] - ask the person again, whatever was said before
 */
export async function begin(choice, again = false) {
  await cancelFlow()
  update({ choice, login: { status: 'busy' }, choosing: true })
  const scope = choice.scopes.join(' ')
  try {
    if (choice.kind === 'browser') {
      const attempt = await clientOf(choice).begin({ scope, ...(again && { prompt: 'consent' }) })
      leave(attempt.url, { choice, attempt })
      return
    }
    const { id, ...show } = await ask('/flows', {
      kind: choice.kind,
      opaque: choice.format === 'opaque',
      scope,
      again,
    })
    if (choice.kind === 'web') {
      leave(show.url, { choice, flow: id })
      return
    }
    await followFlow(id, choice, show)
  } catch (error) {
    fail(error)
  }
}

/** Goes on where `begin` left the page, if it did. */
export async function resume() {
  const { href, search } = location
  const before = remembered()
  forget()
  if (search !== '') {
    // The code is of no use twice, and nobody should see it in the address or the history.
    history.replaceState(null, '', '/')
  }
  if (!before) {
    if (new URLSearchParams(search).has('state')) {
      update({ login: { status: 'failed', message: strayAnswer } })
    }
    return
  }
  const { choice, attempt, flow, request } = before
  update({ choice, request, login: { status: 'busy' } })
  try {
    if (flow) {
      await followFlow(flow, choice, {})
    } else if (search !== '') {
      gotToken(choice, await clientOf(choice).finish(attempt, href))
    } else {
      update({ login: { status: 'none' } })
    }
  } catch (error) {
    fail(error)
  }
}

/** @param {Choice} choice */
function clientOf({ kind, format }) {
  const { issuer, resource, kinds } = state.setup
  const { clients } = kinds.find((/** @type {any} */ one) => one.id === kind)
  const clientId = clients[format].id
  return browserClient({ issuer, resource, clientId, redirectUri: `${location.origin}/` })
}

/**
 * @param {string} url
 * @param {object} before - what is needed to go on when the person is back
 */
function leave(url, before) {
  if (new URL(url).origin !== state.setup.issuer) {
    throw new Error('That leads elsewhere than to the authorization server.')
  }
  remember({ ...before, request: state.request })
  location.assign(url)
}

const strayAnswer =
  'An answer of the authorization server came that this page did not ask for, so it was thrown away. Begin here.'
