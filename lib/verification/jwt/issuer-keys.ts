import { andThen } from '../../and-then.ts'
import { type RefusalValue, refuse } from '../../errors/refusal-value.ts'
import { type UnavailableValue, unavailable } from '../../errors/unavailable-value.ts'
import type { JoseHeader } from '../../jws/compact.ts'
import type { JwtSettings } from '../../options/issuer-options.ts'
import type { AuthorizationServerMetadata, Issuer } from '../verifier.ts'
import { chooseKeys } from './choose-keys.ts'
import type { HeldKey } from './held-keys.ts'
import { inlineKeySet } from './inline-key-set.ts'
import type { KeySet, KeySetState } from './key-set.ts'
import { MovingKeySet } from './moving-key-set.ts'
import type { RemoteKeySet } from './remote-key-set.ts'
import type { TrustedKey } from './trusted-key.ts'

export type { TrustedKey } from './trusted-key.ts'

/** The keys that may have signed a token, or why there are none. */
export type Candidates = readonly TrustedKey[] | RefusalValue | UnavailableValue

interface Surroundings {
  readonly open: (uri: string) => RemoteKeySet
  readonly clock: () => number
  /** How long the keys that are held serve when the issuer moves to a key set that cannot be had. */
  readonly staleMs: number
  /** Told when the issuer moves to another key set. */
  readonly onChange: () => void
}

const closedMs = 1000
const needsRepairMs = 5000

/** The keys of one issuer, of no other, wherever they are (RFC 8725bis section 3.8). */
export class IssuerKeys {
  readonly #issuer: Issuer
  readonly #around: Surroundings
  #set: KeySet | undefined
  /** Of the key set in use: what was verified with a key of another holds no longer. */
  #trusted = new WeakMap<HeldKey, TrustedKey>()

  constructor(issuer: Issuer, around: Surroundings) {
    this.#issuer = issuer
    this.#around = around
  }

  /**
   * The keys that may have signed a token with this header. At once while keys are held, except
   * that a key nobody knows is asked for first, once a cool-down.
   */
  candidates(header: JoseHeader): Candidates | Promise<Candidates> {
    return andThen(this.#current(), (set) =>
      'verdict' in set ? set : this.#candidatesFrom(set, header),
    )
  }

