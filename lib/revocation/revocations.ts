import { type RefusalValue, refuse } from '../errors/refusal-value.ts'
import type { AccessToken } from '../verification/access-token.ts'
import { verifiedClaims } from '../verified-claims.ts'
import type { Revocation } from './revocation.ts'

/** Of the members that a revocation has, the first one finds it: it tells apart the most tokens. */
const kinds = ['jti', 'session', 'subject', 'clientId'] as const

/** What revocations know tokens by. */
type Marks = Readonly<Record<(typeof kinds)[number], string | undefined>>

const pruneEveryMs = 60_000

/**
 * All that was revoked and has not expired. Asked about every request, after any cached verdict: while
 * nothing is revoked that costs one comparison, and else a few look-ups.
 */
export class Revocations {
  readonly #clock: () => number
  readonly #held = new Map<string, readonly Revocation[]>()
  readonly #watchers = new Set<() => void>()
  #pruneAtMs = Number.NEGATIVE_INFINITY

  constructor(clock: () => number) {
    this.#clock = clock
  }

  /**
   * In effect when it returns: whether it says more than was known. What only renews another one takes
   * no more room.
   */
  add(revocation: Revocation): boolean {
    const now = this.#clock()
    if (!(now < this.#pruneAtMs)) {
      this.#forgetEnded(now)
    }
    const key = keyOf(revocation)
    const before = this.#held.get(key) ?? []
    const same = before.find((one) => isSame(one, revocation))
    const added = same ? together(same, revocation) : revocation
    if (added === same) {
      return false
    }
    this.#held.set(key, [...before.filter((one) => one !== same), added])
    for (const told of this.#watchers) {
      told()
    }
    return true
  }

  /** Calls the function after each revocation, until what it returns is called. */
  watch(told: () => void): () => void {
    this.#watchers.add(told)
    return () => this.#watchers.delete(told)
  }

  /**
   * The refusal of a token that was revoked.
   *
   * @param digest - SHA-256 of the token, as a latin1 string
   */
  judge(token: AccessToken, digest: string): RefusalValue | undefined {
    return this.#held.size > 0 && this.#isRevoked(token, digest) ? refuse('revoked') : undefined
  }

  #isRevoked(token: AccessToken, digest: string): boolean {
    const now = this.#clock()
    const claims = verifiedClaims(token)
    const { subject, clientId } = token
    const marks = { jti: text(claims['jti']), session: text(claims['sid']), subject, clientId }
    const isMeant = (revocation: Revocation) =>
      now < revocation.endsAtMs && concerns(revocation, token.issuer, marks, claims['iat'])
    return (
      this.#held.get(`token ${digest}`)?.some(({ endsAtMs }) => now < endsAtMs) === true ||
      this.#held.get(everything)?.some(isMeant) === true ||
      kinds.some((kind) => {
        const mark = marks[kind]
        return mark !== undefined && this.#held.get(`${kind} ${mark}`)?.some(isMeant) === true
      })
    )
  }

  #forgetEnded(now: number): void {
    this.#pruneAtMs = now + pruneEveryMs
    for (const [key, revocations] of this.#held) {
      const left = revocations.filter(({ endsAtMs }) => now < endsAtMs)
      if (left.length === 0) {
        this.#held.delete(key)
      } else if (left.length < revocations.length) {
        this.#held.set(key, left)
      }
    }
  }
}

const everything = 'everything'

function keyOf(revocation: Revocation): string {
  if (revocation.digest !== undefined) {
    return `token ${revocation.digest}`
  }
  const kind = kinds.find((one) => revocation[one] !== undefined)
  return kind === undefined ? everything : `${kind} ${revocation[kind]}`
}

/** Whether both mean the same tokens, but for when those were issued. */
function isSame(one: Revocation, other: Revocation): boolean {
  return one.issuer === other.issuer && kinds.every((kind) => one[kind] === other[kind])
}

/** What refuses all that either does, and for as long: the held one itself where that is enough. */
function together(held: Revocation, added: Revocation): Revocation {
  const endsAtMs = Math.max(held.endsAtMs, added.endsAtMs)
  const issuedUntil = Math.max(held.issuedUntil ?? 0, added.issuedUntil ?? 0)
  return endsAtMs === held.endsAtMs && issuedUntil === (held.issuedUntil ?? 0)
    ? held
    : { ...added, endsAtMs, issuedUntil }
}

/** Whether all members that the revocation has are the token's, and it was issued in time. */
function concerns(revocation: Revocation, issuer: string, marks: Marks, iat: unknown): boolean {
  return (
    revocation.issuer === issuer &&
    kinds.every((kind) => revocation[kind] === undefined || revocation[kind] === marks[kind]) &&
    // A token that does not say when it was issued may be as old as any.
    !(typeof iat === 'number' && Math.floor(iat) > (revocation.issuedUntil as number))
  )
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
