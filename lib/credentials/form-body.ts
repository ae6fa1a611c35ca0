import { type RefusalValue, refuse } from '../errors/refusal-value.ts'
import { fieldValues } from '../request/field-values.ts'
import type { PresentedRequest } from '../request/presented-request.ts'

/**
 * The access token of a form body (RFC 6750 section 2.2), as a body parser left it; `undefined`
 * when there is none. The stream is never read, so the rest of the body is not checked for ASCII.
 */
export function tokenOfFormBody(request: PresentedRequest): string | RefusalValue | undefined {
  const { body } = request
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, 'access_token')) {
    return undefined
  }
  // RFC 6750 section 2.2: a method with body semantics, never GET; a single-part form.
  if (!methods.has(request.method) || !isForm(fieldValues(request.rawHeaders, 'content-type'))) {
    return undefined
  }
  const value = (body as { access_token: unknown }).access_token
  if (typeof value === 'string') {
    return value
  }
  return refuse(Array.isArray(value) ? 'repeated_credentials' : 'malformed_credentials')
}

const methods = new Set(['POST', 'PUT', 'PATCH'])

function isForm(contentTypes: readonly string[]): boolean {
  return (
    contentTypes.length === 1 &&
    /^application\/x-www-form-urlencoded[ \t]*(?:;|$)/i.test(contentTypes[0] as string)
  )
}
