// @ts-check
import { people } from '../people.js'
import { html } from './html.js'
import { page } from './page.js'

/**
 * @param {object} shown
 * @param {string} shown.uid
 * @param {string} shown.client
 * @param {boolean} shown.code - whether a password is not enough
 * @param {string} [shown.name] - who this is, as far as is known
 * @param {boolean} [shown.wrong] - what was entered before
 */
export function loginPage({ uid, client, code, name = '', wrong = false }) {
  return page(
    'Log in',
    html`<p><strong>${client}</strong> wants to act for you. First say who you are: it never sees
your password.</p>
${code && html`<p>What it wants to do needs a stronger login: a code besides the password.</p>`}
${wrong && html`<p class="problem" role="alert" id="wrong">No person has this ${code ? 'name, password and code' : 'name and password'}.</p>`}
<form method="post" action="/interaction/${uid}/login">
<label for="name">Name</label>
<input id="name" name="name" value="${name}" autocomplete="username" autocapitalize="none"
 spellcheck="false" required ${wrong && html`aria-invalid="true" aria-describedby="wrong"`}
 ${!wrong && html`autofocus`}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required
 ${wrong && html`aria-invalid="true" aria-describedby="wrong" autofocus`}>
${
  code &&
  html`<label for="otp">Code that your telephone shows</label>
<input id="otp" name="otp" autocomplete="one-time-code" inputmode="numeric" required
 ${wrong && html`aria-invalid="true" aria-describedby="wrong"`}>`
}
<button>Log in</button>
</form>
<aside>
<h2>People of this example</h2>
<dl>${people.map(
      ({ id, name, password, code: onPhone, what }) => html`
<dt>${name}, ${what}</dt><dd><code class="known">${id}</code> <code class="known">${password}</code>${code && html` <code class="known">${onPhone}</code>`}</dd>`,
    )}
</dl>
</aside>`,
  )
}
