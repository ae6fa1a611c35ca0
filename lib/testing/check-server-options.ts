import { algorithms } from '../jws/algorithms.ts'
import { checkChoice, checkMembers, type Members } from './check-members.ts'
import type { TestAuthorizationServerOptions } from './server-options.ts'
import { testClientMethods } from './test-client.ts'

const members: Members<TestAuthorizationServerOptions> = {
  clock: true,
  algorithm: true,
  algorithms: true,
  resource: true,
  client: true,
  path: true,
  discovery: true,
  metadata: true,
  host: true,
  port: true,
}

const choices: Readonly<Record<string, readonly string[]>> = {
  algorithm: Object.keys(algorithms),
  client: testClientMethods,
  discovery: ['both', 'oauth', 'openid', 'none'],
  host: ['127.0.0.1', 'localhost'],
}

/** @throws TypeError for what `testAuthorizationServer()` does not know */
export function checkServerOptions(options: TestAuthorizationServerOptions): void {
  const call = 'testAuthorizationServer()'
  checkMembers(call, options, members)
  const { client, algorithms: published = [] } = options
  // Credentials are for the resource server to judge.
  const given = { ...options, client: typeof client === 'object' ? undefined : client }
  for (const [name, value] of Object.entries(given)) {
    const known = choices[name]
    if (known !== undefined && value !== undefined) {
      checkChoice(`${name} of ${call}`, value, known)
    }
  }
  for (const algorithm of published) {
    checkChoice(`algorithms of ${call}`, algorithm, Object.keys(algorithms))
  }
}
