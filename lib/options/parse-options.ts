import * as v from 'valibot'
import { ConfigurationError } from '../errors/configuration-error.ts'
import { nearestName } from '../errors/nearest-name.ts'
import { describedKind, describedValue } from './described-value.ts'
import { isPlainObject } from './is-plain-object.ts'
import { unknownOption } from './unknown-option.ts'

export type OptionSchema<Output> = v.GenericSchema<unknown, Output>

/**
 * What was given, when it fits the schema: copied, with defaults, nothing unknown in it.
 *
 * @param path - where it stands in the options
 * @throws ConfigurationError for the first thing wrong; an unknown name before anything else
 */
export function parseOptions<Output>(
  schema: OptionSchema<Output>,
  value: unknown,
  path: string,
): Output {
  // Settings of valibot that the application made global do not hold here.
  const result = v.safeParse(schema, value, { abortEarly: false, abortPipeEarly: true })
  if (result.success) {
    return result.output
  }
  const issue = result.issues.find(isUnknown) ?? result.issues[0]
  const option = pathOf(issue, path)
  if (issue.type === 'strict_object') {
    throw new ConfigurationError(option, issue.message)
  }
  throw mustBe(issue.message, issue.input, option)
}

/** The schema of an object of options: nothing unknown in it; members that are `undefined` are absent. */
export function optionsSchema<const Entries extends v.ObjectEntries>(
  entries: Entries,
): OptionSchema<v.InferOutput<v.StrictObjectSchema<Entries, undefined>>> {
  const known = Object.keys(entries)
  const members = v.strictObject(entries, (issue) => {
    const name = String(issue.path?.at(-1)?.key)
    return isUnknown(issue)
      ? unknownOption(name, known)
      : `is required: must be ${ruleOf(entries[name])}.`
  })
  // Arrays and instances would pass for objects without any member.
  return v.pipe(v.custom<v.InferInput<typeof members>>(isPlainObject, 'an object'), members)
}

/**
 * The error for a value that breaks the rule at its path: "must be <rule>".
 *
 * @param choices - of which the value may be a misspelt one; by default what the rule has in quotes
 */
export function mustBe(
  rule: string,
  value: unknown,
  path: string,
  choices: readonly string[] = quotedIn(rule),
): ConfigurationError {
  // Where an object belongs, a string may be anything, also a secret.
  const given = rule.startsWith('an object') ? describedKind(value) : describedValue(value, path)
  const meant = typeof value === 'string' ? nearestName(value, choices) : undefined
  const must = `must be ${rule}, not ${given}.${meant === undefined ? '' : ` Did you mean "${meant}"?`}`
  if (path === '') {
    return new ConfigurationError('', `the options ${must}`)
  }
  return new ConfigurationError(path, value === undefined ? `is required: must be ${rule}.` : must)
}

function quotedIn(rule: string): string[] {
  return [...rule.matchAll(/"([^"]+)"/g)].map(([, choice = '']) => choice)
}

function isUnknown(issue: v.BaseIssue<unknown>): boolean {
  return issue.type === 'strict_object' && issue.expected === 'never'
}

function ruleOf(schema: unknown): string {
  const rule = (schema as { message?: unknown } | undefined)?.message
  return typeof rule === 'string' ? rule : 'given'
}

function pathOf(issue: v.BaseIssue<unknown>, path: string): string {
  let full = path
  for (const { key } of issue.path ?? []) {
    full = typeof key === 'number' ? `${full}[${key}]` : memberPath(full, String(key))
  }
  return full
}

/** The path of a member: `issuers[0].jwt`, or `scopeHierarchy["a b"]` where the name needs it. */
export function memberPath(path: string, name: string): string {
  if (!/^[A-Za-z_$][\w$]{0,60}$/.test(name)) {
    return `${path}[${JSON.stringify(name.slice(0, 60))}]`
  }
  return path === '' ? name : `${path}.${name}`
}
