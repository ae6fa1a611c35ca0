import { ConfigurationError } from '../errors/configuration-error.ts'
import type { ResourceServerSettings } from '../options/resource-server-options.ts'
import type { Policy, PolicySettings } from './policy.ts'
import { policySettings } from './policy-settings.ts'

/**
 * The settings of a policy that this resource server can meet: nothing is demanded that it accepts
 * from nobody.
 *
 * @throws ConfigurationError as `policySettings`, and for a proof that is switched off
 */
export function attainablePolicy<Claims extends object, Request>(
  policy: Policy<Claims, Request>,
  { dpop, mtls }: Pick<ResourceServerSettings, 'dpop' | 'mtls'>,
): PolicySettings<Claims, Request> {
  const required = policySettings(policy)
  const { proof } = required
  if (proof !== undefined && !{ any: dpop ?? mtls, dpop, mtls }[proof]) {
    const way = proof === 'any' ? '`dpop` or `mtls`' : `\`${proof}\``
    throw new ConfigurationError(
      'proof',
      `"${proof}" can never be met here: set ${way} in the options of resourceServer().`,
    )
  }
  return required
}
