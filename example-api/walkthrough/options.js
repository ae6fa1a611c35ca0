// @ts-check
import { allKinds, defaultKind, isKind } from './kinds.js'

export const usage = `Usage: npm run walkthrough [-- ${[...allKinds, 'all'].join(' | ')}]`

/**
 * The kinds that the command line asks for, or one line on what is wrong with it.
 *
 * @param {readonly string[]} args
 * @returns {{ kinds: readonly import('./kinds.js').Kind[] } | { help: true } | { problem: string }}
 */
export function readOptions(args) {
  const [wanted = defaultKind, ...others] = args
  if (wanted === '--help' || wanted === '-h') {
    return { help: true }
  }
  if (others.length > 0) {
    return { problem: `One kind of client, or all of them. ${usage}` }
  }
  if (wanted === 'all') {
    return { kinds: allKinds }
  }
  return isKind(wanted)
    ? { kinds: [wanted] }
    : { problem: `Unknown kind of client: ${wanted}. ${usage}` }
}
