// @ts-check
import { decodeToken } from './decode-token.js'
import { html, nothing } from './lit-html.js'

/** @type {Readonly<Record<string, string>>} */
const meanings = {
  htm: 'for this method',
  htu: 'for this URI',
  ath: 'for this token: its hash',
  jti: 'its own name: it is good once',
  iat: 'when it was made',
  nonce: 'that the API gave',
}

/**
 * The proof that went along with a request: what it is for, and that it had to be made twice.
 *
 * @param {{ proof?: string | undefined, isRepeated?: boolean }} result
 */
export function proofView({ proof, isRepeated }) {
  const decoded = proof === undefined ? undefined : decodeToken(proof)
  if (decoded?.kind !== 'jwt') {
    return nothing
  }
  const { header, claims } = decoded
  return html`
    <div class="answer proof">
      <h3>Proof <small><code>DPoP</code> · ${header['alg']}, with the public key in it</small></h3>
      <dl class="challenge">
        ${Object.entries(claims).map(
          ([name, value]) => html`
            <div>
              <dt title=${meanings[name] ?? ''}><code>${name}</code></dt>
              <dd>${value}</dd>
            </div>
          `,
        )}
      </dl>
      ${
        isRepeated
          ? html`<p class="hint">
              The API asked for a nonce first (<code>use_dpop_nonce</code>), so the client sent the
              request once more, with a new proof.
            </p>`
          : nothing
      }
    </div>
  `
}
