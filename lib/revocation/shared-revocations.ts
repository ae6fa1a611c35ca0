import { andThen } from '../and-then.ts'
import { unavailable } from '../errors/unavailable-value.ts'
import { publish, type RevocationEvent, revocationChannel } from '../observability/channels.ts'
import type { RevocationsHealth } from '../observability/health.ts'
import type { ResourceServerSettings } from '../options/resource-server-options.ts'
import type { SealedStore } from '../store/sealed-store.ts'
import type { Accepted, Verdict, Verifier } from '../verification/verifier.ts'
import { readRevocation } from './read-revocation.ts'
import { kindOf, type Revocation } from './revocation.ts'
import { revocationOf } from './revocation-of.ts'
import { Revocations } from './revocations.ts'

/** What this process knows to be revoked, and what it tells to and hears from the others. */
export interface SharedRevocations {
  readonly revocations: Revocations
  /** `revoke()` of the public API. */
  revoke(selector: unknown): Promise<void>
  /**
   * Refuses also what was revoked since it was verified; *unavailable* where that is not known, and
   * must be. Around any cache: it is judged for every request.
   */
  around(verify: Verifier): Verifier
  /** Whether what is revoked is known, as far as it must be. */
  isReady(): boolean
  /** `undefined` where nothing is shared: what is revoked here is known. */
  health(): RevocationsHealth | undefined
  close(): Promise<void>
}

/** How long requests wait for the first reading of the log. */
const longestFirstReadMs = 1000
const tryAgainMs = 1000

export function sharedRevocations(
  settings: ResourceServerSettings,
  store: SealedStore | undefined,
): SharedRevocations {
  const { clock, resource } = settings
  const revocations = new Revocations(clock)
  const mustKnow = settings.revocation.onStoreLoss === 'refuse'
  let isCurrent = store === undefined
  /** Until the log was read for the first time, or it is clear that it cannot be. */
  let firstRead: Promise<void> | undefined
  let endFirstRead = () => {}

  function report(event: Omit<RevocationEvent, 'resource'>): void {
    publish(revocationChannel, () => ({ resource, ...event }))
  }

  function add(revocation: Revocation, origin: 'here' | 'store'): void {
    if (revocations.add(revocation)) {
      const { issuer } = revocation
      report({ outcome: 'revoked', origin, by: whatOf(revocation), ...(issuer && { issuer }) })
    }
  }

  // Before the log is followed: a store may tell how it is at once.
  if (store) {
    firstRead = new Promise((resolve) => {
      const timer = setTimeout(() => endFirstRead(), longestFirstReadMs)
      timer.unref()
      endFirstRead = () => {
        clearTimeout(timer)
        firstRead = undefined
        endFirstRead = () => {}
        resolve()
      }
    })
  }

  /** A process that was cut off hears what was revoked meanwhile before it is current again. */
  const stop = store?.follow({
    entry(entry) {
      const revocation = readRevocation(entry)
      if (revocation) {
        add(revocation, 'store')
      }
    },
    current() {
      isCurrent = true
      endFirstRead()
      report({ outcome: 'current' })
    },
    lost() {
      isCurrent = false
      endFirstRead()
      report({ outcome: 'behind' })
    },
  })

  function isKnown(): boolean {
    return isCurrent || !mustKnow
  }

  function judge(accepted: Accepted, raw: string): Verdict {
    // What is known to be revoked is refused, whatever else is not known.
    const revoked = revocations.judge(accepted.token, raw)
    return revoked ?? (isKnown() ? accepted : unavailable('revocations_unknown', tryAgainMs))
  }

  return {
    revocations,
    async revoke(selector) {
      const revocation = revocationOf(selector, settings)
      add(revocation, 'here')
      await store?.append(revocation, Math.max(0, revocation.endsAtMs - clock()))
    },
    around: (verify) =>
      function unrevoked(credentials, trace) {
        return andThen(verify(credentials, trace), (verdict) => {
          if (verdict.verdict !== 'accepted') {
            return verdict
          }
          const { token } = credentials
          return firstRead === undefined
            ? judge(verdict, token)
            : firstRead.then(() => judge(verdict, token))
        })
      },
    isReady: () => firstRead === undefined && isKnown(),
    health: () =>
      store &&
      Object.freeze({ status: isCurrent ? 'current' : 'behind', refused: !isKnown() } as const),
    async close() {
      endFirstRead()
      await stop?.()
    },
  }
}

function whatOf(revocation: Revocation): NonNullable<RevocationEvent['by']> {
  return revocation.identity !== undefined ? 'token' : (kindOf(revocation) ?? 'issuedUntil')
}
