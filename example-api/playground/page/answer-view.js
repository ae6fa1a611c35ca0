// @ts-check
import { html, nothing } from './lit-html.js'

/** @type {Readonly<Record<string, string>>} */
const meanings = {
  realm: 'what is protected',
  resource_metadata: 'where the API describes itself',
  error: 'what is wrong, for programs',
  error_description: 'and for people',
  scope: 'what to ask for',
  acr_values: 'how the person has to log in',
  max_age: 'how many seconds ago at most',
  algs: 'what proofs may be signed with',
}

/**
 * The answer, as far as a page of another origin may read it.
 *
 * @param {any} result
 */
export function answerView({ challenges, nonce, retryAfter, type, body, ms }) {
  return html`
    <div class="answer">
      ${challenges.map(challengeView)}
      ${
        retryAfter
          ? html`<h3><code>Retry-After</code></h3>
              <p>${retryAfter} ${retryAfter === '1' ? 'second' : 'seconds'}</p>`
          : nothing
      }
      ${
        nonce
          ? html`<h3><code>DPoP-Nonce</code> <small>for the proofs from now on</small></h3>
              <p class="nonce">${nonce}</p>`
          : nothing
      }
      <h3>Body <small>${type ?? 'none'} · after ${ms} ms</small></h3>
      ${body ? html`<pre tabindex="0">${body}</pre>` : html`<p>It is empty.</p>`}
    </div>
  `
}

/** @param {import('./parse-challenge.js').Challenge} challenge */
function challengeView({ scheme, params }) {
  return html`
    <h3>Challenge <small><code>WWW-Authenticate: ${scheme}</code></small></h3>
    <dl class="challenge">
      ${params.map(
        ([name, value]) => html`
          <div>
            <dt title=${meanings[name] ?? ''}><code>${name}</code></dt>
            <dd>${value}</dd>
          </div>
        `,
      )}
    </dl>
  `
}
