import type { Request } from 'express'
import type { PresentedRequest } from '../request/presented-request.ts'
import { rawHeaders } from '../request/raw-headers.ts'

/** The request as it came, before routers stripped prefixes and Node merged header fields. */
export function presented(request: Request): PresentedRequest {
  const { originalMethod } = request as { originalMethod?: unknown }
  return {
    // A DPoP proof is for the method that was sent; `method-override` keeps it there.
    method: typeof originalMethod === 'string' ? originalMethod : request.method,
    url: request.originalUrl,
    // Serverless adapters make requests without raw headers.
    rawHeaders:
      request.rawHeaders?.length > 0 ? request.rawHeaders : rawHeaders(request.headers ?? {}),
    body: request.body,
    peer: request.socket,
  }
}
