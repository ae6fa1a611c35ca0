// @ts-check
import { parseChallenges, tellingOf } from '../playground/page/parse-challenge.js'
import { locationOf } from './telling/exchange.js'

/**
 * What became of a request, as a client sees it.
 *
 * @param {import('./telling/exchange.js').Exchange} exchange
 */
export function outcome(exchange) {
  const { status, answered, json } = exchange
  const location = locationOf(exchange)
  return {
    status,
    challenge: challengeIn(answered),
    'retry-after': answered.get('retry-after') ?? undefined,
    error: location?.searchParams.get('error') ?? json?.error,
    location: location && location.origin + location.pathname,
    'allowed origin': answered.get('access-control-allow-origin') ?? undefined,
    principal: json?.principal,
    subject: json?.subject,
    source: json?.source,
  }
}

/** @param {Headers} headers */
function challengeIn(headers) {
  const field = headers.get('www-authenticate')
  if (field === null) {
    return undefined
  }
  const { scheme, params } = tellingOf(parseChallenges(field)) ?? { scheme: field, params: [] }
  return { scheme, ...Object.fromEntries(params) }
}

/**
 * The error that an authorization server refused with. It is expected: to get tokens after all
 * shows in what is checked next; any other failure is one of ours.
 *
 * @param {Promise<unknown>} asked
 * @returns {Promise<{ error?: string }>}
 */
export async function refusal(asked) {
  try {
    await asked
    return {}
  } catch (error) {
    if (error instanceof Error && ('error' in error || 'status' in error)) {
      return 'error' in error ? { error: String(error.error) } : {}
    }
    throw error
  }
}
