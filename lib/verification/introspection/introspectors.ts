import { refuse } from '../../errors/refusal-value.ts'
import type { Algorithm } from '../../jws/algorithms.ts'
import { verifySignature } from '../../jws/verify-signature.ts'
import type { IntrospectionSettings } from '../../options/issuer-options.ts'
import type { IssuerKeys } from '../jwt/issuer-keys.ts'
import type { Credentials, Issuer, Verdict } from '../verifier.ts'
import { type IntrospectionPorts, introspection } from './introspect.ts'
import type { VerifySigned } from './signed-answer.ts'

export interface IntrospectorsPorts extends Omit<IntrospectionPorts, 'verifySigned'> {
  readonly keysOf: (issuer: Issuer) => IssuerKeys
}

/** Introspection at any of the issuers; what is kept of one goes when the issuer does. */
export function introspectors({
  keysOf,
  ...ports
}: IntrospectorsPorts): (issuer: Issuer, credentials: Credentials) => Verdict | Promise<Verdict> {
  const byIssuer = new WeakMap<Issuer, ReturnType<typeof introspection>>()

  return function introspect(issuer, credentials) {
    const settings = issuer.settings.introspection
    if (!settings) {
      return refuse('opaque_not_accepted')
    }
    let ask = byIssuer.get(issuer)
    if (!ask) {
      ask = introspection(issuer, settings as IntrospectionSettings, {
        ...ports,
        verifySigned: signedBy(keysOf(issuer)),
      })
      byIssuer.set(issuer, ask)
    }
    return ask(credentials)
  }
}

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
