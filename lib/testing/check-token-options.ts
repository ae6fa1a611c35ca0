import { checkMembers, type Members } from './check-members.ts'
import { checkSigning, signing } from './check-signing-options.ts'
import { checkBinding } from './confirmation.ts'
import type { GrantOptions, OpaqueOptions, TokenOptions } from './token-options.ts'

const grant: Members<GrantOptions> = {
  scope: true,
  audience: true,
  issuer: true,
  expiresInSeconds: true,
  expired: true,
  boundTo: true,
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
