import * as v from 'valibot'
import type { OptionSchema } from './parse-options.ts'

// The pieces that schemas of options are made of. The message of each is its rule, a phrase that
// completes "must be ...".

export const text: OptionSchema<string> = v.pipe(
  v.string('a non-empty string'),
  v.nonEmpty('a non-empty string'),
)

export const flag: OptionSchema<boolean> = v.boolean('true or false')

/** A list with something in it, copied and frozen. */
export function listOf<Item>(
  item: OptionSchema<Item>,
  rule: string,
): OptionSchema<readonly Item[]> {
  return v.pipe(
    v.array(item, rule),
    v.minLength(1, rule),
    v.transform((items) => Object.freeze(items)),
  )
}

export const texts: OptionSchema<readonly string[]> = listOf(
  text,
  'a non-empty array of non-empty strings',
)

const secretRule = 'a secret of 32 characters or more, or a non-empty array of those'
const secret = v.pipe(v.string(secretRule), v.minLength(32, secretRule))

/** One secret or several, as a list: the first is used, all of them are known. */
export const secrets: OptionSchema<readonly [string, ...string[]]> = v.pipe(
  v.union([secret, listOf(secret, secretRule)], secretRule),
  v.transform((given) => Object.freeze([given].flat() as [string, ...string[]])),
)

export function oneOf<const Value extends string>(...values: Value[]): OptionSchema<Value> {
  return v.picklist(values, values.map((value) => `"${value}"`).join(' or '))
}

/** A duration in seconds, as milliseconds. */
export function seconds(
  most: number = Number.MAX_SAFE_INTEGER / 1000,
  least = 0,
): OptionSchema<number> {
  const rule =
    most < 1e6
      ? `a number of seconds from ${least} to ${most}`
      : `a finite number of seconds, ${least} or more`
  return v.pipe(
    v.number(rule),
    v.minValue(least, rule),
    v.maxValue(most, rule),
    v.transform((value) => value * 1000),
  )
}

/**
 * A cool-down in seconds, as milliseconds. Without any, everybody who sends an unknown `kid` would
 * cause a fetch.
 */
export const coolDownMs: OptionSchema<number> = v.pipe(
  seconds(),
  v.minValue(1000, 'a number of seconds, 1 or more'),
)

/** A deadline. Above the longest timer, Node would set one of 1 ms. */
export const deadlineMs: OptionSchema<number> = wholeNumber(1, 2 ** 31 - 1, 'of milliseconds ')

export function wholeNumber(least: number, most: number, unit = ''): OptionSchema<number> {
  const rule = `a whole number ${unit}from ${least} to ${most}`
  return v.pipe(v.number(rule), v.integer(rule), v.minValue(least, rule), v.maxValue(most, rule))
}

// RFC 6750 section 2.1: other characters occur in no token.
const prefixRule = 'the beginning of a token: letters, digits and -._~+/'

export const tokenPrefix: OptionSchema<string> = v.pipe(
  v.string(prefixRule),
  v.regex(/^[A-Za-z0-9\-._~+/]+$/, prefixRule),
)

/** A function, of a type that cannot be checked further before it is called. */
export function callable<Type>(): OptionSchema<Type> {
  return v.custom<Type>((value) => typeof value === 'function', 'a function')
}
