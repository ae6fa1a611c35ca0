/**
 * What the processes of one API share, when they share something. Keys and values come sealed: a
 * store never sees a token, and cannot forge a verdict. An operation that cannot be done rejects;
 * what that means is for the stage that asked: verdicts are found elsewhere, replays are refused.
 *
 * Nothing takes a store yet. Verdicts of introspection, replay and revocation will, through this.
 */
export interface Store {
  /** The value, or `undefined` when there is none any more. */
  get(key: string): Promise<Uint8Array | undefined>
  /** Keeps a value for a time, in milliseconds. */
  set(key: string, value: Uint8Array, maxAgeMs: number): Promise<void>
  /** Atomically: whether this key is claimed for the first time; it stays so for a time. */
  claim(key: string, maxAgeMs: number): Promise<boolean>
  /** Adds an entry to a log that every process follows, and keeps it for a time. */
  append(log: string, entry: Uint8Array, maxAgeMs: number): Promise<void>
  /** What is in the log, oldest first, and from then on what is added; ends with the signal. */
  follow(log: string, signal: AbortSignal): AsyncIterable<Uint8Array>
}
