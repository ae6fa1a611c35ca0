import { refuse } from '../../errors/refusal-value.ts'
import { unavailable } from '../../errors/unavailable-value.ts'
import type { Algorithm } from '../../jws/algorithms.ts'
import { verifySignature } from '../../jws/verify-signature.ts'
import type { IntrospectionSettings } from '../../options/issuer-options.ts'
import type { IssuerKeys } from '../jwt/issuer-keys.ts'
import type { Issuer, Verdict } from '../verifier.ts'
import { type AnswerFault, needsRepairMs } from './fault.ts'
import { type Introspect, type IntrospectionPorts, introspection } from './introspect.ts'
import type { VerifySigned } from './signed-answer.ts'
import { unsupportedHint } from './unsupported-hint.ts'

export interface IntrospectorsPorts extends Omit<IntrospectionPorts, 'verifySigned'> {
  readonly keysOf: (issuer: Issuer) => IssuerKeys
}

/** Asks an issuer as `Introspect` does. */
export type IntrospectAt = (
  issuer: Issuer,
  ...question: Parameters<Introspect>
) => Verdict | Promise<Verdict>

/** Introspection at any of the issuers; what is kept of one goes when the issuer does. */
export function introspectors({ keysOf, ...ports }: IntrospectorsPorts): IntrospectAt {
  const byIssuer = new WeakMap<Issuer, Introspect>()
  const hint = unsupportedHint(ports.log)

  return function introspect(issuer, credentials, verified) {
    const settings = issuer.settings.introspection
    if (!settings) {
      return verified ? hinting(issuer, noIntrospection) : refuse('opaque_not_accepted')
    }
    let ask = byIssuer.get(issuer)
    if (!ask) {
      ask = introspection(issuer, settings as IntrospectionSettings, {
        ...ports,
        verifySigned: signedBy(keysOf(issuer)),
      })
      byIssuer.set(issuer, ask)
    }
    return ask(credentials, verified).then((verdict) => hinting(issuer, verdict))
  }

  function hinting({ settings }: Issuer, verdict: Verdict): Verdict {
    hint(settings.issuer, verdict)
    return verdict
  }
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
