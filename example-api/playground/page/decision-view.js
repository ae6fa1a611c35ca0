// @ts-check
import { adviceFor } from './advice.js'
import { answerView } from './answer-view.js'
import { burstView } from './burst-view.js'
import { outcomeOf } from './decision.js'
import { decisionPicture } from './decision-picture.js'
import { icon } from './icons.js'
import { html, nothing } from './lit-html.js'
import { proofView } from './proof-view.js'
import { state } from './store.js'
import { wayOn } from './way-on.js'

const verdicts = {
  accepted: ['passed', 'Accepted'],
  open: ['passed', 'Not asked'],
  refused: ['refused', 'Refused'],
  unavailable: ['unavailable', 'Unavailable'],
  unknown: ['unknown', 'Answered'],
}

/** What became of the last request: how far it came, why, and what to do about it. */
export function decisionView() {
  const { result } = state
  if (!result) {
    return html`<div class="decision" aria-live="polite">${decisionPicture()}</div>`
  }
  if (result.failed) {
    return html`<div class="decision" aria-live="polite"><p class="problem">${result.failed}</p></div>`
  }
  const decision = lastDecision(result)
  const outcome = outcomeOf({
    decision,
    observed: result.events !== undefined,
    status: result.status,
  })
  return html`
    <div class="decision" aria-live="polite" data-request=${result.id}>
      ${headline(result, outcome, decision)} ${burstView()}
      ${decisionPicture({ result, outcome, decision })} ${advice(result, decision)}
    </div>
    ${proofView(result)} ${answerView(result)}
  `
}

/**
 * @param {any} result
 * @param {ReturnType<typeof outcomeOf>} outcome
 * @param {import('./decision.js').Decision} [decision]
 */
function headline(result, { verdict, handler }, decision) {
  const declined = handler === 'refused' && verdict !== 'unknown'
  const no = verdict === 'open' ? 'Declined' : 'Accepted, but declined'
  const [mark, word] = declined ? ['refused', no] : verdicts[verdict]
  return html`
    <div class=${`headline is-${mark}`}>
      <p class="status"><strong>${result.status}</strong>${icon(/** @type {any} */ (mark))}<span>${word}</span></p>
      <p>
        <code>${result.route.method} ${result.path}</code>
        ${decision?.reason ? html`<code class="reason">${decision.reason}</code>` : nothing}
      </p>
    </div>
  `
}

/**
 * @param {any} result
 * @param {import('./decision.js').Decision} [decision]
 */
function advice(result, decision) {
  const text = adviceFor({ reason: decision?.reason, status: result.status })
  if (!text) {
    return nothing
  }
  const way = wayOn(result, decision?.reason)
  return html`
    <div class="advice">
      ${icon('advice')}
      <div>
        <h3>What to do about it</h3>
        <p>${text}</p>
        ${way && 'go' in way ? html`<button class="primary" @click=${way.go}>${way.label}</button>` : nothing}
        ${way && 'hint' in way ? html`<p>${way.hint}</p>` : nothing}
      </div>
    </div>
  `
}

/**
 * A request may be decided upon more than once; the last decision is the one that counts.
 *
 * @param {any} result
 * @returns {import('./decision.js').Decision | undefined}
 */
function lastDecision({ events = [] }) {
  return events.findLast((/** @type {any} */ { channel }) => channel === 'decision')?.event
}
