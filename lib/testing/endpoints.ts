import { type Answer, json } from './answer.ts'
import { endpointUrls, metadata, ssfMetadata as transmitterMetadata } from './metadata.ts'
import type { Endpoint, ReceivedRequest } from './request-log.ts'
import type { TestAuthorizationServerOptions } from './server-options.ts'

type MetadataOptions = Pick<TestAuthorizationServerOptions, 'discovery' | 'metadata'>

/** The right answer of each endpoint, when a request asks for it. */
export interface EndpointAnswers {
  readonly jwks: () => unknown
  readonly introspection: (request: ReceivedRequest) => Promise<Answer>
  readonly statusList: () => Answer
}

/** What is where. */
export interface Endpoints {
  /** The endpoint of a request target; its query does not matter. */
  find(target: string): Endpoint
  answer(request: ReceivedRequest): Promise<Answer>
  /** Gives an endpoint another path; the metadata follows. */
  move(endpoint: 'jwks' | 'introspection', path: string): void
  urls(): { jwks: string; introspection: string; discovery: string; statusList: string }
}

/** Serves key set, introspection, status list and metadata of one issuer. */
export function endpoints(
  origin: string,
  path: string,
  { discovery = 'both', metadata: changes }: MetadataOptions,
  answers: EndpointAnswers,
): Endpoints {
  const { oauthMetadata, openidMetadata, ssfMetadata, ...current } = endpointUrls(origin, path)
  const documents: Record<typeof discovery, string[]> = {
    both: [oauthMetadata, openidMetadata],
    oauth: [oauthMetadata],
    openid: [openidMetadata],
    none: [],
  }
  const served = documents[discovery]
  const documented = new Set([oauthMetadata, openidMetadata, ssfMetadata])

  return {
    find(target) {
      const { pathname } = new URL(target, origin)
      const url = `${origin}${pathname}`
      if (url === current.jwks) return 'jwks'
      if (url === current.introspection) return 'introspection'
      if (url === current.statusList) return 'status-list'
      return documented.has(url) ? 'discovery' : 'other'
    },
    async answer(request) {
      switch (request.endpoint) {
        case 'jwks':
          return json(answers.jwks())
        case 'introspection':
          return answers.introspection(request)
        case 'status-list':
          return answers.statusList()
        case 'discovery': {
          const { pathname } = new URL(request.url, origin)
          if (discovery !== 'none' && `${origin}${pathname}` === ssfMetadata) {
            return json({ ...transmitterMetadata(`${origin}${path}`, current), ...changes })
          }
          if (!served.includes(`${origin}${pathname}`)) return json({ error: 'not_found' }, 404)
          return json({ ...metadata(`${origin}${path}`, current), ...changes })
        }
        case 'other':
          return json({ error: 'not_found' }, 404)
      }
    },
    move(endpoint, to) {
      current[endpoint] = new URL(to, origin).href
    },
    urls: () => ({ ...current, discovery: served[0] ?? oauthMetadata }),
  }
}
