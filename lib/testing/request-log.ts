import type { IncomingHttpHeaders } from 'node:http'
import { checkChoice } from './check-members.ts'

/** The endpoints of the test authorization server; `other` is any path that it does not serve. */
export type Endpoint = (typeof endpointNames)[number]

export const endpointNames = ['jwks', 'discovery', 'introspection', 'status-list', 'other'] as const

/** A request that reached the test authorization server, also when a fault was its answer. */
export interface ReceivedRequest {
  readonly endpoint: Endpoint
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  /** As text; empty when there was none. */
  readonly body: string
}

export interface RequestLog {
  readonly all: ReceivedRequest[]
  add(request: ReceivedRequest): void
  next(endpoint?: Endpoint): Promise<ReceivedRequest>
  close(): void
}

interface Waiting {
  readonly endpoint: Endpoint | undefined
  readonly resolve: (request: ReceivedRequest) => void
  readonly reject: (error: Error) => void
}

/** Keeps the requests in the order of arrival, and wakes who waits for the next one. */
export function requestLog(): RequestLog {
  const all: ReceivedRequest[] = []
  let waiting: Waiting[] = []

  return {
    all,
    add(request) {
      all.push(request)
      const wanted = ({ endpoint }: Waiting) =>
        endpoint === undefined || endpoint === request.endpoint
      const woken = waiting.filter(wanted)
      waiting = waiting.filter((waiter) => !wanted(waiter))
      for (const { resolve } of woken) resolve(request)
    },
    next(endpoint) {
      if (endpoint !== undefined) {
        checkChoice('The endpoint of nextRequest()', endpoint, endpointNames)
      }
      const request = new Promise<ReceivedRequest>((resolve, reject) => {
        waiting.push({ endpoint, resolve, reject })
      })
      // Whoever awaits it sees the rejection of close(); a promise nobody awaits is no crash.
      request.catch(() => {})
      return request
    },
    close() {
      const error = new Error('The test authorization server was closed; no request can come.')
      for (const { reject } of waiting.splice(0)) reject(error)
    },
  }
}
