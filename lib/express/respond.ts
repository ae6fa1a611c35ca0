import type { Response } from 'express'
import type { Answer } from '../challenge/answer.ts'
import { mergedFields } from '../challenge/merged-fields.ts'
import type { ResponseHeaders } from '../errors/refusal.ts'

/** Field names whose values earlier middleware may have set, and which are added to. */
const appended = new Set(['access-control-expose-headers', 'vary'])

/** Sends the answer with Node's own means, so that no setting of the application changes it. */
export function respond(response: Response, answer: Answer): void {
  for (const [name, value] of Object.entries(mergedHeaders(response, answer))) {
    response.setHeader(name, value as string | string[])
  }
  response.statusCode = answer.status
  if (answer.body === undefined) {
    response.end()
    return
  }
  response.setHeader('Content-Length', Buffer.byteLength(answer.body))
  response.end(answer.body)
}

/**
 * The header fields of the answer, merged by name and with what the response lists already. The
 * type and length of the body belong to whoever writes it.
 */
export function forwardedHeaders(response: Response, answer: Answer): ResponseHeaders {
  const { 'Content-Type': _, ...headers } = mergedHeaders(response, answer)
  return Object.freeze(headers)
}

function mergedHeaders(response: Response, answer: Answer): Record<string, string | string[]> {
  const merged = mergedFields(answer.headers)
  for (const [name, value] of Object.entries(merged)) {
    if (appended.has(name.toLowerCase())) {
      merged[name] = withEarlier(response, name, String(value))
    }
  }
  return merged
}

/** A list field with a member added, unless it is there already. */
export function withEarlier(response: Response, name: string, member: string): string {
  const earlier = response.getHeader(name)
  if (earlier === undefined) {
    return member
  }
  const list = String(earlier)
  const members = list.split(',').map((one) => one.trim().toLowerCase())
  // In Vary a `*` says it all; exposed to a request with credentials, it is but a name (Fetch).
  const has = members.includes(member.toLowerCase()) || (name === 'Vary' && members.includes('*'))
  return has ? list : `${list}, ${member}`
}
