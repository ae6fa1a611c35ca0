import type { JsonWebKeySet } from '../options/issuer-options.ts'
import type { DpopKey } from './dpop/dpop-key.ts'
import type { DpopKeyOptions } from './dpop/dpop-key-options.ts'
import type { Fault, FaultOptions, FaultyEndpoint } from './faults.ts'
import type { RotateOptions, TestKey } from './key-ring.ts'
import type { Endpoint, ReceivedRequest } from './request-log.ts'
import type { LogoutTokenOptions, SecurityEventOptions } from './signal-options.ts'
import type { TokenStatus } from './status-options.ts'
import type { TestClient } from './test-client.ts'
import type {
  IdTokenOptions,
  OpaqueOptions,
  SigningOptions,
  TokenOptions,
} from './token-options.ts'

/** What `resourceServer({ resource, ...as.options })` needs to trust a test server. */
export interface TestOptions {
  issuers: [{ issuer: string; introspection: { client: TestClient } }]
  /** There when the test server was given one. */
  clock?: () => number
}

/** An authorization server for tests; its members may be destructured. */
export interface TestAuthorizationServer {
  /** Its issuer identifier: `http://127.0.0.1:<port>` and the path. */
  readonly issuer: string
  /** The audience of its tokens. */
  readonly resource: string
  /** The credentials that the introspection endpoint takes. */
  readonly client: TestClient
  readonly options: TestOptions
  /** Absolute URLs, as the metadata tells them now. */
  readonly endpoints: {
    readonly jwks: string
    readonly introspection: string
    readonly discovery: string
    readonly statusList: string
  }

  /** A JWT access token with all claims of RFC 9068; introspection knows it too. */
  token(options?: TokenOptions): Promise<string>
  /** An ID token: same issuer and key, `typ: JWT`, for the client. Must not pass for the above. */
  idToken(options?: IdTokenOptions): Promise<string>
  /** A token that only introspection can tell something about. */
  opaque(options?: OpaqueOptions): Promise<string>
  /** A logout token for the client, typed and signed as it must be. */
  logoutToken(options?: LogoutTokenOptions): Promise<string>
  /** A security event token for the resource server, typed and signed as it must be. */
  securityEvent(options?: SecurityEventOptions): Promise<string>
  /** From now on introspection says that the token, JWT or opaque, is not active. */
  revoke(token: string): void
  /**
   * From now on the status list says this of a JWT that was made with `status`.
   * @throws TypeError for any other
   */
  setStatus(token: string, status: TokenStatus): void
  /** The status list as it is published, or signed and filled as asked: for `fail('status-list')`. */
  statusListToken(options?: SigningOptions): Promise<string>
  /** `dpopKey()` with the clock of the server. */
  dpopKey(options?: DpopKeyOptions): DpopKey

  /** A new key signs from now on. The old one stays published, unless `overlap` is false. */
  rotate(options?: RotateOptions): void
  /** The published keys with their private parts: of each algorithm the newest first. */
  readonly keys: readonly TestKey[]
  /** The public key set of `keys`. */
  jwks(): JsonWebKeySet
  /** Serves anything in place of that set, as JSON; without an argument the set again. */
  publish(keySet?: unknown): void
  /** Gives an endpoint another path; the metadata follows, and the old path is 404. */
  move(endpoint: 'jwks' | 'introspection', path: string): void

  /** Lets an endpoint fail, until `restore()` or so many `times`. A later call replaces it. */
  fail(endpoint: FaultyEndpoint, fault: Fault, options?: FaultOptions): void
  /** All is well again, and what was on `hold` is answered. @defaultValue 'all' */
  restore(endpoint?: FaultyEndpoint): void

  /** Every request so far, in the order of arrival. */
  readonly requests: readonly ReceivedRequest[]
  /** Those to one endpoint. */
  received(endpoint: Endpoint): readonly ReceivedRequest[]
  /** Empties `requests`. */
  forgetRequests(): void
  /**
   * The next request to arrive, at the endpoint or at any.
   * @throws Error (rejection) when the server is closed first.
   */
  nextRequest(endpoint?: Endpoint): Promise<ReceivedRequest>

  /** Closes the port and all connections: the next connection is refused. */
  stop(): Promise<void>
  /** Listens again on the same port. */
  start(): Promise<void>
  /** Ends everything, hanging connections too, so that the test process can exit. */
  close(): Promise<void>
  /** `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}
