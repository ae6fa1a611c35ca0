import { setTimeout as delay } from 'node:timers/promises'
import { oneOf } from './population.js'

const mostRemembered = 100

/**
 * Revokes tokens at one worker, and knows from when on which workers must refuse them.
 *
 * @param {object} around - see `soak.js`
 */
export function revocations({ workers, plan, now, store, faults, signal }) {
  /** @type {{ entry: object, refusedBy: Set<number>, settled: boolean }[]} */
  const revoked = []

  function selector({ shape, token, subject, jti }) {
    return oneOf([{ token }, { subject }, ...(shape === 'opaque' ? [] : [{ jti }])])
  }

  return {
    /** Until it is certain that every worker has heard of it. */
    async revoke(entry) {
      entry.revoking = true
      const worker = oneOf(workers)
      const one = { entry, refusedBy: new Set(), settled: false }
      const by = selector(entry)
      revoked.push(one)
      if (revoked.length > mostRemembered) revoked.shift()
      while (!one.settled && !signal.aborted) {
        const { memories } = store
        // Where the store did not take it, it holds here all the same.
        const told = await worker.tell('revoke', by).then(
          () => true,
          () => false,
        )
        one.refusedBy.add(worker.index)
        const since = now()
        await delay(plan.revocationsHeardMs, undefined, { signal }).catch(() => {})
        one.settled =
          told && memories === store.memories && !faults.excuses(['store'], since, now())
      }
    },
    /** Any that was revoked, and may not have expired. */
    draw: () => oneOf(revoked.filter(({ entry }) => entry.expiresAt > now())),
  }
}
