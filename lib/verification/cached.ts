import { LRUCache } from 'lru-cache'
import { andThen } from '../and-then.ts'
import { doorkeeper } from '../cache/doorkeeper.ts'
import { tokenDigest } from '../cache/token-digest.ts'
import type { RefusalReason } from '../errors/refusal-reasons.ts'
import type { RefusalValue } from '../errors/refusal-value.ts'
import { type CacheEvent, cacheChannel, publish } from '../observability/channels.ts'
import { type Trace, traceIssuer } from '../observability/decisions.ts'
import { fingerprint } from '../observability/fingerprint.ts'
import type { ResourceServerSettings } from '../options/resource-server-options.ts'
import type { Evictions } from './evictions.ts'
import type { Accepted, Credentials, Verdict, Verifier } from './verifier.ts'

interface BadEntry {
  readonly refusal: RefusalValue
  readonly staleAt: number
  /** The key-set generation under which it was judged. */
  readonly under: number
  /** Of the request that was refused first, when anybody listened then. */
  readonly trace: Trace | undefined
}

/** What cached verdicts depend on, besides the clock. */
export interface CacheDependencies {
  /** Moves whenever any key set changes. */
  readonly keySetGeneration: () => number
  readonly evictions: Evictions
}

export interface VerdictCache {
  readonly verify: Verifier
  /** How many verdicts are held. */
  size(): { readonly good: number; readonly bad: number }
  /** Lets go of the verdict on a token, also of one that is on its way. */
  evict(token: string): void
  clear(): void
}

/**
 * Remembers verdicts by the SHA-256 of the whole token. A hit is synchronous and re-checks all
 * that may have changed: `exp`, issuer, key. Revocations and policy are not cached: they are judged after.
 */
export function cached(
  verify: Verifier,
  { cache, clock, resource }: Pick<ResourceServerSettings, 'cache' | 'clock' | 'resource'>,
  { keySetGeneration, evictions }: CacheDependencies,
): VerdictCache {
  const good = new LRUCache<string, Accepted>({ max: cache.maxEntries })
  // Apart, so that made-up tokens cannot push out good ones.
  const bad = new LRUCache<string, BadEntry>({ max: cache.maxEntries })
  const door = doorkeeper(cache.maxEntries * 2)
  let latest = Number.NEGATIVE_INFINITY

  /** Ages mean nothing once the clock was set back: what would outlive its time is let go. */
  function readClock(): number {
    const now = clock()
    if (now < latest - setBackMs) {
      clear()
    }
    latest = now
    return now
  }

  function clear(): void {
    good.clear()
    bad.clear()
  }

  function cachedVerifier(
    credentials: Credentials,
    trace: Parameters<Verifier>[1],
  ): Verdict | Promise<Verdict> {
    const { digest } = credentials
    if (trace) {
      trace.digest = digest
    }
    const now = readClock()
    const hit = good.get(digest)
    if (hit) {
      if (now < hit.goodUntilMs && hit.token.trust.holds(now)) {
        report('hit', digest)
        if (trace) {
          trace.cache = 'hit'
        }
        return hit
      }
      if (!isGoodThoughStale(hit, now)) {
        drop(digest)
      }
    }
    const refused = bad.get(digest)
    if (refused && now < refused.staleAt && refused.under === keySetGeneration()) {
      report('negative_hit', digest)
      if (trace) {
        trace.cache = 'hit'
        traceIssuer(trace, refused.trace ?? {})
      }
      return refused.refusal
    }
    report('miss', digest)
    if (trace) {
      trace.cache = 'miss'
    }
    // Read before the question is asked: an answer to an older state is not kept for the newer.
    const generationBefore = keySetGeneration()
    const evictionBefore = evictions.of(digest)
    return andThen(verify(credentials, trace), (verdict) => {
      if (evictions.of(digest) !== evictionBefore) {
        return verdict
      }
      if (verdict.verdict === 'unavailable') {
        return (hit && stale(hit, digest, trace)) ?? verdict
      }
      if (verdict.verdict === 'refused' && good.has(digest)) {
        drop(digest)
      }
      if (verdict.verdict === 'accepted') {
        admit(digest, verdict)
      } else if (!neverCached.has(verdict.reason)) {
        bad.set(digest, {
          refusal: verdict,
          staleAt: clock() + cache.negativeMaxAgeMs,
          under: generationBefore,
          trace,
        })
      }
      return verdict
    })
  }

  function admit(digest: string, verdict: Accepted): void {
    const introspected = verdict.restsOn === 'introspection'
    const maxAgeMs = introspected ? cache.introspectionMaxAgeMs : cache.maxAgeMs
    // A local verification is cheap enough to wait for proof that the token comes back.
    if (maxAgeMs <= 0 || (!introspected && !door.seenBefore(digest))) {
      return
    }
    // Jitter: what was admitted together does not go stale together.
    const life = maxAgeMs * (1 - 0.1 * Math.random())
    const goodUntilMs = Math.min(clock() + life, verdict.goodUntilMs)
    // Not spread: a copy with members added takes a fifth more room.
    good.set(digest, { verdict: 'accepted', token: verdict.token, goodUntilMs })
  }

  /** Only what went stale by its age, and only of introspection: keys have a time of grace already. */
  function isGoodThoughStale({ token, goodUntilMs }: Accepted, now: number): boolean {
    return (
      cache.staleMs > 0 &&
      token.source === 'introspection' &&
      now < goodUntilMs + cache.staleMs &&
      // RFC 7662 section 4: not beyond `exp`, without tolerance.
      !(now >= (token.expiresAt ?? Number.POSITIVE_INFINITY) * 1000) &&
      token.trust.holds(now)
    )
  }

  /** What was held before the question: unless it was let go meanwhile, it serves while nobody can tell. */
  function stale(hit: Accepted, digest: string, trace: Trace | undefined): Accepted | undefined {
    if (good.get(digest) !== hit || !isGoodThoughStale(hit, clock())) {
      return undefined
    }
    report('stale', digest)
    if (trace) {
      trace.cache = 'stale'
    }
    return hit
  }

  function drop(digest: string): void {
    good.delete(digest)
    report('dropped', digest)
  }

  function report(outcome: CacheEvent['outcome'], digest: string): void {
    publish(cacheChannel, () => ({ resource, outcome, fingerprint: fingerprint(digest) }))
  }

  return {
    verify: cachedVerifier,
    size: () => ({ good: good.size, bad: bad.size }),
    evict(token) {
      const digest = tokenDigest(token)
      evictions.add(digest)
      good.delete(digest)
      bad.delete(digest)
    },
    clear,
  }
}

/** Clocks are adjusted by less all the time. */
const setBackMs = 1000

/** These may turn with the next key refresh, the next second, or a word of the application. */
const neverCached: ReadonlySet<RefusalReason> = new Set([
  'malformed_credentials',
  'wrong_shape',
  'unknown_key',
  'not_yet_valid',
  'unknown_issuer',
])
