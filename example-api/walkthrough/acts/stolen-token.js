// @ts-check
import { dpopClient, newKeys } from '../../clients/dpop.js'
import { outcome } from '../outcome.js'
import { bookRoute } from '../script.js'

/**
 * Somebody has the token, and not the key that it is bound to.
 *
 * @param {import('../cast.js').Cast} cast
 * @param {import('../attempts.js').Tokens} tokens
 */
export async function stolenToken({ story, call, send, jwt, example }, { access_token: token }) {
  story.step(
    'stolen-token',
    'Refused: a stolen token, without its key',
    'The token says which key it is bound to (cnf). Each request brings a proof: signed with that key, for this method, this URI and this token, good once. To do: nothing; the client is well, and the thief is not.',
  )
  const [method = '', path = ''] = bookRoute.split(' ')
  const url = new URL(example.url + path)

  await send('thief', 'A thief presents the token as if anybody could.', url.href, {
    headers: { authorization: `Bearer ${token}` },
  })
  story.check('bound token as Bearer', outcome(story.latest))

  await send('thief', 'The thief names the right scheme, but has no proof.', url.href, {
    headers: { authorization: `DPoP ${token}` },
  })
  story.check('no proof', outcome(story.latest))

  const { issuer } = example
  const foreign = { issuer, resource: example.url, clientId: jwt.id, redirectUri: '' }
  const thief = dpopClient({ ...foreign, keys: await newKeys() })
  const fetch = story.fetchAs('thief', {
    explanation: 'The thief makes a proof, with another key.',
  })
  await thief.call(token, method, url, { fetch })
  story.check('proof of another key', outcome(story.latest))

  await call('The client itself, with a proof of its own key.', bookRoute, token)
  story.check('proof of its key', outcome(story.latest))
  const seen = { authorization: `DPoP ${token}`, dpop: story.latest.headers.get('dpop') ?? '' }
  await send('thief', 'The thief has seen that request, and sends it again.', url.href, {
    headers: seen,
  })
  story.check('proof used before', outcome(story.latest))
}
