// @ts-check
import { html, nothing } from './lit-html.js'
import { state } from './store.js'

/** Several answers at once: how each was found. */
export function burstView() {
  const { burst } = state
  if (!burst) {
    return nothing
  }
  return html`
    <ol class="burst" aria-label="The ten answers">
      ${burst.map(
        (/** @type {any} */ result) => html`<li>
          <strong>${result.status ?? 'none'}</strong><span>${cacheOf(result)}</span>
        </li>`,
      )}
    </ol>
  `
}

/** @param {any} result */
function cacheOf({ events = [] }) {
  const decided = events.findLast((/** @type {any} */ { channel }) => channel === 'decision')
  return decided?.event.cache ?? 'no token'
}
