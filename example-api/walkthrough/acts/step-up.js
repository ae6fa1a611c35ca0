// @ts-check
import { outcome } from '../outcome.js'
import { refundRoute } from '../script.js'

/**
 * The login was good enough for the rest, and not for this (RFC 9470).
 *
 * @param {import('../cast.js').Cast} cast
 */
export async function stepUp({ story, call, jwt, tokensFor }) {
  story.step(
    'step-up',
    'Refused: the login is too weak for this',
    'The token has the scope, but Ada logged in with a password only. To do: the challenge says how she has to log in (acr_values), and how long ago at most (max_age). The client asks for just that. A refresh would not help.',
  )
  const scope = 'books:read shop:north:orders:write'
  const { access_token: weak } = await tokensFor(jwt, { scope, prompt: 'consent' })
  await call('The client wants to pay an order back.', refundRoute, weak)
  const { challenge } = outcome(story.latest)
  story.check('login too weak', outcome(story.latest))

  const { acr_values: acrValues = '', max_age: maxAge = '' } =
    /** @type {Record<string, string>} */ (challenge ?? {})
  const { access_token: strong } = await tokensFor(jwt, { scope, acrValues, maxAge })
  await call('The same request, with the token of the stronger login.', refundRoute, strong)
  story.check('stronger login', outcome(story.latest))
}
