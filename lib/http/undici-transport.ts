import type { Dispatcher } from 'undici'
import type { HttpSettings } from '../options/http-options.ts'
import { foreignCode } from './http-failure.ts'
import { mostAtOnce as connections } from './lane.ts'
import type { Answer, Exchange, Transport } from './transport.ts'

/** Requests go through undici over kept-alive connections; it is loaded with the first of them. */
export function undiciTransport(settings: HttpSettings): Transport {
  let loading: Promise<Dispatcher> | undefined

  return {
    async exchange(exchange): Promise<Answer> {
      loading ??= load(settings)
      const dispatcher = await loading
      if (exchange.end.reason !== undefined) throw exchange.end.reason
      return answer(await dispatcher.request(options(exchange)))
    },
    failureCode,
    async close() {
      // Not `close()`: that waits for what is in flight, and those were told it is over.
      if (loading !== undefined) await (await loading).destroy()
    },
  }
}

async function load(settings: HttpSettings): Promise<Dispatcher> {
  const { Agent, ProxyAgent } = await import('undici')
  // undici unrefs sockets while they are idle, so that they never keep a process from ending.
  // The deadline of the exchange replaces undici's own time limits, which are checked coarsely.
  const common = { connections, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 }
  const { ca, clientCertificate, proxy, timeoutMs } = settings
  const trusted = { timeout: timeoutMs, ...(ca && { ca: [...ca] }) }
  const connect = { ...trusted, ...clientCertificate }
  if (proxy === undefined) return new Agent({ ...common, connect })
  // The client certificate is for the authorization server, never for the proxy.
  return new ProxyAgent({ ...common, uri: proxy, requestTls: connect, proxyTls: trusted })
}

function options({ url, method, headers, body, end }: Exchange): Dispatcher.RequestOptions {
  const path = url.pathname + url.search
  return { origin: url.origin, path, method, headers, body: body ?? null, signal: end }
}

function answer({ statusCode, headers, body }: Dispatcher.ResponseData): Answer {
  return {
    status: statusCode,
    header(name) {
      const value = headers[name.toLowerCase()]
      return Array.isArray(value) ? value.join(', ') : value
    },
    body,
    discard() {
      body.on('error', () => {}).destroy()
    },
  }
}

const bugs: ReadonlySet<string> = new Set([
  'UND_ERR_INVALID_ARG',
  'UND_ERR_INVALID_RETURN_VALUE',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
])

const unreadable: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
])

/**
 * Sockets, TLS and undici put a code on their errors, all but undici's parser, whose error quotes
 * what it could not parse; any other error without a code is a bug.
 */
function failureCode(error: unknown): 'connection_failed' | 'unreadable' | undefined {
  if (isParserError(error)) return 'unreadable'
  const code = foreignCode(error)
  if (code === undefined || bugs.has(code)) return undefined
  return unreadable.has(code) ? 'unreadable' : 'connection_failed'
}

function isParserError(error: unknown): boolean {
  return (error as { name?: unknown } | undefined)?.name === 'HTTPParserError'
}
