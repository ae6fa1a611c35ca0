import { memberOf } from '../errors/member-of.ts'
import { publish, type StoreEvent, storeChannel } from '../observability/channels.ts'
import type { StoreHealth } from '../observability/health.ts'
import { inTime } from './in-time.ts'
import { type EntryFollower, sealedLog } from './sealed-log.ts'
import { Sealing } from './sealing.ts'
import type { Store } from './store.ts'
import { StoreOutage } from './store-outage.ts'

/**
 * The shared store, as the stages know it: whatever is in it, nothing comes out but what a process of
 * this API with one of the secrets put there.
 *
 * To change a secret, put the new one before the old in one process after the other, and leave out
 * the old one when all have both. What may be lost is kept by the first secret alone: answers. What may
 * not is claimed, told and followed by all of them: any two processes have one in common.
 */
export interface SealedStore {
  /** What was written about a token; `undefined` also when that cannot be told. Never rejects. */
  read(token: string, id: string): Promise<Readonly<Record<string, unknown>> | undefined>
  /** Keeps something about a token, if it can. Never rejects. */
  write(token: string, id: string, value: object, maxAgeMs: number): Promise<void>
  /** Writes over it what says nothing, whichever secret it was written by. Never rejects. */
  erase(token: string, id: string, maxAgeMs: number): Promise<void>
  /**
   * Atomically among all processes: whether this was claimed before. `lost`: nobody can tell; it may
   * count as claimed from now on. Never rejects.
   */
  claim(id: string, maxAgeMs: number): Promise<Claim>
  /** In how many milliseconds a claim that was lost may be worth another attempt. */
  waitMs(): number
  /** Tells all who follow. Rejects when the store did not take it. */
  append(entry: object, maxAgeMs: number): Promise<void>
  /** Follows what is told, also by this process; an entry may be told twice. */
  follow(follower: EntryFollower): () => Promise<void>
  health(): StoreHealth
}

export type Claim = 'first' | 'seen' | 'lost'

type Outcome = StoreEvent['outcome']

export function sealedStore(
  store: Store,
  { resource, clock }: { readonly resource: string; readonly clock: () => number },
): SealedStore {
  // In one order wherever they are listed: of two processes that claim the same, one is first in all.
  const secrets = [...new Set(store.secrets)]
  const first = new Sealing(secrets[0] as string, resource)
  const all = secrets.sort().map((secret) => new Sealing(secret, resource))
  const outage = new StoreOutage(clock)
  const log = sealedLog(store, all, report)

  function report(operation: StoreEvent['operation'], outcome: Outcome, more?: object): void {
    publish(storeChannel, () => ({ resource, operation, outcome, ...more }))
  }

  /** One question to the store, and whether it answered. */
  async function ask<Result>(
    operation: StoreEvent['operation'],
    question: () => Promise<Result>,
    outcomeOf: (result: Result) => Outcome,
  ): Promise<{ readonly result: Result } | { readonly failure: unknown }> {
    const begun = clock()
    const asked = await inTime(question).then(
      (result) => ({ result }),
      (failure: unknown) => ({ failure }),
    )
    const durationMs = clock() - begun
    if ('result' in asked) {
      outage.succeeded()
      report(operation, outcomeOf(asked.result), { durationMs })
    } else {
      const reason = codeOf(asked.failure)
      outage.failed(reason)
      report(operation, 'failed', { reason, durationMs })
    }
    return asked
  }

  function mayTry(operation: StoreEvent['operation']): boolean {
    const may = outage.mayTry()
    if (!may) report(operation, 'skipped')
    return may
  }

  async function put(
    sealing: Sealing,
    { token, id }: { readonly token: string; readonly id: string },
    value: object,
    maxAgeMs: number,
  ): Promise<void> {
    const name = sealing.name('answer', id)
    const sealed = sealing.seal({ purpose: 'answer', name, key: token }, value)
    if (sealed && mayTry('write')) {
      await ask(
        'write',
        () => store.set(name, sealed, Math.ceil(maxAgeMs)),
        () => 'written',
      )
    }
  }

  return {
    async read(token, id) {
      if (!mayTry('read')) return undefined
      const name = first.name('answer', id)
      const open = (value: unknown) => first.open({ purpose: 'answer', name, key: token }, value)
      let opened: ReturnType<Sealing['open']>
      await ask(
        'read',
        () => store.get(name),
        (value) => {
          // A client may give `null` for nothing.
          if ((value ?? undefined) === undefined) return 'miss'
          opened = open(value)
          return opened ? 'hit' : 'dropped'
        },
      )
      return opened
    },
    write: (token, id, value, maxAgeMs) => put(first, { token, id }, value, maxAgeMs),
    async erase(token, id, maxAgeMs) {
      await Promise.all(all.map((sealing) => put(sealing, { token, id }, {}, maxAgeMs)))
    },
    async claim(id, maxAgeMs) {
      if (!mayTry('claim')) return 'lost'
      // One after the other: claimed at once, two processes could each be first in half of them.
      for (const sealing of all) {
        const name = sealing.name('proof', id)
        const asked = await ask('claim', () => store.claim(name, Math.ceil(maxAgeMs)), claimed)
        const claim = 'result' in asked ? claimed(asked.result) : 'failed'
        if (claim !== 'first') return claim === 'seen' ? 'seen' : 'lost'
      }
      return 'first'
    },
    waitMs: () => outage.waitMs(),
    async append(entry, maxAgeMs) {
      const append = log.sealed(entry)
      const asked = await ask(
        'append',
        () => append(Math.ceil(maxAgeMs)),
        () => 'appended',
      )
      if ('failure' in asked) throw asked.failure
    },
    follow: log.follow,
    health: () => outage.health(),
  }
}

/** Only what says so is a yes. */
function claimed(isFirst: unknown): 'first' | 'seen' | 'failed' {
  return isFirst === true ? 'first' : isFirst === false ? 'seen' : 'failed'
}

/** Of a foreign error, what is fit for metrics; its message may quote what was sent. */
function codeOf(failure: unknown): string {
  const code = memberOf(failure, 'code')
  return typeof code === 'string' && /^\w{1,40}$/.test(code) ? code : 'failed'
}
