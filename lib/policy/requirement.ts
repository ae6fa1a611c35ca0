import { ConfigurationError } from '../errors/configuration-error.ts'
import { describedKind } from '../options/described-value.ts'

/** Any one of these is enough. */
export interface AnyOf {
  readonly anyOf: readonly Requirement[]
}

/** All of these are needed. */
export interface AllOf {
  readonly allOf: readonly Requirement[]
}

/** A name (a scope-token or a role), or several of them. */
export type Requirement = string | AnyOf | AllOf

/**
 * Requires any one of the alternatives. The first is the one that a challenge asks for.
 *
 * @throws ConfigurationError without alternatives
 */
export function anyOf(...alternatives: readonly Requirement[]): AnyOf {
  return Object.freeze({ anyOf: list('anyOf', alternatives) })
}

/**
 * Requires all of the parts.
 *
 * @throws ConfigurationError without parts
 */
export function allOf(...parts: readonly Requirement[]): AllOf {
  return Object.freeze({ allOf: list('allOf', parts) })
}

function list(name: string, parts: readonly Requirement[]): readonly Requirement[] {
  if (parts.length === 0) {
    throw new ConfigurationError(
      '',
      `${name}() needs at least one argument: a requirement of nothing would let everybody in or nobody.`,
    )
  }
  for (const part of parts) {
    if (!isRequirement(part)) {
      const given = Array.isArray(part) ? `a list: write ${name}("a", "b")` : describedKind(part)
      throw new ConfigurationError(
        '',
        `${name}() takes names, anyOf(...) and allOf(...), not ${given}.`,
      )
    }
  }
  return Object.freeze([...parts])
}

/** Whether a value has the form of a requirement; names are not judged here. */
export function isRequirement(value: unknown): value is Requirement {
  if (typeof value !== 'object' || value === null) {
    return typeof value === 'string'
  }
  // Of one made by hand nothing may be overlooked: a second member would not be judged.
  const [name, ...others] = Object.keys(value)
  if ((name !== 'anyOf' && name !== 'allOf') || others.length > 0) {
    return false
  }
  const parts = (value as Partial<AnyOf & AllOf>)[name]
  return Array.isArray(parts) && parts.length > 0 && parts.every(isRequirement)
}

/** Whether the requirement is met, given what is held. */
export function isMet(requirement: Requirement, holds: (name: string) => boolean): boolean {
  if (typeof requirement === 'string') {
    return holds(requirement)
  }
  return 'anyOf' in requirement
    ? requirement.anyOf.some((part) => isMet(part, holds))
    : requirement.allOf.every((part) => isMet(part, holds))
}

/** Every name that the requirement mentions. */
export function namesIn(requirement: Requirement): readonly string[] {
  if (typeof requirement === 'string') {
    return [requirement]
  }
  return ('anyOf' in requirement ? requirement.anyOf : requirement.allOf).flatMap(namesIn)
}

/** The names to ask for: all that is needed, and of alternatives the first. */
export function namesToAskFor(requirement: Requirement): readonly string[] {
  if (typeof requirement === 'string') {
    return [requirement]
  }
  const names =
    'anyOf' in requirement
      ? namesToAskFor(requirement.anyOf[0] as Requirement)
      : requirement.allOf.flatMap(namesToAskFor)
  return [...new Set(names)]
}
