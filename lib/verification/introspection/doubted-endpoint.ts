import type { UnavailableValue } from '../../errors/unavailable-value.ts'
import { HttpFailure } from '../../http/http-failure.ts'
import type { IntrospectionSettings } from '../../options/introspection-options.ts'
import type { Issuer } from '../verifier.ts'
import { faultOf } from './fault.ts'

/** Has the metadata asked for anew when an endpoint that they named seems to have moved. */
export function doubtedEndpoint(
  issuer: Issuer,
  { endpoint }: IntrospectionSettings,
): (failure: UnavailableValue) => void {
  if (endpoint !== 'discovered') return () => {}
  return (failure) => {
    if (failure.reason !== 'introspection_failed') return
    const noAnswer = failure.cause instanceof HttpFailure
    if (noAnswer || movedAway.has(faultOf(failure)?.status)) issuer.doubtMetadata()
  }
}

const movedAway: ReadonlySet<unknown> = new Set([404, 405, 410])
