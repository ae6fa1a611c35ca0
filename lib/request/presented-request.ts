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
}
