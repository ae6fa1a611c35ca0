// @ts-check
import { isInPage } from '../kinds.js'
import { outcome } from '../outcome.js'
import { bookRoute } from '../script.js'

/**
 * Step 5: what all the others were for.
 *
 * @param {import('../cast.js').Cast} cast
 * @param {import('../attempts.js').Tokens} tokens
 */
export async function calling(cast, { access_token: token }) {
  const { story, kind, call } = cast
  story.step(
    'resource',
    'Step 5 of 5: the client calls the resource',
    'The API verifies the token by itself: signature, issuer, audience, expiry. Then it looks whether the scope is enough for the route.',
  )
  if (isInPage(kind)) {
    await preflight(cast)
  }
  await call(
    'Who is calling? The token tells the API, and nobody else has to be asked.',
    'GET /whoami',
    token,
  )
  if (kind === 'dpop' && story.before) {
    story.check('nonce wanted', outcome(story.before))
  }
  story.check('whoami', outcome(story.latest))
  await call('This route requires the scope books:read.', bookRoute, token)
  story.check('resource', outcome(story.latest))
}

/**
 * The API is of another origin than the page, and so the browser asks it first (CORS).
 *
 * @param {import('../cast.js').Cast} cast
 */
async function preflight({ story, send, example, kind }) {
  const explanation = 'The browser asks first: may a page of this origin send a token? It may.'
  await send('browser', explanation, example.url + bookRoute.split(' ')[1], {
    method: 'OPTIONS',
    headers: {
      origin: example.playground,
      'access-control-request-method': 'GET',
      'access-control-request-headers': kind === 'dpop' ? 'authorization,dpop' : 'authorization',
    },
  })
  story.check('preflight', outcome(story.latest))
}
