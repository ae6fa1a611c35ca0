// @ts-check
import { scopeSentences } from '../../scope-sentences.js'
import { html } from './html.js'
import { page } from './page.js'

/**
 * @param {object} shown
 * @param {string} shown.uid
 * @param {string} shown.client
 * @param {string} shown.person
 * @param {readonly string[]} shown.scopes - to choose from
 * @param {readonly string[]} shown.details - in words, to choose from
 * @param {boolean} shown.identity - whether the client will learn who the person is
 * @param {string | undefined} shown.origin - where the answer goes
 */
export function consentPage({ uid, client, person, scopes, details, identity, origin }) {
  return page(
    'Allow access?',
    html`<p><strong>${client}</strong> asks to use the bookshop for you, <strong>${person}</strong>.</p>
<form method="post" action="/interaction/${uid}/consent">
<fieldset>
<legend>What it may do</legend>
${scopes.map(scopeChoice)}${details.map(detailChoice)}
${identity && html`<p class="fixed">Know that you are ${person}. <code>openid</code></p>`}
</fieldset>
<p class="note">Untick what it shall not do.${
      origin !== undefined && html` Either way you return to <span class="origin">${origin}</span>.`
    }</p>
<div class="answers">
<button name="answer" value="allow">Allow</button>
<button name="answer" value="deny" class="second">Deny</button>
</div>
</form>
<form method="post" action="/interaction/${uid}/other-person" class="aside">
<button class="link">I am not ${person}</button>
</form>`,
  )
}

/**
 * @param {string} sentence
 * @param {number} at
 */
function detailChoice(sentence, at) {
  return html`<div class="choice">
<input type="checkbox" id="detail-${at}" name="detail" value="${at}" checked>
<label for="detail-${at}">${sentence} <code>once: authorization details</code></label>
</div>
`
}

/** @param {string} scope */
function scopeChoice(scope) {
  const id = `scope-${scope.replaceAll(':', '-')}`
  return html`<div class="choice">
<input type="checkbox" id="${id}" name="scope" value="${scope}" checked>
<label for="${id}">${scopeSentences[scope]} <code>${scope}</code></label>
</div>
`
}
