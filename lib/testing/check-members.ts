import { nearestName } from '../errors/nearest-name.ts'

/** The members that a call takes. */
export type Members<Options> = Readonly<Record<keyof Options, true>>

/**
 * All that was given is known: a misspelt member would let a test pass without what it is about.
 *
 * @throws TypeError that names the call, the member and what was probably meant
 */
export function checkMembers(call: string, given: unknown, members: Members<object>): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new TypeError(`${call} takes an object, not ${kindOf(given)}.`)
  }
  const known = Object.keys(members)
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) {
      const others = ` It takes ${known.join(', ')}.`
      throw new TypeError(`${call} has no member "${name}".${suggestion(name, known, others)}`)
    }
  }
}

/**
 * The value is one of the choices.
 *
 * @throws TypeError
 */
export function checkChoice(what: string, value: unknown, choices: readonly string[]): void {
  if (!choices.includes(value as string)) {
    throw new TypeError(
      `${what} is one of ${choices.join(', ')}, not ${String(value)}.${suggestion(String(value), choices, '')}`,
    )
  }
}

/**
 * A token, and no promise of one.
 *
 * @throws TypeError
 */
export function checkToken(call: string, token: unknown): void {
  if (typeof token !== 'string') {
    throw new TypeError(`${call} takes a token, not ${kindOf(token)}.`)
  }
}

function suggestion(name: string, known: readonly string[], otherwise: string): string {
  const near = nearestName(name, known)
  return near === undefined ? otherwise : ` Did you mean "${near}"?`
}

function kindOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) {
    return value === undefined || value === null ? String(value) : `a ${typeof value}`
  }
  if (Array.isArray(value)) {
    return 'an array'
  }
  return 'then' in value ? 'a promise: await it first' : 'an object'
}
