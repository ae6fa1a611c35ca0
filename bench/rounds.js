/**
 * CPU time of several subjects, in microseconds a call. Rounds are interleaved, and each has an
 * order of its own: what else the machine does, and the garbage that a subject leaves to the next,
 * meet all of them alike.
 *
 * @param {Record<string, { calls: number, run: (round: number) => void | Promise<void> }>} subjects
 * @param {number} rounds
 * @param {() => void | Promise<void>} [prepare] - before each round, unmeasured
 * @param {() => number} [clock] - in microseconds
 * @returns {Promise<Measured>}
 *
 * @typedef {Record<string, number[]>} Measured - what each round cost
 */
export async function measure(subjects, rounds, prepare, clock = processTime) {
  const names = Object.keys(subjects)
  /** @type {Measured} */
  const costs = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = 0; round < rounds + unmeasured; round += 1) {
    await prepare?.()
    for (const name of shuffled(names)) {
      const { calls, run } = subjects[name]
      const before = clock()
      await run(round)
      const cost = (clock() - before) / calls
      if (round >= unmeasured) {
        costs[name].push(cost)
      }
    }
  }
  return costs
}

/** Of all threads. Too coarse for rounds of less than some milliseconds. */
function processTime() {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** Of a clock on the wall: what else the machine does is in it, see `undisturbed`. */
export function wallTime() {
  return performance.now() * 1000
}

/** Rounds before the first that counts: until then the code is compiled. */
export const unmeasured = 4

/**
 * What one subject costs, measured by another: the median over the rounds of their ratio in one
 * round, which a slower spell of the machine leaves as it is.
 *
 * @param {Measured} costs
 * @param {string} subject
 * @param {string} other
 */
export function ratio(costs, subject, other) {
  return median(costs[subject].map((cost, round) => cost / costs[other][round]))
}

/** @param {string[]} names */
function shuffled(names) {
  return names
    .map((name) => ({ name, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ name }) => name)
}

/** @param {number[]} list */
export function median(list) {
  const sorted = list.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

/**
 * What it costs when nothing else goes on: the cost of the tenth of the rounds that ends where the
 * others begin. Noise only ever adds, and to a difference of two costs it adds as much as to both.
 *
 * @param {number[]} list
 */
export function undisturbed(list) {
  return list.toSorted((a, b) => a - b)[Math.floor(list.length / 10)]
}

/**
 * Prints the median of each subject.
 *
 * @param {string} title
 * @param {Measured} costs
 * @param {string} [unit]
 */
export function print(title, costs, unit = 'us') {
  console.log(`\n${title}`)
  for (const [name, cost] of Object.entries(costs)) {
    console.log(`  ${name.padEnd(52)} ${median(cost).toFixed(1).padStart(8)} ${unit}`)
  }
}
