import { cacheChannel, publish } from '../observability/channels.ts'
import { type Trace, traceIssuer } from '../observability/decisions.ts'
import { fingerprint } from '../observability/fingerprint.ts'
import type { ResourceServerSettings } from '../options/resource-server-options.ts'
import type { Verdict, Verifier } from './verifier.ts'

interface Pending {
  readonly shared: Promise<Verdict>
  readonly under: number
  readonly trace: Trace | undefined
}

/**
 * Makes concurrent requests with one token share one verification: a thousand at once make one
 * introspection call. Nothing outlives the verification, so nothing is cached here.
 *
 * @param generation - moves whenever earlier verifications are no answer any more
 */
export function coalesced(
  verify: Verifier,
  { cache, resource }: Pick<ResourceServerSettings, 'cache' | 'resource'>,
  generation: (digest: string) => number,
): Verifier {
  // Who wants every request asked about does not want the answer of a call sent earlier, either.
  if (cache.introspectionMaxAgeMs === 0) {
    return verify
  }
  const pending = new Map<string, Pending>()
  return function coalescedVerifier(credentials, trace) {
    const { digest } = credentials
    const joined = pending.get(digest)
    // What was begun before keys changed, an issuer was forgotten, or the token was evicted, is no
    // answer to what came after.
    if (joined !== undefined && joined.under === generation(digest)) {
      publish(cacheChannel, () => ({
        resource,
        outcome: 'coalesced',
        fingerprint: fingerprint(digest),
      }))
      if (!trace) {
        return joined.shared
      }
      trace.cache = 'coalesced'
      return joined.shared.then((verdict) => {
        traceIssuer(trace, joined.trace ?? {})
        return verdict
      })
    }
    const under = generation(digest)
    const verdict = verify(credentials, trace)
    if (!(verdict instanceof Promise)) {
      return verdict
    }
    const shared = verdict.finally(() => {
      if (pending.get(digest) === mine) {
        pending.delete(digest)
      }
    })
    const mine = { shared, under, trace }
    pending.set(digest, mine)
    return shared
  }
}
