import { ConfigurationError } from '../errors/configuration-error.ts'
import { describedKind } from '../options/described-value.ts'
import { isPlainObject } from '../options/is-plain-object.ts'
import { mustTake } from '../options/must-take.ts'
import { memberPath, mustBe } from '../options/parse-options.ts'
import { isScopeToken } from '../options/scope-token.ts'
import { unknownOption } from '../options/unknown-option.ts'
import { authenticationSettings } from './authentication-settings.ts'
import { authorizationDetailsSettings } from './authorization-details-settings.ts'
import type { Policy, PolicySettings, ScopeRequirement } from './policy.ts'
import { isRequirement, namesIn, namesToAskFor, type Requirement } from './requirement.ts'

/**
 * The settings of a policy, judged when the route is registered.
 *
 * @throws ConfigurationError for an unknown member, an illegal scope-token, or a requirement of nothing
 */
export function policySettings<Claims extends object, Request>(
  policy: Policy<Claims, Request>,
): PolicySettings<Claims, Request> {
  if (!isPlainObject(policy)) {
    throw mustTake('a policy', 'the form of an object such as { scope: "orders:read" }', policy)
  }
  for (const [name, value] of Object.entries(policy)) {
    if (!members.includes(name)) {
      throw new ConfigurationError(memberPath('', name), unknownOption(name, members))
    }
    // A name misspelt on the other side of the colon would silently leave the check out.
    if (value === undefined) {
      throw new ConfigurationError(name, 'is undefined: give what it requires, or leave it out.')
    }
  }
  if (Object.keys(policy).length === 0) {
    throw new ConfigurationError('', `a policy must require something: give ${members.join(', ')}.`)
  }
  const { proof, scope, roles, authorizationDetails, live, check } = policy
  if (proof !== undefined && !proofs.includes(proof)) {
    throw mustBe('"any", "dpop" or "mtls"', proof, 'proof')
  }
  // What is switched off by a mistake elsewhere would silently leave the check out.
  if (live !== undefined && live !== true) {
    throw mustBe('true, or left out', live, 'live')
  }
  if (check !== undefined && typeof check !== 'function') {
    throw new ConfigurationError(
      'check',
      `must be a function of the auth and the request, not ${describedKind(check)}.`,
    )
  }
  const required = scope === undefined ? [] : scopeRequirements('scope', asList(scope))
  return Object.freeze({
    proof,
    scope: required,
    knownScope: knownScope(required),
    authentication: authenticationSettings(policy),
    roles: roles === undefined ? [] : roleRequirements(asList(roles)),
    authorizationDetails:
      authorizationDetails === undefined
        ? undefined
        : authorizationDetailsSettings<Request>(authorizationDetails),
    live: live === true,
    check,
  })
}

const members = [
  'proof',
  'scope',
  'acrValues',
  'maxAuthenticationAgeSeconds',
  'roles',
  'authorizationDetails',
  'live',
  'check',
]

const proofs = ['any', 'dpop', 'mtls']

function asList<Item>(value: Item | readonly Item[]): readonly Item[] {
  return Array.isArray(value) ? value : [value as Item]
}

/** @throws ConfigurationError when nothing is required, or a name is not one scope-token */
function scopeRequirements<Request>(
  option: string,
  scopes: readonly ScopeRequirement<Request>[],
): readonly ScopeRequirement<Request>[] {
  notEmpty(option, scopes)
  for (const scope of scopes) {
    if (typeof scope === 'function') {
      continue
    }
    if (Array.isArray(scope)) {
      throw new ConfigurationError(
        option,
        'takes scopes one by one: write requireScope("a", "b") for both, anyOf("a", "b") for either.',
      )
    }
    if (!isRequirement(scope)) {
      throw new ConfigurationError(
        option,
        `takes scope-tokens, anyOf(...), allOf(...), or functions of the request, not ${describedKind(scope)}.`,
      )
    }
    for (const name of namesIn(scope)) {
      if (!isScopeToken(name)) {
        throw new ConfigurationError(
          option,
          `${JSON.stringify(name)} is not one scope-token (RFC 6749 section 3.3): no spaces, quotes or backslashes. Give several scopes one by one.`,
        )
      }
    }
  }
  return Object.freeze([...scopes])
}

function roleRequirements(roles: readonly Requirement[]): readonly Requirement[] {
  notEmpty('roles', roles)
  for (const role of roles) {
    if (!isRequirement(role) || namesIn(role).includes('')) {
      throw new ConfigurationError(
        'roles',
        `takes non-empty names, anyOf(...) and allOf(...), not ${describedKind(role)}.`,
      )
    }
  }
  return Object.freeze([...roles])
}

function notEmpty(option: string, list: readonly unknown[]): void {
  if (list.length === 0) {
    throw new ConfigurationError(
      option,
      'requires nothing: name at least one, or use authenticate() where any valid token will do.',
    )
  }
}

function knownScope<Request>(scopes: readonly ScopeRequirement<Request>[]): readonly string[] {
  const known = scopes.filter((scope) => typeof scope !== 'function')
  // Part of what is needed would mislead: a client would ask for it, and be refused again.
  return known.length === scopes.length ? [...new Set(known.flatMap(namesToAskFor))] : []
}
