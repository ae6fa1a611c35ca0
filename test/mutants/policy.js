import { inFile } from './in-file.mjs'

const tests = ['policy']
const stepUp = { tests: ['step-up'] }

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
    'policy/proof-unjudged': ['judgeProof(auth.proofs, policy) ??', ''],
    'policy/scope-unjudged': ['judgeScope(auth, policy.scope, request),', 'undefined,'],
    'policy/authentication-unjudged': ['policy.authentication,', 'undefined,', stepUp],
    'policy/roles-unjudged': ['judgeRoles(auth, policy.roles) ??', ''],
    'policy/details-unjudged': [
      'judgeAuthorizationDetails(claims, policy.authorizationDetails, request, resource) ??',
      '',
      stepUp,
    ],
    'policy/check-unjudged': ['fault ?? judgeCheck(auth, policy.check, request)', 'fault'],
    'policy/claims-of-the-schema': ['verifiedClaims(token)', 'auth.claims as never', stepUp],
    'policy/roles-before-scope': [
      'judgeAuthentication(\n',
      'judgeRoles(auth, policy.roles) ??\n    judgeAuthentication(\n',
    ],
    'policy/proof-last': [
      'judgeProof(auth.proofs, policy) ??\n    judgeAuthentication(\n      claims,\n      policy.authentication,\n      clock,\n      judgeScope(auth, policy.scope, request),\n    ) ??',
      'judgeAuthentication(\n      claims,\n      policy.authentication,\n      clock,\n      judgeScope(auth, policy.scope, request),\n    ) ??\n    judgeProof(auth.proofs, policy) ??',
    ],
    'policy/details-before-roles': [
      'judgeRoles(auth, policy.roles) ??',
      'judgeAuthorizationDetails(claims, policy.authorizationDetails, request, resource) ??\n    judgeRoles(auth, policy.roles) ??',
      stepUp,
    ],
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
  }),
  ...inFile('lib/policy/judge-proof.ts', tests, {
    'policy/proof-of-any-way': ['proofs.includes(proof)', 'proofs.length > 0'],
    'policy/proof-of-no-way': ['proofs.length > 0', 'true'],
    'policy/proof-never-demanded': ['if (proof === undefined ||', 'if (true ||'],
    'policy/proof-without-hint': ['knownScope.length > 0 ?', 'false ?'],
    'policy/proof-in-the-scheme-used': [', schemes: demanded[proof] }', ' }'],
    'policy/certificate-in-the-scheme-of-proofs': [
      "mtls: Object.freeze<Scheme[]>(['Bearer'])",
      "mtls: Object.freeze<Scheme[]>(['DPoP'])",
    ],
    'policy/any-proof-as-bearer': [
      "any: Object.freeze<Scheme[]>(['DPoP'])",
      "any: Object.freeze<Scheme[]>(['Bearer'])",
    ],
    'policy/dpop-as-bearer': [
      "dpop: Object.freeze<Scheme[]>(['DPoP'])",
      "dpop: Object.freeze<Scheme[]>(['Bearer'])",
    ],
  }),
  ...inFile('lib/policy/judge-scope.ts', tests, {
    'policy/last-scope-only': [
      'requirements.every((requirement)',
      'requirements.slice(-1).every((requirement)',
    ],
    'policy/asks-for-what-is-lacking': [
      'requirements.flatMap(namesToAskFor)',
      'requirements.filter((one) => !isMet(one, holds)).flatMap(namesToAskFor)',
    ],
    'policy/granted-scope-without-hierarchy': [
      'auth.hasScope(name)',
      '(auth as Auth).scopes.includes(name)',
    ],
    'policy/computed-scope-unasked': ['scopes.every(isKnown)', 'scopes.some(isKnown)'],
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
  ...inFile('lib/policy/judge-authentication.ts', ['step-up'], {
    'step-up/never': ['required === undefined ||', 'true ||'],
    'step-up/for-an-illegal-scope': ["lacking?.reason === 'illegal_scope'", 'false'],
    'step-up/instead-of-scope': [')\n  ) {\n    return lacking', ')\n  ) {\n    return undefined'],
    'step-up/one-of-both': [
      "isOneOf(acrValues, claims['acr'])) &&",
      "isOneOf(acrValues, claims['acr'])) ||",
    ],
    'step-up/class-unjudged': ["isOneOf(acrValues, claims['acr'])", 'true'],
    'step-up/class-missing': [
      "isOneOf(acrValues, claims['acr'])",
      "claims['acr'] === undefined || isOneOf(acrValues, claims['acr'])",
    ],
    'step-up/first-class-only': ['acrValues.includes(acr)', 'acrValues[0] === acr'],
    'step-up/class-in-part': [
      'acrValues.includes(acr)',
      'acrValues.some((one) => one.startsWith(acr))',
    ],
    'step-up/class-in-several': [
      'acrValues.includes(acr)',
      "acr.split(' ').some((one) => acrValues.includes(one))",
    ],
    'step-up/class-of-any-type': [
      "typeof acr === 'string' && acrValues.includes(acr)",
      'acrValues.includes(String(acr))',
    ],
    'step-up/age-unjudged': ["isWithin(maxAgeSeconds, claims['auth_time'], clock())", 'true'],
    'step-up/age-of-any-type': [
      "typeof authTime === 'number' ? nowMs / 1000 - authTime : Number.NaN",
      'nowMs / 1000 - Number(authTime)',
    ],
    'step-up/age-missing': [': Number.NaN', ': 0'],
    'step-up/age-by-not-wrong': [
      'age <= maxAgeSeconds && age >= -clockDifferenceSeconds',
      '!(age > maxAgeSeconds) && !(age < -clockDifferenceSeconds)',
    ],
    'step-up/age-exactly': ['age <= maxAgeSeconds', 'age < maxAgeSeconds'],
    'step-up/age-tolerated': ['age <= maxAgeSeconds', 'age <= maxAgeSeconds + 5'],
    'step-up/age-in-milliseconds': ['nowMs / 1000', 'nowMs'],
    'step-up/future-unjudged': [' && age >= -clockDifferenceSeconds', ''],
    'step-up/future-never': ['clockDifferenceSeconds = 5', 'clockDifferenceSeconds = 0'],
    'step-up/future-too-far': ['clockDifferenceSeconds = 5', 'clockDifferenceSeconds = 60'],
    'step-up/parts-not-told': [', ...required })', ' })'],
    'step-up/scope-not-told': [
      'lacking?.scopes ? askingFor(lacking.scopes, refusal) : refusal',
      'refusal',
    ],
  }),
  ...inFile('lib/policy/authentication-settings.ts', ['step-up'], {
    'step-up/any-age': ['Number.isSafeInteger(maxAgeSeconds) &&', ''],
    'step-up/no-age': ['maxAgeSeconds >= 1', 'maxAgeSeconds >= 0'],
    'step-up/no-classes': ['list.length === 0', 'false'],
    'step-up/classes-with-spaces': ['!isScopeToken(value)', "typeof value !== 'string'"],
    'step-up/classes-kept-mutable': [
      'Array.isArray(given) ? [...given] : [given]',
      'Array.isArray(given) ? given : [given]',
    ],
    'step-up/age-dropped': [
      '...(maxAgeSeconds !== undefined && { maxAgeSeconds }),',
      '...(acrValues === undefined && maxAgeSeconds !== undefined && { maxAgeSeconds }),',
    ],
  }),
  ...inFile('lib/policy/judge-authorization-details.ts', ['step-up'], {
    'details/some-of-a-list': ['requirements?.every(', 'requirements?.some('],
    'details/illegal-passes': [
      'requirements?.every((requirement) => isGranted(requirement, granted, resource))',
      '(requirements ?? []).every((requirement) => isGranted(requirement, granted, resource))',
    ],
    'details/function-unasked': [
      "typeof required === 'function' ? computedAuthorizationDetails(required(request)) : required",
      "typeof required === 'function' ? [] : required",
    ],
  }),
  ...inFile('lib/policy/granted-authorization-details.ts', ['step-up'], {
    'details/any-type': ["granted['type'] === required.type &&", ''],
    'details/all-objects': ['.some((granted)', '.every((granted)'],
    'details/malformed-claim': [
      'Array.isArray(claim) && claim.every(hasType) ? claim : []',
      'Array.isArray(claim) ? claim.filter(hasType) : []',
    ],
    'details/claim-of-one': [
      'Array.isArray(claim) && claim.every(hasType) ? claim : []',
      '[claim].flat().every(hasType) ? ([claim].flat() as Granted[]) : []',
    ],
    'details/type-of-any-kind': [
      "typeof (one as { type?: unknown } | null)?.type === 'string'",
      '(one as { type?: unknown } | null)?.type !== undefined',
    ],
    'details/null-among-objects': [
      '(one as { type?: unknown } | null)?.type',
      '(one as { type?: unknown }).type',
    ],
    'details/malformed-members': ['isReadable(granted) &&', ''],
    'details/malformed-identifier': [
      "(identifier === undefined || typeof identifier === 'string') &&",
      '',
    ],
    'details/identifier-unjudged': [
      "(identifier === undefined || granted['identifier'] === identifier) &&",
      '',
    ],
    'details/identifier-by-prefix': [
      "granted['identifier'] === identifier) &&",
      "String(granted['identifier']).startsWith(identifier)) &&",
    ],
    'details/identifier-when-there': [
      "granted['identifier'] === identifier) &&",
      "(granted['identifier'] ?? identifier) === identifier) &&",
    ],
    'details/locations-unjudged': [
      "granted['locations'] === undefined ? undefined : [resource]",
      'undefined',
    ],
    'details/locations-always': [
      "granted['locations'] === undefined ? undefined : [resource]",
      '[resource]',
    ],
    'details/own-locations-ignored': [
      "name === 'locations' ? locations : required[name]",
      "name === 'locations' ? (granted['locations'] ? [resource] : undefined) : required[name]",
    ],
    'details/some-values': [
      'required.every((value) => granted.includes(value))',
      'required.some((value) => granted.includes(value))',
    ],
    'details/list-when-there': [
      'required === undefined ||',
      'required === undefined || granted === undefined ||',
    ],
    'details/only-the-required': [
      'required.every((value) => granted.includes(value))',
      'granted.every((value) => required.includes(value))',
    ],
  }),
  ...inFile('lib/policy/authorization-details.ts', ['step-up'], {
    'details/actions-forgotten': ["  'actions',\n", ''],
    'details/datatypes-forgotten': ["  'datatypes',\n", ''],
    'details/privileges-forgotten': ["  'privileges',\n", ''],
    'details/empty-list': ['value.length > 0 &&', ''],
    'details/hole-in-list': ['[...value].every(isName)', 'value.every(isName)'],
    'details/list-of-anything': [' && [...value].every(isName)', ''],
    'details/empty-name': [" && value !== ''", ''],
  }),
  ...inFile('lib/policy/authorization-details-settings.ts', ['step-up'], {
    'details/requires-nothing': ['given.length === 0', 'false'],
    'details/unknown-member': ['!detailsMembers.includes(name)', 'false'],
    'details/of-any-kind': ['if (!isPlainObject(given)) {', 'if (false) {'],
    'details/without-type': [
      '{ type: undefined, ...(given as object) }',
      '{ ...(given as object) }',
    ],
    'details/illegal-values': ['if (!isRequirable(name, value)) {', 'if (false) {'],
    'details/undefined-told-as-missing': ['value === undefined &&', 'false &&'],
    'details/kept-mutable': ['Object.freeze([...value]) : value', 'value : value'],
    'details/holes': [
      'Array.from(given, (one, index) =>',
      '(given as unknown[]).map((one, index) =>',
    ],
  }),
  ...inFile('lib/policy/computed-authorization-details.ts', ['step-up'], {
    'details/computed-list-of-nothing': ['requirements.length > 0 &&', ''],
    'details/computed-some-legal': ['requirements.every(isLegal)', 'requirements.some(isLegal)'],
    'details/computed-illegal': [' && requirements.every(isLegal)', ''],
    'details/computed-undefined-dropped': [
      'every(([name, value]) => isRequirable(name, value))',
      'every(([name, value]) => value === undefined || isRequirable(name, value))',
    ],
    'details/computed-promise-unseen': ['checkNoPromise(list)', ''],
    'details/computed-rejection': ['promise.then(undefined, () => {})', 'void promise'],
    'details/computed-first-rejection': [
      'for (const promise of promises) {',
      'for (const promise of promises.slice(0, 1)) {',
    ],
    'details/computed-member-rejection': ['[one, ...Object.values(Object(one)).flat()]', '[one]'],
    'details/computed-list-rejection': [
      'Object.values(Object(one)).flat()',
      'Object.values(Object(one))',
    ],
    'details/computed-of-any-kind': ['if (!isPlainObject(one)) {', 'if (false) {'],
    'details/computed-unknown-member': ['!detailsMembers.includes(name)', 'false'],
    'details/computed-without-type': ["!names.includes('type')", 'false'],
  }),
  ...inFile('lib/policy/attainable-policy.ts', tests, {
    'policy/proof-that-is-off': ['proof !== undefined && !{', 'false && !{'],
    'policy/any-proof-by-dpop-alone': ['any: dpop ?? mtls', 'any: dpop'],
    'policy/any-proof-by-mtls-alone': ['any: dpop ?? mtls', 'any: mtls'],
    'policy/proof-of-the-other-way': [
      'dpop, mtls }[proof]',
      'dpop: dpop ?? mtls, mtls: mtls ?? dpop }[proof]',
    ],
  }),
  ...inFile('lib/policy/policy-settings.ts', tests, {
    'policy/of-any-kind': ['if (!isPlainObject(policy)) {', 'if (false) {'],
    'policy/undefined-member': ['if (value === undefined) {', 'if (false) {'],
    'policy/unknown-member': ['if (!members.includes(name)) {', 'if (false) {'],
    'policy/requires-nothing': ['Object.keys(policy).length === 0', 'false'],
    'policy/proof-of-any-kind': ['proof !== undefined && !proofs.includes(proof)', 'false'],
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
  ...inFile('lib/challenge/challenger.ts', ['step-up'], {
    'details/types-of-routes-unlisted': ['for (const type of types) detailsTypes.add(type)', ''],
    'details/types-of-options-unlisted': [
      'new Set(settings.authorizationDetailsTypesSupported)',
      'new Set<string>()',
    ],
    'details/document-as-it-was': ['if (listed !== detailsTypes.size) {', 'if (false) {'],
  }),
  ...inFile('lib/express/express-resource-server.ts', ['step-up', 'policy'], {
    'details/types-of-policies-unlisted': [
      'if (Array.isArray(policy.authorizationDetails)) {',
      'if (false) {',
    ],
    'policy/unattainable': [
      'attainablePolicy(required as Policy<object>, settings)',
      'policySettings(required as Policy<object>)',
      { tests: ['policy'] },
    ],
  }),
  ...inFile('lib/verify-request.ts', tests, {
    'policy/unattainable-for-verify': [
      'attainablePolicy(policy, settings)',
      'attainablePolicy(policy, { ...settings, dpop: {} as never, mtls: {} as never })',
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
