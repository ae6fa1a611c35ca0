import type { Algorithm } from '../jws/algorithms.ts'
import type { TestClient } from './test-client.ts'

/** How the test authorization server is; everything has a default that fits most tests. */
export interface TestAuthorizationServerOptions {
  /**
   * The time in milliseconds, for `iat`, `exp` and introspection; `as.options` passes it on to the
   * resource server, so that a test that moves it moves both.
   * @defaultValue Date.now
   */
  clock?: () => number
  /** What tokens are signed with unless they say otherwise. @defaultValue 'ES256' */
  algorithm?: Algorithm
  /**
   * Whose keys are published from the start. The key of any other algorithm is published when the
   * first token is signed with it, which a resource server that has just fetched the key set does
   * not notice at once.
   * @defaultValue `algorithm` alone
   */
  algorithms?: readonly Algorithm[]
  /** The audience of tokens. @defaultValue 'https://api.test' */
  resource?: string
  /**
   * How the resource server authenticates at the introspection endpoint: credentials, or a method
   * whose credentials are then made up. Any other gets 401.
   * @defaultValue 'client_secret_basic'
   */
  client?: TestClient | TestClient['method']
  /** The path of the issuer identifier, such as `/tenant`. @defaultValue '' */
  path?: string
  /** Where the metadata is: RFC 8414, OpenID Connect Discovery. @defaultValue 'both' */
  discovery?: 'both' | 'oauth' | 'openid' | 'none'
  /** Members of the metadata, over the usual ones; `undefined` removes one. */
  metadata?: Readonly<Record<string, unknown>>
  /** A loopback host. @defaultValue '127.0.0.1' */
  host?: '127.0.0.1' | 'localhost'
  /** @defaultValue a free one */
  port?: number
}
