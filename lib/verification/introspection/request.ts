import { type UnavailableValue, unavailable } from '../../errors/unavailable-value.ts'
import type { HttpResponse } from '../../http/http-client.ts'
import { HttpFailure } from '../../http/http-failure.ts'
import type { IntrospectionSettings } from '../../options/issuer-options.ts'
import type { Issuer } from '../verifier.ts'
import type { PresentedClient } from './client-authentication.ts'
import { mayPassMs, needsRepairMs } from './fault.ts'

const maxBytes = 64 * 1024
/** Base64url and a signature on top of the same claims. */
const maxSignedBytes = 128 * 1024

/** What the endpoint responds to the question about a token, whatever it is. */
export function introspectionRequest(
  issuer: Issuer,
  { endpoint: where, signedResponse, timeoutMs }: IntrospectionSettings,
): (
  endpoint: string,
  token: string,
  client: PresentedClient,
) => Promise<HttpResponse | UnavailableValue> {
  const discovered = where === 'discovered'
  const accept = signedResponse
    ? 'application/token-introspection+jwt' // RFC 9701 section 4
    : 'application/json'

  return async (endpoint, token, client) => {
    try {
      const response = await issuer.http.send({
        method: 'POST', // RFC 7662 section 2.1
        url: endpoint,
        headers: {
          accept,
          'content-type': 'application/x-www-form-urlencoded',
          ...client.headers,
        },
        body: new URLSearchParams({
          token,
          token_type_hint: 'access_token',
          ...client.form,
        }).toString(),
        maxBytes: signedResponse ? maxSignedBytes : maxBytes,
        timeoutMs,
      })
      if (discovered && movedAway.has(response.status)) issuer.doubtMetadata()
      return response
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error
      if (error.code === 'closed') return unavailable('closed', mayPassMs, error)
      if (discovered) issuer.doubtMetadata()
      return unavailable(
        'introspection_failed',
        passing.has(error.code) ? mayPassMs : needsRepairMs,
        error,
      )
    }
  }
}

const movedAway: ReadonlySet<number> = new Set([404, 405, 410])
const passing: ReadonlySet<string> = new Set(['timeout', 'connection_failed', 'busy'])
