// @ts-check

import { stages } from './decision.js'
import { decodeToken } from './decode-token.js'
import { icon } from './icons.js'
import { html } from './lit-html.js'
import { noteOf } from './stage-notes.js'
import { state } from './store.js'

/** @type {Record<import('./decision.js').State, string>} */
const words = {
  passed: 'passed',
  refused: 'refused',
  unavailable: 'unavailable',
  skipped: 'not asked',
  unreached: 'not reached',
  unknown: 'not known',
}

/**
 * The five stages and the handler, lit up to the place where the request ended.
 *
 * @param {{ result: any, outcome: ReturnType<typeof import('./decision.js').outcomeOf>,
 *   decision: import('./decision.js').Decision | undefined }} [shown] - none before the first request
 */
export function decisionPicture(shown) {
  return html`
    <ol class="stages" aria-label="The stages of the request">
      ${stages.map(({ id, name, question }, at) => {
        const stage = shown?.outcome.states[at]
        return step(name, stage, (stage && noteOf(id, about(shown, stage))) || question)
      })}
      ${step('Handler', shown?.outcome.handler, handlerNote(shown), true)}
    </ol>
  `
}

/**
 * @param {string} name
 * @param {import('./decision.js').State | undefined} stage - none before the first request
 * @param {string} note
 * @param {boolean} [isLast]
 */
function step(name, stage, note, isLast = false) {
  const shown = isLast && stage === 'refused' ? 'declined' : stage && words[stage]
  return html`
    <li class=${`stage is-${stage ?? 'waiting'}`} data-stage=${name.toLowerCase()} data-state=${stage ?? 'waiting'}>
      <span class="dot">${icon(stage ?? 'unreached')}</span>
      <span class="name">${name}</span>
      <span class="word">${shown ?? ''}</span>
      <span class="note">${note}</span>
    </li>
  `
}

/**
 * @param {any} shown
 * @param {import('./decision.js').State} stage
 */
function about({ result, decision }, stage) {
  return {
    state: stage,
    token: result.token && decodeToken(result.token).kind,
    decision,
    sentence: result.detail,
    requires: result.route.requires,
    proved: result.proof !== undefined,
    issuer: state.setup.issuer.replace('http://', ''),
  }
}

/** @param {any} [shown] */
function handlerNote(shown) {
  const handler = shown?.outcome.handler
  if (handler === 'passed') {
    return shown.result.route.what
  }
  return handler === 'refused' ? (shown.result.detail ?? '') : 'What the route is there for'
}
