// @ts-check
import { newKeys } from '../clients/dpop.js'
import { createExample } from '../example.js'
import { calling } from './acts/calling.js'
import { details } from './acts/details.js'
import { granting, receiving } from './acts/granting.js'
import { machineSteps } from './acts/machine-steps.js'
import { moreConsent } from './acts/more-consent.js'
import { outage } from './acts/outage.js'
import { refusals } from './acts/refusals.js'
import { requesting } from './acts/requesting.js'
import { requestingByDevice } from './acts/requesting-by-device.js'
import { revoking } from './acts/revoking.js'
import { stepUp } from './acts/step-up.js'
import { stolenToken } from './acts/stolen-token.js'
import { usingTwice } from './acts/using-twice.js'
import { cast as castOf } from './cast.js'
import { expectations } from './expectations.js'
import { isByBrowser } from './kinds.js'
import { printBeginning, printEnd } from './print-frame.js'
import { story as storyOf } from './telling/story.js'

/**
 * Plays the whole story with one kind of client, against an example of its own, and tells whether
 * all went as told.
 *
 * @param {object} of
 * @param {import('./kinds.js').Kind} of.kind
 * @param {(line: string) => void} of.print
 * @param {import('./telling/style.js').Style} of.style
 * @param {(example: import('../example.js').Example) => void} [of.onStart]
 * @param {ReturnType<typeof expectations>} [of.instead] - other expectations than the usual ones
 */
export async function play({ kind, print, style, onStart, instead }) {
  // Port 0 is never in use.
  const example = /** @type {import('../example.js').Example} */ (
    await createExample({ port: 0, asPort: 0, playgroundPort: 0, introspectionMaxAgeSeconds: 0 })
  )
  onStart?.(example)
  const { url, issuer, playground } = example
  const metadata = `${url}/.well-known/oauth-protected-resource`
  const expected = { ...expectations({ kind, metadata, playground }), ...instead }
  const story = storyOf({
    printing: { print, style },
    partyAt: ({ origin }) =>
      ({ [url]: 'resource server', [issuer]: 'authorization server' })[origin] ?? 'client',
    expected,
  })
  try {
    printBeginning({ kind, example, print, style })
    const keys = kind === 'dpop' ? await newKeys() : undefined
    await playAll(castOf({ kind, example, story, keys }))
  } finally {
    await example.close()
  }
  const { steps, checks, exchanges } = story
  const missing = Object.keys(expected).filter((told) => !checks.some(({ name }) => name === told))
  printEnd({ checks, missing, exchanges, print, style })
  return { steps, checks, holds: missing.length === 0 && checks.every(({ holds }) => holds) }
}

/** @param {import('./cast.js').Cast} cast */
async function playAll(cast) {
  const { tokens, usedUp } = await fourSteps(cast)
  await calling(cast, tokens)
  await refusals(cast, tokens)
  if (cast.kind === 'dpop') {
    await stolenToken(cast, tokens)
  }
  const more = await moreConsent(cast, tokens)
  if (isByBrowser(cast.kind)) {
    await stepUp(cast)
    await details(cast)
  }
  await revoking(cast)
  await outage(cast, more)
  if (usedUp) {
    await usingTwice(cast, { usedUp, latest: tokens.refresh_token ?? '' })
  }
}

/** @param {import('./cast.js').Cast} cast */
async function fourSteps(cast) {
  if (cast.kind === 'machine') {
    return machineSteps(cast)
  }
  const request = cast.kind === 'device' ? requestingByDevice : requesting
  const { attempt, page } = await request(cast)
  return receiving(cast, await granting(cast, attempt, page))
}
