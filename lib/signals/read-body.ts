import type { IncomingMessage } from 'node:http'
import { ConfigurationError } from '../errors/configuration-error.ts'
import type { SignalReason } from './signal-refusal.ts'

/** Far more than any token; what is larger is not read to its end. */
const mostBytes = 256 * 1024

/** The body as text, as an object that a body parser made of it, or what is wrong with it. */
export type Body = { readonly text: string } | { readonly parsed: object } | { fault: SignalReason }

/**
 * The body of the request: what a body parser left of it, or what is read here, of bounded size and
 * in bounded time. `undefined` when the sender went away.
 *
 * @throws ConfigurationError when somebody read the body and left nothing of it
 */
export async function readBody(
  request: IncomingMessage & { body?: unknown },
  timeoutMs: number,
): Promise<Body | undefined> {
  const { body } = request
  if (typeof body === 'string') return { text: body }
  if (ArrayBuffer.isView(body)) {
    return { text: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1') }
  }
  if (request.readableDidRead) {
    if (typeof body === 'object' && body !== null) return { parsed: body }
    throw new ConfigurationError(
      '',
      'The body of a security event was read before, and nothing was left of it: mount the receiver before whatever reads bodies, or let express.text() leave it as a string.',
    )
  }
  // An empty one may be over by now.
  if (request.readableEnded) return { text: '' }
  if (request.destroyed) return undefined
  // Nothing is unfolded here: what is bounded stays so.
  const coding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (coding !== 'identity') return { fault: 'encoded' }
  if (Number(request.headers['content-length']) > mostBytes) return { fault: 'too_large' }
  return read(request, timeoutMs)
}

function read(request: IncomingMessage, timeoutMs: number): Promise<Body | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const timer = setTimeout(() => end({ fault: 'too_slow' }), timeoutMs)
    timer.unref()

    function end(body: Body | undefined): void {
      clearTimeout(timer)
      request.off('data', take).off('end', complete).off('close', gone)
      resolve(body)
    }
    function take(chunk: Buffer): void {
      bytes += chunk.length
      if (bytes > mostBytes) end({ fault: 'too_large' })
      else chunks.push(chunk)
    }
    function complete(): void {
      end({ text: Buffer.concat(chunks, bytes).toString('latin1') })
    }
    function gone(): void {
      end(undefined)
    }
    // An `error` is followed by `close`, which tells of it.
    request.on('error', () => {})
    request.on('data', take).on('end', complete).on('close', gone)
  })
}
