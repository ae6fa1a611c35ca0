// @ts-check
import { decodeToken } from './decode-token.js'
import { html, nothing } from './lit-html.js'

/** @type {Readonly<Record<string, string>>} */
const meanings = {
  iss: 'who issued it',
  sub: 'who it stands for',
  aud: 'which API it is for',
  client_id: 'which client got it',
  scope: 'what it allows',
  roles: 'what roles that one has',
  auth_time: 'when the person logged in',
  acr: 'and how',
  authorization_details: 'what it allows besides',
  cnf: 'which key it is bound to',
  iat: 'when it was issued',
  exp: 'until when it is good',
  jti: 'its own name',
  typ: 'what kind of token',
  alg: 'how it is signed',
  kid: 'with which key',
}

// On a phone the request would be far below them.
const isRoomy = matchMedia('(min-width: 48rem)').matches

/**
 * Header and claims as a list, with what was changed since it was issued.
 *
 * @param {{ header: Record<string, unknown>, claims: Record<string, unknown> }} decoded
 * @param {{ good: string }} token
 */
export function claimsView({ header, claims }, { good }) {
  const issued = decodeToken(good)
  const before = issued.kind === 'jwt' ? issued.claims : {}
  const names = [...Object.keys(meanings), ...Object.keys(claims)]
  return html`
    <details ?open=${isRoomy}>
      <summary>Claims</summary>
      <dl class="claims">
      ${[...new Set(names)]
        .filter((name) => name in claims || name in before)
        .map((name) => entry(name, claims[name], isChanged(claims[name], before[name])))}
    </dl>
    </details>
    <details ?open=${isRoomy}>
      <summary>Header</summary>
      <dl class="claims">
      ${Object.entries(header).map(([name, value]) => entry(name, value, false))}
    </dl>
    </details>
  `
}

/**
 * @param {unknown} now
 * @param {unknown} before
 */
function isChanged(now, before) {
  return JSON.stringify(now) !== JSON.stringify(before)
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {boolean} changed
 */
function entry(name, value, changed) {
  return html`
    <div class=${changed ? 'is-changed' : ''}>
      <dt><code>${name}</code><small>${meanings[name] ?? ''}</small></dt>
      <dd>
        ${value === undefined ? '' : readable(name, value)}
        ${changed ? html`<em>${value === undefined ? 'removed' : 'changed'}</em>` : nothing}
      </dd>
    </div>
  `
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function readable(name, value) {
  if (typeof value === 'number' && ['exp', 'iat', 'auth_time'].includes(name)) {
    return new Date(value * 1000).toLocaleTimeString()
  }
  return typeof value === 'string' ? value : JSON.stringify(value)
}
