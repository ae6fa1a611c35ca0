// @ts-check
import { people } from '../people.js'
import { html } from './html.js'
import { page } from './page.js'

/**
 * @param {{ uid: string, client: string, name?: string, wrong?: boolean }} shown - `wrong`: what was
 * entered before
 */
export function loginPage({ uid, client, name = '', wrong = false }) {
  return page(
    'Log in',
    html`<p><strong>${client}</strong> wants to act for you. First say who you are: it never sees
your password.</p>
${wrong && html`<p class="problem" role="alert" id="wrong">No person has this name and password.</p>`}
<form method="post" action="/interaction/${uid}/login">
<label for="name">Name</label>
<input id="name" name="name" value="${name}" autocomplete="username" autocapitalize="none"
 spellcheck="false" required ${wrong && html`aria-invalid="true" aria-describedby="wrong"`}
 ${!wrong && html`autofocus`}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required
 ${wrong && html`aria-invalid="true" aria-describedby="wrong" autofocus`}>
<button>Log in</button>
</form>
<aside>
<h2>People of this example</h2>
<dl>${people.map(
      ({ id, name, password, what }) => html`
<dt>${name}, ${what}</dt><dd><code class="known">${id}</code> <code class="known">${password}</code></dd>`,
    )}
</dl>
</aside>`,
  )
}
