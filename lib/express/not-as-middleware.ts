import { ConfigurationError } from '../errors/configuration-error.ts'

/**
 * Tells who mounts a function that makes middleware, instead of what it makes, what to write:
 * Express calls it with a request.
 *
 * @throws ConfigurationError
 */
export function notAsMiddleware(name: string, given: readonly unknown[]): void {
  const [request, , next] = given
  const isRequest = typeof request === 'object' && request !== null && 'headers' in request
  if (isRequest && typeof next === 'function') {
    throw new ConfigurationError(
      '',
      `${name}() makes middleware, and is none itself: call it where you mount it, as in app.use(${name}(...)).`,
    )
  }
}
