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
  return (claims) => {
    const names: string[] = []
    for (const path of source) {
      const claim = claimAt(claims, path) ?? []
      const found = typeof claim === 'string' ? split(claim) : claim
      if (!isTexts(found)) {
        return undefined
      }
      names.push(...found)
    }
    return unique(names)
  }
}

/** The top-level claims that the names may stand in; none where a function knows. */
export function claimNames(source: readonly string[] | ((claims: ClaimSet) => unknown)): string[] {
  return typeof source === 'function'
    ? []
    : [...new Set(source.flatMap((path) => [path, path.split('.', 1)[0]!]))]
}

/** A claim of that very name, else what the dots reach. Own members only: claims are foreign. */
function claimAt(claims: ClaimSet, path: string): unknown {
  if (Object.hasOwn(claims, path)) {
    return claims[path]
  }
  let found: unknown = claims
  for (const name of path.split('.')) {
    if (typeof found !== 'object' || found === null || Array.isArray(found)) {
      return undefined
    }
    found = Object.hasOwn(found, name) ? (found as ClaimSet)[name] : undefined
  }
  return found
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function unique(names: readonly string[]): readonly string[] {
  return Object.freeze([...new Set(names)].filter((name) => name !== ''))
}
