// @ts-check
import { fail, gotToken } from './login-outcome.js'
import { ask } from './server.js'
import { update } from './store.js'

/**
 * The flow under way in the playground's server, whose client is not in this page.
 *
 * @type {string | undefined}
 */
let current

/**
 * Waits until the flow ends, and takes its token.
 *
 * @param {string} id
 * @param {import('./login.js').Choice} choice
 * @param {Record<string, string>} show - what the person needs to go on
 */
export async function followFlow(id, choice, show) {
  current = id
  if (choice.kind === 'native' || choice.kind === 'device') {
    update({ login: { status: 'waiting', show } })
  }
  while (current === id) {
    // A web application's server has its answer before the person is back.
    const flow = await ask(`/flows/${id}${choice.kind === 'web' ? '?wait=no' : ''}`)
    if (current !== id) {
      return
    }
    if (flow.status === 'done') {
      current = undefined
      gotToken(choice, flow.tokens)
    } else if (flow.status === 'failed') {
      current = undefined
      fail({ error: flow.error, error_description: flow.description })
    } else if (choice.kind === 'web') {
      await cancelFlow()
      fail({ error: 'unfinished' })
    }
  }
}

/** Gives up what is under way, if anything is. */
export async function cancelFlow() {
  const id = current
  current = undefined
  if (id) {
    update({ login: { status: 'none' } })
    await fetch(`/flows/${id}`, { method: 'DELETE' })
  }
}
