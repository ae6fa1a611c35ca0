import type { Auth } from '../auth.ts'
import type { ExpressEdge } from './express-edge.ts'

/** That one resource server let a request in: with whose authority, or as nobody (`optional`). */
export interface Authenticated {
  readonly by: ExpressEdge
  readonly auth: Auth<object> | undefined
  readonly earlier: Authenticated | undefined
}

/**
 * Kept apart from the request: other middleware may write `req.auth`, and nothing here may trust
 * what others can write.
 */
const records = new WeakMap<object, Authenticated>()

/** The latest record of the request, of whichever resource server. */
export function latestRecord(request: object): Authenticated | undefined {
  return records.get(request)
}

/** What this very resource server recorded about the request. */
export function recordOf(request: object, by: ExpressEdge): Authenticated | undefined {
  let record = records.get(request)
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
  records.set(request, { by, auth, earlier: records.get(request) })
}