  /** After all candidates failed: fetches anew, once a cool-down. Whether the key set changed. */
  refreshAfterFailure(): boolean | Promise<boolean> {
    const set = this.#set
    if (set === undefined) return false
    const before = set.version
    const fetched = set.again(this.#around.clock())
    return fetched === undefined ? false : fetched.then(() => set.version !== before)
  }

  /**
   * Why a token that no candidate signed is not refuted: it names no key, and the one it was signed
   * with may be among those that cannot be fetched.
   */
  undecided({ kid }: JoseHeader): UnavailableValue | undefined {
    const set = this.#set
    return kid === undefined && set?.failing ? this.#unreachable(set) : undefined
  }

  /** Has keys at hand before the first token comes; resolves to what is in the way. */
  async warm(): Promise<UnavailableValue | undefined> {
    const set = await this.#current()
    if ('verdict' in set) return set
    await set.use(this.#around.clock())
    return this.#unavailable(set)
  }

  /** The state of the key set in use; `undefined` before there is one. */
  state(): KeySetState | undefined {
    return this.#set?.state(this.#around.clock())
  }

  /** Signed introspection answers need keys also where no JWT is verified (RFC 9701 section 5). */
  get #source(): JwtSettings['keys'] {
    return this.#issuer.settings.jwt?.keys ?? 'discovered'
  }

  /** The key set that the issuer points at now. */
  #current(afterDoubt = false): KeySet | UnavailableValue | Promise<KeySet | UnavailableValue> {
    const source = this.#source
    if (source !== 'discovered') {
      this.#set ??= 'jwks' in source ? inlineKeySet(source.jwks) : this.#around.open(source.uri)
      return this.#set
    }
    const metadata = this.#issuer.metadata(afterDoubt)
    return metadata instanceof Promise
      ? metadata.then((known) => this.#namedBy(known))
      : this.#namedBy(metadata)
  }

  #namedBy(metadata: AuthorizationServerMetadata | UnavailableValue): KeySet | UnavailableValue {
    if ('verdict' in metadata) return metadata
    const uri = metadata.jwks_uri
    if (uri === undefined) {
      this.#issuer.doubtMetadata()
      return unavailable('no_usable_key', needsRepairMs, Object.freeze({ failure: 'no_jwks_uri' }))
    }
    const set = this.#at(uri)
    if (set !== this.#set) this.#trusted = new WeakMap()
    this.#set = set
    return set
  }

  /** The key set in this place; where it is another than before, the former one until it is had. */
  #at(uri: string): KeySet {
    const before = this.#set
    if (before === undefined) return this.#around.open(uri)
    const isMoving = before instanceof MovingKeySet
    if (before.uri === uri) return isMoving ? before.arrivedAt(this.#around.clock()) : before
    // What rests on the former set, refusals too, is to be judged anew.
    this.#around.onChange()
    const { clock, staleMs } = this.#around
    const now = clock()
    return new MovingKeySet(before, this.#around.open(uri), { now, staleMs }).arrivedAt(now)
  }

  #candidatesFrom(set: KeySet, header: JoseHeader): Candidates | Promise<Candidates> {
    const fresh = set.use(this.#around.clock())
    if (fresh === undefined) return this.#choose(set, header)
    return fresh.then(() => this.#choose(set, header))
  }

  #choose(set: KeySet, header: JoseHeader): Candidates | Promise<Candidates> {
    const now = this.#around.clock()
    const keys = set.keys(now)
    const chosen = keys && chooseKeys(keys, header)
    if (chosen?.length) return chosen.map((held) => this.#trustedKey(set, held))
    // Without keys, `use` has fetched already or may not.
    const fetched = keys && set.again(now)
    if (fetched === undefined) return this.#elsewhere(set, header)
    return fetched.then(() => this.#chooseAgain(set, header))
  }

  #chooseAgain(set: KeySet, header: JoseHeader): Candidates | Promise<Candidates> {
    const keys = set.keys(this.#around.clock())
    const chosen = keys && chooseKeys(keys, header)
    if (chosen?.length) return chosen.map((held) => this.#trustedKey(set, held))
    // The authorization server may have moved its keys, and left the old ones where they were.
    this.#doubt()
    return this.#elsewhere(set, header)
  }

  /** No key of the set serves the header; while the metadata are in doubt, another set may have one. */
  #elsewhere(set: KeySet, header: JoseHeader): Candidates | Promise<Candidates> {
    const none = this.#none(set, header)
    if (this.#source !== 'discovered') return none
    const undecided = none.verdict === 'unavailable'
    return andThen(this.#current(true), (now) => {
      if ('verdict' in now) return undecided || this.#refutes(set, header) ? none : now
      return now === set ? none : this.#candidatesFrom(now, header)
    })
  }

  /** A key that is held, and is not for this algorithm, refutes the token also during an outage. */
  #refutes(set: KeySet, { kid }: JoseHeader): boolean {
    const keys = set.keys(this.#around.clock())
    return kid !== undefined && keys?.byKid.has(kid as string) === true
  }

  /** Why no key of the set serves the header. */
  #none(set: KeySet, header: JoseHeader): RefusalValue | UnavailableValue {
    const missing = this.#unavailable(set)
    if (missing !== undefined) return missing
    const undecided = set.failing && !this.#refutes(set, header)
    return undecided ? this.#unreachable(set) : refuse('unknown_key')
  }

  /** That there is no key to rely on, if so. */
  #unavailable(set: KeySet): UnavailableValue | undefined {
    const now = this.#around.clock()
    const keys = set.keys(now)
    if (keys === undefined) return this.#unreachable(set)
    if (keys.all.length > 0) return undefined
    this.#doubt()
    return unavailable('no_usable_key', set.waitMs(now), set.failure)
  }

  #unreachable(set: KeySet): UnavailableValue {
    if (set.closed) return unavailable('closed', closedMs)
    this.#doubt()
    return unavailable('keys_unreachable', set.waitMs(this.#around.clock()), set.failure)
  }

  #doubt(): void {
    if (this.#source === 'discovered') this.#issuer.doubtMetadata()
  }

  #trustedKey(set: KeySet, held: HeldKey): TrustedKey {
    let trusted = this.#trusted.get(held)
    if (trusted === undefined) {
      trusted = { key: held.key, holds: (now) => this.#holds(set, held, now) }
      this.#trusted.set(held, trusted)
    }
    return trusted
  }

  /** Also keeps metadata and keys fresh while only cached verdicts are asked for. */
  #holds(set: KeySet, held: HeldKey, now: number): boolean {
    const issuer = this.#issuer
    if (held.retired || issuer.forgotten) return false
    const current = this.#current()
    const fresh = current === set ? set.use(now) : undefined
    if (current instanceof Promise || fresh !== undefined) {
      // The verification that follows waits for the same, and gets to see what goes wrong.
      for (const wait of [current, fresh]) if (wait instanceof Promise) wait.catch(() => {})
      return false
    }
    return current === set && set.keys(now) !== undefined
  }
}
