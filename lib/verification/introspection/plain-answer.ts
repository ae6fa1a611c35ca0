import type { UnavailableValue } from '../../errors/unavailable-value.ts'
import type { HttpResponse } from '../../http/http-client.ts'
import { parseJsonObject } from '../../jws/json.ts'
import type { ClaimSet } from '../../options/issuer-options.ts'
import { answerFailed } from './fault.ts'

/** What the issuer says of a token; not judged yet. */
export interface Answer {
  readonly claims: ClaimSet
}

/**
 * The claims of a JSON answer (RFC 7662 section 2.2). The content type is not looked at: servers
 * send several for JSON, and a web page is no JSON object under any.
 */
export function plainAnswer({ body }: HttpResponse): Answer | UnavailableValue {
  const claims = parseJsonObject(body)
  return claims === undefined ? answerFailed({ fault: 'not_json' }) : { claims }
}
