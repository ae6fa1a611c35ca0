// @ts-check
import { parseArgs } from 'node:util'

const options = /** @type {const} */ ({
  port: { type: 'string', default: '3000' },
  'as-port': { type: 'string', default: '3001' },
  'playground-port': { type: 'string', default: '3002' },
  help: { type: 'boolean', short: 'h', default: false },
})

export const usage = 'Usage: npm start -- [--port 3000] [--as-port 3001] [--playground-port 3002]'

/**
 * What the command line asks for, or one line on what is wrong with it. Port 0 takes a free one.
 *
 * @param {string[]} args
 * @returns {Ports & { help: boolean } | { problem: string }}
 *
 * @typedef {{ port: number, asPort: number, playgroundPort: number }} Ports
 */
export function readOptions(args) {
  // Not strict: parseArgs would throw with an explanation of its own, longer than one line.
  const { values, tokens } = parseArgs({
    args,
    strict: false,
    tokens: true,
    options,
  })
  for (const token of tokens) {
    if (token.kind === 'option' && !Object.hasOwn(options, token.name)) {
      return unknown(token.rawName)
    }
    if (token.kind === 'positional') {
      // `npm start --port 3010` keeps the option for npm, and passes its value on.
      return isPort(token.value)
        ? { problem: `Put -- before the options: npm start -- --port ${token.value}. ${usage}` }
        : unknown(token.value)
    }
  }
  for (const name of ['port', 'as-port', 'playground-port']) {
    if (!isPort(values[name])) {
      return { problem: `--${name} takes a number from 0 to 65535. ${usage}` }
    }
  }
  return {
    port: Number(values.port),
    asPort: Number(values['as-port']),
    playgroundPort: Number(values['playground-port']),
    help: Boolean(values.help),
  }
}

/** @param {unknown} value */
function isPort(value) {
  return typeof value === 'string' && /^\d{1,5}$/.test(value) && Number(value) <= 65_535
}

/** @param {string} argument */
function unknown(argument) {
  return { problem: `Unknown option ${argument}. ${usage}` }
}
