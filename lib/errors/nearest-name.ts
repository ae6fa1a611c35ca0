/**
 * The known name that was probably meant: the only one that contains what was given, or the nearest
 * one by spelling. `undefined` when none is near enough, or several have that part.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const part = plain(name)
  // `basic` is in `client_secret_basic` alone. Less than three letters are in too many names.
  const containing = part.length < 3 ? [] : known.filter((one) => plain(one).includes(part))
  if (containing.length > 0) {
    return containing.length === 1 ? containing[0] : undefined
  }
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

/** Letters to add, drop, replace or swap with their neighbour, blind to case and separators. */
export function distance(one: string, other: string): number {
  const from = plain(one)
  const to = plain(other)
  let before: readonly number[] = []
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1)
      const isSwapped = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      const swapped = isSwapped ? before[j - 2]! + 1 : replaced
      next.push(Math.min(replaced, swapped, row[j]! + 1, next[j - 1]! + 1))
    }
    before = row
    row = next
  }
  return row[to.length]!
}

function plain(name: string): string {
  return name.slice(0, 40).toLowerCase().replace(/[_-]/g, '')
}
