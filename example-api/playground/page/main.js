// @ts-check
import { followEvents } from './events.js'
import { render } from './lit-html.js'
import { resume } from './login.js'
import { pageView } from './page-view.js'
import { choose } from './request-actions.js'
import { ask } from './server.js'
import { onChange, state, update } from './store.js'

const root = /** @type {HTMLElement} */ (document.getElementById('page'))

// Who goes back from the authorization server may find the page as it was left.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted && state.login.status === 'busy') {
    update({ login: { status: 'none' } })
  }
})

try {
  update({ setup: await ask('/setup.json') })
  choose(state.setup.routes.findIndex((/** @type {any} */ one) => one.route === '/books/{isbn}'))
  root.replaceChildren()
  onChange(() => render(pageView(), root))
  followEvents()
  await resume()
} catch (error) {
  root.textContent = `The playground cannot start: ${/** @type {Error} */ (error).message}`
}
