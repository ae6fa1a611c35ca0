import { algorithms } from '../../jws/algorithms.ts'
import { checkChoice, checkMembers, checkToken, type Members } from '../check-members.ts'
import { checkSigning, signing } from '../check-signing-options.ts'
import type { DpopKeyOptions } from './dpop-key-options.ts'
import type { ProofOptions } from './proof-options.ts'

const key: Members<DpopKeyOptions> = { algorithm: true, clock: true }
const proof: Members<ProofOptions> = {
  method: true,
  url: true,
  token: true,
  nonce: true,
  jti: true,
  issuedSecondsAgo: true,
  ...signing,
}

/** @throws TypeError for what `dpopKey()` does not know */
export function checkDpopKeyOptions(call: string, options: DpopKeyOptions): void {
  checkMembers(call, options, key)
  if (options.algorithm !== undefined) {
    checkChoice(`algorithm of ${call}`, options.algorithm, Object.keys(algorithms))
  }
}

/** @throws TypeError for what `proof()` and `headers()` do not know, and for what they lack */
export function checkProofOptions(call: string, options: ProofOptions): void {
  checkMembers(call, options, proof)
  checkSigning(call, options)
  const { method, url, token } = options
  if (typeof method !== 'string') {
    throw new TypeError(`${call} takes the method of a request, such as 'GET'.`)
  }
  // A proof for a path would be refused for that, and not for what the test is about.
  if (typeof url !== 'string' || !URL.canParse(url)) {
    throw new TypeError(`${call} takes an absolute url, such as 'https://api.test/orders'.`)
  }
  if (token !== undefined) checkToken(`token of ${call}`, token)
}
