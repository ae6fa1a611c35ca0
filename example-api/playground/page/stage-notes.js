// @ts-check

/**
 * One line for each stage on what was found there.
 *
 * @typedef {object} About
 * @property {import('./decision.js').State} state
 * @property {'jwt' | 'opaque' | undefined} token - what was sent, if anything
 * @property {import('./decision.js').Decision} [decision]
 * @property {string} [sentence] - what the API said of it
 * @property {string} requires - of the route
 * @property {string} issuer
 * @property {boolean} proved - whether a proof came along
 *
 * @param {string} stage
 * @param {About} about
 * @returns {string}
 */
export function noteOf(stage, about) {
  switch (about.state) {
    case 'refused':
    case 'unavailable':
      return about.sentence ?? ''
    case 'skipped':
      return stage === 'policy' && about.decision ? 'Any good token will do here' : 'Not asked here'
    case 'passed':
      return found[stage]?.(about) ?? ''
    default:
      return ''
  }
}

/** @type {Readonly<Record<string, (about: About) => string>>} */
const found = {
  credentials: () => 'One access token, in the Authorization header',
  issuer: ({ token, issuer }) =>
    token === 'opaque' ? `Unreadable here: ${issuer} knows it` : `${issuer}, which is trusted here`,
  verification: ({ decision }) => howVerified(decision),
  proof: ({ proved }) =>
    proved
      ? 'Signed for this request, with the key that the token is bound to'
      : 'A bearer token: whoever holds it may use it',
  policy: ({ requires }) => `It has what this needs: ${requires}`,
}

/** @param {import('./decision.js').Decision} [decision] */
function howVerified(decision) {
  if (decision?.cache === 'hit') {
    return 'Remembered in the cache: found good a moment ago'
  }
  if (decision?.cache === 'coalesced') {
    return 'Shared the verification of another request'
  }
  return decision?.source === 'introspection'
    ? 'The authorization server was asked, and says: active'
    : 'Type, signature, audience and times are right'
}
