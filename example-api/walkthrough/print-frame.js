// @ts-check
import { kindsOfClient } from './kinds.js'
import { table } from './telling/lines.js'

/** @typedef {import('./telling/printer.js').Printing} Printing */

/** @param {Printing & { kind: import('./kinds.js').Kind, example: import('../example.js').Example }} of */
export function printBeginning({ kind, example, print, style }) {
  const { what, proof } = kindsOfClient[kind]
  print(style.strong(`OAuth 2.0, told with ${what} as the client`))
  print('')
  const machine = kind === 'machine'
  for (const line of table(
    [
      [
        'resource owner',
        machine ? 'nobody: the client acts on its own behalf' : 'Ada, with a browser',
      ],
      ['client', `${what} (example-api/clients/${kind}.js)`],
      ['  its proof', proof],
      ['authorization server', `${example.issuer} (example-api/authorization-server)`],
      ['resource server', `${example.url} (example-api/api.js), protected by scopegate`],
    ],
    style.width,
  )) {
    print(line)
  }
}

/**
 * What was told and did not come, or came otherwise.
 *
 * @param {Printing & { checks: import('./telling/story.js').Check[], exchanges: number,
 *   missing: readonly string[] }} of
 */
export function printEnd({ checks, missing, exchanges, print, style }) {
  const wrong = checks.filter(({ holds }) => !holds)
  print('')
  if (wrong.length + missing.length === 0) {
    print(style.good(`All went as told: ${exchanges} exchanges, ${checks.length} checks.`))
    print('The story on one page: docs/oauth-in-five-minutes.md')
    print('To play with it in a browser: npm start')
    return
  }
  for (const { step, name } of wrong) {
    print(style.bad(`NOT as told: ${name} (in ${step})`))
  }
  for (const name of missing) {
    print(style.bad(`NOT as told: ${name} never came`))
  }
}
