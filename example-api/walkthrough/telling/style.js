// @ts-check
import { styleText } from 'node:util'

/** @typedef {ReturnType<typeof style>} Style */

/**
 * How text looks, and how wide it may be.
 *
 * @param {{ colours: boolean, columns?: number | undefined }} terminal
 */
export function style({ colours, columns = 80 }) {
  return {
    width: Math.min(Math.max(columns, 60), 100),
    strong: paint('bold'),
    faint: paint('dim'),
    good: paint('green'),
    bad: paint('red'),
  }

  /** @param {'bold' | 'dim' | 'green' | 'red'} format */
  function paint(format) {
    return (/** @type {string} */ text) => (colours ? styleText(format, text) : text)
  }
}
