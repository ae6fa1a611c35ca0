// @ts-check
import { outcome } from '../outcome.js'
import { wanted } from '../script.js'

/**
 * Steps 1 and 2 where there is no browser: the person's phone will have one.
 *
 * @param {import('../cast.js').Cast} cast
 */
export async function requestingByDevice({ story, jwt, send, example }) {
  story.step(
    'request',
    'Step 1 of 5: the client asks for access',
    `It says who it is (client_id ${jwt.id}), what it wants to do (scope) and with which API (resource). It has no browser, and so no redirect URI: it shows a code instead.`,
  )
  const attempt = await jwt.begin({ scope: wanted })
  story.say(
    `The screen shows: go to ${attempt.shown?.verificationUri} and enter ${attempt.shown?.userCode}`,
  )

  story.step(
    'verification',
    'Step 2 of 5: the server knows the client, and looks at what it asks for',
    'The client has to be registered, for this flow, and the scopes have to be among those it may ask for. It has no secret; what protects Ada is that she compares the codes herself.',
  )
  const form = { client_id: jwt.id, scope: 'books:write', resource: example.url }
  await send(
    'client',
    'A screen shows things and changes none: it may not ask for books:write.',
    `${example.issuer}/device/auth`,
    {
      method: 'POST',
      body: new URLSearchParams(form),
    },
  )
  story.check('scope of others', outcome(story.latest))
  return { attempt, page: undefined }
}
