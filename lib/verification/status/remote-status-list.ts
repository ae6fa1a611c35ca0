import { type Loaded, Refreshed } from '../../cache/refreshed.ts'
import { type DocumentFailure, getDocument } from '../../http/get-document.ts'
import { withoutQuery } from '../../http/without-query.ts'
import type { StatusListSettings } from '../../options/status-list-options.ts'
import type { IssuerKeys } from '../jwt/issuer-keys.ts'
import type { Issuer } from '../verifier.ts'
import { readStatusListToken, type SignedStatusList } from './read-status-list-token.ts'
import type { StatusList } from './status-list.ts'
import type { StatusListFailure, StatusListFault } from './status-list-failure.ts'

/** What the lists of one issuer have in common. */
export interface StatusListSurroundings {
  readonly issuer: Issuer
  readonly keys: IssuerKeys
  readonly settings: StatusListSettings
  readonly clock: () => number
  /** The longest pause after failures. */
  readonly longestBackOffMs: number
  /** Whether nothing is to be fetched any more. */
  readonly isClosed: () => boolean
  /** Told of the size of each list that was got. */
  readonly onLoad: (list: RemoteStatusList, bytes: number) => void
}

/** A list is asked for on behalf of tokens that their issuer signed: only its age makes it due. */
const coolDownMs = 5000
/** Lists that want to be asked for more often are not: each request would be a fetch. */
const leastAgeMs = coolDownMs
/** A list that fills the bound for unpacked ones, and repeats nothing, does not fit. */
const maxBytes = 4 * 1024 * 1024
const mediaType = 'application/statuslist+jwt'

/** The status list of one issuer behind one address, kept fresh by its use. */
export class RemoteStatusList {
  readonly uri: string
  readonly #around: StatusListSurroundings
  readonly #refreshed: Refreshed<SignedStatusList, StatusListFailure>

  constructor(uri: string, around: StatusListSurroundings) {
    this.uri = uri
    this.#around = around
    const { clock, longestBackOffMs, settings } = around
    this.#refreshed = new Refreshed({ ...settings, clock, coolDownMs, longestBackOffMs }, () =>
      this.#fetch(),
    )
  }

  /** The list while it is good: of its age, and signed with a key that still is published. */
  list(now: number): StatusList | undefined {
    const held = this.#refreshed.value(now)
    return held?.key.holds(now) ? held.list : undefined
  }

  /** Nothing when the list may be taken as it is, or cannot be had now, else what to wait for. */
  use(now: number): Promise<void> | undefined {
    if (this.#around.isClosed()) return undefined
    const held = this.#refreshed.value(now)
    return held === undefined || held.key.holds(now)
      ? this.#refreshed.use(now)
      : this.#refreshed.again(now)
  }

  /** Fetches out of turn, as far as the cool-down allows. */
  again(now: number): Promise<void> | undefined {
    return this.#around.isClosed() ? undefined : this.#refreshed.again(now)
  }

  get failing(): boolean {
    return this.#refreshed.failing
  }

  get failure(): StatusListFailure | undefined {
    return this.#refreshed.failure
  }

  waitMs(now: number): number {
    return this.#refreshed.waitMs(now)
  }

  async #fetch(): Promise<Loaded<SignedStatusList, StatusListFailure>> {
    const { clock, issuer, keys } = this.#around
    const begun = clock()
    const got: { readonly text: string } | DocumentFailure<'wrong_content'> = await this.#got()
    if ('failure' in got) return { failure: got }
    const read = await readStatusListToken(got.text, this.uri, issuer, keys, clock)
    if (typeof read === 'string') return { failure: this.#failed(read) }
    // Whoever serves an old copy of a list would make good what was revoked since.
    const held = this.list(clock())
    if (held && read.issuedAt < (this.#refreshed.held?.value.issuedAt ?? 0)) {
      return { failure: this.#failed('outdated') }
    }
    this.#around.onLoad(this, read.list.bytes)
    const { untilMs } = read
    const maxAgeMs = Math.max(leastAgeMs, Math.min(read.ttlMs, untilMs - begun))
    return { value: read, maxAgeMs, untilMs }
  }

  async #got(): Promise<{ readonly text: string } | DocumentFailure<'wrong_content'>> {
    const asked = await getDocument(this.#around.issuer.http, this.uri, {
      accept: mediaType,
      maxBytes,
    })
    if ('failure' in asked) return asked
    const type = asked.response.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
    // draft-ietf-oauth-status-list section 8.2: a successful answer is of this type.
    if (type !== mediaType) return this.#failed('wrong_content')
    return { text: asked.response.body.toString('latin1') }
  }

  #failed<Fault extends StatusListFault>(failure: Fault): DocumentFailure<Fault> {
    return Object.freeze({ failure, url: withoutQuery(this.uri) })
  }
}
