import type { Ending } from '../../http/ending.ts'
import type { HttpResponse } from '../../http/http-client.ts'
import type { IntrospectionSettings } from '../../options/introspection-options.ts'
import type { Issuer } from '../verifier.ts'
import type { PresentedClient } from './client-authentication.ts'

const maxBytes = 64 * 1024
/** Base64url and a signature on top of the same claims. */
const maxSignedBytes = 128 * 1024

/** Sends the question about a token, whatever it is. Rejects as `HttpClient.send` does. */
export function introspectionRequest(
  { http }: Issuer,
  { signedResponse, timeoutMs }: IntrospectionSettings,
): (
  endpoint: string,
  token: string,
  client: PresentedClient,
  end: Ending,
) => Promise<HttpResponse> {
  const accept = signedResponse
    ? 'application/token-introspection+jwt' // RFC 9701 section 4
    : 'application/json'

  return (endpoint, token, client, end) =>
    http.send({
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
      end,
    })
}
