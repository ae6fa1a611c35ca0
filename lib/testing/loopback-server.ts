import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An HTTP server on a loopback host that keeps its port when it stops. */
export interface LoopbackServer {
  readonly origin: string
  onRequest(respond: Responder): void
  /** The port is closed: connections are refused. */
  stop(): Promise<void>
  /** Listens again, on the same port. */
  start(): Promise<void>
}

/** Called with the request and its whole body. */
type Responder = (request: IncomingMessage, body: string, response: ServerResponse) => Promise<void>

/** Listens on the port; 0 takes a free one. Rejects when it cannot listen. */
export async function loopbackServer(host: string, port: number): Promise<LoopbackServer> {
  const server = createServer()

  const listen = (onPort: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(onPort, host, () => {
        server.off('error', reject)
        resolve()
      })
    })

  await listen(port)
  const bound = (server.address() as AddressInfo).port
  return {
    origin: `http://${host}:${bound}`,
    onRequest: (respond) => {
      server.on('request', (request, response) => receive(request, response, respond))
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
    start: async () => {
      if (!server.listening) await listen(bound)
    },
  }
}

function receive(request: IncomingMessage, response: ServerResponse, respond: Responder): void {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  // A client that goes away in mid-request gets no response, and is no error here.
  request.on('error', () => {})
  request.on('end', () => {
    respond(request, Buffer.concat(chunks).toString(), response).catch((error: unknown) => {
      // A fault function or a client's token function threw: the test should see it.
      if (!response.headersSent) response.writeHead(500)
      response.end(String(error))
    })
  })
}
