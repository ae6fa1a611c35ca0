import { randomBytes } from 'node:crypto'
import { isAlgorithm } from '../jws/algorithms.ts'
import {
  checkIdTokenOptions,
  checkOpaqueOptions,
  checkTokenOptions,
} from './check-token-options.ts'
import { accessTokenClaims, type ClaimDefaults, idTokenClaims } from './claims.ts'
import type { IssuedTokens } from './issued-tokens.ts'
import type { KeyRing } from './key-ring.ts'
import { payloadOf } from './payload-of.ts'
import { signToken } from './sign-token.ts'
import type { TestStatusList } from './status-list.ts'
import type { IdTokenOptions, OpaqueOptions, TokenOptions } from './token-options.ts'

/** Makes tokens, and sees to it that introspection knows those which are the server's own. */
export interface Minting {
  token(options?: TokenOptions): string
  idToken(options?: IdTokenOptions): string
  opaque(options?: OpaqueOptions): string
}

/** Tokens of one server, with its keys. */
export function minting(
  defaults: ClaimDefaults,
  keys: KeyRing,
  tokens: IssuedTokens,
  statuses: TestStatusList,
): Minting {
  return {
    token(options = {}) {
      checkTokenOptions(options)
      const { status } = options
      const granted = {
        ...accessTokenClaims(options, defaults),
        ...(status !== undefined && { status: statuses.claim(status) }),
      }
      const token = signToken('at+jwt', granted, options, keys)
      const claims = payloadOf(token)
      if (claims !== undefined && isOwn(options, keys)) {
        const response = { active: true, token_type: tokenType(claims), ...claims }
        tokens.add(token, { response, signed: {} }, expiry(claims))
      }
      return token
    },
    idToken(options = {}) {
      checkIdTokenOptions(options)
      return signToken('JWT', idTokenClaims(options, defaults), options, keys)
    },
    opaque(options = {}) {
      checkOpaqueOptions(options)
      const { prefix = '', active = true, response: changes = {}, signed = {} } = options
      const token = options.token ?? prefix + randomBytes(24).toString('base64url')
      const claims = accessTokenClaims(options, defaults)
      const usual = active ? { active, token_type: tokenType(claims), ...claims } : { active }
      const asGiven = 'active' in changes || 'exp' in changes
      const activeUntil = asGiven ? Number.POSITIVE_INFINITY : expiry(claims)
      // JSON.stringify leaves out members that are undefined.
      tokens.add(token, { response: { ...usual, ...changes }, signed }, activeUntil)
      return token
    },
  }
}

/** Whether an authorization server would know the token as one of its own. */
function isOwn({ signedBy = 'own', algorithm }: TokenOptions, keys: KeyRing): boolean {
  return signedBy === 'own' && isAlgorithm(algorithm ?? keys.algorithm)
}

/** RFC 9449 section 6.2. A token that is bound to a certificate alone stays a bearer token. */
function tokenType({ cnf }: Readonly<Record<string, unknown>>): 'DPoP' | 'Bearer' {
  return Object(cnf).jkt === undefined ? 'Bearer' : 'DPoP'
}

function expiry({ exp }: Readonly<Record<string, unknown>>): number {
  return typeof exp === 'number' ? exp : Number.POSITIVE_INFINITY
}
