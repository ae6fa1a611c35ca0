import { answers } from '../errors/codes.ts'
import type { RefusalValue } from '../errors/refusal-value.ts'
import { type UnavailableValue, unavailableMessage } from '../errors/unavailable-value.ts'
import { type ChallengedSchemes, challenges, type Protection } from './www-authenticate.ts'

/** An answer, whatever framework sends it. Fields of one name stay apart. */
export interface Answer {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: string
}

/** How to say no on the wire: status, challenges and problem details. */
export function answerRefusal(
  refusal: RefusalValue,
  protection: Protection,
  schemes: ChallengedSchemes,
): Answer {
  const { status, error, message, nonce } = refusal
  // RFC 6750 section 3: a challenge comes with 401, and with the errors that OAuth has a code for.
  const challenged = status === 401 || error !== undefined
  const fields = challenged ? challenges(refusal, protection, schemes) : []
  const answer: Answer = {
    status,
    headers: [
      ...fields.map((value) => ['WWW-Authenticate', value] as const),
      // Browsers hide them from scripts of other origins otherwise.
      ...(challenged ? ([['Access-Control-Expose-Headers', 'WWW-Authenticate']] as const) : []),
      ['Cache-Control', 'no-store'],
      ['Content-Type', 'application/problem+json'],
    ],
    body: problem({
      title: answers[refusal.code].title,
      status,
      detail: message,
      ...(error && { error, error_description: message }),
    }),
  }
  return nonce === undefined ? answer : withNonce(answer, nonce)
}

/** What goes with a response to a request that used up an old nonce (RFC 9449 section 8.2). */
export function nonceFields(nonce: string): Answer['headers'] {
  return [
    ['DPoP-Nonce', nonce],
    ['Access-Control-Expose-Headers', 'DPoP-Nonce'],
    ['Cache-Control', 'no-store'],
  ]
}

/**
 * The same answer with the nonce to use from now on: exactly one (RFC 9449 section 8), which scripts
 * of other origins may read (section 8.2).
 */
export function withNonce(answer: Answer, nonce: string): Answer {
  const exposes = ([name]: Answer['headers'][number]) => name === 'Access-Control-Expose-Headers'
  const exposed = [...answer.headers.filter(exposes).map(([, value]) => value), 'DPoP-Nonce']
  return {
    ...answer,
    headers: [
      ...answer.headers.filter((field) => !exposes(field)),
      ['DPoP-Nonce', nonce],
      ['Access-Control-Expose-Headers', exposed.join(', ')],
    ],
  }
}

/** How to say "nobody can tell right now": no challenge, since the caller did nothing wrong. */
export function answerUnavailable(value: UnavailableValue): Answer {
  return {
    status: 503,
    headers: [
      // RFC 9110 section 15.6.4.
      ['Retry-After', String(value.retryAfterSeconds)],
      ['Access-Control-Expose-Headers', 'Retry-After'],
      ['Cache-Control', 'no-store'],
      ['Content-Type', 'application/problem+json'],
    ],
    body: problem({ title: 'Service Unavailable', status: 503, detail: unavailableMessage }),
  }
}

/** Problem details (RFC 9457 section 3). */
function problem(members: Record<string, unknown>): string {
  return JSON.stringify({ type: 'about:blank', ...members })
}
