// @ts-check
import { html } from './html.js'
import { page } from './page.js'

/** @param {{ playground: string }} shown */
export function homePage({ playground }) {
  return page(
    'Nothing to do here',
    html`<p>This is where people log in and say what a client may do for them. Clients send them
here when the time comes.</p>
<ul>
<li><a href="${playground}/">Begin at the playground</a></li>
<li><a href="/device">Connect a device</a></li>
<li><a href="/.well-known/oauth-authorization-server">What clients read about this server</a></li>
</ul>`,
  )
}
