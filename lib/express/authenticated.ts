import type { Auth } from '../auth.ts'
import type { ExpressEdge } from './edge.ts'

/** That one resource server let a request in: with whose authority, or as nobody (`optional`). */
export interface Authenticated {
  readonly by: ExpressEdge
  readonly auth: Auth<object> | undefined
  readonly earlier: Authenticated | undefined
}

/** Gives back what it is given: a class that extends it puts its private fields on that object. */
const Given = function given(request: object): object {
  return request
} as unknown as new (
  request: object,
) => object

/**
 * The record lies in a private field of the request: no other middleware can read, copy or forge
 * it, as it can `req.auth`. A WeakMap would hide it as well, at a fifth of a warm request's cost.
 */
class Request extends Given {
  #record: Authenticated | undefined

  static recordOf(request: object): Authenticated | undefined {
    return #record in request ? (request as Request).#record : undefined
  }

  static record(request: object, record: Authenticated): void {
    const marked = #record in request ? (request as Request) : new Request(request)
    marked.#record = record
  }
}

/** The latest record of the request, of whichever resource server. */
export function latestRecord(request: object): Authenticated | undefined {
  return Request.recordOf(request)
}

/** What this very resource server recorded about the request. */
export function recordOf(request: object, by: ExpressEdge): Authenticated | undefined {
  let record = latestRecord(request)
  while (record !== undefined && record.by !== by) {
    record = record.earlier
  }
  return record
}

export function recordAuthenticated(
  request: object,
  by: ExpressEdge,
  auth: Auth<object> | undefined,
): void {
  Request.record(request, { by, auth, earlier: latestRecord(request) })
}
