// @ts-check
import { play } from './play.js'
import { shortened } from './telling/shortened.js'

/**
 * Plays one kind of client after the other. The exit code says whether all went as told.
 *
 * @param {object} of
 * @param {readonly import('./kinds.js').Kind[]} of.kinds
 * @param {(line: string) => void} of.print
 * @param {(line: string) => void} of.printError
 * @param {import('./telling/style.js').Style} of.style
 * @param {(example: import('../example.js').Example) => void} [of.onStart]
 * @param {Record<string, Record<string, unknown>>} [of.instead] - expectations in the place of others
 */
export async function walkthrough({ kinds, printError, ...how }) {
  /** @type {Awaited<ReturnType<typeof play>>[]} */
  const plays = []
  let exitCode = 0
  for (const kind of kinds) {
    how.print('')
    try {
      const played = await play({ kind, ...how })
      plays.push(played)
      exitCode ||= played.holds ? 0 : 1
    } catch (error) {
      // The cause of an error may quote what was sent, and that is why nothing else is shown of it.
      printError(shortened(String(error instanceof Error ? error.stack : error)))
      exitCode = 1
    }
  }
  return { exitCode, plays }
}
