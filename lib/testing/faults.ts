import type { Answer } from './answer.ts'

/** The endpoints that can be made to fail. */
export type FaultyEndpoint = 'jwks' | 'discovery' | 'introspection' | 'status-list' | 'all'

/**
 * What goes wrong:
 *
 * - `down`: the connection is closed without a response
 * - `reset`: the connection is reset (TCP RST)
 * - `hang`: no response, until `close()`
 * - `hold`: no response until `restore()`, then the right one
 * - `slow`: the right response after `milliseconds`
 * - `empty`, `garbage`, `html`: status 200 with no body, bytes that are not JSON, a web page
 * - `truncated`: half of the right response, then the connection is closed
 * - `huge`, `gzip-bomb`: 64 MiB of white space before the right response, as such or compressed
 * - `redirect`: status 307 to where the right response is
 */
export type NamedFault = (typeof namedFaults)[number]

export const namedFaults = [
  'down',
  'reset',
  'hang',
  'hold',
  'slow',
  'empty',
  'garbage',
  'html',
  'truncated',
  'huge',
  'gzip-bomb',
  'redirect',
] as const

/** A response given word for word. */
export interface VerbatimAnswer {
  /** @defaultValue 200 */
  status?: number
  /** @defaultValue `content-type: application/json` */
  headers?: Readonly<Record<string, string>>
  /** Objects are sent as JSON. @defaultValue empty */
  body?: string | Buffer | object
}

/** A named fault, a status, a response word for word, or a change of the right response. */
export type Fault = NamedFault | number | VerbatimAnswer | ((answer: Answer) => VerbatimAnswer)

export interface FaultOptions {
  /** How many requests fail before all is well again. @defaultValue all until `restore()` */
  times?: number
  /** How late a `slow` response is. @defaultValue 1000 */
  milliseconds?: number
}
