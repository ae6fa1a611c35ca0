// @ts-check
import { createExample } from './example.js'
import { readOptions, usage } from './options.js'
import { printTour } from './print-tour.js'
import { tour } from './tour.js'

const options = readOptions(process.argv.slice(2))

if ('problem' in options) {
  fail(options.problem)
} else if (options.help) {
  console.log(usage)
} else {
  await start(options)
}

/** @param {import('./options.js').Ports} ports */
async function start(ports) {
  const example = await createExample(ports)
  if ('problem' in example) {
    fail(example.problem)
    return
  }
  // npm and the terminal may both pass on the same Ctrl-C, so a second signal must do no harm.
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, example.close)
  }
  stopWithParent(example.close)
  printTour(example, tour(example))
}

/**
 * The shell between npm and this process passes no signals on: when `npm start` is ended, only
 * the change of parents tells.
 *
 * @param {() => unknown} stop
 */
function stopWithParent(stop) {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid !== parent) {
      clearInterval(timer)
      stop()
    }
  }, 500)
  timer.unref()
}

/** @param {string} problem */
function fail(problem) {
  console.error(problem)
  process.exitCode = 1
}
