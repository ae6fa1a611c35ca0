import { LRUCache } from 'lru-cache'
import type { Marks } from '../../cache/marks.ts'
import type { IntrospectionSettings } from '../../options/introspection-options.ts'
import type { StandardSchema } from '../../options/standard-schema.ts'
import type { SealedStore } from '../../store/sealed-store.ts'
import { verifiedClaims } from '../../verified-claims.ts'
import type { AccessToken } from '../access-token.ts'
import type { Accepted, Credentials, Issuer, Verdict } from '../verifier.ts'
import { judgeAnswer } from './judge-answer.ts'

/** Where processes keep answers for each other. */
export interface AnswerStore {
  readonly store: SealedStore
  /** How long an answer is rested on after it was asked for. */
  readonly maxAgeMs: number
}

interface SharedAnswersPorts extends AnswerStore {
  readonly clock: () => number
  readonly schema: StandardSchema | undefined
  readonly goodLately: Marks
}

type Presented = Pick<Credentials, 'token' | 'digest'>
type Ask = (credentials: Presented, verified: AccessToken | undefined) => Promise<Verdict>

/** By how much the clock of another process may be ahead. */
const aheadMs = 5000
/** Of how many tokens it is remembered when they were found inactive. */
const remembered = 1000

/**
 * Looks in the shared store before the issuer is asked about a token, and tells the store what it said.
 * An answer of another process is judged anew, as one that is as old as it is; whatever does not make a
 * good token is nothing: nobody is refused by what is in the store. Who asks about a token that is
 * `verified` wants to know of now: those go to the issuer.
 */
export function sharedAnswers(
  ask: Ask,
  issuer: Issuer,
  settings: IntrospectionSettings,
  { store, clock, schema, maxAgeMs, goodLately }: SharedAnswersPorts,
): Ask {
  /** When this process heard last that a token is inactive. */
  const heardAt = new LRUCache<string, number>({ max: remembered })

  /** Whoever asks for signed answers does not rest on one that need not have been. */
  function idOf(digest: string): string {
    return JSON.stringify([issuer.settings.issuer, settings.signedResponse, digest])
  }

  function judge(kept: Readonly<Record<string, unknown>>, id: string): Accepted | undefined {
    const now = clock()
    const { asked, claims } = kept
    if (typeof asked !== 'number' || !(asked <= now + aheadMs) || !isClaimSet(claims)) {
      return undefined
    }
    // Written late: the answer was on its way already when another one said no.
    if (asked - aheadMs <= (heardAt.get(id) ?? Number.NEGATIVE_INFINITY)) return undefined
    const endsAtMs = Math.min(asked, now) + maxAgeMs
    const verdict = judgeAnswer(claims, issuer, settings, schema, now)
    if (verdict.verdict !== 'accepted' || now >= endsAtMs) return undefined
    return Object.freeze({ ...verdict, goodUntilMs: Math.min(verdict.goodUntilMs, endsAtMs) })
  }

  function tell(token: string, id: string, asked: number, verdict: Accepted): void {
    const leftMs = Math.min(asked + maxAgeMs, verdict.goodUntilMs) - clock()
    if (leftMs > 0 && !(asked <= (heardAt.get(id) ?? Number.NEGATIVE_INFINITY))) {
      const claims = verifiedClaims(verdict.token)
      void store.write(token, id, { asked, claims }, leftMs)
    }
  }

  /** Other processes, too, ask anew. */
  function tellInactive(token: string, id: string): void {
    heardAt.set(id, clock())
    void store.erase(token, id, maxAgeMs)
  }

  return async function introspectOrRead(credentials, verified) {
    const { token, digest } = credentials
    const id = idOf(digest)
    if (verified) {
      const verdict = await ask(credentials, verified)
      if (verdict.verdict === 'refused' && verified.source === 'introspection') {
        tellInactive(token, id)
      }
      return verdict
    }
    const kept = await store.read(token, id)
    const known = kept && judge(kept, id)
    if (known) {
      goodLately.add(digest)
      return known
    }
    const asked = clock()
    const verdict = await ask(credentials, undefined)
    if (verdict.verdict === 'accepted') tell(token, id, asked, verdict)
    else if (verdict.verdict === 'refused' && kept?.['claims']) tellInactive(token, id)
    return verdict
  }
}

function isClaimSet(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
