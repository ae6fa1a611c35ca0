import { type RefusalValue, refuse } from '../errors/refusal-value.ts'
import type { ClaimSet } from '../options/issuer-options.ts'
import { computedAuthorizationDetails } from './computed-authorization-details.ts'
import { isGranted } from './granted-authorization-details.ts'
import type { PolicySettings } from './policy.ts'

/**
 * Nothing when the token holds all the authorization details, else the refusal.
 *
 * @param resource - what this API is called in `locations`
 * @throws ConfigurationError when the function of the policy returns no requirement
 */
export function judgeAuthorizationDetails<Request>(
  claims: ClaimSet,
  required: PolicySettings<never, Request>['authorizationDetails'],
  request: Request,
  resource: string,
): RefusalValue | undefined {
  if (required === undefined) {
    return undefined
  }
  const requirements =
    typeof required === 'function' ? computedAuthorizationDetails(required(request)) : required
  const granted = claims['authorization_details']
  // RFC 9396 has no error code for it.
  return requirements?.every((requirement) => isGranted(requirement, granted, resource))
    ? undefined
    : refuse('missing_authorization_details')
}
