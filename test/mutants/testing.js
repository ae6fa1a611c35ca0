import { inFile } from './in-file.mjs'

const tests = ['testing-kit']

export const faults = [
  ...inFile('lib/testing/check-members.ts', tests, {
    'testing/any-member': ['if (!known.includes(name)) {', 'if (false) {'],
    'testing/any-kind': [
      "typeof given !== 'object' || given === null || Array.isArray(given)",
      'false',
    ],
    'testing/any-choice': ['if (!choices.includes(value as string)) {', 'if (false) {'],
    'testing/any-token': ["if (typeof token !== 'string') {", 'if (false) {'],
    'testing/nothing-meant': ['near === undefined ? otherwise', 'true ? otherwise'],
  }),
  ...inFile('lib/testing/check-token-options.ts', tests, {
    'testing/token-unchecked': ['checkMembers(call, options, token)', ''],
    'testing/opaque-unchecked': ["checkMembers('opaque()', options, opaque)", ''],
    'testing/answer-unchecked': ["checkMembers('opaque({ signed })', options.signed, signing)", ''],
    'testing/answer-signer-unchecked': ["checkSigning('opaque({ signed })', options.signed)", ''],
    'testing/claims-unexplained': ["Object.hasOwn(Object(options), 'claims')", 'false'],
  }),
  ...inFile('lib/testing/check-server-options.ts', tests, {
    'testing/server-unchecked': ['checkMembers(call, options, members)', ''],
    'testing/server-choices-unchecked': ['known !== undefined && value !== undefined', 'false'],
    'testing/server-algorithms-unchecked': [
      'checkChoice(`algorithms of ${call}`',
      'void (`algorithms of ${call}`',
    ],
  }),
  ...inFile('lib/testing/fault-plan.ts', tests, {
    'testing/fail-times-unchecked': [
      "checkMembers('fail()', options, { times: true, milliseconds: true })",
      '',
    ],
    'testing/fail-verbatim-unchecked': ["checkMembers('The fault of fail()', fault, verbatim)", ''],
    'testing/restore-unchecked': [
      "checkChoice('The endpoint of restore()', endpoint, endpoints)",
      '',
    ],
  }),
  ...inFile('lib/testing/test-authorization-server.ts', tests, {
    'testing/revoke-unchecked': ["checkToken('revoke()', token)", ''],
    'testing/received-unchecked': [
      "checkChoice('The endpoint of received()', endpoint, endpointNames)",
      '',
    ],
    'testing/move-unchecked': [
      "checkChoice('The endpoint of move()', endpoint, ['jwks', 'introspection'])",
      '',
    ],
  }),
]
