import { ConfigurationError } from '../errors/configuration-error.ts'
import { isPlainObject } from '../options/is-plain-object.ts'
import { memberPath, mustBe } from '../options/parse-options.ts'
import { unknownOption } from '../options/unknown-option.ts'
import {
  type AuthorizationDetailsRequirement,
  detailsMembers,
  isDetailsList,
  isRequirable,
} from './authorization-details.ts'
import type { PolicySettings } from './policy.ts'

const option = 'authorizationDetails'

/**
 * The authorization details of a policy: the function itself, or all the requirements, checked and
 * copied.
 *
 * @throws ConfigurationError for a requirement of nothing, or of what no token can hold
 */
export function authorizationDetailsSettings<Request>(
  given: unknown,
): PolicySettings<never, Request>['authorizationDetails'] {
  if (typeof given === 'function') {
    return given as (request: Request) => unknown
  }
  if (!Array.isArray(given)) {
    return Object.freeze([requirement(given, option)])
  }
  if (given.length === 0) {
    throw new ConfigurationError(option, 'requires nothing: name at least one type.')
  }
  return Object.freeze(Array.from(given, (one, index) => requirement(one, `${option}[${index}]`)))
}

function requirement(given: unknown, path: string): AuthorizationDetailsRequirement {
  if (!isPlainObject(given)) {
    throw mustBe(
      'an object such as { type: "payment" }, a list of these, or a function of the request that gives one',
      given,
      path,
    )
  }
  const members: Readonly<Record<string, unknown>> = { type: undefined, ...(given as object) }
  for (const name of Object.keys(members)) {
    if (!detailsMembers.includes(name)) {
      throw new ConfigurationError(memberPath(path, name), unknownOption(name, detailsMembers))
    }
  }
  const copied = Object.entries(members).map(([name, value]) => {
    if (value === undefined && Object.hasOwn(given as object, name)) {
      throw new ConfigurationError(
        `${path}.${name}`,
        'is undefined: give what it requires, or leave it out.',
      )
    }
    if (!isRequirable(name, value)) {
      const rule = isDetailsList(name)
        ? 'a non-empty array of non-empty strings'
        : 'a non-empty string'
      throw mustBe(rule, value, `${path}.${name}`)
    }
    return [name, Array.isArray(value) ? Object.freeze([...value]) : value]
  })
  return Object.freeze(Object.fromEntries(copied))
}
