import { elsewhere, notInThisVersion } from './elsewhere.ts'

/**
 * What to say of an option that does not exist: that this version lacks it, where it belongs, or
 * the nearest name that does exist here.
 */
export function unknownOption(name: string, known: readonly string[]): string {
  if (notInThisVersion.has(name)) {
    return 'this version of scopegate does not have this option.'
  }
  const near = nearest(name, known)
  if (near !== undefined && (distance(name, near) <= 1 || !Object.hasOwn(elsewhere, name))) {
    return `there is no such option. Did you mean \`${near}\`?`
  }
  if (Object.hasOwn(elsewhere, name)) {
    return `there is no such option here. ${elsewhere[name]}`
  }
  return `there is no such option. Known here: ${known.join(', ')}.`
}

/** The nearest of the known names, or `undefined` when none is near enough to be meant. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  let least = Math.floor(Math.min(name.length, 12) / 3) + 1
  for (const candidate of known) {
    const steps = distance(name, candidate)
    if (steps < least) {
      best = candidate
      least = steps
    }
  }
  return best
}

/** Levenshtein distance, blind to case and separators. */
function distance(one: string, other: string): number {
  const from = plain(one)
  const to = plain(other)
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[to.length]!
}

function plain(name: string): string {
  return name.slice(0, 40).toLowerCase().replace(/[_-]/g, '')
}
