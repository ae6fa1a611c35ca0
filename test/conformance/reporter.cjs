const { mkdirSync, writeFileSync } = require('node:fs')
const { join, relative } = require('node:path')

/**
 * Writes the numbers and the titles of a whole run of the tests to `.test-results/tests.json`, for
 * CI and for `npm run conformance`. A run of some of the tests leaves the file as it is.
 */
class Reporter {
  constructor(settings) {
    this.settings = settings
  }

  onRunComplete(contexts, results) {
    const { rootDir, testPathPatterns, testNamePattern, onlyChanged } = this.settings
    const chosen = testPathPatterns?.patterns ?? []
    const ignoring = [...contexts].some(({ config }) => config.testPathIgnorePatterns.length > 1)
    if (ignoring || chosen.length > 0 || testNamePattern || onlyChanged || results.wasInterrupted) {
      return
    }
    const tests = results.testResults.flatMap(({ testFilePath, testResults }) =>
      testResults.map(({ status, fullName }) => ({
        file: relative(rootDir, testFilePath).replaceAll('\\', '/'),
        title: fullName,
        status,
      })),
    )
    // A file that does not even load has no tests, and has failed.
    const broken = results.numRuntimeErrorTestSuites
    const written = {
      node: process.version,
      passed: results.numPassedTests,
      failed: results.numFailedTests + broken,
      skipped: results.numPendingTests + results.numTodoTests,
      tests: tests.sort((a, b) => compare(a.file, b.file) || compare(a.title, b.title)),
    }
    mkdirSync(join(rootDir, '.test-results'), { recursive: true })
    writeFileSync(join(rootDir, '.test-results', 'tests.json'), JSON.stringify(written, null, 1))
  }
}

function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0
}

module.exports = Reporter
