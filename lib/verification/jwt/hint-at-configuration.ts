import { andThen } from '../../and-then.ts'
import { type Algorithm, isAlgorithm } from '../../jws/algorithms.ts'
import type { CompactJws, JoseHeader } from '../../jws/compact.ts'
import { verifySignature } from '../../jws/verify-signature.ts'
import { ToldOnce } from '../../observability/told-once.ts'
import type { JwtSettings } from '../../options/issuer-options.ts'
import type { LogRecord } from '../../options/log-record.ts'
import type { Issuer, Verdict } from '../verifier.ts'
import { configurationHints } from './configuration-hints.ts'
import type { IssuerKeys } from './issuer-keys.ts'

export interface HintPorts {
  readonly log: (record: LogRecord) => void
  readonly clock: () => number
  readonly keysOf: (issuer: Issuer) => IssuerKeys
}

/** A look costs a signature check, which made-up tokens are otherwise refused without. */
const betweenLooksMs = 1000

/**
 * Tells the operators, once a reason and issuer, what about a refused token may be the fault of the
 * configuration. Only tokens that the issuer signed are told of: nobody else writes into the log, or
 * uses the one line up. The verdict waits for none of it.
 */
export function hintAtConfiguration({
  log,
  clock,
  keysOf,
}: HintPorts): (verdict: Verdict, jws: CompactJws, issuer: Issuer) => void {
  const told = new ToldOnce()
  let lookedAt = Number.NEGATIVE_INFINITY

  return function hint(verdict, jws, issuer) {
    if (verdict.verdict !== 'refused') return
    const { reason } = verdict
    const hinted = configurationHints[reason]
    if (!hinted) return
    const { settings } = issuer
    const what = `${reason} ${settings.issuer}`
    const claims = jws.payload()
    if (told.has(what) || !claims || !mayLook(jws.header)) return
    const signed = isSigned(jws, keysOf(issuer))
    const tell = (isTrue: boolean): void => {
      if (!isTrue || told.has(what)) return
      told.add(what)
      const { header } = jws
      const jwt = settings.jwt as JwtSettings
      const { message, ...more } = hinted({ header, claims, issuer: settings, jwt })
      const details = Object.freeze({ issuer: settings.issuer, ...more })
      log(Object.freeze({ level: 'warn', code: reason, message, details }))
    }
    // Nobody waits: a bug in it shows in the verdicts of good tokens, which go the same way.
    if (signed instanceof Promise) signed.then(tell, () => {})
    else tell(signed)
  }

  /** Not more often than once a second; a clock that was set back does not stop it. */
  function mayLook({ alg, kid }: JoseHeader): boolean {
    const now = clock()
    const isNamed = kid === undefined || typeof kid === 'string'
    if (!isAlgorithm(alg) || !isNamed || Math.abs(now - lookedAt) < betweenLooksMs) {
      return false
    }
    lookedAt = now
    return true
  }
}

/** Whether a key of the issuer made the signature, whatever the token says. */
function isSigned(jws: CompactJws, keys: IssuerKeys): boolean | Promise<boolean> {
  return andThen(
    keys.candidates(jws.header),
    (candidates) =>
      !('verdict' in candidates) &&
      candidates.some(({ key }) => verifySignature(jws.header.alg as Algorithm, key, jws)),
  )
}
