import type { IncomingMessage, ServerResponse } from 'node:http'
import type { NextFunction, Request, Response } from 'express'

/**
 * Middleware, for Express and for whatever calls alike. It names no route parameters, so that the
 * handlers after it keep the types of theirs: `app.get('/x/:id', guard, (req) => req.params.id)`.
 */
export type Middleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void

/** Middleware made of a function for Express, which hands it requests and responses of its own. */
export function middleware(
  handler: (request: Request, response: Response, next: NextFunction) => void,
): Middleware {
  return handler as Middleware
}
