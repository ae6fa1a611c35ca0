import type { HttpSettings } from '../options/http-options.ts'
import { allowedUrl } from './allowed-url.ts'
import { boundedBody } from './bounded-body.ts'
import { Ending } from './ending.ts'
import { fetchTransport } from './fetch-transport.ts'
import { HttpFailure } from './http-failure.ts'
import { Lane } from './lane.ts'
import type { Answer, Transport } from './transport.ts'
import { undiciTransport } from './undici-transport.ts'

export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** The largest body that is read. */
  readonly maxBytes: number
  /** Deadline of the exchange, body included; the settings' when left out. */
  readonly timeoutMs?: number
  /** Ends it early. */
  readonly end?: Ending
}

export interface HttpResponse {
  readonly status: number
  header(name: string): string | undefined
  readonly body: Buffer
}

/** The only way to the network. */
export interface HttpClient {
  /** The response to one request, whatever its status. Rejects with `HttpFailure` only, but for bugs. */
  send(request: HttpRequest): Promise<HttpResponse>
  /** Ends what is in flight (`closed`) and releases the sockets. */
  close(): Promise<void>
}

/**
 * Speaks to one authorization server as the settings say: only to allowed URLs, never along
 * redirects, with a bound on time, size and number.
 */
export function httpClient(settings: HttpSettings): HttpClient {
  const transport = settings.fetch ? fetchTransport(settings.fetch) : undiciTransport(settings)
  const inFlight = new Set<Ending>()
  // Each origin has its own, so that one that hangs does not hold up the others.
  const lanes = new Map<string, Lane>()
  let closing: Promise<void> | undefined

  return {
    async send(request) {
      const url = allowedUrl(request.url, settings.insecureHosts)
      if (url === undefined) throw new HttpFailure('not_allowed')
      if (closing !== undefined) throw new HttpFailure('closed', url.origin)
      const lane = lanes.get(url.origin) ?? new Lane()
      // Metadata and keys are few, and serve all: however many ask about tokens, they have a turn.
      if (lane.isFull(true) && request.method === 'POST') throw new HttpFailure('busy', url.origin)
      lanes.set(url.origin, lane)
      const end = request.end ?? new Ending()
      if (end.reason !== undefined) throw end.reason
      const timeoutMs = request.timeoutMs ?? settings.timeoutMs
      const timer = setTimeout(() => {
        end.abort(new HttpFailure('timeout', url.origin))
      }, timeoutMs)
      timer.unref()
      inFlight.add(end)
      try {
        // It was never sent: nothing is said of the server.
        const late = () => end.abort(new HttpFailure('busy', url.origin))
        return await lane.run({ end, timeoutMs, late }, () =>
          exchange(transport, request, url, end),
        )
      } finally {
        clearTimeout(timer)
        inFlight.delete(end)
        if (lane.idle) lanes.delete(url.origin)
      }
    },
    close() {
      closing ??= transport.close()
      for (const end of inFlight) end.abort(new HttpFailure('closed'))
      return closing
    },
  }
}

async function exchange(
  transport: Transport,
  { method, headers, body, maxBytes }: HttpRequest,
  url: URL,
  end: Ending,
): Promise<HttpResponse> {
  try {
    const answer = await transport.exchange({
      method,
      url,
      // An answer that is not compressed cannot unfold into more than was bounded.
      headers: { ...headers, 'accept-encoding': 'identity' },
      body,
      end,
    })
    const fault = answerFault(answer, maxBytes)
    if (fault !== undefined) {
      answer.discard()
      throw new HttpFailure(fault, url.origin)
    }
    const read = await boundedBody(answer.body, maxBytes)
    if (read === undefined) throw new HttpFailure('too_large', url.origin)
    return { status: answer.status, header: answer.header, body: read }
  } catch (error) {
    if (error instanceof HttpFailure) throw error
    if (end.reason !== undefined) throw end.reason
    const code = transport.failureCode(error)
    throw code === undefined ? error : new HttpFailure(code, url.origin, error)
  }
}

function answerFault(
  answer: Answer,
  maxBytes: number,
): 'redirected' | 'unreadable' | 'too_large' | undefined {
  // 304 leads nowhere: it is for the caller to judge (RFC 9110 section 15.4).
  if (answer.status >= 300 && answer.status < 400 && answer.status !== 304) return 'redirected'
  const coding = answer.header('content-encoding')?.trim().toLowerCase() ?? ''
  if (coding !== '' && coding !== 'identity') return 'unreadable'
  return Number(answer.header('content-length')) > maxBytes ? 'too_large' : undefined
}
