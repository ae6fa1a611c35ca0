import type { RequestHandler } from 'express'
import type { Challenger } from '../challenge/challenger.ts'
import { answerMetadata, type ResourceMetadataFields } from '../challenge/resource-metadata.ts'
import { ConfigurationError } from '../errors/configuration-error.ts'
import { respond } from './respond.ts'

/**
 * Middleware that serves the metadata document at its well-known path, and passes on everything
 * else. It looks at `originalUrl`, so that it may be mounted anywhere above that path.
 */
export function metadataMiddleware(
  say: Challenger,
  fields: ResourceMetadataFields = {},
): RequestHandler {
  const { document, target } = say.describe(fields)
  const path = target.split('?')[0] as string
  return function resourceMetadataMiddleware(request, response, next) {
    const mount = request.baseUrl
    if (mount !== '' && path !== mount && !path.startsWith(`${mount}/`)) {
      next(
        new ConfigurationError(
          '',
          `resourceMetadata() is mounted under ${JSON.stringify(mount)} but answers at ${JSON.stringify(path)}, which never comes by there: mount it at the top with app.use(api.resourceMetadata()).`,
        ),
      )
      return
    }
    // Query parameters count only where the resource identifier has some (RFC 9728 section 3.1).
    const asked = target.includes('?')
      ? request.originalUrl
      : (request.originalUrl.split('?')[0] as string)
    if (asked !== target) {
      next()
      return
    }
    respond(response, answerMetadata(request.method, document))
  }
}
