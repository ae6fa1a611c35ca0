// @ts-check
import { exchangeParts } from './exchange-parts.js'
import { inFewWords, inWords } from './in-words.js'
import { brief, table, wrapped } from './lines.js'
import { shortened } from './shortened.js'

const margin = '     '

/**
 * @typedef {object} Printing
 * @property {(line: string) => void} print
 * @property {import('./style.js').Style} style
 */

/** @param {Printing} printing */
export function printer({ print, style }) {
  const width = style.width - margin.length

  /**
   * @param {string} text
   * @param {(line: string) => string} [paint]
   */
  function paragraph(text, paint = (line) => line) {
    for (const line of wrapped(text, width)) {
      print(margin + paint(line))
    }
  }

  /** @param {readonly string[]} lines */
  function indented(lines) {
    for (const line of lines) {
      print(`${margin}  ${style.faint(line)}`)
    }
  }

  return {
    /**
     * @param {string} title
     * @param {string} text
     */
    step(title, text) {
      const rule = '='.repeat(Math.max(0, style.width - title.length - 4))
      print('')
      print(`${style.strong(`== ${title} `)}${style.faint(rule)}`)
      paragraph(text)
    },

    /** @param {string} text */
    say(text) {
      print('')
      paragraph(text)
    },

    /**
     * @param {string} text
     * @param {import('./exchange-parts.js').Pair[]} pairs
     */
    list(text, pairs) {
      print('')
      paragraph(text)
      indented(
        table(
          pairs.map(([name, value]) => [name, shortened(value)]),
          width - 2,
        ),
      )
    },

    /**
     * @param {import('./exchange.js').Exchange} exchange
     * @param {{ number: number, explanation: string, between: string, isBrief: boolean }} told
     */
    exchange(exchange, { number, explanation, between, isBrief }) {
      const { request, sent, answer, got } = exchangeParts(exchange)
      const lines = isBrief ? brief : table
      print('')
      wrapped(explanation, width).forEach((line, index) => {
        print(`${(index === 0 ? String(number) : '').padStart(3)}  ${style.strong(line)}`)
      })
      if (!isBrief) {
        paragraph(between, style.faint)
      }
      paragraph(request)
      indented(lines(sent, width - 2))
      paragraph(answer)
      indented(lines(got, width - 2))
    },

    /** @param {import('./story.js').Check} check */
    check({ name, expected, actual, holds }) {
      if (holds) {
        paragraph(`✓ as told: ${inFewWords(actual)}`, style.good)
      } else {
        paragraph(`✗ NOT as told: ${name}`, style.bad)
        paragraph(`expected: ${inWords(expected)}`, style.bad)
        paragraph(`actual:   ${inWords(actual)}`, style.bad)
      }
    },
  }
}
