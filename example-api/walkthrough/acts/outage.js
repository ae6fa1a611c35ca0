// @ts-check
import { outcome } from '../outcome.js'
import { bookRoute } from '../script.js'

/**
 * The authorization server is down, and nobody can tell whether a token is good.
 *
 * @param {import('../cast.js').Cast} cast
 * @param {import('../attempts.js').Tokens} tokens - a JWT
 */
export async function outage(cast, tokens) {
  const { story, call, opaque, tokensFor, example } = cast
  const { authorizationServer } = example
  story.step(
    'outage',
    'Not refused, but unavailable: the authorization server is down',
    'The API cannot ask about an opaque token that it has not seen before. It does not know, and says so: 503, and no challenge, which would make the client throw the token away. To do: keep it, and try again after Retry-After.',
  )
  const { access_token: opaqueToken } = await tokensFor(opaque, { scope: 'books:read' })
  authorizationServer.down()
  story.say('The authorization server goes down.')
  await call('A new opaque token. The API asks, and gets no answer.', bookRoute, opaqueToken)
  story.check('outage', outcome(story.latest))
  await call('A JWT goes on working: the API holds the keys.', bookRoute, tokens.access_token)
  story.check('JWT during the outage', outcome(story.latest))

  authorizationServer.up()
  story.say('The authorization server is up again.')
  await call('The same opaque token: it was good all the time.', bookRoute, opaqueToken)
  story.check('after the outage', outcome(story.latest))
}
