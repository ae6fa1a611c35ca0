import { decodeBase64url } from '../jws/base64url.ts'
import { entriesIn, entriesRead, type LogEntry } from './log-entries.ts'
import { entryField } from './log-script.ts'

/** @param waitMs - how long Redis may wait before it answers */
export type Ask = (command: readonly string[], waitMs: number) => Promise<unknown>

const beginning = '0-0'
const mostAtOnce = 500

/** Reads a log, and remembers how far: also over connections, and over changes of the log. */
export class LogReader {
  readonly #key: string
  readonly #tell: (value: Uint8Array) => void
  #last: LogEntry | undefined

  constructor(key: string, tell: (value: Uint8Array) => void) {
    this.#key = key
    this.#tell = tell
  }

  /**
   * Tells what was added since the last time; waits for it if there is nothing.
   *
   * @returns whether there may be more
   */
  async read(ask: Ask, waitMs: number): Promise<boolean> {
    const last = this.#last
    const wait = waitMs > 0 ? ['BLOCK', String(waitMs)] : []
    const after = ['STREAMS', this.#key, last?.id ?? beginning]
    const entries = entriesRead(
      await ask(['XREAD', 'COUNT', String(mostAtOnce), ...wait, ...after], waitMs),
    )
    for (const entry of entries) {
      const value = valueIn(entry)
      if (value) this.#tell(value)
    }
    // As long as that is not known, it was read up to `last`: some of it may be told again.
    const isSame = last === undefined || (await this.#isStillThere(last, ask))
    this.#last = isSame ? (entries.at(-1) ?? last) : undefined
    return !isSame || entries.length === mostAtOnce
  }

  /**
   * Whether what was read is the end of what was told before. It is not when the log was emptied,
   * lost with its server or replaced by an older copy: then what is new may have ids that are not, by
   * a clock that was set back or within the same millisecond; so all of it is told again.
   */
  async #isStillThere({ id, fields }: LogEntry, ask: Ask): Promise<boolean> {
    const [entry] = entriesIn(await ask(['XRANGE', this.#key, id, id], 0))
    return entry !== undefined && entry.fields.join() === fields.join()
  }
}

/** What others wrote into the log is passed over. */
function valueIn({ fields: [name, text] }: LogEntry): Uint8Array | undefined {
  return name === entryField && typeof text === 'string' ? decodeBase64url(text) : undefined
}
