// @ts-check
import { focusOn } from './focus.js'
import { state, update } from './store.js'

/**
 * @param {import('./login.js').Choice} choice
 * @param {{ access_token: string, scope?: string }} tokens
 * @param {ReturnType<typeof import('../../clients/dpop.js').dpopClient>['call']} [call] - sends it with
 * proofs of the key that it is bound to
 */
export function gotToken(choice, { access_token, scope }, call) {
  const token = { good: access_token, inUse: access_token, variant: 'good', choice, scope, call }
  // What was decided on another token says nothing about this one.
  update({ token, choosing: false, login: { status: 'none' } })
  update({ result: undefined, burst: undefined, lastProof: undefined })
  focusOn('token')
}

/** @param {any} error - of the authorization server, or of the way there */
export function fail(error) {
  const told = failures[error?.error]
  const message = told ?? error?.error_description ?? unanswered(error)
  update({ login: { status: 'failed', message }, choosing: true })
}

/** @type {Readonly<Record<string, string>>} */
const failures = {
  access_denied: 'Access was denied: the client gets no token. Begin again to decide otherwise.',
  invalid_scope:
    'This client is not registered for all of these scopes. Choose fewer, or another client.',
  expired_token: 'The code expired before it was entered. Begin again.',
  unreachable:
    'The authorization server does not answer. Nobody can log in before it is up again; tokens that were issued stay good.',
  gone: 'That was finished or given up already. Begin again.',
  unfinished: 'The login was not finished. Begin again.',
}

/** @param {any} error */
function unanswered(error) {
  // What fetch throws when no answer came.
  return error instanceof TypeError || state.down ? failures['unreachable'] : error?.message
}
