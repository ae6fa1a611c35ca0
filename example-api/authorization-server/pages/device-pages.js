// @ts-check
import { html } from './html.js'
import { page } from './page.js'

/** @type {Record<string, string>} */
const problems = {
  NoCodeError: 'Enter a code.',
  NotFoundError: 'No device shows this code.',
  ExpiredError: 'This code has expired. Start again on the device.',
  AlreadyUsedError: 'This code has been used. Start again on the device.',
}

/**
 * @param {{ xsrf: string, code?: string, problem?: string | undefined }} shown - `problem`: name
 * of an error
 */
export function codePage({ xsrf, code = '', problem }) {
  const text = problem && (problems[problem] ?? 'This did not work. Enter the code once more.')
  return page(
    'Connect a device',
    html`<p>Enter the code that the device shows.</p>
${text && html`<p class="problem" role="alert" id="wrong">${text}</p>`}
<form method="post" action="/device">
<input type="hidden" name="xsrf" value="${xsrf}">
<label for="user_code">Code</label>
<input id="user_code" name="user_code" value="${code}" class="code" autocomplete="off"
 autocapitalize="characters" spellcheck="false" placeholder="ABCD-EFGH" required autofocus
 ${text && html`aria-invalid="true" aria-describedby="wrong"`}>
<button>Continue</button>
</form>`,
  )
}

/** @param {{ xsrf: string, client: string, code: string }} shown */
export function confirmPage({ xsrf, client, code }) {
  return page(
    'Is this your device?',
    html`<p><strong>${client}</strong> should show this code:</p>
<p class="code">${code}</p>
<p class="note">If somebody sent you the code, it is their device, not yours.</p>
<form method="post" action="/device">
<input type="hidden" name="xsrf" value="${xsrf}">
<input type="hidden" name="user_code" value="${code}">
<input type="hidden" name="confirm" value="yes">
<div class="answers">
<button autofocus>Yes</button>
<button name="abort" value="yes" class="second">No</button>
</div>
</form>`,
  )
}

/** @param {{ client: string }} shown */
export function connectedPage({ client }) {
  return page(
    'Connected',
    html`<p><strong>${client}</strong> goes on by itself now. You can close this page.</p>`,
  )
}

export function notConnectedPage() {
  return page(
    'Not connected',
    html`<p>The device got no access. You can close this page, or
<a href="/device">enter another code</a>.</p>`,
  )
}
