import { andThen } from '../../and-then.ts'
import { Marks } from '../../cache/marks.ts'
import { refuse } from '../../errors/refusal-value.ts'
import { unavailable } from '../../errors/unavailable-value.ts'
import type { Algorithm } from '../../jws/algorithms.ts'
import { verifySignature } from '../../jws/verify-signature.ts'
import type { IntrospectionHealth } from '../../observability/health.ts'
import type { IntrospectionSettings } from '../../options/introspection-options.ts'
import type { IssuerKeys } from '../jwt/issuer-keys.ts'
import type { Issuer, Verdict } from '../verifier.ts'
import { type AnswerFault, needsRepairMs } from './fault.ts'
import {
  type Introspect,
  type Introspection,
  type IntrospectionPorts,
  introspection,
} from './introspect.ts'
import type { VerifySigned } from './signed-answer.ts'
import { unsupportedHint } from './unsupported-hint.ts'

export interface IntrospectorsPorts
  extends Omit<IntrospectionPorts, 'verifySigned' | 'goodLately'> {
  readonly keysOf: (issuer: Issuer) => IssuerKeys
  /** How many tokens are remembered to have been good lately. */
  readonly mostTokens: number
}

/** Asks an issuer as `Introspect` does. */
export type IntrospectAt = (
  issuer: Issuer,
  ...question: Parameters<Introspect>
) => Verdict | Promise<Verdict>

export interface Introspectors {
  readonly introspect: IntrospectAt
  /** `undefined` before an issuer was asked. */
  health(issuer: Issuer): IntrospectionHealth | undefined
}

/** Introspection at any of the issuers; what is kept of one goes when the issuer does. */
export function introspectors({ keysOf, mostTokens, ...ports }: IntrospectorsPorts): Introspectors {
  const byIssuer = new WeakMap<Issuer, Introspection>()
  const hint = unsupportedHint(ports.log)
  const goodLately = new Marks(mostTokens)

  const introspect: IntrospectAt = (issuer, credentials, verified) => {
    const settings = issuer.settings.introspection
    if (!settings) {
      return verified ? hinting(issuer, noIntrospection) : refuse('opaque_not_accepted')
    }
    const verdict = at(issuer, settings).introspect(credentials, verified)
    return andThen(verdict, (told) => hinting(issuer, told))
  }

  function at(issuer: Issuer, settings: IntrospectionSettings): Introspection {
    let known = byIssuer.get(issuer)
    if (!known) {
      const verifySigned = signedBy(keysOf(issuer))
      known = introspection(issuer, settings, { ...ports, verifySigned, goodLately })
      byIssuer.set(issuer, known)
    }
    return known
  }

  function hinting({ settings }: Issuer, verdict: Verdict): Verdict {
    hint(settings.issuer, verdict)
    return verdict
  }

  return { introspect, health: (issuer) => byIssuer.get(issuer)?.health() }
}

const fault: AnswerFault = Object.freeze({ fault: 'no_introspection' })
const noIntrospection = unavailable('live_unsupported', needsRepairMs, fault)

/** Whether one of the issuer's keys made the signature of an answer (RFC 9701 section 5). */
function signedBy(keys: IssuerKeys): VerifySigned {
  return async function verifySigned(jws) {
    const found = await keys.candidates(jws.header)
    if ('verdict' in found) {
      // A key nobody knows says nothing about the caller's token.
      return found.verdict === 'refused' ? false : found
    }
    return found.some(({ key }) => verifySignature(jws.header.alg as Algorithm, key, jws))
  }
}
