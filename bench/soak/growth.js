import { median } from '../rounds.js'

const MiB = 1024 * 1024

/** What may not grow, and by how much the median may be larger all the same. */
export const figures = {
  heapUsed: { title: 'heap in use after collection', part: 0.15, more: 3 * MiB, unit: MiB },
  rss: { title: 'resident memory', part: 0.15, more: 24 * MiB, unit: MiB },
  handles: { title: 'handles that keep the process', part: 0.25, more: 16, unit: 1 },
  files: { title: 'open files and sockets', part: 0.25, more: 24, unit: 1 },
}

/**
 * Compares what each worker had in the second fifth of the time, when caches have filled, with what
 * it has in the last.
 *
 * @param {readonly { at: number, worker: number }[]} samples
 * @param {ReturnType<import('./plan.js').plan>} plan - in a short one, only handles are judged
 */
export function growth(samples, { seconds, isLong }) {
  const workers = [...new Set(samples.map(({ worker }) => worker))]
  return workers.flatMap((worker) =>
    Object.entries(figures).flatMap(([name, { part, more, ...figure }]) => {
      const between = (from, to) =>
        samples
          .filter((one) => one.worker === worker && one[name] !== undefined)
          .filter(({ at }) => at >= from * seconds * 1000 && at < to * seconds * 1000)
          .map((one) => one[name])
      const [early, late] = [between(0.2, 0.4), between(0.8, 1)]
      if (early.length === 0 || late.length === 0) return []
      const [before, after] = [median(early), median(late)]
      const most = before * (1 + part) + more
      const decides = isLong || name === 'handles' || name === 'files'
      return { worker, name, ...figure, before, after, most, decides, grew: after > most }
    }),
  )
}
