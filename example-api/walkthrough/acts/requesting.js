// @ts-check
import { outcome } from '../outcome.js'
import { wanted } from '../script.js'

/**
 * Steps 1 and 2 where a browser carries the request.
 *
 * @param {import('../cast.js').Cast} cast
 * @returns {Promise<{ attempt: import('../attempts.js').Attempt,
 *   page: import('../resource-owner.js').Page }>} with the page that she has before her
 */
export async function requesting(cast) {
  const { story, jwt, person } = cast
  story.step(
    'request',
    'Step 1 of 5: the client asks for access',
    `It says who it is (client_id ${jwt.id}), what it wants to do (scope), with which API (resource) and where the answer shall go (redirect_uri).`,
  )
  const attempt = await jwt.begin({ scope: wanted })
  const address = new URL(attempt.url ?? '')
  const { next = address } = await person.visit(address)

  story.step(
    'verification',
    'Step 2 of 5: the server knows the client, and looks at what it asks for',
    'The client and its redirect URI have to be registered, and the API and the scopes have to be those it may ask for. They are, and so the server goes on to its login page.',
  )
  const page = await person.open(next)
  await deceiving(cast, address)
  return { attempt, page }
}

/**
 * Requests that are not in order, and get nowhere.
 *
 * @param {import('../cast.js').Cast} cast
 * @param {URL} request - that is in order
 */
async function deceiving(cast, request) {
  const { kind, story, send, jwt, example } = cast
  const stranger = changed(request, 'redirect_uri', 'https://stranger.example/')
  const nowhere = 'Another redirect URI: no redirect at all, or a stranger would get the answer.'
  await story.briefly(() => send('browser', nowhere, stranger))
  story.check('unregistered redirect URI', outcome(story.latest))

  const unknown = changed(request, 'resource', 'https://stranger.example/')
  const notHere = 'An API that the server knows nothing of: back to the client, with an error.'
  await story.briefly(() => send('browser', notHere, unknown))
  story.check('unknown resource', outcome(story.latest))

  if (kind === 'web') {
    const impostor = 'Somebody who knows the id of the client but not its secret gets no tokens.'
    const { issuer } = example
    await send('impostor', impostor, `${issuer}/token`, withSecret(jwt.id, 'a guess', guess))
    story.check('wrong secret', outcome(story.latest))
  } else {
    story.say(
      'This client has no secret, and anybody can claim to be it. Two things help: answers go to its registered redirect URI only, and in step 4 it has to prove that it is who began (PKCE).',
    )
  }
}

const guess = { grant_type: 'refresh_token', refresh_token: 'no-such-token' }

/**
 * @param {string} id
 * @param {string} secret
 * @param {Record<string, string>} form
 */
export function withSecret(id, secret, form) {
  const credentials = Buffer.from(`${id}:${encodeURIComponent(secret)}`).toString('base64')
  return {
    method: 'POST',
    headers: { authorization: `Basic ${credentials}` },
    body: new URLSearchParams(form),
  }
}

/**
 * @param {URL} url
 * @param {string} name
 * @param {string} value
 */
function changed(url, name, value) {
  const other = new URL(url)
  other.searchParams.set(name, value)
  return other.href
}
