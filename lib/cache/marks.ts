/**
 * Remembers, in a fixed amount of memory, which tokens were marked lately. It may forget, and once
 * in 2^32 mistake one token for another: it may decide about memory and precedence, never about a
 * verdict.
 */
export class Marks {
  readonly #size: number
  #marks: Uint32Array | undefined

  /** @param slots - how many recent digests to remember */
  constructor(slots: number) {
    this.#size = 2 ** Math.ceil(Math.log2(Math.max(16, slots)))
  }

  has(digest: string): boolean {
    return this.#marks?.[this.#slot(digest)] === word(digest, 4)
  }

  add(digest: string): void {
    this.#marks ??= new Uint32Array(this.#size)
    this.#marks[this.#slot(digest)] = word(digest, 4)
  }

  delete(digest: string): void {
    if (this.#marks && this.has(digest)) {
      this.#marks[this.#slot(digest)] = 0
    }
  }

  #slot(digest: string): number {
    return word(digest, 0) & (this.#size - 1)
  }
}

function word(digest: string, at: number): number {
  return (
    ((digest.charCodeAt(at) << 24) |
      (digest.charCodeAt(at + 1) << 16) |
      (digest.charCodeAt(at + 2) << 8) |
      digest.charCodeAt(at + 3)) >>>
    0
  )
}
