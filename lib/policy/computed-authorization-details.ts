import { ConfigurationError } from '../errors/configuration-error.ts'
import { describedKind } from '../options/described-value.ts'
import { isPlainObject } from '../options/is-plain-object.ts'
import { memberPath } from '../options/parse-options.ts'
import { unknownOption } from '../options/unknown-option.ts'
import {
  type AuthorizationDetailsRequirement,
  detailsMembers,
  isRequirable,
} from './authorization-details.ts'
import { isThenable } from './is-thenable.ts'

/**
 * What this request needs, by the function of a policy; `undefined` when no token can meet it: the
 * values may be what a client sent, so that bad is no bug, but a no. A value that is missing never
 * makes for a requirement less.
 *
 * @throws ConfigurationError for another form, which no client decides
 */
export function computedAuthorizationDetails(
  result: unknown,
): readonly AuthorizationDetailsRequirement[] | undefined {
  const list: readonly unknown[] = Array.isArray(result) ? result : [result]
  checkNoPromise(list)
  for (const one of list) {
    checkForm(one)
  }
  const requirements = list as readonly AuthorizationDetailsRequirement[]
  return requirements.length > 0 && requirements.every(isLegal) ? requirements : undefined
}

/** @throws ConfigurationError for a promise, be it the whole or a part */
function checkNoPromise(list: readonly unknown[]): void {
  const parts = list.flatMap((one) => [one, ...Object.values(Object(one)).flat()])
  const promises = parts.filter(isThenable)
  for (const promise of promises) {
    // Nobody else waits for it, and a rejection that nobody waits for ends the process.
    promise.then(undefined, () => {})
  }
  if (promises.length > 0) {
    throw mustReturn(promises[0])
  }
}

function checkForm(one: unknown): void {
  if (!isPlainObject(one)) {
    throw mustReturn(one)
  }
  const names = Object.keys(one as object)
  for (const name of names) {
    if (!detailsMembers.includes(name)) {
      throw new ConfigurationError(
        memberPath('authorizationDetails()', name),
        unknownOption(name, detailsMembers),
      )
    }
  }
  if (!names.includes('type')) {
    throw new ConfigurationError('authorizationDetails().type', 'is required.')
  }
}

function mustReturn(given: unknown): ConfigurationError {
  return new ConfigurationError(
    'authorizationDetails',
    `the function must return an object such as { type: "payment" }, or a list of these, at once, not ${describedKind(given)}.`,
  )
}

function isLegal(requirement: AuthorizationDetailsRequirement): boolean {
  return Object.entries(requirement).every(([name, value]) => isRequirable(name, value))
}
