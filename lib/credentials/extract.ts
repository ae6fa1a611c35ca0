import { hash } from 'node:crypto'
import { type RefusalValue, refuse } from '../errors/refusal-value.ts'
import { fieldValues } from '../request/field-values.ts'
import type { PresentedRequest } from '../request/presented-request.ts'
import type { Credentials } from '../verification/verifier.ts'
import { parseAuthorization } from './authorization-header.ts'
import { tokenOfFormBody } from './form-body.ts'

export interface CredentialsSettings {
  readonly formBody: boolean
  readonly maxTokenBytes: number
}

/**
 * The one access token that the request presents, or why there is none to speak of. A token in
 * the query string is never looked at (OAuth 2.1 section 5.1).
 */
export function extract(
  request: PresentedRequest,
  settings: CredentialsSettings,
): Credentials | RefusalValue {
  const authorization = fieldValues(request.rawHeaders, 'authorization')
  if (authorization.length > 1) {
    return refuse('repeated_credentials')
  }
  const field = authorization[0]
  const fromHeader = field === undefined ? undefined : parseAuthorization(field)
  const fromBody = settings.formBody ? tokenOfFormBody(request) : undefined
  // RFC 6750 section 2: clients MUST NOT use more than one method in a request.
  if (fromHeader !== undefined && fromBody !== undefined) {
    return refuse('several_methods')
  }
  const token = fromHeader ?? fromBody
  if (token === undefined) {
    return refuse('no_credentials')
  }
  if (typeof token !== 'string') {
    return token
  }
  // Characters are bytes in every token68; `wellFormed` refuses what is none.
  if (token.length > settings.maxTokenBytes) {
    return refuse('token_too_large')
  }
  return { scheme: 'Bearer', token, digest: hash('sha256', token, 'binary') }
}
