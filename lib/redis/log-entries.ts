import { failedBy } from './failed-by.ts'

/** An entry of a stream: its id, and names and values in turn. */
export interface LogEntry {
  readonly id: string
  readonly fields: readonly unknown[]
}

/**
 * The entries in the reply to an XREAD of one stream: a list of pairs (RESP2), or a map, which is an
 * object to one client and a list to the other (RESP3); each of the one key.
 *
 * @throws RedisStoreError for anything else: what cannot be read was not told
 */
export function entriesRead(reply: unknown): readonly LogEntry[] {
  if (reply === null || reply === undefined) return []
  if (!Array.isArray(reply)) return entriesIn(Object.values(Object(reply))[0])
  return entriesIn(Array.isArray(reply[0]) ? reply[0][1] : reply[1])
}

/**
 * The entries in the reply to an XRANGE.
 *
 * @throws RedisStoreError
 */
export function entriesIn(reply: unknown): readonly LogEntry[] {
  if (!Array.isArray(reply)) throw failedBy(undefined)
  return reply.map((pair: unknown) => {
    const [id, fields] = Array.isArray(pair) ? pair : []
    if (typeof id !== 'string' || !Array.isArray(fields)) throw failedBy(undefined)
    return { id, fields }
  })
}
