// @ts-check
import { html } from './lit-html.js'
import { choose } from './request-actions.js'
import { state } from './store.js'

/** Every route with what it requires, to choose one. */
export function routeTableView() {
  return html`
    <table class="routes">
      <caption>
        All routes
      </caption>
      <thead>
        <tr>
          <th scope="col">Route</th>
          <th scope="col">Requires</th>
        </tr>
      </thead>
      <tbody>
        ${state.setup.routes.map(row)}
      </tbody>
    </table>
  `
}

/**
 * @param {import('../../routes/route-table.js').RouteEntry} entry
 * @param {number} at
 */
function row({ method, route, what, requires }, at) {
  const isChosen = state.request.at === at
  return html`
    <tr class=${isChosen ? 'is-chosen' : ''} @click=${() => choose(at)}>
      <th scope="row">
        <label title=${what}>
          <input
            type="radio"
            name="route"
            .checked=${isChosen}
            @change=${() => choose(at)}
          />
          <span class=${`method is-${method.toLowerCase()}`}>${method}</span>
          <code>${breakable(route)}</code>
        </label>
      </th>
      <td>${requires}</td>
    </tr>
  `
}

/**
 * A path that may be broken before its slashes only.
 *
 * @param {string} path
 */
function breakable(path) {
  return path.split(/(?=\/)/).map((part) => html`<wbr />${part}`)
}
