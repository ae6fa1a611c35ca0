import { LRUCache } from 'lru-cache'
import { isTexts } from './is-texts.ts'
import type { ClaimSet } from './issuer-options.ts'

/**
 * How names (scopes or roles) are read from claims: united, each once, frozen; `undefined` where
 * a claim is malformed. What a function of the user throws, it throws too: a bug must look like one.
 *
 * @param source - claim names or paths, or a function of the user
 * @param split - how the string form of a claim is taken apart
 */
export function namesFrom(
  source: readonly string[] | ((claims: ClaimSet) => unknown),
  split: (text: string) => readonly string[],
): (claims: ClaimSet) => readonly string[] | undefined {
  if (typeof source === 'function') {
    return (claims) => {
      const names = source(claims)
      return isTexts(names) ? unique(names) : undefined
    }
  }
  const places = source.map((path) => ({ path, members: path.split('.') }))
  const namesIn = remembered((text) => unique(split(text)))
  return (claims) => {
    let names: readonly string[] = none
    for (const place of places) {
      const claim = claimAt(claims, place)
      if (claim === undefined || claim === null) {
        continue
      }
      if (typeof claim !== 'string' && !isTexts(claim)) {
        return undefined
      }
      const found = typeof claim === 'string' ? namesIn(claim) : unique(claim)
      names = names.length === 0 ? found : unique([...names, ...found])
    }
    return names
  }
}

/** The top-level claims that the names may stand in; none where a function knows. */
export function claimNames(source: readonly string[] | ((claims: ClaimSet) => unknown)): string[] {
  return typeof source === 'function'
    ? []
    : [...new Set(source.flatMap((path) => [path, path.split('.', 1)[0]!]))]
}

interface Place {
  readonly path: string
  /** The path taken apart at its dots. */
  readonly members: readonly string[]
}

/** A claim of that very name, else what the dots reach. Own members only: claims are foreign. */
function claimAt(claims: ClaimSet, { path, members }: Place): unknown {
  if (Object.hasOwn(claims, path)) {
    return claims[path]
  }
  let found: unknown = members.length > 1 ? claims : undefined
  for (const name of members) {
    if (typeof found !== 'object' || found === null || Array.isArray(found)) {
      return undefined
    }
    found = Object.hasOwn(found, name) ? (found as ClaimSet)[name] : undefined
  }
  return found
}

/** Most tokens of a client have the same scope: taken apart once, and shared by what is cached. */
function remembered(
  read: (text: string) => readonly string[],
): (text: string) => readonly string[] {
  const known = new LRUCache<string, readonly string[]>({ max: 200 })
  return (text) => {
    const names = known.get(text)
    if (names) {
      return names
    }
    const fresh = read(text)
    if (text.length <= longestRemembered) {
      known.set(text, fresh)
    }
    return fresh
  }
}

const longestRemembered = 512

const none: readonly string[] = Object.freeze([])

/** The names, each once and none empty: the list itself where it is so and frozen, else a new one. */
function unique(names: readonly string[]): readonly string[] {
  const once = isUnique(names) ? names : [...new Set(names)].filter((name) => name !== '')
  // Exactly as long as it must be: a list that grew keeps room for more.
  return Object.isFrozen(once) ? once : Object.freeze(once.slice())
}

/** Most tokens have a few names, each once: looking is cheaper than building a set. */
function isUnique(names: readonly string[]): boolean {
  return names.length > 20
    ? new Set(names).size === names.length && !names.includes('')
    : names.every((name, at) => name !== '' && names.indexOf(name) === at)
}
