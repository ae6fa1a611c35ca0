// @ts-check

import { isInPage } from '../kinds.js'
import { outcome, refusal } from '../outcome.js'
import { left, wanted } from '../script.js'
import { param } from '../telling/exchange.js'

/**
 * Steps 3 and 4: the person decides, and the client gets what she leaves it.
 *
 * @param {import('../cast.js').Cast} cast
 * @param {import('../attempts.js').Attempt} first - that waits for her answer
 * @param {import('../resource-owner.js').Page} [page] - that she has before her
 */
export async function granting(cast, first, page) {
  const { story, person, jwt } = cast
  story.step(
    'decision',
    'Step 3 of 5: the resource owner logs in, and decides',
    'Ada owns what the client wants to see. She can say no, allow all of it, or a part. At first she says no.',
  )
  if (first.shown) {
    await pending(cast)
  }
  await first.askPerson(person, { deny: true }, page)
  const { error } = await refusal(first.tokens())
  first.close()
  story.check('denied', { error })

  story.say(
    'The client asks again. She is logged in already, and now allows it to look up books and to stay, but not to see the orders.',
  )
  const attempt = await jwt.begin({ scope: wanted })
  await attempt.askPerson(person, { allow: left })
  return attempt
}

/**
 * @param {import('../cast.js').Cast} cast
 * @param {import('../attempts.js').Attempt} attempt
 */
export async function receiving(cast, attempt) {
  const { story, jwt, kind } = cast
  story.step(
    'tokens',
    'Step 4 of 5: the client gets its tokens',
    attempt.cameBackTo
      ? 'The code went through the browser, where others may see it. So it is no token yet: the client trades it in, on a direct way, and proves who it is.'
      : 'The device has asked all the while, and now there is something for it.',
  )
  if (isInPage(kind) || kind === 'native') {
    await stealing(cast, attempt)
  }
  const tokens = await attempt.tokens()
  attempt.close()
  story.check('tokens', {
    scope: tokens.scope,
    'refresh token': Boolean(tokens.refresh_token),
    'ID token': Boolean(tokens.id_token),
  })
  sayWhatTokenSays(cast, tokens.access_token)

  await refusal(jwt.refresh(tokens.refresh_token ?? '', { scope: wanted }))
  story.check('scope not granted', outcome(story.latest))
  const fresh = await jwt.refresh(tokens.refresh_token ?? '')
  story.check('rotation', {
    scope: fresh.scope,
    'another refresh token':
      Boolean(fresh.refresh_token) && fresh.refresh_token !== tokens.refresh_token,
  })
  return { tokens: { ...tokens, ...fresh }, usedUp: tokens.refresh_token ?? '' }
}

/**
 * Who has seen the code does not know the verifier.
 *
 * @param {import('../cast.js').Cast} cast
 * @param {import('../attempts.js').Attempt} attempt
 */
async function stealing({ story, send, jwt, example }, { url = '', cameBackTo = '' }) {
  const form = {
    grant_type: 'authorization_code',
    client_id: jwt.id,
    code: new URL(cameBackTo).searchParams.get('code') ?? '',
    redirect_uri: new URL(url).searchParams.get('redirect_uri') ?? '',
    code_verifier: 'a-guess-that-is-long-enough-to-be-a-verifier',
  }
  await story.briefly(() =>
    send(
      'thief',
      'Somebody has seen the code on its way, but does not know the verifier.',
      `${example.issuer}/token`,
      {
        method: 'POST',
        body: new URLSearchParams(form),
      },
    ),
  )
  story.check('code without verifier', outcome(story.latest))
}

/**
 * Waits until the device has asked once.
 *
 * @param {import('../cast.js').Cast} cast
 */
async function pending({ story }) {
  await story.until((exchange) => param(exchange, 'grant_type')?.endsWith(':device_code') === true)
}

/**
 * @param {import('../cast.js').Cast} cast
 * @param {string} token
 */
export function sayWhatTokenSays({ story }, token) {
  const [, payload = ''] = token.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
  story.list(
    'What the access token says. Its signature keeps it from being changed; the client need not read it.',
    Object.entries(claims).map(([name, value]) => [name, claimText(value)]),
  )
}

/** @param {unknown} value */
function claimText(value) {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
