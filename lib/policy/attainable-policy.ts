import { ConfigurationError } from '../errors/configuration-error.ts'
import type { ResourceServerSettings } from '../options/resource-server-options.ts'
import type { Policy, PolicySettings } from './policy.ts'
import { policySettings } from './policy-settings.ts'

/**
 * The settings of a policy that this resource server can meet: nothing is demanded that it accepts
 * from nobody.
 *
 * @throws ConfigurationError as `policySettings`, for a proof that is switched off, and for `live`
 *   where an issuer of the list cannot be asked
 */
export function attainablePolicy<Claims extends object, Request>(
  policy: Policy<Claims, Request>,
  { dpop, mtls, issuers }: Pick<ResourceServerSettings, 'dpop' | 'mtls' | 'issuers'>,
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
  // Those of a function are not known before their tokens come.
  const mute =
    required.live && typeof issuers !== 'function'
      ? issuers.find(({ introspection }) => introspection === undefined)
      : undefined
  if (mute) {
    throw new ConfigurationError(
      'live',
      `the issuer ${mute.issuer} cannot be asked: give it \`introspection\`, or leave \`live\` out.`,
    )
  }
  return required
}
