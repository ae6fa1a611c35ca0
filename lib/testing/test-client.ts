import type { ClientAuthentication } from '../options/client-authentication.ts'
import { keyPair } from './key-pair.ts'

/** How the resource server may authenticate here; the test server speaks no TLS. */
export type TestClient = Exclude<ClientAuthentication, { method: 'tls_client_auth' }>

const clientId = 'test-api'
// With characters that show whether the credentials were form-encoded (RFC 6749 section 2.3.1).
const clientSecret = 'test secret: 100% +/'

export const testClientMethods: readonly TestClient['method'][] = [
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
  'bearer',
]

/** The credentials as given, or made up for the method. */
export function testClient(client: TestClient | TestClient['method']): TestClient {
  if (typeof client !== 'string') return client
  switch (client) {
    case 'client_secret_basic':
    case 'client_secret_post':
      return { method: client, clientId, clientSecret }
    case 'private_key_jwt': {
      const { privateKey } = keyPair('ES256')
      const key = { ...privateKey.export({ format: 'jwk' }), kid: 'test-api-1', alg: 'ES256' }
      return { method: client, clientId, key }
    }
    case 'bearer':
      return { method: client, clientId, token: 'test-api-token' }
  }
}
