import type { UnavailableValue } from '../../errors/unavailable-value.ts'
import type { ClientAuthenticationSettings } from '../../options/client-authentication.ts'
import type { IntrospectionSettings } from '../../options/introspection-options.ts'
import { basicCredentials } from './basic-credentials.ts'
import { clientAssertion } from './client-assertion.ts'
import { clientToken } from './client-token.ts'

/** This resource server as a client of the endpoint: what its requests carry besides the token. */
export interface PresentedClient {
  readonly headers?: Readonly<Record<string, string>>
  readonly form?: Readonly<Record<string, string>>
}

type Authenticate = () => PresentedClient | Promise<PresentedClient | UnavailableValue>

type Methods = {
  readonly [Method in ClientAuthenticationSettings['method']]: (
    client: Extract<ClientAuthenticationSettings, { method: Method }>,
    context: { readonly issuer: string; readonly clock: () => number; readonly timeoutMs: number },
  ) => Authenticate
}

const methods: Methods = {
  client_secret_basic(client) {
    const presented = { headers: { authorization: basicCredentials(client) } }
    return () => presented
  },
  // RFC 6749 section 2.3.1.
  client_secret_post({ clientId, clientSecret }) {
    const presented = { form: { client_id: clientId, client_secret: clientSecret } }
    return () => presented
  },
  private_key_jwt(client, { issuer, clock }) {
    const assertion = clientAssertion(client, issuer, clock)
    return () => ({
      form: {
        // RFC 7523 section 2.2.
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion(),
      },
    })
  },
  // RFC 8705 section 2: the certificate proves it, the parameter says who it is.
  tls_client_auth({ clientId }) {
    const presented = { form: { client_id: clientId } }
    return () => presented
  },
  bearer(client, { timeoutMs }) {
    // Less than the deadline of the question: that it is late is no fault of the server.
    const token = clientToken(client.token, timeoutMs * 0.75)
    return async () => {
      const held = await token()
      return typeof held === 'string' ? { headers: { authorization: `Bearer ${held}` } } : held
    }
  },
}

/** How each introspection request is authenticated (RFC 7662 section 2.1). */
export function clientAuthentication(
  { client, timeoutMs }: IntrospectionSettings,
  issuer: string,
  clock: () => number,
): Authenticate {
  // TypeScript does not see that method and client belong together; the type of the table does.
  const method = methods[client.method] as (
    client: ClientAuthenticationSettings,
    context: Parameters<Methods['bearer']>[1],
  ) => Authenticate
  return method(client, { issuer, clock, timeoutMs })
}
