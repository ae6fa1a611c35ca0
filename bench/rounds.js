/**
 * CPU time of several subjects, in microseconds a call. Rounds are interleaved, so that whatever
 * else the machine does meets all of them alike, and the median round counts.
 *
 * @param {Record<string, { calls: number, run: (round: number) => void | Promise<void> }>} subjects
 * @param {number} rounds
 * @returns {Promise<Record<string, number>>}
 */
export async function measure(subjects, rounds) {
  /** @type {Record<string, number[]>} */
  const costs = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]))
  for (let round = -2; round < rounds; round += 1) {
    for (const [name, { calls, run }] of Object.entries(subjects)) {
      const before = process.cpuUsage()
      await run(round + 2)
      const { user, system } = process.cpuUsage(before)
      if (round >= 0) {
        costs[name].push((user + system) / calls)
      }
    }
  }
  return Object.fromEntries(Object.entries(costs).map(([name, list]) => [name, median(list)]))
}

/** @param {number[]} list */
function median(list) {
  const sorted = list.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

/**
 * @param {string} title
 * @param {Record<string, number>} costs
 * @param {string} [unit]
 */
export function print(title, costs, unit = 'us') {
  console.log(`\n${title}`)
  for (const [name, cost] of Object.entries(costs)) {
    console.log(`  ${name.padEnd(52)} ${cost.toFixed(1).padStart(8)} ${unit}`)
  }
}
