import { algorithms } from '../jws/algorithms.ts'
import { checkChoice, checkMembers, type Members } from './check-members.ts'
import type { GrantOptions, OpaqueOptions, SigningOptions, TokenOptions } from './token-options.ts'

const signing: Members<SigningOptions> = {
  algorithm: true,
  signedBy: true,
  secret: true,
  header: true,
  claims: true,
  rawHeader: true,
  rawPayload: true,
}
const grant: Members<GrantOptions> = {
  scope: true,
  audience: true,
  issuer: true,
  expiresInSeconds: true,
  expired: true,
}
const token: Members<TokenOptions> = { ...signing, ...grant }
const opaque: Members<OpaqueOptions> = {
  ...grant,
  prefix: true,
  token: true,
  active: true,
  response: true,
  signed: true,
}

/** @throws TypeError for what `token()` and `idToken()` do not know */
export function checkTokenOptions(call: string, options: TokenOptions): void {
  checkMembers(call, options, token)
  checkSigning(call, options)
}

/** @throws TypeError for what `opaque()` does not know */
export function checkOpaqueOptions(options: OpaqueOptions): void {
  if (Object.hasOwn(Object(options), 'claims')) {
    throw new TypeError(
      'opaque() has no member "claims": what introspection says goes into "response".',
    )
  }
  checkMembers('opaque()', options, opaque)
  if (options.signed !== undefined) {
    checkMembers('opaque({ signed })', options.signed, signing)
    checkSigning('opaque({ signed })', options.signed)
  }
}

const signingAlgorithms = [...Object.keys(algorithms), 'none', 'HS256', 'HS384', 'HS512']

function checkSigning(call: string, { algorithm, signedBy }: SigningOptions): void {
  if (algorithm !== undefined) {
    checkChoice(`algorithm of ${call}`, algorithm, signingAlgorithms)
  }
  if (signedBy !== undefined && typeof signedBy !== 'object') {
    checkChoice(`signedBy of ${call}`, signedBy, ['own', 'foreign'])
  }
}
