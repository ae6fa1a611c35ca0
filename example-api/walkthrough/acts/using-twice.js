// @ts-check
import { outcome, refusal } from '../outcome.js'

/**
 * The refresh token that was used up in step 4 comes once more.
 *
 * @param {import('../cast.js').Cast} cast
 * @param {{ usedUp: string, latest: string }} refreshTokens
 */
export async function usingTwice({ story, jwt }, { usedUp, latest }) {
  story.step(
    'refresh-token-reuse',
    'Refused: a refresh token that was used up',
    'The authorization server cannot know which of the two who used it is the thief. So it revokes the grant, and both have to ask Ada again (RFC 9700 section 4.14.2).',
  )
  await refusal(jwt.refresh(usedUp))
  story.check('refresh token used twice', outcome(story.latest))
  story.say('The newest refresh token, which the client has kept for itself, is void as well.')
  await refusal(jwt.refresh(latest))
  story.check('refresh token after that', outcome(story.latest))
}
