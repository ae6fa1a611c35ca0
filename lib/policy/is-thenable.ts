/** Whether it is to be waited for: not only a `Promise` of this realm, but whatever acts as one. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}
