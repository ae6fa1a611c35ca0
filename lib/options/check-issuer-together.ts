import { ConfigurationError } from '../errors/configuration-error.ts'
import type { IssuerSettings } from './issuer-options.ts'

/**
 * Options of an issuer that are right one by one are also right together.
 *
 * @throws ConfigurationError
 */
export function checkIssuerTogether(
  settings: IssuerSettings,
  path: string,
  profile: 'default' | 'fapi2',
): void {
  const { jwt, introspection, discovery, http } = settings
  const demand = (isMet: boolean, name: string, message: string): void => {
    if (!isMet) {
      throw new ConfigurationError(`${path}.${name}`, message)
    }
  }
  // FAPI 2.0 Security Profile section 5.2.1: TLS to every other server. Loopback leaves no machine.
  demand(
    profile !== 'fapi2' || http.insecureHosts.length === 0,
    'http.insecureHosts',
    'contradicts `profile: "fapi2"`, which asks for TLS. Leave it out.',
  )
  if (!introspection) {
    // FAPI 2.0 Security Profile section 5.3.4: the revocation status, too, is verified.
    demand(
      profile !== 'fapi2' || typeof jwt?.statusList === 'object',
      'introspection',
      'is required under `profile: "fapi2"`, unless there is `jwt.statusList`: a JWT does not tell whether it was revoked.',
    )
    demand(!!jwt, 'introspection', 'is required where `jwt` is false: nothing else is left to ask.')
    demand(
      settings.opaquePrefixes.length === 0,
      'opaquePrefixes',
      'needs `introspection`: opaque tokens cannot be verified otherwise.',
    )
  }
  const prefix = introspection?.tokenShape?.prefix ?? ''
  demand(
    settings.opaquePrefixes.length === 0 ||
      settings.opaquePrefixes.some((one) => one.startsWith(prefix) || prefix.startsWith(one)),
    'introspection.tokenShape.prefix',
    'fits none of `opaquePrefixes`: no token would be asked about.',
  )
  if (!discovery) {
    const required = 'is required where `discovery` is false.'
    demand(jwt?.keys !== 'discovered', 'jwt.keys', required)
    demand(introspection?.endpoint !== 'discovered', 'introspection.endpoint', required)
    demand(
      !introspection?.signedResponse || !!jwt,
      'introspection.signedResponse',
      'has no keys to verify with where `jwt` and `discovery` are false.',
    )
  }
  demand(
    introspection?.client.method !== 'tls_client_auth' || !!http.clientCertificate,
    'introspection.client.method',
    '"tls_client_auth" needs `http.clientCertificate`.',
  )
}
