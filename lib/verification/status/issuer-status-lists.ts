import { LRUCache } from 'lru-cache'
import { type RefusalValue, refuse } from '../../errors/refusal-value.ts'
import { type UnavailableValue, unavailable } from '../../errors/unavailable-value.ts'
import type { StatusListsHealth } from '../../observability/health.ts'
import { RemoteStatusList, type StatusListSurroundings } from './remote-status-list.ts'
import { validStatus } from './status-list.ts'
import type { StatusReference } from './status-reference.ts'

/** Why a token is not accepted for its status; `undefined` when it is valid. */
export type StatusVerdict = RefusalValue | UnavailableValue | undefined

/** An issuer fills one list after another; those of a day are a few. */
const mostLists = 100
/** What they take together; one list takes an eighth of it at most. */
const mostBytes = 64 * 1024 * 1024
/** Lists that were not held are asked for no more often than all that can be, in this time. */
const windowMs = 10_000
const closedMs = 1000

/** The status lists of one issuer that its tokens refer to: so many, the others are let go. */
export class IssuerStatusLists {
  readonly #around: StatusListSurroundings
  readonly #lists: LRUCache<string, RemoteStatusList> = new LRUCache({
    max: mostLists,
    maxSize: mostBytes,
  })
  #windowEndsAt = Number.NEGATIVE_INFINITY
  #opened = 0

  constructor(around: Omit<StatusListSurroundings, 'onLoad'>) {
    this.#around = { ...around, onLoad: (list, bytes) => this.#weigh(list, bytes) }
  }

  /** Whether the token is valid by what is held; false too when something is to be waited for. */
  holds({ uri, index }: StatusReference, now: number): boolean {
    const remote = this.#lists.get(uri)
    const fresh = remote?.use(now)
    // The verification that follows waits for the same, and gets to see what goes wrong.
    fresh?.catch(() => {})
    return fresh === undefined && remote?.list(now)?.at(index) === validStatus
  }

  /** What the list says of the token: at once while it is held and fresh enough. */
  judge(reference: StatusReference): StatusVerdict | Promise<StatusVerdict> {
    const now = this.#around.clock()
    const remote = this.#open(reference.uri, now)
    if ('verdict' in remote) return remote
    const fresh = remote.use(now)
    return fresh === undefined
      ? this.#judge(remote, reference)
      : fresh.then(() => this.#judge(remote, reference))
  }

  /** Has lists at hand before the first token comes; resolves to what is in the way. */
  async warm(): Promise<UnavailableValue | undefined> {
    const { clock } = this.#around
    const missing = await Promise.all(
      this.#named.map(async (uri) => {
        const remote = this.#open(uri, clock())
        if ('verdict' in remote) return remote
        await remote.use(clock())
        return remote.list(clock()) ? undefined : this.#unreachable(remote)
      }),
    )
    return missing.find((one) => one !== undefined)
  }

  /** Whether what `warm` would fetch is at hand. */
  isWarm(now: number): boolean {
    return this.#missing(now).length === 0
  }

  /** `undefined` before a list was needed. */
  health(now: number): StatusListsHealth | undefined {
    const lists = [...this.#lists.values()]
    if (lists.length === 0) return undefined
    const failing = lists.filter((list) => list.failing)
    const reason = failing[0]?.failure?.failure
    return Object.freeze({
      held: lists.filter((list) => list.list(now)).length,
      missing: this.#missing(now).length,
      failing: failing.length,
      ...(reason !== undefined && { reason }),
    })
  }

  #missing(now: number): readonly string[] {
    return this.#named.filter((uri) => this.#lists.peek(uri)?.list(now) === undefined)
  }

  /** Those that are known before a token comes. */
  get #named(): readonly string[] {
    return this.#around.settings.uris.filter((uri) => !uri.endsWith('/'))
  }

  #judge(
    remote: RemoteStatusList,
    reference: StatusReference,
    mayAskAgain = true,
  ): StatusVerdict | Promise<StatusVerdict> {
    const now = this.#around.clock()
    const list = remote.list(now)
    if (list === undefined) return this.#unreachable(remote)
    const status = list.at(reference.index)
    if (status !== undefined) {
      return status === validStatus ? undefined : refuse('revoked_by_status')
    }
    // The list may have grown for new tokens since it was fetched.
    const fetched = mayAskAgain ? remote.again(now) : undefined
    if (fetched !== undefined) return fetched.then(() => this.#judge(remote, reference, false))
    // draft-ietf-oauth-status-list section 8.3, step 6.
    return remote.failing ? this.#unreachable(remote) : refuse('status_out_of_range')
  }

  #open(uri: string, now: number): RemoteStatusList | UnavailableValue {
    const held = this.#lists.get(uri)
    if (held !== undefined) return held
    // However many lists an issuer names, asking for them has a bound.
    if (now >= this.#windowEndsAt || now < this.#windowEndsAt - windowMs) {
      this.#windowEndsAt = now + windowMs
      this.#opened = 0
    }
    if (this.#opened === mostLists) {
      const tooMany = Object.freeze({ failure: 'too_many_lists' })
      return unavailable('status_list_unreachable', this.#windowEndsAt - now, tooMany)
    }
    this.#opened++
    const remote = new RemoteStatusList(uri, this.#around)
    this.#lists.set(uri, remote, { size: 1 })
    return remote
  }

  /** One that was let go meanwhile stays so. */
  #weigh(remote: RemoteStatusList, bytes: number): void {
    if (this.#lists.peek(remote.uri) === remote) {
      // Set anew, or it would keep the size that it was first set with.
      this.#lists.delete(remote.uri)
      this.#lists.set(remote.uri, remote, { size: 1 + bytes })
    }
  }

  #unreachable(remote: RemoteStatusList): UnavailableValue {
    if (this.#around.isClosed()) return unavailable('closed', closedMs)
    const waitMs = remote.waitMs(this.#around.clock())
    return unavailable('status_list_unreachable', waitMs, remote.failure)
  }
}
