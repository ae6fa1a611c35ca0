import type { Request } from 'express'

/**
 * The pattern of the route that a request is at, such as `/shops/:shop/orders/:id`; `undefined` where
 * Express has not chosen one yet, or somebody else brought the request. It is never the URL: what
 * clients write in place of a parameter may be a secret, and makes every line another one.
 */
export function routeOf(subject: unknown): string | undefined {
  const { route, baseUrl, params } = subject as Partial<Request>
  const pattern: unknown = route?.path
  if (pattern === undefined) {
    return undefined
  }
  return (mountPattern(baseUrl, params) + textOf(pattern)).slice(0, longestRoute)
}

const longestRoute = 200

/**
 * Express tells where a router is mounted only as the client wrote it: parameters that are known
 * get their name back, and what is no plain word might be one that is not.
 */
function mountPattern(baseUrl: unknown, params: Request['params'] = {}): string {
  if (typeof baseUrl !== 'string') {
    return ''
  }
  const names = new Map(Object.entries(params).map(([name, value]) => [String(value), name]))
  return baseUrl.replace(/[^/]+/g, (segment) => {
    const name = names.get(decoded(segment))
    if (name !== undefined) {
      return `:${name}`
    }
    return /^(?:v\d{1,3}|[A-Za-z_-]{1,30})$/.test(segment) ? segment : '*'
  })
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** A route may have several patterns, and regular expressions. */
function textOf(pattern: unknown): string {
  return Array.isArray(pattern) ? pattern.map(String).join('|') : String(pattern)
}
