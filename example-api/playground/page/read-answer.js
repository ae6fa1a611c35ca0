// @ts-check
import { parameterOf, parseChallenges, tellingOf } from './parse-challenge.js'

/**
 * An answer, as far as a page of another origin may read it.
 *
 * @param {Response} response
 */
export async function readAnswer(response) {
  const challenges = parseChallenges(response.headers.get('www-authenticate') ?? '')
  const telling = tellingOf(challenges)
  const body = await response.text()
  return {
    status: response.status,
    challenges,
    error: parameterOf(telling, 'error'),
    scope: parameterOf(telling, 'scope'),
    acrValues: parameterOf(telling, 'acr_values'),
    maxAge: parameterOf(telling, 'max_age'),
    nonce: response.headers.get('dpop-nonce') ?? undefined,
    retryAfter: response.headers.get('retry-after') ?? undefined,
    type: response.headers.get('content-type') ?? undefined,
    body: pretty(body),
    detail: detailOf(body),
  }
}

/** @param {string} body */
function pretty(body) {
  try {
    return JSON.stringify(JSON.parse(body), undefined, 2)
  } catch {
    return body
  }
}

/** @param {string} body */
function detailOf(body) {
  try {
    return /** @type {string | undefined} */ (JSON.parse(body).detail)
  } catch {
    return undefined
  }
}
