import { EventEmitter } from 'node:events'
import type { HttpFailure } from './http-failure.ts'

/**
 * The early end of an exchange. undici takes an emitter as a signal, and an AbortSignal would cost
 * as much CPU as the request itself.
 */
export class Ending extends EventEmitter<{ abort: [] }> {
  reason: HttpFailure | undefined

  get aborted(): boolean {
    return this.reason !== undefined
  }

  /** Ends the exchange, unless it was ended before. */
  abort(reason: HttpFailure): void {
    if (this.reason !== undefined) return
    this.reason = reason
    this.emit('abort')
  }
}
