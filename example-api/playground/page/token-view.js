// @ts-check
import { claimsView } from './claims-view.js'
import { decodeToken } from './decode-token.js'
import { focusOn } from './focus.js'
import { html, nothing } from './lit-html.js'
import { state, update } from './store.js'
import { use, variants } from './token-actions.js'

/** The token in use: what can be read in it, and what can be done to it. */
export function tokenView() {
  const { token, setup } = state
  const { choice } = token
  const kind = setup.kinds.find((/** @type {any} */ one) => one.id === choice.kind)
  const shown = token.inUse ?? token.good
  const decoded = decodeToken(shown)
  return html`
    <div class="token">
      <p class="token-head">
        <strong>${decoded.kind === 'jwt' ? 'JWT' : 'Opaque token'}</strong>
        <button class="link" @click=${another}>Get another</button>
        <small class="token-client">${kind.name}, client <code>${kind.clients[choice.format].id}</code></small>
      </p>
      ${breakView()}
      <p class="variant-state" role="status">
        ${token.inUse ? 'Sent along:' : 'Nothing is sent along;'}
        ${token.inUse ? html`<strong>${whatOf(token.variant)}</strong>` : 'this is what was issued'}
      </p>
      ${decoded.kind === 'jwt' ? claimsView(decoded, token) : opaqueView()}
      <details>
        <summary>As it is sent</summary>
        <p class="raw">${shown}</p>
      </details>
      ${token.call ? html`<p class="hint">It is bound to a key of this tab, which can be used here and not be read: whoever steals the token cannot use it.</p>` : nothing}
      <p class="hint">It lives in the memory of this tab only: a reload forgets it.</p>
    </div>
  `
}

function another() {
  update({ choosing: true })
  focusOn('token')
}

function breakView() {
  return html`
    <h3 id="variants-title">Send it as it is, or break it</h3>
    <div class="variants" role="group" aria-labelledby="variants-title">
      ${variants.map(
        ({ variant, name, what }) => html`
          <button
            aria-pressed=${state.token.variant === variant ? 'true' : 'false'}
            title=${what}
            @click=${() => use(variant)}
          >
            ${name}
          </button>
        `,
      )}
    </div>
  `
}

function opaqueView() {
  const { scope, variant } = state.token
  return html`
    <div class="opaque">
      <p>
        Nothing can be read in it: it is a random name for something that only the authorization
        server knows. The API has to ask there (introspection, RFC 7662).
      </p>
      ${scope && variant === 'good' ? html`<p>Granted were <code>${scope}</code></p>` : nothing}
    </div>
  `
}

/** @param {string} variant */
function whatOf(variant) {
  return variants.find((one) => one.variant === variant)?.what
}
