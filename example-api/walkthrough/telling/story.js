// @ts-check
import { isDeepStrictEqual } from 'node:util'
import { exchanged } from './exchange.js'
import { exchangeParts, table } from './exchange-lines.js'
import { explanationOf } from './explanations.js'
import { shortened } from './shortened.js'
import { wrapped } from './style.js'

/**
 * @typedef {ReturnType<typeof story>} Story
 *
 * @typedef {object} Check - something that was told beforehand, and what came
 * @property {string} step - in which it happened
 * @property {string} name
 * @property {Record<string, unknown>} expected
 * @property {Record<string, unknown>} actual
 * @property {boolean} holds
 */

/**
 * Tells a story while it happens: its steps, every exchange with a line of explanation, and
 * whether things went as told.
 *
 * @param {object} of
 * @param {(line: string) => void} of.print
 * @param {import('./style.js').Style} of.style
 * @param {(url: URL) => string} of.partyAt - who answers there
 * @param {Record<string, Record<string, unknown>>} of.expected - by the name of the check
 */
export function story({ print, style, partyAt, expected }) {
  const margin = '     '
  const width = style.width - margin.length
  /** @type {string[]} */
  const steps = []
  /** @type {Check[]} */
  const checks = []
  let count = 0
  let isBrief = false
  /** @type {import('./exchange.js').Exchange | undefined} */
  let latest
  /** @type {{ isIt: (exchange: import('./exchange.js').Exchange) => boolean, resolve: () => void } | undefined} */
  let awaited

  /**
   * @param {string} text
   * @param {(line: string) => string} [paint]
   */
  function paragraph(text, paint = (line) => line) {
    for (const line of wrapped(text, width)) {
      print(margin + paint(line))
    }
  }

  /**
   * @param {import('./exchange.js').Exchange} exchange
   * @param {string} explanation
   */
  function tell(exchange, explanation) {
    const { request, sent, answer, got } = exchangeParts(exchange)
    count += 1
    print('')
    wrapped(explanation, width).forEach((line, index) => {
      print(`${(index === 0 ? `${count}` : '').padStart(3)}  ${style.strong(line)}`)
    })
    paragraph(`${exchange.from} to ${partyAt(exchange.url)}`, style.faint)
    half(request, sent)
    half(answer, got)
  }

  /**
   * @param {string} line
   * @param {import('./exchange-lines.js').Pair[]} pairs
   */
  function half(line, pairs) {
    paragraph(line)
    const lines = isBrief
      ? wrapped(pairs.map(([name, value]) => `${name}=${value}`).join('  '), width - 2)
      : table(pairs, width - 2)
    for (const one of lines.filter(Boolean)) {
      print(`${margin}  ${style.faint(one)}`)
    }
  }

  return {
    steps,
    checks,
    get exchanges() {
      return count
    },
    get latest() {
      return /** @type {import('./exchange.js').Exchange} */ (latest)
    },

    /**
     * @param {string} id
     * @param {string} title
     * @param {string} text
     */
    step(id, title, text) {
      steps.push(id)
      print('')
      print(
        `${style.strong(`== ${title} `)}${style.faint('='.repeat(style.width - title.length - 4))}`,
      )
      paragraph(text)
    },

    /** @param {string} text */
    say(text) {
      print('')
      paragraph(text)
    },

    /**
     * @param {string} text
     * @param {import('./exchange-lines.js').Pair[]} pairs
     */
    list(text, pairs) {
      print('')
      paragraph(text)
      for (const line of table(
        pairs.map(([name, value]) => [name, shortened(value)]),
        width - 2,
      )) {
        print(`${margin}  ${style.faint(line)}`)
      }
    },

    /**
     * Waits for an exchange that comes by itself.
     *
     * @param {(exchange: import('./exchange.js').Exchange) => boolean} isIt
     */
    until(isIt) {
      return /** @type {Promise<void>} */ (
        new Promise((resolve) => {
          awaited = { isIt, resolve }
        })
      )
    },

    /**
     * What was seen before, told in fewer lines.
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
     * A `fetch` that tells of what it sends and gets.
     *
     * @param {string} from
     * @param {{ explanation?: string, headers?: Record<string, string> }} [more]
     * @returns {(url: any, init?: any) => Promise<Response>}
     */
    fetchAs(from, { explanation, headers } = {}) {
      return async (url, init = {}) => {
        const request = { ...init, headers: { ...init.headers, ...headers } }
        const { exchange, response } = await exchanged(from, url, request)
        latest = exchange
        tell(exchange, explanation ?? explanationOf(exchange))
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
      checks.push({ step: steps.at(-1) ?? '', name, expected: told, actual, holds })
      if (holds) {
        paragraph(`✓ as told: ${inWords(actual)}`, style.good)
      } else {
        paragraph(`✗ NOT as told (${name})`, style.bad)
        paragraph(`  expected: ${inWords(told)}`, style.bad)
        paragraph(`  actual:   ${inWords(actual)}`, style.bad)
      }
    },
  }
}

/** @param {Record<string, unknown>} values */
function inWords(values) {
  return Object.entries(values)
    .map(([name, value]) => shortened(`${name} ${words(value)}`))
    .join(', ')
}

/** @param {unknown} value */
function words(value) {
  if (typeof value !== 'object' || value === null) {
    return String(value ?? 'none')
  }
  const { scheme, ...params } = /** @type {Record<string, string>} */ (value)
  return [scheme, ...Object.entries(params).map(([name, text]) => `${name}="${text}"`)].join(' ')
}
