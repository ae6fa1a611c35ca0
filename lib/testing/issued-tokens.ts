import type { SigningOptions } from './token-options.ts'

/** What introspection says about a token. */
export interface IntrospectionAnswer {
  readonly response: Readonly<Record<string, unknown>>
  /** How a signed answer is made (RFC 9701). */
  readonly signed: SigningOptions
}

export interface IssuedTokens {
  /** @param activeUntil - in seconds; `Infinity` for an answer that never changes by itself */
  add(token: string, answer: IntrospectionAnswer, activeUntil: number): void
  revoke(token: string): void
  answer(token: string): IntrospectionAnswer
}

/** Remembers every token issued, for introspection. Knows nothing of tokens issued by others. */
export function issuedTokens(now: () => number): IssuedTokens {
  const issued = new Map<string, { answer: IntrospectionAnswer; activeUntil: number }>()
  const revoked = new Set<string>()
  // RFC 7662 section 2.2: nothing is told about a token that is not active.
  const inactive = { active: false }

  return {
    add(token, answer, activeUntil) {
      issued.set(token, { answer, activeUntil })
    },
    revoke(token) {
      revoked.add(token)
    },
    answer(token) {
      const found = issued.get(token)
      if (found === undefined) return { response: inactive, signed: {} }
      const active = !revoked.has(token) && now() < found.activeUntil
      return active ? found.answer : { ...found.answer, response: inactive }
    },
  }
}
