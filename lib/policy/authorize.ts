import { andThen } from '../and-then.ts'
import type { Auth } from '../auth.ts'
import { type RefusalValue, refuse } from '../errors/refusal-value.ts'
import type { UnavailableValue } from '../errors/unavailable-value.ts'
import type { ResourceServerSettings } from '../options/resource-server-options.ts'
import type { AccessToken } from '../verification/access-token.ts'
import { verifiedClaims } from '../verified-claims.ts'
import { isThenable } from './is-thenable.ts'
import { judgeAuthentication } from './judge-authentication.ts'
import { judgeAuthorizationDetails } from './judge-authorization-details.ts'
import { judgeProof } from './judge-proof.ts'
import { judgeScope } from './judge-scope.ts'
import type { PolicySettings } from './policy.ts'
import { isMet, type Requirement } from './requirement.ts'

type Fault = RefusalValue | UnavailableValue | undefined

/**
 * Nothing when the policy is met, else the refusal, or that the authorization server cannot tell.
 * Judged for every request, also after a cached verdict.
 *
 * @param token - behind `auth`: its claims are judged as they were verified, and not as the
 *   application's schema made them
 * @param askNow - whether the authorization server still says yes; asked after all that can be
 *   refused without
 * @throws ConfigurationError when a function of the policy returns no requirement, and whatever
 *   `check` throws
 */
export function authorize<Claims extends object, Request>(
  auth: Auth<Claims>,
  token: AccessToken,
  policy: PolicySettings<Claims, Request>,
  request: Request,
  { clock, resource }: Pick<ResourceServerSettings, 'clock' | 'resource'>,
  askNow: (token: AccessToken, raw: string) => Fault | Promise<Fault>,
): Fault | Promise<Fault> {
  const claims = verifiedClaims(token)
  return (
    judgeProof(auth.proofs, policy) ??
    judgeAuthentication(
      claims,
      policy.authentication,
      clock,
      judgeScope(auth, policy.scope, request),
    ) ??
    judgeRoles(auth, policy.roles) ??
    judgeAuthorizationDetails(claims, policy.authorizationDetails, request, resource) ??
    andThen(
      policy.live ? askNow(token, auth.token) : undefined,
      (fault) => fault ?? judgeCheck(auth, policy.check, request),
    )
  )
}

function judgeRoles(
  auth: { readonly roles: readonly string[] },
  roles: readonly Requirement[],
): RefusalValue | undefined {
  return roles.every((role) => isMet(role, (name) => auth.roles.includes(name)))
    ? undefined
    : refuse('missing_role')
}

function judgeCheck<Claims extends object, Request>(
  auth: Auth<Claims>,
  check: PolicySettings<Claims, Request>['check'],
  request: Request,
): RefusalValue | undefined | Promise<RefusalValue | undefined> {
  if (!check) {
    return undefined
  }
  const answer = check(auth, request)
  // Not `instanceof Promise`: the application may bring a promise of its own making.
  return isThenable(answer) ? Promise.resolve(answer).then(onlyTrue) : onlyTrue(answer)
}

function onlyTrue(answer: unknown): RefusalValue | undefined {
  return answer === true ? undefined : refuse('check_failed')
}
