import { refuse } from '../../errors/refusal-value.ts'
import type { IntrospectionSettings } from '../../options/introspection-options.ts'
import type { ClaimSet } from '../../options/issuer-options.ts'
import type { StandardSchema } from '../../options/standard-schema.ts'
import { accessTokenFromClaims } from '../access-token-from-claims.ts'
import type { Issuer, Verdict } from '../verifier.ts'
import { answerGoodUntilMs, expiry, judgeActive } from './judge-active.ts'

/**
 * The verdict on a token by what its issuer says of it, and by that alone. `cnf` is passed on as it
 * is, unjudged.
 */
export function judgeAnswer(
  claims: ClaimSet,
  issuer: Issuer,
  settings: IntrospectionSettings,
  schema: StandardSchema | undefined,
  now: number,
): Verdict {
  const refusal = judgeActive(claims, issuer, settings.audience, now)
  if (refusal !== undefined) return refusal
  const token = accessTokenFromClaims({
    claims,
    issuer,
    source: 'introspection',
    expiresAt: expiry(claims),
    trust: { holds: () => !issuer.forgotten },
    schema,
  })
  if ('verdict' in token) return token
  const { clients } = issuer.settings
  if (clients !== undefined && (token.clientId === undefined || !clients.has(token.clientId))) {
    return refuse('wrong_client')
  }
  const goodUntilMs = answerGoodUntilMs(claims)
  return Object.freeze({
    verdict: 'accepted',
    token,
    goodUntilMs,
    restsOn: 'introspection',
  } as const)
}
