// @ts-check
import { outcome } from '../outcome.js'
import { bookRoute } from '../script.js'

/**
 * A grant is taken back. Who asks the authorization server about tokens knows at once.
 *
 * @param {import('../cast.js').Cast} cast
 */
export async function revoking(cast) {
  const { story, call, opaque, tokensFor, kind } = cast
  story.step(
    'revoked-grant',
    'Refused: the grant was revoked',
    `Nobody can tell from a JWT that it was revoked; it is good until it expires. An opaque token is a mere reference, and the API asks the authorization server what it stands for (introspection). So here the client is ${opaque.id}, and the API remembers no answer: introspectionMaxAgeSeconds is 0.`,
  )
  const scope = kind === 'machine' ? 'books:read' : 'offline_access books:read'
  const tokens = await tokensFor(opaque, { scope })
  await call(
    'The API asks about the token, and the server says: active.',
    bookRoute,
    tokens.access_token,
  )
  story.check('opaque token', outcome(story.latest))

  story.say(
    kind === 'machine'
      ? 'The machine needs the token no longer.'
      : 'Ada disconnects the application, in the application. It hands its refresh token back (RFC 7009), and all that came of it goes too.',
  )
  await opaque.revoke(tokens.refresh_token ?? tokens.access_token)
  await call(
    kind === 'machine'
      ? 'The same token once more. The API asks, and the server says: not active.'
      : 'The same access token once more. It went with the refresh token: not active.',
    bookRoute,
    tokens.access_token,
  )
  story.check('revoked grant', outcome(story.latest))
  story.say(
    kind === 'machine'
      ? 'To do: ask for another token.'
      : 'To do: ask Ada again, as at the very beginning.',
  )
}
