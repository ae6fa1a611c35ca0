import { inFile } from './in-file.mjs'

const tests = ['policy']

export const faults = [
  ...inFile('lib/policy/requirement.ts', tests, {
    'policy/any-of-all': ['requirement.anyOf.some((part)', 'requirement.anyOf.every((part)'],
    'policy/all-of-any': ['requirement.allOf.every((part)', 'requirement.allOf.some((part)'],
    'policy/first-part-only': [
      'requirement.allOf.every((part)',
      'requirement.allOf.slice(0, 1).every((part)',
    ],
    'policy/second-member-overlooked': [
      "(name !== 'anyOf' && name !== 'allOf') || others.length > 0",
      "name !== 'anyOf' && name !== 'allOf'",
    ],
    'policy/all-of-nothing': [
      'parts.length > 0 && parts.every(isRequirement)',
      'parts.every(isRequirement)',
    ],
    'policy/parts-unseen': ['parts.length > 0 && parts.every(isRequirement)', 'parts.length > 0'],
    'policy/any-of-without-arguments': ['if (parts.length === 0) {', 'if (false) {'],
    'policy/arguments-unseen': ['if (!isRequirement(part)) {', 'if (false) {'],
    'policy/list-kept-mutable': ['return Object.freeze([...parts])', 'return parts'],
    'policy/asks-for-all-alternatives': [
      'namesToAskFor(requirement.anyOf[0] as Requirement)',
      'requirement.anyOf.flatMap(namesToAskFor)',
      { tests: ['challenges', 'policy'] },
    ],
    'policy/asks-for-part-of-all': [
      'requirement.allOf.flatMap(namesToAskFor)',
      'namesToAskFor(requirement.allOf[0] as Requirement)',
    ],
    'policy/names-of-first-alternative': [').flatMap(namesIn)', ').slice(0, 1).flatMap(namesIn)'],
  }),
  ...inFile('lib/policy/authorize.ts', tests, {
    'policy/scope-unjudged': ['judgeScope(auth, policy.scope, request) ??', ''],
    'policy/roles-unjudged': ['judgeRoles(auth, policy.roles) ??', ''],
    'policy/check-unjudged': ['judgeCheck(auth, policy.check, request)', 'undefined'],
    'policy/roles-before-scope': [
      'judgeScope(auth, policy.scope, request) ??\n    judgeRoles(auth, policy.roles) ??',
      'judgeRoles(auth, policy.roles) ??\n    judgeScope(auth, policy.scope, request) ??',
    ],
    'policy/last-scope-only': [
      'requirements.every((requirement)',
      'requirements.slice(-1).every((requirement)',
    ],
    'policy/asks-for-what-is-lacking': [
      'requirements.flatMap(namesToAskFor)',
      'requirements.filter((one) => !isMet(one, holds)).flatMap(namesToAskFor)',
    ],
    'policy/granted-scope-without-hierarchy': ['auth.hasScope(name)', 'auth.scopes.includes(name)'],
    'policy/computed-scope-unasked': ['scopes.every(isKnown)', 'scopes.some(isKnown)'],
    'policy/any-role': ['roles.every((role)', 'roles.some((role)'],
    'policy/scope-as-role': [
      'auth.roles.includes(name)',
      '[...auth.roles, ...((auth as never as { scopes: string[] }).scopes)].includes(name)',
    ],
    'policy/check-truthy': ['answer === true ?', 'answer ?'],
    'policy/check-not-false': ['answer === true ?', 'answer !== false ?'],
    'policy/check-not-awaited': [
      'return isThenable(answer) ? Promise.resolve(answer).then(onlyTrue) : onlyTrue(answer)',
      'return isThenable(answer) ? undefined : onlyTrue(answer)',
    ],
    'policy/foreign-promise': ['return isThenable(answer) ?', 'return answer instanceof Promise ?'],
    'policy/awaited-check-truthy': [
      '.then(onlyTrue)',
      '.then((said) => (said ? undefined : onlyTrue(said)))',
    ],
    'policy/computed-scope-illegal': [
      "namesIn(requirement).every(isScopeToken) ? undefined : refuse('illegal_scope')",
      'undefined',
    ],
    'policy/computed-scope-some-legal': [
      'namesIn(requirement).every(isScopeToken)',
      'namesIn(requirement).some(isScopeToken)',
    ],
    'policy/computed-scope-of-nothing': [
      "throw new ConfigurationError(\n      'scope',",
      "return undefined\n    throw new ConfigurationError(\n      'scope',",
    ],
    'policy/computed-scope-rejection': [
      'requirement.then(undefined, () => {})',
      'void requirement',
    ],
    'policy/computed-scope-skipped': [
      'const requirement = isKnown(scope) ? scope : scope(request)',
      'if (!isKnown(scope)) continue\n    const requirement = scope',
    ],
  }),
  ...inFile('lib/policy/policy-settings.ts', tests, {
    'policy/of-any-kind': ['if (!isPlainObject(policy)) {', 'if (false) {'],
    'policy/undefined-member': ['if (value === undefined) {', 'if (false) {'],
    'policy/unknown-member': ['if (!members.includes(name)) {', 'if (false) {'],
    'policy/requires-nothing': [
      'scope === undefined && roles === undefined && check === undefined',
      'false',
    ],
    'policy/check-of-any-type': ["check !== undefined && typeof check !== 'function'", 'false'],
    'policy/empty-list': ['if (list.length === 0) {', 'if (false) {'],
    'policy/illegal-scope-token': ['if (!isScopeToken(name)) {', 'if (false) {'],
    'policy/list-as-scope': ['if (Array.isArray(scope)) {', 'if (false) {'],
    'policy/scope-of-any-type': ['if (!isRequirement(scope)) {', 'if (false) {'],
    'policy/empty-role': [
      "!isRequirement(role) || namesIn(role).includes('')",
      '!isRequirement(role)',
    ],
    'policy/hint-of-part': [
      'known.length === scopes.length ?',
      'known.length > 0 ?',
      { tests: ['challenges', 'policy'] },
    ],
  }),
  ...inFile('lib/auth.ts', tests, {
    'policy/scope-by-substring': [
      'this.scopes.includes(scope) ||',
      "this.scopes.join(' ').includes(scope) ||",
    ],
    'policy/scope-by-prefix': [
      'this.scopes.includes(scope) ||',
      'this.scopes.some((held) => scope.startsWith(held)) ||',
    ],
    'policy/hierarchy-ignored': [
      'this.#satisfiedBy(scope).some((sufficient) => this.scopes.includes(sufficient))',
      'false',
    ],
    'policy/auth-not-frozen': ['Object.freeze(this)', 'void this', { tests: ['policy'] }],
  }),
  ...inFile('lib/options/scope-hierarchy.ts', ['options', 'policy'], {
    'policy/hierarchy-reversed': [
      'impliedBy.set(reached, [...(impliedBy.get(reached) ?? []), scope])',
      'impliedBy.set(scope, [...(impliedBy.get(scope) ?? []), reached])',
    ],
    'policy/hierarchy-not-transitive': ['open.push(next)', ''],
    'policy/hierarchy-cycle': ['if (next === start) {', 'if (false) {'],
    'policy/hierarchy-function-unseen': ['!isTexts(others)', 'false'],
    'policy/hierarchy-of-anything': ['if (!isScopeToken(token)) {', 'if (false) {'],
  }),
  ...inFile('lib/options/scope-token.ts', ['options'], {
    'policy/space-in-scope-token': [
      '/^[\\x21\\x23-\\x5B\\x5D-\\x7E]+$/',
      '/^[\\x20\\x21\\x23-\\x5B\\x5D-\\x7E]+$/',
    ],
    'policy/quote-in-scope-token': [
      '/^[\\x21\\x23-\\x5B\\x5D-\\x7E]+$/',
      '/^[\\x21-\\x5B\\x5D-\\x7E]+$/',
    ],
  }),
  ...inFile('lib/options/is-texts.ts', ['options'], {
    'policy/names-of-any-type': [
      "Array.isArray(value) && value.every((item) => typeof item === 'string')",
      'Array.isArray(value)',
    ],
  }),
  ...inFile('lib/options/names-from.ts', ['options'], {
    'policy/names-inherited': [
      'Object.hasOwn(found, name) ? (found as ClaimSet)[name] : undefined',
      '(found as ClaimSet)[name]',
    ],
    'policy/malformed-source-skipped': [
      '!isTexts(claim)) {\n        return undefined',
      '!isTexts(claim)) {\n        continue',
    ],
    'policy/first-source-only': [
      'names.length === 0 ? found : unique([...names, ...found])',
      'names.length === 0 ? found : names',
    ],
    'policy/sources-united-twice': [
      'names.length === 0 ? found : unique([...names, ...found])',
      'names.length === 0 ? found : Object.freeze([...names, ...found])',
    ],
    'policy/names-of-a-list-as-they-are': [': unique(claim)', ': claim'],
    'policy/names-twice': ['isUnique(names) ? names :', 'true ? names :'],
    'policy/names-empty': [
      "name !== '' && names.indexOf(name) === at",
      'names.indexOf(name) === at',
    ],
    'policy/many-names-twice': [
      "new Set(names).size === names.length && !names.includes('')",
      'true',
    ],
    'policy/names-mutable': [
      'return Object.isFrozen(once) ? once : Object.freeze(once.slice())',
      'return once',
    ],
  }),
  ...inFile('lib/options/issuer-settings.ts', ['options'], {
    'policy/roles-split-at-spaces': ['(text) => [text]', "(text) => text.split(' ')"],
  }),
]
