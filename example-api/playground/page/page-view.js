// @ts-check
import { cacheView } from './cache-view.js'
import { clientPicker } from './client-picker.js'
import { decisionView } from './decision-view.js'
import { headerView } from './header-view.js'
import { html } from './lit-html.js'
import { requestView } from './request-view.js'
import { routeTableView } from './route-table-view.js'
import { state } from './store.js'
import { tokenView } from './token-view.js'

export function pageView() {
  return html`
    <a class="skip" href="#request">Skip to the request</a>
    ${headerView()}
    <main>
      <section class="panel token-panel" id="token" tabindex="-1" aria-labelledby="token-title">
        <h2 id="token-title"><span class="step" aria-hidden="true">1</span>Get a token</h2>
        ${state.choosing || !state.token ? clientPicker() : tokenView()}
      </section>
      <section class="panel request-panel" id="request" tabindex="-1" aria-labelledby="request-title">
        <h2 id="request-title"><span class="step" aria-hidden="true">2</span>Send a request</h2>
        ${requestView()} ${routeTableView()}
      </section>
      <section class="panel decision-panel" id="decision" tabindex="-1" aria-labelledby="decision-title">
        <h2 id="decision-title"><span class="step" aria-hidden="true">3</span>See the decision</h2>
        ${decisionView()}
      </section>
      <section class="panel cache-panel" aria-labelledby="cache-title">
        <h2 id="cache-title">What the library tells</h2>
        ${cacheView()}
      </section>
    </main>
  `
}
