const most = 160

/**
 * What the soak has seen, over time.
 *
 * @param {number} seconds - how long it goes on
 */
export function measures(seconds) {
  const bucketSeconds = Math.max(1, Math.ceil(seconds / most))
  /** @type {{ latencies: number[], outcomes: Record<string, number> }[]} */
  const buckets = []
  /** @type {Record<string, Record<string, number>>} */
  const kinds = {}
  /** @type {{ at: number, kind: string, worker: number, judgement: string, status: number }[]} */
  const wrong = []
  const samples = []
  const latencies = []

  function bucketAt(at) {
    const index = Math.floor(at / 1000 / bucketSeconds)
    while (buckets.length <= index) buckets.push({ latencies: [], outcomes: {} })
    return buckets[index]
  }

  return {
    bucketSeconds,
    kinds,
    wrong,
    samples,
    /** @param {{ kind: string, worker: number, judgement: string, status: number, detail?: string }} of */
    record({ sentAt, answeredAt, ...one }) {
      const { kind, judgement, status } = one
      const bucket = bucketAt(answeredAt)
      const took = answeredAt - sentAt
      const outcome = outcomeOf(judgement, status)
      bucket.latencies.push(took)
      latencies.push(took)
      bucket.outcomes[outcome] = (bucket.outcomes[outcome] ?? 0) + 1
      kinds[kind] ??= { asked: 0, accepted: 0, refused: 0, unavailable: 0, wrong: 0 }
      kinds[kind].asked += 1
      kinds[kind][outcome] += 1
      if (outcome === 'wrong') wrong.push({ at: answeredAt, took, ...one })
    },
    sample: (one) => samples.push(one),
    summary: () => ({
      asked: latencies.length,
      wrong: wrong.filter(({ judgement }) => judgement !== 'swap').length,
      swaps: wrong.filter(({ judgement }) => judgement === 'swap').length,
      unavailable: Object.values(kinds).reduce((sum, kind) => sum + kind.unavailable, 0),
      p50: quantile(latencies, 0.5) ?? 0,
      p99: quantile(latencies, 0.99) ?? 0,
    }),
    /** One value a bucket; the last, which is cut short, is left out. */
    series() {
      const whole = buckets.slice(0, Math.max(1, Math.floor(seconds / bucketSeconds)))
      const each = (read) => whole.map(read)
      const rate = (outcome) => each(({ outcomes }) => (outcomes[outcome] ?? 0) / bucketSeconds)
      return {
        accepted: rate('accepted'),
        refused: rate('refused'),
        unavailable: rate('unavailable'),
        wrong: rate('wrong'),
        p50: each((bucket) => quantile(bucket.latencies, 0.5)),
        p99: each((bucket) => quantile(bucket.latencies, 0.99)),
      }
    },
  }
}

function outcomeOf(judgement, status) {
  if (judgement === 'excused') return 'unavailable'
  if (judgement !== 'right') return 'wrong'
  return status === 200 ? 'accepted' : 'refused'
}

/** @param {readonly number[]} list @returns {number | undefined} of none */
function quantile(list, part) {
  const sorted = list.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]
}
