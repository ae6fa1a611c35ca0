import type { UnavailableValue } from '../../errors/unavailable-value.ts'
import type { HttpResponse } from '../../http/http-client.ts'
import { HttpFailure } from '../../http/http-failure.ts'
import type { IntrospectionSettings } from '../../options/introspection-options.ts'
import type { Issuer } from '../verifier.ts'

/** Has the metadata asked for anew when an endpoint that they named seems to have moved. */
export function doubtedEndpoint(
  issuer: Issuer,
  { endpoint }: IntrospectionSettings,
): (response: HttpResponse | UnavailableValue) => void {
  if (endpoint !== 'discovered') return () => {}
  return (response) => {
    const moved =
      'verdict' in response
        ? response.reason === 'introspection_failed' && response.cause instanceof HttpFailure
        : movedAway.has(response.status)
    if (moved) issuer.doubtMetadata()
  }
}

const movedAway: ReadonlySet<number> = new Set([404, 405, 410])
