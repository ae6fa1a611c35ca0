// @ts-check
import { outcome } from '../outcome.js'
import { bookRoute } from '../script.js'

/**
 * The refusals that a token by itself is the cause of.
 *
 * @param {import('../cast.js').Cast} cast
 * @param {import('../attempts.js').Tokens} tokens
 */
export async function refusals(cast, tokens) {
  await withoutToken(cast)
  await withExpired(cast, tokens)
  await forAnotherApi(cast)
  await withIdToken(cast, tokens)
}

/** @param {import('../cast.js').Cast} cast */
async function withoutToken({ story, call }) {
  story.step(
    'no-token',
    'Refused: no token',
    'The challenge names no error, since nothing was wrong with what was not there. To do: get a token. resource_metadata tells where.',
  )
  await call('A request without credentials.', bookRoute)
  story.check('no token', outcome(story.latest))
}

/**
 * @param {import('../cast.js').Cast} cast
 * @param {import('../attempts.js').Tokens} tokens
 */
async function withExpired({ story, call, kind, example }, { access_token: token }) {
  story.step(
    'expired',
    'Refused: an expired token',
    `Access tokens live for minutes, so that a stolen one is soon worth nothing. To do: ${kind === 'machine' ? 'ask for another' : 'use the refresh token; Ada need not be there'}.`,
  )
  const expired = await example.authorizationServer.variant(token, 'expired')
  await call('The same token, as it will be in ten minutes.', bookRoute, expired)
  story.check('expired', outcome(story.latest))
}

/** @param {import('../cast.js').Cast} cast */
async function forAnotherApi({ story, call, elsewhere, tokensFor }) {
  story.step(
    'wrong-audience',
    'Refused: a token for another API',
    'If APIs took each other’s tokens, each could act as the client at all the others. To do: ask for a token with the resource of this API.',
  )
  const { access_token: token } = await tokensFor(elsewhere, { scope: 'books:read' })
  await call(
    'It is a good token, from the same server. But its audience is another.',
    bookRoute,
    token,
  )
  story.check('wrong audience', outcome(story.latest))
}

/**
 * @param {import('../cast.js').Cast} cast
 * @param {import('../attempts.js').Tokens} tokens
 */
async function withIdToken({ story, call }, { id_token: token }) {
  story.step(
    'id-token',
    token ? 'Refused: an ID token' : 'An ID token would be refused, but there is none',
    token
      ? 'It tells the client who logged in. It is signed by the same server, but opens no door. To do: send the access token.'
      : 'ID tokens tell a client who logged in. Here nobody did.',
  )
  if (token) {
    await call('An ID token in the place of the access token.', bookRoute, token)
    story.check('ID token', outcome(story.latest))
  }
}
