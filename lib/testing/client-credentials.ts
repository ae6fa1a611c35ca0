import type { IncomingHttpHeaders } from 'node:http'
import type { AssertionCheck } from './client-assertion.ts'
import type { TestClient } from './test-client.ts'

/** An introspection request as far as client authentication looks at it. */
export interface ClientRequest {
  readonly headers: IncomingHttpHeaders
  readonly form: URLSearchParams
}

/** Whether the request was made by the client, with its registered method and no other. */
export async function authenticated(
  client: TestClient,
  { headers, form }: ClientRequest,
  assertionHolds: AssertionCheck,
): Promise<boolean> {
  switch (client.method) {
    case 'client_secret_basic': {
      const expected = [client.clientId, client.clientSecret]
      const presented = basic(headers.authorization, client.encoding ?? 'form')
      return presented !== undefined && expected.every((part, index) => part === presented[index])
    }
    case 'client_secret_post':
      return (
        headers.authorization === undefined &&
        one(form, 'client_id') === client.clientId &&
        one(form, 'client_secret') === client.clientSecret
      )
    case 'private_key_jwt':
      return (
        headers.authorization === undefined &&
        (!form.has('client_id') || one(form, 'client_id') === client.clientId) &&
        // RFC 7523 section 2.2
        one(form, 'client_assertion_type') ===
          'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' &&
        assertionHolds(one(form, 'client_assertion') ?? '')
      )
    case 'bearer': {
      const token = typeof client.token === 'string' ? client.token : await client.token()
      return headers.authorization === `Bearer ${token}`
    }
  }
}

/** The value of a parameter that is there exactly once (RFC 6749 section 3.2). */
export function one(form: URLSearchParams, name: string): string | undefined {
  const values = form.getAll(name)
  return values.length === 1 ? values[0] : undefined
}

function basic(
  authorization: string | undefined,
  encoding: 'form' | 'raw',
): [string, string] | undefined {
  const [, base64] = /^basic +([a-z0-9+/]+=*)$/i.exec(authorization ?? '') ?? []
  if (base64 === undefined) return undefined
  const pair = Buffer.from(base64, 'base64').toString()
  const colon = pair.indexOf(':')
  if (colon < 0) return undefined
  const parts: [string, string] = [pair.slice(0, colon), pair.slice(colon + 1)]
  return encoding === 'raw' ? parts : [formDecoded(parts[0]), formDecoded(parts[1])]
}

function formDecoded(text: string): string {
  // A parameter name is decoded like any other part of a form (RFC 6749 appendix B).
  return (
    [...new URLSearchParams(text.replaceAll('=', '%3D').replaceAll('&', '%26')).keys()][0] ?? ''
  )
}
