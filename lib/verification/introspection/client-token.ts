import { type UnavailableValue, unavailable } from '../../errors/unavailable-value.ts'
import { type AnswerFault, mayPassMs } from './fault.ts'

/**
 * The access token that this resource server presents at the endpoint. Where a function gives it,
 * its failure and its silence are *unavailable*; its error is dropped, since it may hold the token.
 */
export function clientToken(
  source: string | (() => string | Promise<string>),
  timeoutMs: number,
): () => Promise<string | UnavailableValue> {
  if (typeof source === 'string') return async () => source
  return async () => {
    const token = await inTime(source, timeoutMs)
    // RFC 6750 section 2.1: anything else would not even make a header field.
    return typeof token === 'string' && /^[\w\-.~+/]+=*$/.test(token) ? token : noToken
  }
}

const fault: AnswerFault = Object.freeze({ fault: 'no_client_token' })
const noToken = unavailable('introspection_failed', mayPassMs, fault)

/** What the function gives, or `undefined` when it failed or took too long. */
async function inTime(source: () => unknown, timeoutMs: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, undefined)
    timer.unref()
  })
  try {
    return await Promise.race([source(), silence])
  } catch {
    return undefined
  } finally {
    clearTimeout(timer)
  }
}
