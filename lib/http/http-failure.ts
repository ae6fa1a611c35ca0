import { memberOf } from '../errors/member-of.ts'

const sentences = {
  timeout: 'The authorization server did not answer in time',
  connection_failed: 'The authorization server could not be reached',
  busy: 'Too many requests to the authorization server are waiting for an answer',
  too_large: 'The answer of the authorization server is too large',
  not_allowed: 'The URL is not one that may be asked: https, or http where that is allowed',
  redirected: 'The authorization server redirects, which is never followed',
  unreadable: 'The answer of the authorization server is not readable HTTP',
  closed: 'The HTTP client was closed',
} as const

/** Why an exchange failed: a closed union of low cardinality, fit for metrics. */
export type HttpFailureCode = keyof typeof sentences

/** What is kept of a foreign error: names, never its message, which may quote what was sent. */
export interface HttpFailureCause {
  readonly name: string
  /** The code of the innermost cause, such as `ECONNREFUSED`, when there is one. */
  readonly code?: string
}

/**
 * An exchange with an authorization server failed. It names the origin at most: no path, query,
 * header or body, and no foreign error (those of undici carry response bytes and sockets).
 */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure'
  readonly code: HttpFailureCode

  constructor(code: HttpFailureCode, origin?: string, foreign?: unknown) {
    super(
      origin === undefined ? `${sentences[code]}.` : `${sentences[code]} (${origin}).`,
      foreign === undefined ? undefined : { cause: harmless(foreign) },
    )
    this.code = code
  }
}

/** The code of a foreign error, or of the innermost cause that has one (`fetch` wraps them). */
export function foreignCode(error: unknown): string | undefined {
  let code: string | undefined
  for (let at = error, depth = 0; depth < 8; at = memberOf(at, 'cause'), depth++) {
    code = plainName(memberOf(at, 'code')) ?? code
  }
  return code
}

function harmless(error: unknown): HttpFailureCause {
  const name = plainName(memberOf(error, 'name'))
  const code = foreignCode(error)
  return Object.freeze({ name: name ?? 'Error', ...(code !== undefined && { code }) })
}

/** Names and codes are words; whatever is not one may be anything. */
function plainName(value: unknown): string | undefined {
  return typeof value === 'string' && /^\w{1,64}$/.test(value) ? value : undefined
}
