// @ts-check
import { askForScope, mayAskFor, scopesWith } from './incremental-consent.js'
import { html } from './lit-html.js'
import { begin } from './login.js'
import { state } from './store.js'

const purchase = /^\/books\/(\d{13})\/purchases$/

/**
 * What the client can ask for to get further than a refusal: a button, or why there is none.
 *
 * @typedef {{ label: unknown, go: () => unknown } | { hint: string }} WayOn
 *
 * @param {any} result
 * @param {string | undefined} reason
 * @returns {WayOn | undefined}
 */
export function wayOn(result, reason) {
  if (!state.token) {
    return undefined
  }
  const { kind } = state.token.choice
  if (result.error === 'insufficient_scope' && result.scope) {
    return mayAskFor(result.scope)
      ? {
          label: html`Ask for <code>${result.scope}</code>`,
          go: () => askForScope(result.scope),
        }
      : { hint: 'This client is not registered for that scope: use another.' }
  }
  if (result.error === 'insufficient_user_authentication') {
    return kind === 'machine' || kind === 'device'
      ? { hint: 'Nobody logs in here with this client: use another.' }
      : { label: 'Log in more strongly', go: () => logInMoreStrongly(result) }
  }
  const [, identifier] = purchase.exec(result.path) ?? []
  if (reason === 'missing_authorization_details' && identifier) {
    return kind === 'device'
      ? { hint: 'This client is not registered for authorization details: use another.' }
      : { label: 'Ask to buy this book', go: () => askToBuy(identifier) }
  }
  return undefined
}

/**
 * RFC 9470 section 4: asks for the login that the challenge names, and for the same scopes.
 *
 * @param {{ acrValues?: string, maxAge?: string, scope?: string }} told
 */
function logInMoreStrongly({ acrValues, maxAge, scope }) {
  return begin(
    { ...state.token.choice, scopes: scopesWith(scope) },
    { ...(acrValues && { acrValues }), ...(maxAge && { maxAge }) },
  )
}

/** @param {string} identifier - of the book */
function askToBuy(identifier) {
  const authorizationDetails = [{ type: 'purchase', actions: ['buy'], identifier }]
  return begin({ ...state.token.choice, scopes: scopesWith() }, { authorizationDetails })
}
