// @ts-check
import { readOptions, usage } from './options.js'
import { style } from './telling/style.js'

const { stdout, env } = process
const options = readOptions(process.argv.slice(2))
/** @type {import('../example.js').Example | undefined} */
let running
let isStopping = false

// npm and the terminal may both pass on the same Ctrl-C, so a second signal must do no harm.
process.on('SIGINT', () => stop(130))
process.on('SIGTERM', () => stop(143))
// Nobody reads on, as with `| head`.
stdout.on('error', () => stop(141))

if ('problem' in options) {
  console.error(options.problem)
  process.exitCode = 1
} else if ('help' in options) {
  console.log(usage)
} else {
  // Only now: all that it takes is a second's work to load.
  const { walkthrough } = await import('./walkthrough.js')
  const { exitCode } = await walkthrough({
    kinds: options.kinds,
    print: console.log,
    printError(line) {
      // What fails once all is being closed fails for that reason.
      if (!isStopping) {
        console.error(line)
      }
    },
    style: style({ colours: stdout.isTTY && !env['NO_COLOR'], columns: stdout.columns }),
    onStart(example) {
      running = example
    },
  })
  process.exitCode = exitCode
}

/** @param {number} code - by custom, 128 and the number of the signal */
async function stop(code) {
  isStopping = true
  await running?.close()
  process.exit(code)
}
