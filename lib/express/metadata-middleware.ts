import type { Challenger } from '../challenge/challenger.ts'
import { answerMetadata, type ResourceMetadataFields } from '../challenge/resource-metadata.ts'
import { ConfigurationError } from '../errors/configuration-error.ts'
import { type Middleware, middleware } from './middleware.ts'
import { respond } from './respond.ts'

/**
 * Middleware that serves the metadata document at its well-known path, and passes on everything
 * else. It looks at `originalUrl`, so that it may be mounted anywhere above that path.
 */
export function metadataMiddleware(
  say: Challenger,
  fields: ResourceMetadataFields = {},
): Middleware {
  const { document, target } = say.describe(fields)
  const path = target.split('?')[0] as string
  return middleware(function resourceMetadataMiddleware(request, response, next) {
    const mount = request.baseUrl
    // Express tells the mount path as the client wrote it, whose case it does not compare.
    if (mount !== '' && !`${path}/`.toLowerCase().startsWith(`${mount}/`.toLowerCase())) {
      next(
        new ConfigurationError(
          '',
          `resourceMetadata() is mounted under ${JSON.stringify(mount)} but answers at ${JSON.stringify(path)}, which never comes by there: mount it at the top with app.use(api.resourceMetadata()).`,
        ),
      )
      return
    }
    // Query parameters count only where the resource identifier has some (RFC 9728 section 3.1).
    const asked = originForm(request.originalUrl)
    if ((target.includes('?') ? asked : asked.split('?')[0]) !== target) {
      next()
      return
    }
    respond(response, answerMetadata(request.method, document()))
  })
}

/** RFC 9112 section 3.2.2: a server accepts the absolute form of a request target, too. */
function originForm(target: string): string {
  return target.replace(/^https?:\/\/[^/?#]*/i, '')
}
