import { LRUCache } from 'lru-cache'
import { type Loaded, Refreshed } from '../cache/refreshed.ts'
import { type RefusalValue, refuse } from '../errors/refusal-value.ts'
import { type UnavailableValue, unavailable } from '../errors/unavailable-value.ts'
import type { IssuerLookup } from '../options/resource-server-options.ts'
import { askLookup } from './ask-lookup.ts'
import { KnownIssuer, type KnownIssuerSettings } from './known-issuer.ts'
import type { Found } from './selected.ts'

/** After this time the function is asked again, in the background while the issuer is in use. */
const maxAgeMs = 600_000
/** How long an issuer stays unknown. */
const unknownMs = 60_000
/** How long a failure is the answer: a function that is down is not asked by every request. */
const failedMs = 1000
const closedMs = 1000
/** Longer identifiers are nobody's, and not worth remembering. */
const longestIdentifier = 2048

type Entry = Refreshed<KnownIssuer, UnavailableValue | RefusalValue>

/** A question that is under way. */
interface Asking {
  /** The issuer was forgotten meanwhile: what the function says may be what it thought before. */
  outdated: boolean
  answer?: Promise<Found>
}

interface Failed {
  readonly since: number
  readonly value: UnavailableValue
}

/**
 * What the `issuers` function said, for a bounded number of issuers, in bounded time. It is asked
 * once about each, by all requests together; failures are remembered for a second.
 */
export class IssuerMemory {
  readonly #lookup: IssuerLookup
  readonly #around: KnownIssuerSettings
  readonly #timeoutMs: number
  readonly #known: LRUCache<string, Entry>
  /** Until when. Apart from the known ones, so that made-up issuers cannot push out real ones. */
  readonly #unknown: LRUCache<string, number>
  readonly #failed: LRUCache<string, Failed>
  readonly #asking = new Map<string, Asking>()
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
    this.#failed = new LRUCache({ max: mostIssuers })
  }

  /** The issuer: at once while it is remembered. */
  find(iss: string): Found | Promise<Found> {
    const entry = this.#known.get(iss)
    if (entry !== undefined) return this.#recall(iss, entry)
    const until = this.#unknown.get(iss)
    if (until !== undefined && this.#around.clock() < until) return refuse('unknown_issuer')
    if (iss.length > longestIdentifier) return refuse('unknown_issuer')
    if (this.#closed) return unavailable('closed', closedMs)
    return this.#justFailed(iss) ?? this.#asking.get(iss)?.answer ?? this.#ask(iss)
  }

  *all(): Iterable<KnownIssuer> {
    for (const entry of this.#known.values()) {
      const issuer = issuerOf(entry)
      if (issuer !== undefined) yield issuer
    }
  }

  forget(iss: string): boolean {
    const asking = this.#asking.get(iss)
    if (asking !== undefined) asking.outdated = true
    this.#failed.delete(iss)
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

  /** A failure of a moment ago. A clock that was set back makes none longer. */
  #justFailed(iss: string): UnavailableValue | undefined {
    const failed = this.#failed.get(iss)
    const age = failed === undefined ? failedMs : this.#around.clock() - failed.since
    return age >= 0 && age < failedMs ? failed?.value : undefined
  }

  #ask(iss: string): Promise<Found> {
    const asking: Asking = { outdated: false }
    this.#asking.set(iss, asking)
    asking.answer = this.#answer(iss, asking)
    return asking.answer
  }

  async #answer(iss: string, asking: Asking): Promise<Found> {
    // One deadline for all attempts. After it nothing makes this question outdated any more.
    const lookup: IssuerLookup = async () => {
      let answer: Awaited<ReturnType<IssuerLookup>>
      do {
        asking.outdated = false
        answer = await this.#lookup(iss)
      } while (asking.outdated && !this.#closed)
      return answer
    }
    try {
      const answer = await askLookup(lookup, iss, this.#timeoutMs)
      if (answer === undefined) return this.#doNotKnow(iss)
      if ('verdict' in answer) return this.#fail(iss, answer)
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

  #fail(iss: string, value: UnavailableValue): UnavailableValue {
    this.#failed.set(iss, { since: this.#around.clock(), value })
    return value
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
