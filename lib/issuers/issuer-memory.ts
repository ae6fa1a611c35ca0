import { LRUCache } from 'lru-cache'
import { type Loaded, Refreshed } from '../cache/refreshed.ts'
import { type RefusalValue, refuse } from '../errors/refusal-value.ts'
import { type UnavailableValue, unavailable } from '../errors/unavailable-value.ts'
import type { IssuerLookup } from '../options/resource-server-options.ts'
import { askLookup } from './ask-lookup.ts'
import { KnownIssuer, type KnownIssuerSettings } from './known-issuer.ts'

/** After this time the function is asked again, in the background while the issuer is in use. */
const maxAgeMs = 600_000
/** How long an issuer stays unknown. */
const unknownMs = 60_000
const closedMs = 1000
/** Longer identifiers are nobody's, and not worth remembering. */
const longestIdentifier = 2048

export type Found = KnownIssuer | RefusalValue | UnavailableValue

type Entry = Refreshed<KnownIssuer, UnavailableValue | RefusalValue>

/**
 * What the `issuers` function said, for a bounded number of issuers, in bounded time. It is asked
 * once about each, by all requests together; failures are not remembered.
 */
export class IssuerMemory {
  readonly #lookup: IssuerLookup
  readonly #around: KnownIssuerSettings
  readonly #timeoutMs: number
  readonly #known: LRUCache<string, Entry>
  /** Until when. Apart from the known ones, so that made-up issuers cannot push out real ones. */
  readonly #unknown: LRUCache<string, number>
  readonly #asking = new Map<string, Promise<Found>>()
  #forgets = 0
  #closed = false

  constructor(
    lookup: IssuerLookup,
    around: KnownIssuerSettings,
    { mostIssuers, timeoutMs }: { mostIssuers: number; timeoutMs: number },
  ) {
    this.#lookup = lookup
    this.#around = around
    this.#timeoutMs = timeoutMs
    // What is evicted is trusted no longer: nobody would hear that it was forgotten.
    this.#known = new LRUCache({ max: mostIssuers, dispose: (entry) => issuerOf(entry)?.forget() })
    this.#unknown = new LRUCache({ max: mostIssuers })
  }

  /** The issuer: at once while it is remembered. */
  find(iss: string): Found | Promise<Found> {
    const entry = this.#known.get(iss)
    if (entry !== undefined) return this.#recall(iss, entry)
    const until = this.#unknown.get(iss)
    if (until !== undefined && this.#around.clock() < until) return refuse('unknown_issuer')
    if (iss.length > longestIdentifier) return refuse('unknown_issuer')
    if (this.#closed) return unavailable('closed', closedMs)
    let answer = this.#asking.get(iss)
    if (answer === undefined) {
      answer = this.#ask(iss)
      this.#asking.set(iss, answer)
    }
    return answer
  }

  *all(): Iterable<KnownIssuer> {
    for (const entry of this.#known.values()) {
      const issuer = issuerOf(entry)
      if (issuer !== undefined) yield issuer
    }
  }

  forget(iss: string): boolean {
    this.#forgets++
    this.#unknown.delete(iss)
    return this.#known.delete(iss)
  }

  close(): void {
    this.#closed = true
    for (const entry of this.#known.values()) {
      entry.close()
      issuerOf(entry)?.close()
    }
  }

  #recall(iss: string, entry: Entry): Found | Promise<Found> {
    const now = this.#around.clock()
    const wait = entry.use(now)
    if (wait === undefined) {
      const issuer = entry.value(now)
      return issuer ?? unavailable('issuer_lookup_failed', entry.waitMs(now), causeOf(entry))
    }
    return wait.then(() => this.find(iss))
  }

  async #ask(iss: string): Promise<Found> {
    try {
      let asked: number
      let answer: Awaited<ReturnType<typeof askLookup>>
      do {
        asked = this.#forgets
        answer = await askLookup(this.#lookup, iss, this.#timeoutMs)
        // What was forgotten while the function thought may be what it thought of.
      } while (asked !== this.#forgets && !this.#closed)
      if (answer === undefined) return this.#doNotKnow(iss)
      if ('verdict' in answer) return answer
      const issuer = new KnownIssuer(answer, this.#around)
      if (this.#closed) issuer.close()
      this.#remember(iss, issuer)
      return issuer
    } finally {
      this.#asking.delete(iss)
    }
  }

  #remember(iss: string, issuer: KnownIssuer): void {
    const { keys, clock } = this.#around
    const entry: Entry = new Refreshed(
      { ...keys, maxAgeMs, clock },
      () => this.#askAgain(iss, entry),
      { value: issuer, since: clock() },
    )
    this.#known.set(iss, entry)
  }

  #doNotKnow(iss: string): RefusalValue {
    this.#unknown.set(iss, this.#around.clock() + unknownMs)
    return refuse('unknown_issuer')
  }

  async #askAgain(
    iss: string,
    entry: Entry,
  ): Promise<Loaded<KnownIssuer, UnavailableValue | RefusalValue>> {
    const answer = await askLookup(this.#lookup, iss, this.#timeoutMs)
    if (this.#known.peek(iss) !== entry) return { failure: refuse('unknown_issuer') }
    if (answer === undefined) {
      this.#known.delete(iss)
      return { failure: this.#doNotKnow(iss) }
    }
    if ('verdict' in answer) return { failure: answer }
    const before = issuerOf(entry)
    const issuer = new KnownIssuer(answer, this.#around, before)
    before?.forget()
    return { value: issuer }
  }
}

function issuerOf(entry: Entry): KnownIssuer | undefined {
  return entry.held?.value
}

function causeOf({ failure }: Entry): unknown {
  return failure?.verdict === 'unavailable' ? failure.cause : undefined
}
