import { ConfigurationError } from '../errors/configuration-error.ts'
import { describedValue } from './described-value.ts'
import { isTexts } from './is-texts.ts'
import { memberPath, mustBe } from './parse-options.ts'
import { isScopeToken } from './scope-token.ts'

/** The scope-tokens of which any one satisfies the required one, which comes first. */
export type SatisfiedBy = (required: string) => readonly string[]

/**
 * Who satisfies what: the hierarchy turned around, once, so that a request costs one look-up.
 *
 * @throws ConfigurationError for cycles, illegal scope-tokens and wrong types
 */
export function satisfiedBy(hierarchy: unknown = {}): SatisfiedBy {
  if (typeof hierarchy === 'function') {
    return (required) => withRequired(required, hierarchy(required))
  }
  const implied = checkedHierarchy(hierarchy)
  const impliedBy = new Map<string, string[]>()
  for (const scope of implied.keys()) {
    for (const reached of reachedFrom(scope, implied)) {
      impliedBy.set(reached, [...(impliedBy.get(reached) ?? []), scope])
    }
  }
  const sufficient = new Map<string, readonly string[]>()
  for (const [scope, others] of impliedBy) {
    sufficient.set(scope, Object.freeze([scope, ...others]))
  }
  return (required) => sufficient.get(required) ?? Object.freeze([required])
}

function withRequired(required: string, others: unknown): readonly string[] {
  if (!isTexts(others)) {
    throw new ConfigurationError(
      'scopeHierarchy',
      `the function must return an array of scopes, not ${describedValue(others, 'scopeHierarchy')}.`,
    )
  }
  return Object.freeze([...new Set([required, ...others])])
}

function checkedHierarchy(hierarchy: unknown): ReadonlyMap<string, readonly string[]> {
  if (typeof hierarchy !== 'object' || hierarchy === null || Array.isArray(hierarchy)) {
    throw mustBe('an object or a function', hierarchy, 'scopeHierarchy')
  }
  const implied = new Map<string, readonly string[]>()
  for (const [scope, others] of Object.entries(hierarchy)) {
    const path = memberPath('scopeHierarchy', scope)
    if (others === undefined) {
      continue
    }
    if (!Array.isArray(others)) {
      throw mustBe('an array of scopes', others, path)
    }
    for (const token of [scope, ...others]) {
      if (!isScopeToken(token)) {
        throw mustBe('made of scope-tokens (RFC 6749 section 3.3)', token, path)
      }
    }
    implied.set(scope, [...others])
  }
  return implied
}

/** All that a scope implies, directly or not. */
function reachedFrom(
  start: string,
  implied: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  const reached = new Set<string>()
  const open = [start]
  for (let scope = open.pop(); scope !== undefined; scope = open.pop()) {
    for (const next of implied.get(scope) ?? []) {
      if (next === start) {
        throw new ConfigurationError(
          memberPath('scopeHierarchy', start),
          `implies itself${scope === start ? '' : ` through "${scope}"`}. Scopes that are equal should be one.`,
        )
      }
      if (!reached.has(next)) {
        reached.add(next)
        open.push(next)
      }
    }
  }
  return reached
}
