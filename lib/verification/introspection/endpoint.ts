import { type UnavailableValue, unavailable } from '../../errors/unavailable-value.ts'
import type { IntrospectionSettings } from '../../options/introspection-options.ts'
import type { Issuer } from '../verifier.ts'
import { type AnswerFault, needsRepairMs } from './fault.ts'

/** Where to ask: the configured endpoint, or the one of the metadata (RFC 8414 section 2). */
export async function introspectionEndpoint(
  issuer: Issuer,
  settings: IntrospectionSettings,
): Promise<string | UnavailableValue> {
  if (settings.endpoint !== 'discovered') return settings.endpoint
  const metadata = await issuer.metadata()
  if ('verdict' in metadata) return metadata
  const endpoint = metadata.introspection_endpoint
  if (typeof endpoint === 'string') return endpoint
  const fault: AnswerFault = { fault: 'no_introspection_endpoint' }
  return unavailable('discovery_failed', needsRepairMs, Object.freeze(fault))
}
