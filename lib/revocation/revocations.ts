import { type RefusalValue, refuse } from '../errors/refusal-value.ts'
import type { AccessToken } from '../verification/access-token.ts'
import { kindOf, kinds, type Revocation } from './revocation.ts'
import { tokenIdentity } from './token-identity.ts'
import { concerns, tokenMarks } from './token-marks.ts'

const pruneEveryMs = 60_000

/**
 * All that was revoked and has not expired. Asked about every request, after any cached verdict: while
 * nothing is revoked that costs one comparison, and else a few look-ups.
 */
export class Revocations {
  readonly #clock: () => number
  readonly #held = new Map<string, readonly Revocation[]>()
  /** How many of them are of single tokens: only for those the identity of a token is needed. */
  #ofTokens = 0
  /** Of the tokens whose verdicts are held: theirs is not found out for each request. */
  readonly #identities = new WeakMap<AccessToken, string>()
  readonly #watchers = new Set<(added: Revocation) => void>()
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
    // A clock that was set back far must not put it off for as long.
    if (!(now < this.#pruneAtMs && now >= this.#pruneAtMs - pruneEveryMs)) {
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
    if (!same && added.identity !== undefined) {
      this.#ofTokens++
    }
    for (const told of this.#watchers) {
      told(added)
    }
    return true
  }

  /** Calls the function with each revocation, once it is in effect, until what it returns is called. */
  watch(told: (added: Revocation) => void): () => void {
    this.#watchers.add(told)
    return () => this.#watchers.delete(told)
  }

  /**
   * The refusal of a token that was revoked.
   *
   * @param raw - the token as it was presented
   */
  judge(token: AccessToken, raw: string): RefusalValue | undefined {
    if (this.#held.size === 0) {
      return undefined
    }
    return this.judgeIdentified(token, this.#ofTokens > 0 ? this.#identityOf(token, raw) : '')
  }

  /** The same for a token whose identity is at hand. */
  judgeIdentified(token: AccessToken, identity: string): RefusalValue | undefined {
    return this.#isRevoked(token, identity) ? refuse('revoked') : undefined
  }

  #identityOf(token: AccessToken, raw: string): string {
    let identity = this.#identities.get(token)
    if (identity === undefined) {
      identity = tokenIdentity(raw)
      this.#identities.set(token, identity)
    }
    return identity
  }

  #isRevoked(token: AccessToken, identity: string): boolean {
    const now = this.#clock()
    const marks = tokenMarks(token)
    const isMeant = (revocation: Revocation) =>
      now < revocation.endsAtMs && concerns(revocation, marks)
    return (
      this.#held.get(`token ${identity}`)?.some(({ endsAtMs }) => now < endsAtMs) === true ||
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
        this.#ofTokens -= Number(revocations[0]?.identity !== undefined)
      } else if (left.length < revocations.length) {
        this.#held.set(key, left)
      }
    }
  }
}

const everything = 'everything'

function keyOf(revocation: Revocation): string {
  if (revocation.identity !== undefined) {
    return `token ${revocation.identity}`
  }
  const kind = kindOf(revocation)
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
