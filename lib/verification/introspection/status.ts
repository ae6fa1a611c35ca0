import { type UnavailableValue, unavailable } from '../../errors/unavailable-value.ts'
import type { HttpResponse } from '../../http/http-client.ts'
import { parseJsonObject } from '../../jws/json.ts'
import { type AnswerFault, answerFailed, mayPassMs, needsRepairMs } from './fault.ts'
import { retryAfterMs } from './retry-after.ts'

/** Why a response is no answer, or `undefined` when its status is that of one: 200. */
export function judgeStatus(response: HttpResponse, now: number): UnavailableValue | undefined {
  const { status } = response
  if (status === 200) return undefined // RFC 7662 section 2.2: an inactive token is a 200 too.
  const error = registeredError(response)
  const fault: AnswerFault = { fault: 'status', status, ...(error && { error }) }
  if (status === 429 || status === 503) {
    const askedForMs = retryAfterMs(response.header('retry-after'), now)
    return askedForMs === undefined
      ? answerFailed(fault, mayPassMs)
      : answerFailed({ ...fault, retryAfterSeconds: Math.ceil(askedForMs / 1000) }, askedForMs)
  }
  if (status >= 500) return answerFailed(fault, mayPassMs)
  // RFC 7662 section 2.3: it is this resource server that was refused, not the caller's token.
  return refusals.has(status) && error !== 'unsupported_token_type'
    ? unavailable('client_refused', needsRepairMs, Object.freeze(fault))
    : answerFailed(fault)
}

/** RFC 7662 section 2.3 says 401; servers also say 400 and 403. */
const refusals: ReadonlySet<number> = new Set([400, 401, 403])

const registered: ReadonlySet<unknown> = new Set([
  'invalid_request',
  'invalid_client',
  'invalid_token',
  'unauthorized_client',
  'insufficient_scope',
  'access_denied',
  'unsupported_token_type', // RFC 7009 section 2.2.1; oidc-provider says so of JWTs
])

/** The error code of the body, when it is a known word: the rest may be anything. */
function registeredError({ body }: HttpResponse): string | undefined {
  const error = parseJsonObject(body)?.['error']
  return typeof error === 'string' && registered.has(error) ? error : undefined
}
