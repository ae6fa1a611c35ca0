// @ts-check
import { outcome } from '../outcome.js'
import { sayWhatTokenSays } from './granting.js'
import { withSecret } from './requesting.js'

/**
 * Steps 1 to 4 of a machine, which has nobody to ask.
 *
 * @param {import('../cast.js').Cast} cast
 */
export async function machineSteps(cast) {
  const { story, jwt, send, example, person } = cast
  const at = `${example.issuer}/token`
  const grant = { grant_type: 'client_credentials', resource: example.url }
  story.step(
    'request',
    'Step 1 of 5: the client asks for access',
    'It proves who it is by id and secret, and says what it wants to do (scope) and with which API (resource). There is no redirect URI, since no browser takes part.',
  )
  const attempt = await jwt.begin({ scope: 'books:read' })
  await attempt.askPerson(person, {})
  const tokens = await attempt.tokens()

  story.step(
    'verification',
    'Step 2 of 5: the server knows the client, and looks at what it asks for',
    'It did so before it answered. This is how it answers when the secret is wrong, or the scope is not for this client.',
  )
  await send(
    'impostor',
    'Somebody who knows the id but not the secret gets no token.',
    at,
    withSecret(jwt.id, 'a guess', { ...grant, scope: 'books:read' }),
  )
  story.check('wrong secret', outcome(story.latest))
  await send(
    'client',
    'The north shop may not ask for the orders of the south shop.',
    at,
    withSecret(jwt.id, jwt.clientSecret, { ...grant, scope: 'shop:south:orders:read' }),
  )
  story.check('scope of others', outcome(story.latest))

  story.step(
    'decision',
    'Step 3 of 5: nobody has to decide',
    'A machine acts on its own behalf. What it may do was decided when it was registered.',
  )

  story.step(
    'tokens',
    'Step 4 of 5: the client has its token',
    'It came with the answer in step 1: an access token, and no code and no refresh token. The machine can ask again at any time. There is no ID token either, since nobody logged in.',
  )
  story.check('tokens', {
    scope: tokens.scope,
    'refresh token': Boolean(tokens.refresh_token),
    'ID token': Boolean(tokens.id_token),
  })
  sayWhatTokenSays(cast, tokens.access_token)
  return { tokens, usedUp: '' }
}
