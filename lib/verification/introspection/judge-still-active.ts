import { type RefusalValue, refuse } from '../../errors/refusal-value.ts'
import type { ClaimSet } from '../../options/issuer-options.ts'
import { verifiedClaims } from '../../verified-claims.ts'
import type { AccessToken } from '../access-token.ts'
import type { Accepted, Issuer } from '../verifier.ts'
import { answerGoodUntilMs, judgeActive } from './judge-active.ts'

/**
 * Whether a token that was verified before is still active by what its issuer says now. It stays the
 * token that was verified: what the answer leaves out is as the token says, what the answer says
 * beyond it (`scope`, other claims) is not looked at, and what contradicts it refuses.
 */
export function judgeStillActive(
  claims: ClaimSet,
  token: AccessToken,
  issuer: Issuer,
  now: number,
): Accepted | RefusalValue {
  const verified = verifiedClaims(token)
  const told = Object.hasOwn(verified, 'cnf') ? { cnf: verified['cnf'], ...claims } : claims
  const refusal = judgeActive(told, issuer, 'when-present', now)
  if (refusal !== undefined) return refusal
  if (contradicts(claims, token)) return refuse('contradicted')
  const goodUntilMs = answerGoodUntilMs(claims)
  return Object.freeze({
    verdict: 'accepted',
    token,
    goodUntilMs,
    restsOn: 'introspection',
  } as const)
}

/**
 * Whether the answer is about another token, or about another presenter. Some servers leave members
 * out of the token and tell them here: only what both say is compared. `iss` is that of the issuer.
 */
function contradicts(claims: ClaimSet, token: AccessToken): boolean {
  const verified = verifiedClaims(token)
  const both = [
    [claims['sub'], token.subject],
    [claims['client_id'], token.clientId],
    [claims['jti'], verified['jti']],
  ]
  return (
    both.some(([said, known]) => isThere(said) && isThere(known) && said !== known) ||
    // Not so `cnf`: one that only the answer has was never proved, and `null` is none that could be.
    (Object.hasOwn(claims, 'cnf') &&
      !(Object.hasOwn(verified, 'cnf') && isSame(claims['cnf'], verified['cnf'])))
  )
}

/** Member by member; no confirmation that can be proved has any that are not strings. */
function isSame(one: unknown, other: unknown): boolean {
  const members = Object.entries(one ?? {})
  return (
    members.length === Object.keys(other ?? {}).length &&
    members.every(([name, value]) => (other as ClaimSet)[name] === value)
  )
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null
}
