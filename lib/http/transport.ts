import type { Ending } from './ending.ts'

/** One exchange as a transport sees it: allowed, complete, and ended early by `end` alone. */
export interface Exchange {
  readonly method: 'GET' | 'POST'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  readonly end: Ending
}

/** What a server answered, its body not read yet. */
export interface Answer {
  readonly status: number
  /** Repeated fields are joined by commas (RFC 9110 section 5.3). */
  header(name: string): string | undefined
  readonly body: AsyncIterable<Uint8Array> | undefined
  /** Lets go of a body that nobody is going to read. */
  discard(): void
}

/** Carries requests: undici, or the `fetch` of the options. */
export interface Transport {
  /** Rejects with whatever the library below rejects with; `failureCode` tells what that means. */
  exchange(exchange: Exchange): Promise<Answer>
  /** What an error of the library below means; `undefined` when it is a bug. */
  failureCode(error: unknown): 'connection_failed' | 'unreadable' | undefined
  close(): Promise<void>
}
