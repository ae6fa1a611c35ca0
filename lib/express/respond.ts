import type { Response } from 'express'
import type { Answer } from '../challenge/answer.ts'
import { mergedFields } from '../challenge/merged-fields.ts'
import type { ResponseHeaders } from '../errors/refusal.ts'

/** Field names whose values earlier middleware may have set, and which are added to. */
const appended = new Set(['access-control-expose-headers', 'vary'])

/** Sends the answer with Node's own means, so that no setting of the application changes it. */
export function respond(response: Response, answer: Answer): void {
  addFields(response, answer.headers)
  response.statusCode = answer.status
  if (answer.body === undefined) {
    response.end()
    return
  }
  response.setHeader('Content-Length', Buffer.byteLength(answer.body))
  response.end(answer.body)
}

/** Adds header fields to a response that is not yet on its way; lists are appended to. */
export function addFields(response: Response, fields: Answer['headers']): void {
  if (response.headersSent) {
    return
  }
  for (const [name, value] of Object.entries(mergedHeaders(response, fields))) {
    response.setHeader(name, value as string | string[])
  }
}

/**
 * The header fields of the answer, merged by name and with what the response lists already. The
 * type and length of the body belong to whoever writes it.
 */
export function forwardedHeaders(response: Response, answer: Answer): ResponseHeaders {
  const { 'Content-Type': _, ...headers } = mergedHeaders(response, answer.headers)
  // The next nonce is on the response already, which the handler may begin anew.
  const nonce = response.getHeader('DPoP-Nonce')
  return Object.freeze({ ...(nonce !== undefined && { 'DPoP-Nonce': String(nonce) }), ...headers })
}

function mergedHeaders(
  response: Response,
  fields: Answer['headers'],
): Record<string, string | string[]> {
  const merged = mergedFields(fields)
  for (const [name, value] of Object.entries(merged)) {
    if (appended.has(name.toLowerCase())) {
      merged[name] = withEarlier(response, name, String(value))
    }
  }
  return merged
}

/** A list field with members added, those that are not there already. */
export function withEarlier(response: Response, name: string, added: string): string {
  const earlier = response.getHeader(name)
  if (earlier === undefined) {
    return added
  }
  const list = String(earlier)
  const members = list.split(',').map((one) => one.trim().toLowerCase())
  // In Vary a `*` says it all; exposed to a request with credentials, it is but a name (Fetch).
  const isComplete = name === 'Vary' && members.includes('*')
  const lacking = added.split(', ').filter((one) => !members.includes(one.toLowerCase()))
  return isComplete ? list : [list, ...lacking].join(', ')
}
