import { tokenDigest } from '../cache/token-digest.ts'
import { type RefusalValue, refuse, type Scheme, toldIn } from '../errors/refusal-value.ts'
import { fieldValues } from '../request/field-values.ts'
import type { PresentedRequest } from '../request/presented-request.ts'
import type { Credentials } from '../verification/verifier.ts'
import { schemeOf, tokenBehind } from './authorization-header.ts'
import { tokenOfFormBody } from './form-body.ts'
import { hasQueryToken } from './query-token.ts'

export interface CredentialsSettings {
  readonly formBody: boolean
  readonly maxTokenBytes: number
  /** Refuse a request with a token in its query, in place of not looking there. */
  readonly refuseQueryTokens: boolean
}

/**
 * The one access token that the request presents, or why there is none to speak of. A token in
 * the query string is never honoured (OAuth 2.1 section 5.1).
 *
 * @param schemes - those of which tokens are taken
 */
export function extract(
  request: PresentedRequest,
  settings: CredentialsSettings,
  schemes: readonly Scheme[],
): Credentials | RefusalValue {
  const authorization = fieldValues(request.rawHeaders, 'authorization')
  if (authorization.length > 1) {
    return toldIn(usedAmong(authorization, schemes), refuse('repeated_credentials'))
  }
  if (settings.refuseQueryTokens && hasQueryToken(request.url)) {
    return refuse('query_token')
  }
  const field = authorization[0]
  const scheme = field === undefined ? undefined : schemeOf(field, schemes)
  const fromBody = settings.formBody ? tokenOfFormBody(request) : undefined
  if (typeof scheme === 'object') {
    return fromBody === undefined ? scheme : refuse('several_methods')
  }
  // RFC 6750 section 2: clients MUST NOT use more than one method in a request.
  if (scheme !== undefined && fromBody !== undefined) {
    return toldIn([scheme], refuse('several_methods'))
  }
  const token = scheme === undefined ? fromBody : tokenBehind(field as string, scheme)
  if (token === undefined) {
    return refuse('no_credentials')
  }
  if (typeof token !== 'string') {
    return token
  }
  // Characters are bytes in every token68; `wellFormed` refuses what is none.
  if (token.length > settings.maxTokenBytes) {
    return toldIn([scheme ?? 'Bearer'], refuse('token_too_large'))
  }
  return { scheme: scheme ?? 'Bearer', token, digest: tokenDigest(token) }
}

/** RFC 9449 section 7.2: where it cannot be told which one is meant, the error is told in both. */
function usedAmong(fields: readonly string[], schemes: readonly Scheme[]): readonly Scheme[] {
  const used = new Set(fields.map((field) => schemeOf(field, schemes)))
  return schemes.filter((scheme) => used.has(scheme))
}
