const { TestEnvironment } = require('jest-environment-node')

/** Ends the process at the first test that fails, with a status that says so: the rest need not run. */
module.exports = class FirstFailure extends TestEnvironment {
  handleTestEvent({ name, test }) {
    if (name === 'test_done' && test.errors.length > 0) process.exit(77)
  }
}
