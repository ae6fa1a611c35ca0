/**
 * What the processes of one API share, when they share something. Keys, values and entries come
 * sealed: a store never sees a token, and cannot forge a verdict. An operation that cannot be done
 * in time rejects; what that means is for the stage that asked: verdicts are found elsewhere,
 * replays are refused.
 */
export interface Store {
  /**
   * What everything is sealed with, of 32 characters or more: the first seals, all of them open. The
   * same in all processes of the API. The store itself makes no use of them.
   */
  readonly secrets: readonly [string, ...string[]]
  /** The value, or `undefined` when there is none any more. */
  get(key: string): Promise<Uint8Array | undefined>
  /** Keeps a value for a time, in milliseconds. */
  set(key: string, value: Uint8Array, maxAgeMs: number): Promise<void>
  /** Atomically: whether this key is claimed for the first time; it stays so for a time. */
  claim(key: string, maxAgeMs: number): Promise<boolean>
  /** Adds an entry to a log that every process follows, and keeps it for that time or longer. */
  append(log: string, entry: Uint8Array, maxAgeMs: number): Promise<void>
  /**
   * Tells what is in the log, oldest first, and from then on what is added, also what this process
   * adds. Comes back by itself after each loss, and tells what was added meanwhile.
   *
   * @returns ends it, and releases what it took
   */
  follow(log: string, follower: LogFollower): () => Promise<void>
}

/** Who follows a log. None of its functions throws. */
export interface LogFollower {
  entry(value: Uint8Array): void
  /** All that is in the log was told: what is added from now on is told as it comes. */
  current(): void
  /** Entries may be missing until `current` is called again. */
  lost(): void
}
