import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import * as rules from './fixtures/house-rules.ts'
import { importsOf, type SourceFile, sourceFile } from './fixtures/source-file.ts'

const root = resolve(import.meta.dirname, '..')
const lib = join(root, 'lib')
const files = readdirSync(lib, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => sourceFile(file.split(sep).join('/'), readFileSync(join(lib, file), 'utf8')))

describe('the house', () => {
  it('is looked at whole', () => {
    expect(files.length).toBeGreaterThan(100)
    expect(files.flatMap(importsOf).length).toBeGreaterThan(300)
    const statements = files.flatMap(
      ({ text }) => text.match(/^(?:import|export|\}) ?.*from '[^']+'$/gm) ?? [],
    )
    expect(files.flatMap(importsOf).length).toBeGreaterThanOrEqual(statements.length)
  })

  it('has no layer for a folder that is not there', () => {
    const units = new Set(files.map(({ path }) => path.split('/')[0]))
    expect(Object.keys(rules.layers).filter((unit) => !units.has(unit))).toEqual([])
  })

  it('imports down its layers, and stages never each other', () => {
    expect(rules.layering(files)).toEqual([])
  })

  it('loads packages only where they belong, jose and undici only when first needed', () => {
    expect(rules.dependencies(files)).toEqual([])
  })

  it('reaches the network only in http/', () => {
    expect(rules.network(files)).toEqual([])
  })

  it('takes the time from the clock that was given', () => {
    expect(rules.time(files)).toEqual([])
  })

  it('has no import cycle', () => {
    expect(rules.cycles(files)).toEqual([])
  })

  it('has files small enough to finish', () => {
    expect(rules.size(files)).toEqual([])
  })

  it('names files in kebab-case, and has no folder of one file', () => {
    expect(rules.fileNames(files)).toEqual([])
    expect(rules.folders(files)).toEqual([])
  })

  it('has named exports, and no enums', () => {
    expect(rules.exports(files)).toEqual([])
  })

  it('uses the words of the specifications', () => {
    expect(rules.words(files)).toEqual([])
  })

  it('leaves environment, arguments and console to the application', () => {
    expect(rules.surroundings(files)).toEqual([])
  })

  it('tells no foreign error by instanceof', () => {
    expect(rules.realms(files)).toEqual([])
  })
})

