/** Far more than arrive while a transmitter may repeat itself; the oldest are forgotten first. */
const mostRemembered = 10_000

/**
 * Does each thing once: who asks for the same meanwhile gets the same outcome, and who asks for it
 * afterwards is told that it was done. What failed can be done again.
 */
export class Once<Outcome> {
  readonly #isDone: (outcome: Outcome) => boolean
  readonly #done = new Set<string>()
  readonly #running = new Map<string, Promise<Outcome>>()

  constructor(isDone: (outcome: Outcome) => boolean) {
    this.#isDone = isDone
  }

  /** `undefined` when it was done before. */
  async run(identity: string, act: () => Promise<Outcome>): Promise<Outcome | undefined> {
    if (this.#done.has(identity)) return undefined
    const running = this.#running.get(identity) ?? this.#begin(identity, act)
    return running
  }

  #begin(identity: string, act: () => Promise<Outcome>): Promise<Outcome> {
    const running = act()
      .then((outcome) => {
        if (this.#isDone(outcome)) this.#remember(identity)
        return outcome
      })
      .finally(() => this.#running.delete(identity))
    this.#running.set(identity, running)
    return running
  }

  #remember(identity: string): void {
    this.#done.add(identity)
    if (this.#done.size > mostRemembered) {
      const [oldest] = this.#done
      this.#done.delete(oldest as string)
    }
  }
}
