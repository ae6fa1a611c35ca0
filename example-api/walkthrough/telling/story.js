// @ts-check
import { isDeepStrictEqual } from 'node:util'
import { exchanged } from './exchange.js'
import { explanationOf } from './explanations.js'
import { printer } from './printer.js'

/**
 * @typedef {ReturnType<typeof story>} Story
 *
 * @typedef {object} Check - something that was told beforehand, and what came
 * @property {string} step - in which it happened
 * @property {string} name
 * @property {Record<string, unknown>} expected
 * @property {Record<string, unknown>} actual
 * @property {boolean} holds
 *
 * @typedef {import('./exchange.js').Exchange} Exchange
 */

/**
 * Tells a story while it happens: its steps, every exchange with a line of explanation, and
 * whether things went as told.
 *
 * @param {object} of
 * @param {import('./printer.js').Printing} of.printing
 * @param {(url: URL) => string} of.partyAt - who answers there
 * @param {Record<string, Record<string, unknown>>} of.expected - by the name of the check
 */
export function story({ printing, partyAt, expected }) {
  const printed = printer(printing)
  /** @type {string[]} */
  const steps = []
  /** @type {Check[]} */
  const checks = []
  let count = 0
  let isBrief = false
  /** @type {Exchange | undefined} */
  let latest
  /** @type {Exchange | undefined} */
  let before
  /** @type {{ isIt: (exchange: Exchange) => boolean, resolve: () => void } | undefined} */
  let awaited

  return {
    steps,
    checks,
    say: printed.say,
    list: printed.list,
    get exchanges() {
      return count
    },
    /** The one before the latest. */
    get before() {
      return before
    },
    get latest() {
      return /** @type {Exchange} */ (latest)
    },

    /**
     * @param {string} id
     * @param {string} title
     * @param {string} text
     */
    step(id, title, text) {
      steps.push(id)
      printed.step(title, text)
    },

    /**
     * What was seen before, in fewer lines.
     *
     * @template Result
     * @param {() => Promise<Result>} happens
     */
    async briefly(happens) {
      isBrief = true
      try {
        return await happens()
      } finally {
        isBrief = false
      }
    },

    /**
     * Waits for an exchange that comes by itself.
     *
     * @param {(exchange: Exchange) => boolean} isIt
     * @returns {Promise<void>}
     */
    until: (isIt) =>
      new Promise((resolve) => {
        awaited = { isIt, resolve }
      }),

    /**
     * A `fetch` that tells of what it sends and gets.
     *
     * @param {string} from
     * @param {{ explanation?: string, headers?: Record<string, string> }} [more]
     * @returns {(url: any, init?: any) => Promise<Response>}
     */
    fetchAs(from, { explanation, headers } = {}) {
      return async (url, init = {}) => {
        const request = { ...init, headers: { ...init.headers, ...headers } }
        const { exchange, response } = await exchanged(url, request)
        before = latest
        latest = exchange
        count += 1
        printed.exchange(exchange, {
          number: count,
          explanation: explanation ?? explanationOf(exchange),
          between: `${from} to ${partyAt(exchange.url)}`,
          isBrief,
        })
        if (awaited?.isIt(exchange)) {
          awaited.resolve()
        }
        return response
      }
    },

    /**
     * @param {string} name
     * @param {Record<string, unknown>} came - of which only counts what was told beforehand
     */
    check(name, came) {
      const told = expected[name] ?? {}
      const actual = Object.fromEntries(Object.keys(told).map((key) => [key, came[key]]))
      const holds = isDeepStrictEqual(actual, told) && name in expected
      const check = { step: steps.at(-1) ?? '', name, expected: told, actual, holds }
      checks.push(check)
      printed.check(check)
    },
  }
}