describe('importing', () => {
  const load = (subpath: string): string[] =>
    JSON.parse(
      execFileSync(
        process.execPath,
        ['--no-deprecation', '--input-type=module', '-e', loading(subpath)],
        {
          cwd: root,
          encoding: 'utf8',
        },
      ),
    )

  it('scopegate loads neither undici, nor jose, nor express, nor the testing kit, nor Redis', () => {
    const loaded = load('scopegate')
    expect(loaded.filter((url) => /\/dist\/esm\/index\.js$/.test(url))).toHaveLength(1)
    expect(loaded.filter((url) => /\/node_modules\/(?:undici|jose|express)\//.test(url))).toEqual(
      [],
    )
    expect(loaded.filter((url) => /\/(?:testing|redis|signals)\//.test(url))).toEqual([])
    expect(packagesIn(loaded)).toEqual(['lru-cache', 'valibot'])
    expect(
      loaded.filter((url) => /^node:(?:https?|http2|net|tls|fs|child_process)$/.test(url)),
    ).toEqual([])
  })

  it('scopegate/testing loads neither undici, nor jose, nor the middleware', () => {
    const loaded = load('scopegate/testing')
    expect(packagesIn(loaded)).toEqual([])
    expect(loaded.filter((url) => /\/dist\/esm\/(?:index|resource-server)\.js$/.test(url))).toEqual(
      [],
    )
  })

  it('scopegate/redis loads no client, and not the middleware', () => {
    const loaded = load('scopegate/redis')
    expect(packagesIn(loaded)).toEqual(['valibot'])
    expect(loaded.filter((url) => /\/dist\/esm\/(?:index|resource-server)\.js$/.test(url))).toEqual(
      [],
    )
  })

  it('scopegate/signals loads neither undici, nor jose, nor the middleware', () => {
    const loaded = load('scopegate/signals')
    expect(packagesIn(loaded)).toEqual(['lru-cache', 'valibot'])
    expect(loaded.filter((url) => /\/dist\/esm\/(?:index|resource-server)\.js$/.test(url))).toEqual(
      [],
    )
  })

  it('scopegate/augment loads nothing else', () => {
    const loaded = load('scopegate/augment')
    expect(loaded.filter((url) => !url.startsWith('node:'))).toEqual([
      expect.stringMatching(/\/dist\/esm\/augment\.js$/),
    ])
  })

  it('scopegate/opentelemetry loads the API of OpenTelemetry, and neither its SDK nor the middleware', () => {
    const loaded = load('scopegate/opentelemetry')
    expect(packagesIn(loaded)).toEqual(['@opentelemetry/api'])
    expect(loaded.filter((url) => /\/dist\/esm\/(?:index|resource-server)\.js$/.test(url))).toEqual(
      [],
    )
  })

  function packagesIn(urls: readonly string[]): string[] {
    const names = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//
    return [...new Set(urls.flatMap((url) => names.exec(url)?.[1] ?? []))].sort()
  }

  /** A script that prints the URL of every module that a subpath loads. */
  function loading(subpath: string): string {
    return `
      import { register } from 'node:module'
      import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
      const { port1, port2 } = new MessageChannel()
      const hooks = 'let port; export function initialize(data) { port = data }' +
        'export async function load(url, context, next) { port.postMessage(url); return next(url, context) }'
      register('data:text/javascript,' + encodeURIComponent(hooks), { data: port2, transferList: [port2] })
      await import('${subpath}')
      const urls = []
      for (let m; (m = receiveMessageOnPort(port1)); ) urls.push(m.message)
      console.log(JSON.stringify(urls))
      port1.close()
    `
  }
})

describe('the rules see', () => {
  const planted: [
    name: string,
    rule: rules.HouseRule,
    files: Record<string, string>,
    says: string,
  ][] = [
    [
      'a stage that imports another',
      rules.layering,
      { 'issuers/a.ts': "import { b } from '../policy/b.ts'" },
      'values of policy/b.ts',
    ],
    [
      'a stage that imports a value of the port',
      rules.layering,
      { 'credentials/a.ts': "import { b } from '../verification/verifier.ts'" },
      'values of verification/verifier.ts',
    ],
    [
      'a stage that imports the story',
      rules.layering,
      { 'challenge/a.ts': "import type { Story } from '../resource-server.ts'" },
      'types of resource-server.ts',
    ],
    [
      'a foundation that imports a stage',
      rules.layering,
      { 'cache/a.ts': "export { b } from '../verification/b.ts'" },
      'values of verification/b.ts',
    ],
    [
      'an import over several lines',
      rules.layering,
      { 'jws/a.ts': "import {\n  type A,\n  b,\n} from '../policy/b.ts'" },
      'values of policy/b.ts',
    ],
    [
      'an import in errors/',
      rules.layering,
      { 'errors/a.ts': "import type { B } from '../jws/b.ts'" },
      'types of jws/b.ts',
    ],
    [
      'a testing kit that imports the middleware',
      rules.layering,
      { 'testing/a.ts': "import { b } from '../express/b.ts'" },
      'values of express/b.ts',
    ],
    ['a folder without a layer', rules.layering, { 'utils/a.ts': '' }, 'no place'],
    [
      'express as a value',
      rules.dependencies,
      { 'express/a.ts': "import express from 'express'" },
      'only types',
    ],
    [
      'a type of express among values',
      rules.dependencies,
      { 'express/a.ts': "import { type Request } from 'express'" },
      'only types',
    ],
    [
      'express outside its edge',
      rules.dependencies,
      { 'policy/a.ts': "import type { Request } from 'express'" },
      'does not belong',
    ],
    [
      'jose at once',
      rules.dependencies,
      { 'jws/decrypt-jwe.ts': "import { compactDecrypt } from 'jose'" },
      'at once',
    ],
    [
      'jose elsewhere',
      rules.dependencies,
      { 'jws/a.ts': "const x = await import('jose')" },
      'does not belong',
    ],
    ['undici at once', rules.dependencies, { 'http/a.ts': "import 'undici'" }, 'at once'],
    [
      'undici elsewhere',
      rules.dependencies,
      { 'issuers/a.ts': "const x = () => import('undici')" },
      'does not belong',
    ],
    [
      'node:http in the edge of Express',
      rules.dependencies,
      { 'express/a.ts': "import { createServer } from 'node:http'" },
      'does not belong',
    ],
    [
      'node:http outside the testing kit',
      rules.dependencies,
      { 'verification/a.ts': "import { request } from 'node:http'" },
      'does not belong',
    ],
    [
      'node:https',
      rules.dependencies,
      { 'http/a.ts': "import { request } from 'node:https'" },
      'nobody may',
    ],
    [
      'valibot outside options/',
      rules.dependencies,
      { 'policy/a.ts': "import * as v from 'valibot'" },
      'does not belong',
    ],
    [
      'a package that is not ours',
      rules.dependencies,
      { 'policy/a.ts': "import _ from 'lodash'" },
      'nobody may',
    ],
    [
      'OpenTelemetry outside its edge',
      rules.dependencies,
      { 'observability/a.ts': "import { metrics } from '@opentelemetry/api'" },
      'does not belong',
    ],
    ['a computed import', rules.dependencies, { 'http/a.ts': 'await import(name)' }, 'nobody may'],
    [
      'a require',
      rules.dependencies,
      { 'http/a.ts': "const u = require('undici2')" },
      'nobody may',
    ],
    [
      'a dynamic import of a file',
      rules.dependencies,
      { 'http/a.ts': "await import('./b.ts')" },
      'dynamically',
    ],
    [
      'fetch outside http/',
      rules.network,
      { 'issuers/a.ts': 'const r = await fetch(url)' },
      'network',
    ],
    ['globalThis.fetch', rules.network, { 'issuers/a.ts': 'globalThis.fetch(url)' }, 'network'],
    [
      'fetch in a template literal',
      rules.network,
      { 'issuers/a.ts': `const x = \`a ${'$'}{await fetch('b')} c\`` },
      'network',
    ],
    ['Date.now', rules.time, { 'cache/a.ts': 'const now = Date.now()' }, 'Date.now()'],
    ['new Date', rules.time, { 'cache/a.ts': 'const clock = () => new Date()' }, 'new Date'],
    [
      'a cycle',
      rules.cycles,
      {
        'a.ts': "import './b.ts'",
        'b.ts': "import { c } from './jws/c.ts'",
        'jws/c.ts': "export type { A } from '../a.ts'",
      },
      'a.ts -> b.ts -> jws/c.ts -> a.ts',
    ],
    ['a long file', rules.size, { 'a.ts': 'x\n'.repeat(251) }, '251 lines'],
    [
      'long files',
      rules.size,
      { 'a.ts': 'x\n'.repeat(61), 'b.ts': 'x\n'.repeat(62), 'c.ts': '' },
      'median file has 61',
    ],
    ['a file name', rules.fileNames, { 'jws/keySet.ts': '' }, 'kebab'],
    ['a folder of one file', rules.folders, { 'a/b.ts': '', 'c.ts': '' }, 'a/ has one file'],
    ['a default export', rules.exports, { 'a.ts': 'export default function a() {}' }, 'default'],
    ['a renamed default export', rules.exports, { 'a.ts': 'export { a as default }' }, 'default'],
    ['an enum', rules.exports, { 'a.ts': 'export const enum A { b }' }, 'enum'],
    ['a star export', rules.exports, { 'a.ts': "export * from './b.ts'" }, 'whatever'],
    ['a word in a comment', rules.words, { 'a.ts': '// asks the IdP' }, 'IdP'],
    ['a word in a message', rules.words, { 'a.ts': "const m = 'Validation failed'" }, 'Validation'],
    ['a word in a name', rules.words, { 'a.ts': 'function tokenHelper() {}' }, 'Helper'],
    ['a verb in a name', rules.words, { 'a.ts': 'const processToken = () => {}' }, 'process'],
    ['a word in a file name', rules.words, { 'request-handler.ts': '' }, 'handler'],
    ['the environment', rules.surroundings, { 'a.ts': 'const a = process.env.A' }, 'process.env'],
    ['the console', rules.surroundings, { 'a.ts': 'console.log(token)' }, 'console.'],
    [
      'an unchecked certificate',
      rules.surroundings,
      { 'a.ts': 'x({ rejectUnauthorized: false })' },
      'rejectUnauthorized',
    ],
    [
      'instanceof TypeError',
      rules.realms,
      { 'a.ts': 'if (e instanceof TypeError) {}' },
      'instanceof',
    ],
  ]

  it.each(planted)('%s', (_name, rule, samples, says) => {
    expect(rule(sourcesOf(samples)).join('\n')).toContain(says)
  })

  const allowed: [name: string, rule: rules.HouseRule, files: Record<string, string>][] = [
    [
      'types of the port',
      rules.layering,
      { 'credentials/a.ts': "import type { Verifier } from '../verification/verifier.ts'" },
    ],
    [
      'a foundation in a stage',
      rules.layering,
      {
        'issuers/a.ts': "import { andThen } from '../and-then.ts'\nimport { b } from '../jws/b.ts'",
      },
    ],
    [
      'an import in a comment or a string',
      rules.layering,
      {
        'errors/a.ts':
          "// import { a } from '../jws/a.ts'\n/*\nimport { a } from '../jws/a.ts'\n*/\nconst s = \"import('../jws/a.ts')\"",
      },
    ],
    [
      'types of undici',
      rules.dependencies,
      {
        'http/a.ts':
          "import type { Dispatcher } from 'undici'\nconst { Agent } = await import('undici')",
      },
    ],
    [
      'methods and words called fetch',
      rules.network,
      {
        'issuers/a.ts':
          "this.#fetch(); a.fetch(b); // fetch(x)\nconst s = 'fetch(x)'; let f: typeof globalThis.fetch",
      },
    ],
    [
      'the default of a clock',
      rules.time,
      {
        'options/a.ts':
          'const { clock = Date.now } = options\nclock: given.clock ?? (() => Date.now()),',
      },
    ],
    [
      'quotes in a regular expression',
      rules.surroundings,
      { 'a.ts': "const q = /['\"`]/\nconst s = 'console.log'" },
    ],
    [
      'a substitution with braces',
      rules.surroundings,
      { 'a.ts': `const s = \`a ${'$'}{f({ a: 'b' })} console.\`` },
    ],
    [
      'handlers of others',
      rules.words,
      { 'a.ts': '// for error handlers of the process\nlet a: RequestHandler' },
    ],
  ]

  it.each(allowed)('nothing wrong with %s', (_name, rule, samples) => {
    expect(rule(sourcesOf(samples))).toEqual([])
  })

  function sourcesOf(samples: Record<string, string>): SourceFile[] {
    return Object.entries(samples).map(([path, text]) => sourceFile(path, text))
  }
})
