// @ts-check
import { outcome } from '../outcome.js'
import { ordersRoute } from '../script.js'

/**
 * A scope is lacking, the challenge says which, and the client asks for it.
 *
 * @param {import('../cast.js').Cast} cast
 * @param {import('../attempts.js').Tokens} tokens
 */
export async function moreConsent(cast, { access_token: token }) {
  const { story, call, kind, jwt, tokensFor } = cast
  story.step(
    'missing-scope',
    'Refused: a scope is lacking',
    `The token is good, but not for this: 403, not 401. To do: the challenge names the scope, so ${kind === 'machine' ? 'ask for a token that has it' : 'ask Ada for it (incremental consent); a refresh would not help'}.`,
  )
  await call(
    kind === 'machine'
      ? 'The machine asked for books:read only. The orders need more.'
      : 'Ada did not allow to see the orders.',
    ordersRoute,
    token,
  )
  const { challenge } = outcome(story.latest)
  story.check('missing scope', outcome(story.latest))

  const lacking = challenge && 'scope' in challenge ? challenge['scope'] : ''
  const scope = `books:read ${lacking}`
  const more = await tokensFor(jwt, { scope, prompt: 'consent' })
  await call('The same request, with the new token.', ordersRoute, more.access_token)
  story.check('scope granted', outcome(story.latest))
  return more
}
