// @ts-check
import { cancelFlow } from './flow.js'
import { html, nothing } from './lit-html.js'
import { state } from './store.js'

/** How the login stands, and what the person has to do elsewhere. */
export function loginState() {
  const { status, message, show } = state.login
  return html`
    <div class="login-state" role="status">
      ${status === 'failed' ? html`<p class="problem">${message}</p>` : nothing}
      ${status === 'busy' ? html`<p>On the way to the authorization server…</p>` : nothing}
      ${status === 'waiting' && show ? html`<div class="waiting">${waiting(show)}</div>` : nothing}
    </div>
  `
}

/** @param {Record<string, string>} show */
function waiting({ url, userCode, verificationUri, verificationUriComplete }) {
  return html`
    ${
      userCode
        ? html`<p>On another device, open <code>${verificationUri}</code> and enter</p>
            <p class="user-code">${userCode}</p>
            <p>${elsewhere(verificationUriComplete, 'Enter it in a new tab')}</p>`
        : html`<p>The app listens on this machine. It would open the browser now:</p>
            <p>${elsewhere(url, 'Log in in a new tab')}</p>`
    }
    <p class="pending">
      <span>Waiting for you there…</span>
      <button type="button" class="link" @click=${cancelFlow}>Give up</button>
    </p>
  `
}

/**
 * @param {string | undefined} url
 * @param {string} text
 */
function elsewhere(url = '', text) {
  // Whatever the server says, a link leads to the authorization server only.
  const ours = new URL(url).origin === state.setup.issuer
  return ours
    ? html`<a class="button" href=${url} target="_blank" rel="noopener">${text}</a>`
    : nothing
}
