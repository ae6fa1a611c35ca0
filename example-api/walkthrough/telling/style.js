// @ts-check
import { styleText } from 'node:util'

/**
 * @typedef {(text: string) => string} Paint
 * @typedef {ReturnType<typeof style>} Style
 */

/**
 * How text looks, and how wide it may be.
 *
 * @param {{ colours: boolean, columns?: number | undefined }} terminal
 */
export function style({ colours, columns = 80 }) {
  return {
    width: Math.min(Math.max(columns, 60), 100),
    /** @type {Paint} */
    strong: paint('bold'),
    /** @type {Paint} */
    faint: paint('dim'),
    /** @type {Paint} */
    good: paint('green'),
    /** @type {Paint} */
    bad: paint('red'),
  }

  /** @param {'bold' | 'dim' | 'green' | 'red'} format */
  function paint(format) {
    return (/** @type {string} */ text) =>
      colours && text ? styleText(format, text, { validateStream: false }) : text
  }
}

/**
 * Lines no wider than told, as far as words allow.
 *
 * @param {string} text
 * @param {number} width
 * @returns {string[]}
 */
export function wrapped(text, width) {
  /** @type {string[]} */
  const lines = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else {
      line = line ? `${line} ${word}` : word
    }
  }
  return [...lines, line]
}
