import type { ServerResponse } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import type { Answer } from './answer.ts'
import type { PlannedFault } from './fault-plan.ts'
import type { NamedFault, VerbatimAnswer } from './faults.ts'

/** What a delivery may need: the right answer is made only if, and when, it is sent. */
interface Delivery {
  readonly response: ServerResponse
  readonly answer: () => Promise<Answer>
  readonly planned: PlannedFault
}

const mebibyte = Buffer.alloc(1024 * 1024, ' ')
const mebibytes = 64

/** Sends the right answer, or lets the planned fault happen to it. */
export async function deliver(
  response: ServerResponse,
  answer: () => Promise<Answer>,
  planned: PlannedFault | undefined,
): Promise<void> {
  if (planned === undefined) return send(response, await answer())
  const { fault } = planned
  if (typeof fault === 'string') return named[fault]({ response, answer, planned })
  if (typeof fault === 'number') return send(response, verbatim({ status: fault, body: {} }))
  const given = typeof fault === 'function' ? fault(await answer()) : fault
  return send(response, verbatim(given))
}

const named: Readonly<Record<NamedFault, (delivery: Delivery) => void | Promise<void>>> = {
  down: ({ response }) => {
    response.socket?.destroy()
  },
  reset: ({ response }) => {
    response.socket?.resetAndDestroy()
  },
  hang: () => {},
  hold: async ({ response, answer, planned }) => {
    await new Promise<void>(planned.onRestore)
    send(response, await answer())
  },
  slow: async ({ response, answer, planned }) => {
    await later(planned.milliseconds, response)
    send(response, await answer())
  },
  empty: ({ response }) => send(response, verbatim({})),
  garbage: ({ response }) =>
    send(response, verbatim({ body: Buffer.from('00ff7b226b6579733a5bfe5d7d', 'hex') })),
  html: ({ response }) =>
    send(response, {
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8' },
      body: '<!doctype html><title>Sign in</title><p>Please sign in.</p>',
    }),
  truncated: async ({ response, answer }) => {
    const { status, headers, body } = await answer()
    const bytes = Buffer.from(body)
    response.writeHead(status, { ...headers, 'content-length': String(bytes.length) })
    response.write(bytes.subarray(0, bytes.length >> 1), () => response.socket?.destroy())
  },
  huge: async ({ response, answer }) => {
    const { status, headers, body } = await answer()
    response.writeHead(status, headers)
    stream(response, padded(mebibyte, Buffer.from(body)))
  },
  'gzip-bomb': async ({ response, answer }) => {
    const { status, headers, body } = await answer()
    response.writeHead(status, { ...headers, 'content-encoding': 'gzip' })
    // RFC 1952 section 2.2: members may simply follow each other.
    stream(response, padded(gzipSync(mebibyte), gzipSync(body)))
  },
  redirect: ({ response }) => {
    const { url = '/' } = response.req
    const location = `${url}${url.includes('?') ? '&' : '?'}${redirected}`
    // RFC 9110 section 15.4.8: 307 keeps the method, so that a POST too could be followed.
    send(response, { status: 307, headers: { location }, body: '' })
  },
}

/** What the query of a followed redirect holds: such a request meets no fault. */
export const redirected = 'redirected=1'

function verbatim({ status = 200, headers, body = '' }: VerbatimAnswer): Answer {
  return {
    status,
    headers: headers ?? { 'content-type': 'application/json' },
    body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  }
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, headers).end(body)
}

function later(milliseconds: number, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    response.once('close', () => clearTimeout(timer))
  })
}

function* padded(padding: Buffer, body: Buffer): Generator<Buffer> {
  for (let count = 0; count < mebibytes; count++) yield padding
  yield body
}

function stream(response: ServerResponse, chunks: Iterable<Buffer>): void {
  // A client that had enough closes the connection: that ends the stream, and is no error.
  pipeline(Readable.from(chunks), response, () => {})
}
