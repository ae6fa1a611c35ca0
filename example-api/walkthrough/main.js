// @ts-check
import { readOptions, usage } from './options.js'
import { style } from './telling/style.js'
import { walkthrough } from './walkthrough.js'

const { stdout, env } = process
const options = readOptions(process.argv.slice(2))
/** @type {import('../example.js').Example | undefined} */
let running
let isStopping = false

// npm and the terminal may both pass on the same Ctrl-C, so a second signal must do no harm.
for (const [signal, code] of /** @type {const} */ ([
  ['SIGINT', 130],
  ['SIGTERM', 143],
])) {
  process.on(signal, async () => {
    isStopping = true
    await running?.close()
    process.exit(code)
  })
}

if ('problem' in options) {
  console.error(options.problem)
  process.exitCode = 1
} else if ('help' in options) {
  console.log(usage)
} else {
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
