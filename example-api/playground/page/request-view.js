// @ts-check
import { html, nothing } from './lit-html.js'
import { send, tokenToSend } from './send.js'
import { state, update } from './store.js'

/** The request as it will be sent, to be changed before it is. */
export function requestView() {
  const { request, setup, sending } = state
  const route = setup.routes[request.at]
  return html`
    <form class="request" @submit=${submit}>
      <div class="line">
        <span class=${`method is-${route.method.toLowerCase()}`}>${route.method}</span>
        <input
          id="path"
          aria-label="Path"
          spellcheck="false"
          autocomplete="off"
          required
          pattern="/.*"
          title="A path that begins with a slash"
          .value=${request.path}
          @input=${(/** @type {any} */ { target }) => change({ path: target.value })}
        />
      </div>
      <p class="along">${along(route)}</p>
      ${
        route.body
          ? html`<label class="body-label" for="body">Body (JSON)</label>
              <textarea
                id="body"
                rows=${request.body.split('\n').length}
                spellcheck="false"
                .value=${request.body}
                @input=${(/** @type {any} */ { target }) => change({ body: target.value })}
              ></textarea>`
          : nothing
      }
      <div class="actions">
        <button class="primary" ?disabled=${sending}>Send</button>
        <button type="button" class="quiet" ?disabled=${sending} @click=${() => sendAndShow(10)}>
          Send ten at once
        </button>
      </div>
      ${tokenToSend() && state.token.call ? thiefActions(sending) : nothing}
    </form>
  `
}

/**
 * What somebody could try who has the token, and not its key.
 *
 * @param {boolean} sending
 */
function thiefActions(sending) {
  /** @type {[name: string, how: import('./present.js').How, off: boolean][]} */
  const actions = [
    ['Send without proof', 'no-proof', false],
    ['Replay the last proof', 'replay', state.lastProof === undefined],
    ['Use a foreign key', 'foreign-key', false],
  ]
  return html`
    <div class="actions" role="group" aria-label="As a thief of the token would">
      ${actions.map(
        ([name, how, off]) => html`
          <button
            type="button"
            class="quiet"
            ?disabled=${sending || off}
            @click=${() => sendAndShow(1, how)}
          >
            ${name}
          </button>
        `,
      )}
    </div>
  `
}

/** @param {import('../../routes/route-table.js').RouteEntry} route */
function along(route) {
  if (tokenToSend()) {
    return state.token.call
      ? html`<code>Authorization: DPoP</code>, the token of step 1, and a proof`
      : html`<code>Authorization: Bearer</code> and the token of step 1`
  }
  if (route.needs === 'nothing') {
    return 'Without a token: this needs none'
  }
  return state.token ? 'Without a token, as chosen in step 1' : 'Without a token: there is none yet'
}

/** @param {object} changes */
function change(changes) {
  update({ request: { ...state.request, ...changes } })
}

/** @param {SubmitEvent} event */
function submit(event) {
  event.preventDefault()
  void sendAndShow(1)
}

/**
 * @param {number} times
 * @param {import('./present.js').How} [how]
 */
async function sendAndShow(times, how) {
  await send(times, how)
  // On a phone the decision is further down.
  const decision = document.getElementById('decision')
  if (decision && decision.getBoundingClientRect().top > innerHeight / 2) {
    decision.scrollIntoView({ behavior: calm() ? 'auto' : 'smooth' })
  }
}

function calm() {
  return matchMedia('(prefers-reduced-motion: reduce)').matches
}
