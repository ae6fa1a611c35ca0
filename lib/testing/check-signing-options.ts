import { algorithms } from '../jws/algorithms.ts'
import { checkChoice, type Members } from './check-members.ts'
import type { SigningOptions } from './token-options.ts'

/** The members that say how something is signed. */
export const signing: Members<SigningOptions> = {
  algorithm: true,
  signedBy: true,
  secret: true,
  header: true,
  claims: true,
  rawHeader: true,
  rawPayload: true,
}

const signingAlgorithms = [...Object.keys(algorithms), 'none', 'HS256', 'HS384', 'HS512']

/** @throws TypeError for an algorithm or a signer that nobody knows */
export function checkSigning(call: string, { algorithm, signedBy }: SigningOptions): void {
  if (algorithm !== undefined) {
    checkChoice(`algorithm of ${call}`, algorithm, signingAlgorithms)
  }
  if (signedBy !== undefined && typeof signedBy !== 'object') {
    checkChoice(`signedBy of ${call}`, signedBy, ['own', 'foreign'])
  }
}
