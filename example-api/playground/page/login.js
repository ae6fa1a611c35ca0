// @ts-check
import { newKeys } from '../../clients/dpop.js'
import { cancelFlow, followFlow } from './flow.js'
import { keepKeys, takeKeys } from './kept-keys.js'
import { fail, gotToken } from './login-outcome.js'
import { pageClient } from './page-client.js'
import { forget, remember, remembered } from './round-trip.js'
import { ask } from './server.js'
import { state, update } from './store.js'

/**
 * @typedef {{ kind: string, format: 'jwt' | 'opaque', scopes: string[] }} Choice
 *
 * @typedef {object} More - that is asked for besides scopes
 * @property {boolean} [again] - ask the person again, whatever was said before
 * @property {string} [acrValues]
 * @property {string} [maxAge]
 * @property {object[]} [authorizationDetails]
 */

/**
 * Begins to get a token for a choice. Browser and web clients leave the page for the authorization
 * server, and `resume` goes on when the person comes back.
 *
 * @param {Choice} choice
 * @param {More} [more]
 */
export async function begin(choice, { again = false, ...more } = {}) {
  await cancelFlow()
  update({ choice, login: { status: 'busy' }, choosing: true })
  const scope = choice.scopes.join(' ')
  try {
    if (isInPage(choice)) {
      const keys = choice.kind === 'dpop' ? await newKeys() : undefined
      const wanted = { scope, ...(again && { prompt: 'consent' }), ...more }
      const attempt = await pageClient(choice, keys).begin(wanted)
      if (keys) {
        await keepKeys(attempt.state, keys)
      }
      leave(attempt.url, { choice, attempt })
      return
    }
    const { id, ...show } = await ask('/flows', {
      kind: choice.kind,
      opaque: choice.format === 'opaque',
      scope,
      again,
      ...more,
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
      return
    }
    const keys = choice.kind === 'dpop' ? await takeKeys(attempt.state) : undefined
    if (search !== '') {
      const client = pageClient(choice, keys)
      gotToken(
        choice,
        await client.finish(attempt, href),
        'call' in client ? client.call : undefined,
      )
    } else {
      update({ login: { status: 'none' } })
    }
  } catch (error) {
    fail(error)
  }
}

/** @param {Choice} choice */
function isInPage({ kind }) {
  return kind === 'browser' || kind === 'dpop'
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
