import type { Answer } from '../challenge/answer.ts'
import type { IssuerHealth } from '../observability/health.ts'
import type { ReadinessOptions } from '../options/readiness-options.ts'
import { type Middleware, middleware } from './middleware.ts'
import { respond } from './respond.ts'

export interface ReadinessPorts {
  isReady(): boolean
  health(): { readonly issuers: readonly IssuerHealth[] }
  /** Has at hand what is lacking, and keeps the rest fresh. */
  prepare(): void
}

/**
 * Middleware that answers at once whether requests can be decided: 200 or 503. Asking is also what
 * gets things ready, since nobody sends requests to an API that is not.
 */
export function readinessMiddleware(
  { isReady, health, prepare }: ReadinessPorts,
  { details }: Required<ReadinessOptions>,
): Middleware {
  return middleware(function readinessMiddleware(request, response) {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      respond(response, notAllowed)
      return
    }
    const ready = isReady()
    prepare()
    const status = ready ? 'ready' : 'unready'
    const issuers = details ? health().issuers.map(inBrief) : undefined
    respond(response, {
      status: ready ? 200 : 503,
      headers: [...neverStored, ['Content-Type', 'application/json']],
      body: JSON.stringify({ status, issuers }),
    })
  })
}

const neverStored: Answer['headers'] = [['Cache-Control', 'no-store']]
const notAllowed: Answer = { status: 405, headers: [['Allow', 'GET, HEAD'], ...neverStored] }

/** What to look at, without where anything is. */
function inBrief({ issuer, status, discovery, keys, statusLists }: IssuerHealth): object {
  const reason = keys?.reason ?? discovery.reason ?? statusLists?.reason
  return { issuer, status, keys: keys?.keys, reason }
}
