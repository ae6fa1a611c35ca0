// @ts-check
import { html } from './html.js'
import { page } from './page.js'

/**
 * What went wrong, and a way out.
 *
 * @param {{ text: string, error?: string, playground: string }} shown - `error`: code of OAuth
 */
export function problemPage({ text, error, playground }) {
  return page(
    'This did not work',
    html`<p class="problem">${text} ${error && html`<code>${error}</code>`}</p>
<p><a href="${playground}/">Start again from the playground</a></p>`,
  )
}
