// @ts-check
import { icon } from './icons.js'
import { html, nothing } from './lit-html.js'
import { state, update } from './store.js'
import { rotateKeys, switchOutage } from './token-actions.js'

/** What this is, and the authorization server: how it is, and what can be done to it. */
export function headerView() {
  return html`
    <header>
      <div class="brand">
        <img src="/playground/page/icon.svg" alt="" width="36" height="36" />
        <div>
          <h1>scopegate playground</h1>
          <p>See what becomes of each request, and why.</p>
        </div>
      </div>
      <div class="server" role="group" aria-label="Authorization server">
        <p class=${`server-state is-${stateName()}`} role="status">
          ${state.down === undefined || !state.connected ? nothing : icon(state.down ? 'down' : 'up')}
          <span>Authorization server <strong>${stateName()}</strong></span>
        </p>
        <button class="quiet" @click=${() => switchOutage(!state.down)} ?disabled=${!state.connected}>
          ${state.down ? 'Bring it up' : 'Take it down'}
        </button>
        <button class="quiet" @click=${rotateKeys} ?disabled=${!state.connected}>Rotate its keys</button>
      </div>
    </header>
    <div class="notice-area" role="status">
      ${
        state.notice === ''
          ? nothing
          : html`<p class="notice">
              <span>${state.notice}</span>
              <button class="link" @click=${() => update({ notice: '' })}>Dismiss</button>
            </p>`
      }
    </div>
  `
}

function stateName() {
  if (state.down === undefined || !state.connected) {
    return 'unknown'
  }
  return state.down ? 'down' : 'up'
}
