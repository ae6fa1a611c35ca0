// @ts-check
import { kindsOfClient } from './kinds.js'
import { table } from './telling/exchange-lines.js'

/**
 * @typedef {object} Printing
 * @property {(line: string) => void} print
 * @property {import('./telling/style.js').Style} style
 */

/** @param {Printing & { kind: import('./kinds.js').Kind, example: import('../example.js').Example }} of */
export function printBeginning({ kind, example, print, style }) {
  const { what, proof } = kindsOfClient[kind]
  print(style.strong(`OAuth 2.0 from beginning to end, with ${what} as the client`))
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

/** @param {Printing & { checks: import('./telling/story.js').Check[], exchanges: number }} of */
export function printEnd({ checks, exchanges, print, style }) {
  const wrong = checks.filter(({ holds }) => !holds)
  print('')
  if (wrong.length === 0) {
    print(style.good(`All went as told: ${exchanges} exchanges, ${checks.length} checks.`))
  } else {
    const names = wrong.map(({ step, name }) => `${name} (in ${step})`).join(', ')
    print(style.bad(`NOT as told: ${wrong.length} of ${checks.length} checks: ${names}.`))
  }
}
