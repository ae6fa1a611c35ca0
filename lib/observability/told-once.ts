/** What operators were told already. It says so of everything once it is full: lines are bounded. */
export class ToldOnce {
  readonly #told = new Set<string>()
  readonly #most: number

  constructor(most = 100) {
    this.#most = most
  }

  has(what: string): boolean {
    return this.#told.has(what) || this.#told.size >= this.#most
  }

  add(what: string): void {
    this.#told.add(what)
  }
}
