import { answers } from '../errors/codes.ts'
import type { RefusalValue } from '../errors/refusal-value.ts'
import { type UnavailableValue, unavailableMessage } from '../errors/unavailable-value.ts'
import { bearerChallenge, type Protection } from './www-authenticate.ts'

/** An answer, whatever framework sends it. Fields of one name stay apart. */
export interface Answer {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: string
}

/** How to say no on the wire: status, challenge and problem details. */
export function answerRefusal(refusal: RefusalValue, protection: Protection): Answer {
  const { status, error, message } = refusal
  // RFC 6750 section 3: a challenge comes with 401, and with the errors that OAuth has a code for.
  const challenged = status === 401 || error !== undefined
  return {
    status,
    headers: [
      ...(challenged
        ? ([
            ['WWW-Authenticate', bearerChallenge(refusal, protection)],
            // Browsers hide it from scripts of other origins otherwise (RFC 9449 section 7.1).
            ['Access-Control-Expose-Headers', 'WWW-Authenticate'],
          ] as const)
        : []),
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
