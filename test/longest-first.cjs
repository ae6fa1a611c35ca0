const { basename } = require('node:path')
const Sequencer = require('@jest/test-sequencer').default

/** Those that take longest, by their seconds on an idle machine; a clean clone remembers none. */
const longest = [
  'playground',
  'package',
  'differential',
  'example',
  'clients',
  'shutdown',
  'redis-log',
  'leaks',
  'walkthrough',
  'key-sets-under-load',
  'failures',
  'dpop',
  'properties',
]

/** Starts the long suites first: no worker is left alone with one of them at the end. */
class LongestFirst extends Sequencer {
  sort(tests) {
    return [...super.sort(tests)].sort((a, b) => rank(a) - rank(b))
  }
}

function rank({ path }) {
  const at = longest.indexOf(basename(path, '.test.ts'))
  return at < 0 ? longest.length : at
}

module.exports = LongestFirst
