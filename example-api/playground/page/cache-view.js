// @ts-check
import { describeEvent } from './describe-event.js'
import { html, nothing } from './lit-html.js'
import { state } from './store.js'

const counters = /** @type {const} */ ([
  ['hit', 'Hits', 'answered from memory'],
  ['miss', 'Misses', 'not in memory; a JWT is kept from its second time on'],
  ['coalesced', 'Coalesced', 'misses that shared a verification: send ten opaque ones at once'],
  ['negative_hit', 'Known refusals', 'refused from memory'],
])

/** What the cache did, and the latest events of the library's channels. */
export function cacheView() {
  return html`
    <div class="counters">
      ${counters.map(
        ([name, title, what]) => html`
          <p data-counter=${name}>
            <strong>${state.outcomes[name] ?? 0}</strong>
            <span>${title}</span>
            <small>${what}</small>
          </p>
        `,
      )}
    </div>
    <div class="log" tabindex="0" role="region" aria-label="Latest events">
      ${
        state.log.length === 0
          ? html`<p>Nothing has happened yet.</p>`
          : html`<ol>
              ${state.log.map(entry)}
            </ol>`
      }
    </div>
  `
}

/** @param {import('../observer.js').Observed} observed */
function entry(observed) {
  const described = describeEvent(observed)
  if (!described) {
    return nothing
  }
  return html`
    <li>
      <time>${new Date(observed.at).toLocaleTimeString()}</time>
      <span class=${`mark is-${described.mark}`}>${described.mark}</span>
      <span>${described.text}</span>
    </li>
  `
}
