// @ts-check
import { focusOn } from './focus.js'
import { icon } from './icons.js'
import { html, nothing } from './lit-html.js'
import { begin } from './login.js'
import { loginState } from './login-view.js'
import { state, update } from './store.js'

/** What kind of client asks, for what kind of token, and for which scopes. */
export function clientPicker() {
  const { choice, setup, login, token } = state
  return html`
    <form class="picker" @submit=${submit}>
      ${loginState()}
      <fieldset>
        <legend>The client</legend>
        ${setup.kinds.map(
          (/** @type {any} */ kind) => html`
            <label class="card">
              <input
                type="radio"
                name="kind"
                .checked=${kind.id === choice.kind}
                @change=${() => change({ kind: kind.id })}
              />
              ${icon(kind.id)}
              <span><strong>${kind.name}</strong><small>${kind.what}</small></span>
            </label>
          `,
        )}
      </fieldset>
      <fieldset class="formats">
        <legend>Its tokens</legend>
        <div class="segments">${format('jwt', 'JWT')} ${format('opaque', 'Opaque')}</div>
        <small>
          ${
            choice.format === 'jwt'
              ? 'The API verifies them by itself.'
              : 'The API asks the authorization server about them.'
          }
        </small>
      </fieldset>
      <fieldset class="scopes">
        <legend>Scopes to ask for</legend>
        ${setup.scopes.map(scopeChoice)}
        ${nothingToAsk() ? html`<small>Tick at least one: otherwise there is nothing to ask the person for.</small>` : nothing}
      </fieldset>
      <div class="actions">
        <button class="primary" ?disabled=${login.status === 'busy' || nothingToAsk()}>
          ${verb(choice.kind)}
        </button>
        ${
          token
            ? html`<button type="button" class="quiet" @click=${keep}>
                Keep the token
              </button>`
            : nothing
        }
      </div>
    </form>
  `
}

/**
 * @param {'jwt' | 'opaque'} value
 * @param {string} name
 */
function format(value, name) {
  return html`
    <label>
      <input
        type="radio"
        name="format"
        .checked=${state.choice.format === value}
        @change=${() => change({ format: value })}
      />
      <span>${name}</span>
    </label>
  `
}

/** @param {{ name: string, sentence: string }} scope */
function scopeChoice({ name, sentence }) {
  const { scopes } = state.choice
  const may = allowed().includes(name)
  return html`
    <label class=${may ? 'scope' : 'scope is-off'} title=${sentence}>
      <input
        type="checkbox"
        name="scope"
        value=${name}
        .checked=${may && scopes.includes(name)}
        ?disabled=${!may}
        @change=${(/** @type {any} */ { target }) =>
          change({
            scopes: target.checked
              ? [...scopes, name]
              : scopes.filter((/** @type {string} */ one) => one !== name),
          })}
      />
      <code>${name}</code>
    </label>
  `
}

/** @param {object} changes */
function change(changes) {
  update({ choice: { ...state.choice, ...changes } })
}

/** What the chosen client is registered for. */
function allowed() {
  const { kind, format } = state.choice
  const { clients } = state.setup.kinds.find((/** @type {any} */ one) => one.id === kind)
  return clients[format].scopes
}

/** What is chosen and may be asked for. */
function wanted() {
  const may = allowed()
  return state.choice.scopes.filter((/** @type {string} */ scope) => may.includes(scope))
}

/** A machine gets a token all the same: it asks nobody. */
function nothingToAsk() {
  return state.choice.kind !== 'machine' && wanted().length === 0
}

function keep() {
  update({ choosing: false })
  focusOn('token')
}

/** @param {string} kind */
function verb(kind) {
  if (kind === 'machine') {
    return 'Get a token'
  }
  return kind === 'device' ? 'Get a code' : 'Log in and consent'
}

/** @param {SubmitEvent} event */
function submit(event) {
  event.preventDefault()
  void begin({ ...state.choice, scopes: wanted() })
}
