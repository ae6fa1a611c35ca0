import { checkMembers, type Members } from './check-members.ts'
import { checkSigning, signing } from './check-signing-options.ts'
import { checkBinding } from './confirmation.ts'
import type { GrantOptions, IdTokenOptions, OpaqueOptions, TokenOptions } from './token-options.ts'

const grant: Members<GrantOptions> = {
  scope: true,
  audience: true,
  issuer: true,
  expiresInSeconds: true,
  expired: true,
  boundTo: true,
}
const idToken: Members<IdTokenOptions> = { ...signing, ...grant }
const token: Members<TokenOptions> = { ...idToken, status: true }
const opaque: Members<OpaqueOptions> = {
  ...grant,
  prefix: true,
  token: true,
  active: true,
  response: true,
  signed: true,
}

/** @throws TypeError for what `token()` does not know */
export function checkTokenOptions(options: TokenOptions): void {
  check('token()', options, token)
  const { status } = options
  if (status !== undefined && status !== true) {
    checkMembers('token({ status })', status, { idx: true, uri: true })
  }
}

/** @throws TypeError for what `idToken()` does not know */
export function checkIdTokenOptions(options: IdTokenOptions): void {
  check('idToken()', options, idToken)
}

function check(call: string, options: IdTokenOptions, members: Members<object>): void {
  checkMembers(call, options, members)
  checkSigning(call, options)
  checkBinding(call, options.boundTo)
}

/** @throws TypeError for what `opaque()` does not know */
export function checkOpaqueOptions(options: OpaqueOptions): void {
  if (Object.hasOwn(Object(options), 'claims')) {
    throw new TypeError(
      'opaque() has no member "claims": what introspection says goes into "response".',
    )
  }
  checkMembers('opaque()', options, opaque)
  checkBinding('opaque()', options.boundTo)
  if (options.signed !== undefined) {
    checkMembers('opaque({ signed })', options.signed, signing)
    checkSigning('opaque({ signed })', options.signed)
  }
}
