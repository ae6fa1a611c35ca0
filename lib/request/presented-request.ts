/**
 * A request as scopegate sees it, whatever framework brought it: what was on the wire, before
 * anybody merged, lower-cased or decoded it.
 */
export interface PresentedRequest {
  /** The original method, case kept (RFC 9110 section 9.1). */
  readonly method: string
  /** The original request target; Express's `originalUrl`. */
  readonly url: string
  /** Field names and values in turn, as in Node's `rawHeaders`: repeated fields stay repeated. */
  readonly rawHeaders: readonly string[]
  /** The parsed form body, when a body parser left one. */
  readonly body?: unknown
  /** Who is at the other end of the connection; Node's sockets are of this form. */
  readonly peer?: Peer | undefined
}

/** The other end of a connection: the client, or a proxy before this process. */
export interface Peer {
  readonly remoteAddress?: string | undefined
  /** The certificate of the TLS handshake, where TLS ends in this process and it asked for one. */
  getPeerX509Certificate?(): { readonly raw: Uint8Array } | undefined
}
