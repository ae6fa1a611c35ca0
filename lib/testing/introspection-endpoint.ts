import { type Answer, json } from './answer.ts'
import { type AssertionCheck, assertionCheck } from './client-assertion.ts'
import { authenticated, one } from './client-credentials.ts'
import type { IntrospectionAnswer, IssuedTokens } from './issued-tokens.ts'
import type { KeyRing } from './key-ring.ts'
import type { ReceivedRequest } from './request-log.ts'
import { signToken } from './sign-token.ts'
import type { TestClient } from './test-client.ts'

/** What the introspection endpoint works with. */
export interface Introspection {
  readonly issuer: string
  readonly resource: string
  readonly client: TestClient
  readonly tokens: IssuedTokens
  readonly keys: KeyRing
  /** The time in whole seconds. */
  readonly now: () => number
}

const signedType = 'token-introspection+jwt'

/** Answers whether a token is active (RFC 7662 section 2), to the one client that may ask. */
export function introspectionEndpoint(
  introspection: Introspection,
): (request: ReceivedRequest) => Promise<Answer> {
  const assertionHolds: AssertionCheck = assertionCheck(introspection.client, introspection)

  return async ({ method, headers, body }) => {
    if (method !== 'POST') return json({ error: 'invalid_request' }, 405, { allow: 'POST' })
    if (!/^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '')) {
      return json({ error: 'invalid_request' }, 400)
    }
    const form = new URLSearchParams(body)
    if (!(await authenticated(introspection.client, { headers, form }, assertionHolds))) {
      // RFC 7662 section 2.3
      const scheme = introspection.client.method === 'bearer' ? 'Bearer' : 'Basic'
      const challenge = { 'www-authenticate': `${scheme} realm="test"` }
      return json({ error: 'invalid_client' }, 401, challenge)
    }
    const token = one(form, 'token')
    if (token === undefined) return json({ error: 'invalid_request' }, 400)
    const answer = introspection.tokens.answer(token)
    return headers.accept?.includes(`application/${signedType}`)
      ? signedAnswer(answer, introspection)
      : json(answer.response)
  }
}

/** The answer as a JWT (RFC 9701 section 5). */
function signedAnswer({ response, signed }: IntrospectionAnswer, to: Introspection): Answer {
  const payload = {
    iss: to.issuer,
    aud: to.client.clientId ?? to.resource,
    iat: to.now(),
    token_introspection: response,
  }
  return {
    status: 200,
    headers: { 'content-type': `application/${signedType}` },
    body: signToken(signedType, payload, signed, to.keys),
  }
}
