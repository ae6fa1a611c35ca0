// @ts-check
import { allKinds, defaultKind, isKind } from './kinds.js'
import { play } from './play.js'
import { shortened } from './telling/shortened.js'
import { style as styleFor } from './telling/style.js'

const { stdout, env } = process
const style = styleFor({ colours: stdout.isTTY && !env['NO_COLOR'], columns: stdout.columns })
/** @type {import('../example.js').Example | undefined} */
let running

// npm and the terminal may both pass on the same Ctrl-C, so a second signal must do no harm.
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, async () => {
    await running?.close()
    process.exit(130)
  })
}

const [wanted = defaultKind, ...others] = process.argv.slice(2)
if (others.length > 0 || !(wanted === 'all' || isKind(wanted))) {
  const unknown = others[0] ?? wanted
  console.error(
    `Unknown kind ${unknown}. Usage: npm run walkthrough [-- ${[...allKinds, 'all'].join(' | ')}]`,
  )
  process.exitCode = 1
} else {
  await playEach(wanted === 'all' ? allKinds : [wanted])
}

/** @param {readonly import('./kinds.js').Kind[]} kinds */
async function playEach(kinds) {
  for (const [index, kind] of kinds.entries()) {
    console.log('\n'.repeat(index > 0 ? 2 : 0))
    try {
      const { holds } = await play({ kind, print: console.log, style, onStart })
      process.exitCode ||= holds ? 0 : 1
    } catch (error) {
      console.error(shortened(String(error instanceof Error ? error.stack : error)))
      process.exitCode = 1
    }
  }
}

/** @param {import('../example.js').Example} example */
function onStart(example) {
  running = example
}
