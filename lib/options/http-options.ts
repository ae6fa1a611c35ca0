/** How the authorization server is reached. Given globally or per issuer (which replaces it whole). */
export type HttpOptions = HttpBase & HttpTransport

interface HttpBase {
  /**
   * Deadline of one exchange, body included, in milliseconds.
   * @defaultValue 5000
   */
  timeoutMs?: number
  /**
   * Hosts (`name` or `name:port`) that plain http is allowed to, besides loopback. Also holds for
   * URLs found by discovery.
   * @defaultValue []
   */
  insecureHosts?: readonly string[]
}

type HttpTransport =
  | {
      /**
       * Used instead of undici, for tests or unusual networks. Called with `redirect: 'manual'` and
       * a `signal`. Cannot be combined with `ca`, `clientCertificate` or `proxy`, which it would
       * ignore.
       */
      fetch: typeof globalThis.fetch
      ca?: never
      clientCertificate?: never
      proxy?: never
    }
  | {
      fetch?: never
      /** Trusted certificate authorities, PEM; replaces the system's. */
      ca?: string | readonly string[]
      /** The client certificate for mutual TLS (RFC 8705), PEM; needed for `tls_client_auth`. */
      clientCertificate?: { cert: string; key: string; passphrase?: string }
      /** An HTTP proxy, as an absolute URL. */
      proxy?: string
    }

/** `HttpOptions`, complete and frozen. */
export interface HttpSettings {
  readonly fetch?: typeof globalThis.fetch
  readonly ca?: readonly string[]
  readonly clientCertificate?: {
    readonly cert: string
    readonly key: string
    readonly passphrase?: string
  }
  readonly proxy?: string
  readonly timeoutMs: number
  readonly insecureHosts: readonly string[]
}
