/**
 * Goes on with a value that may still be on its way: at once when it is here, so that a cached
 * verdict reaches the handler in the same turn, and after the promise otherwise.
 */
export function andThen<A, B>(
  value: A | Promise<A>,
  next: (value: A) => B | Promise<B>,
): B | Promise<B> {
  return value instanceof Promise ? value.then(next) : next(value)
}
