import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { refusalReasons } from '../lib/errors/refusal-reasons.ts'
import { type ResourceServerOptions, resourceServer } from '../lib/index.ts'

const root = resolve(import.meta.dirname, '..')
const docs = join(root, 'docs')
const pages = [
  ...['README.md', 'CHANGELOG.md', 'lib/README.md'].map((page) => join(root, page)),
  ...readdirSync(docs)
    .filter((page) => page.endsWith('.md'))
    .map((page) => join(docs, page)),
].map((file) => ({ page: relative(root, file), file, text: readFileSync(file, 'utf8') }))
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

describe('README and docs', () => {
  it('hold TypeScript that compiles, with the types that are shipped', () => {
    const blocks = pages.flatMap(({ page, text }) =>
      blocksIn(text, 'ts').map(({ code, line }) => ({ page, code, line })),
    )
    expect(blocks.length).toBeGreaterThan(10)
    expect(compile(blocks)).toEqual([])
    const wrong = "import { nosuch } from 'scopegate'\nlistOrders(secret)\n"
    expect(compile([{ page: 'planted.md', line: 1, code: wrong }])).toEqual([
      expect.stringContaining('planted.md:1 +(1'),
      expect.stringContaining('planted.md:1 +(2'),
    ])
  }, 60_000)

  it('hold JSON that parses', () => {
    for (const { text } of pages) {
      for (const { code } of blocksIn(text, 'json')) expect(() => JSON.parse(code)).not.toThrow()
    }
  })

  it('have every block in a language that is looked at', () => {
    const languages = pages.flatMap(({ text }) =>
      [...text.matchAll(/^```(.*)\n[\s\S]*?^```$/gm)].map(([, language]) => language),
    )
    expect(languages.filter((one) => !['ts', 'json', 'sh', 'http'].includes(one ?? ''))).toEqual([])
  })

  it.each(pages.map(({ page }) => page))('%s links to what is there', (name) => {
    const { file, text } = pages.find(({ page }) => page === name)!
    const prose = text.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '')
    for (const [, target = ''] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue
      const [path = '', anchor] = target.split('#')
      const linked = path === '' ? file : resolve(dirname(file), path)
      expect([target, existsSync(linked)]).toEqual([target, true])
      if (anchor !== undefined) expect(anchorsIn(readFileSync(linked, 'utf8'))).toContain(anchor)
    }
  })

  it('name only scripts that exist', () => {
    const built = new Set(['ci', 'install', 'run', 'pack'])
    for (const { page, text } of pages) {
      for (const [, run, name = ''] of text.matchAll(/\bnpm (run )?([a-z][\w:-]*)/g)) {
        if (!run && built.has(name)) continue
        expect([page, name, typeof scripts[name]]).toEqual([page, name, 'string'])
      }
    }
  })

  it('name no machine', () => {
    for (const { text } of pages) expect(text).not.toMatch(/\/(?:home|root|Users|work)\//)
  })
})

describe('the README', () => {
  const { text } = pages.find(({ page }) => page === 'README.md')!

  it('shows how to start with an example that is short', () => {
    expect(
      blocksIn(text, 'ts')[0]!.code.trim().split('\n').filter(Boolean).length,
    ).toBeLessThanOrEqual(12)
  })

  it('shows the two commands', () => {
    expect(text).toContain('npm ci && npm start')
    expect(text).toContain('npm ci && npm test')
  })

  it('leads to every page', () => {
    for (const page of readdirSync(docs).filter((name) => name.endsWith('.md'))) {
      expect(text).toContain(`](docs/${page})`)
    }
  })
})

describe('docs/oauth-in-five-minutes.md', () => {
  const { text } = pages.find(({ page }) => page === 'docs/oauth-in-five-minutes.md')!

  it('links each of the five steps to the file that does it', () => {
    const steps = text.match(/^\d\. \*\*[\s\S]*?(?=\n\d\. |\n## )/gm) ?? []
    expect(steps).toHaveLength(5)
    for (const step of steps) expect(step).toMatch(/\]\(\.\.\/example-api\/[\w/-]+\.js\)/)
  })

  it('leads to every kind of client', () => {
    for (const kind of ['web', 'browser', 'native', 'device', 'machine']) {
      expect(text).toContain(`[${kind}.js](../example-api/clients/${kind}.js)`)
    }
  })

  it('has a picture that can be read aloud, in light and dark, and asks for nothing', () => {
    const [, path = ''] = /!\[[^\]]{40,}\]\((.*?)\)/.exec(text) ?? []
    const picture = readFileSync(join(docs, path), 'utf8')
    expect(picture).toMatch(/role="img" aria-labelledby="title desc"/)
    expect(picture).toMatch(/<title id="title">.{10,}<\/title>/)
    expect(picture).toMatch(/<desc id="desc">[\s\S]{200,}<\/desc>/)
    expect(picture).toContain('prefers-color-scheme: dark')
    expect(picture.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(
      /https?:|@import|href=/,
    )
  })
})

describe('docs/errors.md', () => {
  const { text } = pages.find(({ page }) => page === 'docs/errors.md')!
  const parts = new Map(
    text
      .split(/^## /m)
      .slice(1)
      .map((part) => [part.split('\n')[0], part] as const),
  )

  it('has one heading a code', () => {
    expect([...parts.keys()]).toEqual([
      'missing_credentials',
      'invalid_request',
      'invalid_token',
      'invalid_dpop_proof',
      'use_dpop_nonce',
      'insufficient_scope',
      'insufficient_user_authentication',
      'forbidden',
      'unavailable',
      'not_ready',
      'invalid_configuration',
    ])
  })

  it('has every reason to refuse under its code, and no other', () => {
    const written = [...parts].flatMap(([code, part]) =>
      code === 'unavailable' ? [] : reasonsIn(part).map((reason) => `${code}: ${reason}`),
    )
    const real = Object.entries(refusalReasons).map(([reason, [code]]) => `${code}: ${reason}`)
    expect(written.sort()).toEqual(real.sort())
  })

  it('has every reason to be unavailable, and no other', () => {
    const source = readFileSync(join(root, 'lib/errors/unavailable-value.ts'), 'utf8')
    const [, table = ''] = /const reasons = \{([^}]*)\}/.exec(source) ?? []
    const real = [...table.matchAll(/(\w+): '(\w+)'/g)].map(([, reason, of]) => `${reason}: ${of}`)
    const written = [...(parts.get('unavailable') ?? '').matchAll(/^\| `(\w+)` \| `(\w+)` \|/gm)]
    expect(real.length).toBeGreaterThan(5)
    expect(written.map(([, reason, of]) => `${reason}: ${of}`).sort()).toEqual(real.sort())
  })

  function reasonsIn(part: string): string[] {
    return [...part.matchAll(/^\| `(\w+)` \|/gm)].map(([, reason = '']) => reason)
  }
})

describe('docs/configuration.md and docs/caching.md', () => {
  const text = pages
    .filter(({ page }) => /configuration|caching/.test(page))
    .map((page) => page.text)
    .join('\n')
  const issuer = 'https://as.example.com'
  const client = { method: 'client_secret_basic' }

  it.each<[string, object, string]>([
    ['the resource server', { nosuch: 1 }, ''],
    ['credentials', { credentials: { nosuch: 1 } }, 'credentials.'],
    ['cache', { cache: { nosuch: 1 } }, ''],
    ['keys', { keys: { nosuch: 1 } }, ''],
    ['http', { http: { nosuch: 1 } }, ''],
    ['an issuer', { issuers: { issuer, nosuch: 1 } }, ''],
    ['jwt', { issuers: { issuer, jwt: { nosuch: 1 } } }, ''],
    ['introspection', { issuers: { issuer, introspection: { nosuch: 1 } } }, ''],
    [
      'a client',
      { issuers: { issuer, introspection: { client: { ...client, nosuch: 1 } } } },
      'client.',
    ],
  ])('name every option of %s', (_of, options, prefix) => {
    for (const name of knownOptions(options)) {
      const cells = [`| \`${prefix}${name}\` |`, `| \`${prefix}${name}.`, `\`client.${name}\``]
      if (prefix === 'client.') cells.push(`\`${name}`)
      expect([name, cells.some((cell) => text.includes(cell))]).toEqual([name, true])
    }
  })

  /** The names that an error about an unknown option lists. */
  function knownOptions(options: object): string[] {
    try {
      const usual = { resource: 'https://api.example.com', issuers: { issuer } }
      resourceServer({ ...usual, ...options } as ResourceServerOptions)
    } catch (error) {
      const [, names] = /Known here: (.*)\.$/.exec((error as Error).message) ?? []
      if (names) return names.split(', ')
    }
    throw new Error('An unknown option was not told from the others.')
  }
})

interface Block {
  readonly code: string
  readonly line: number
}

function blocksIn(text: string, language: string): Block[] {
  const fence = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm')
  return [...text.matchAll(fence)].map(({ 1: code = '', index }) => ({
    code,
    line: text.slice(0, index).split('\n').length,
  }))
}

/** As the forges make them of headings. */
function anchorsIn(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
}

/** What the compiler says of the blocks, each a module of its own, in one run. */
function compile(blocks: readonly (Block & { page: string })[]): string[] {
  // Within the project, so that `scopegate` is the build that its own exports name.
  const folder = join(root, '.test-results', 'docs')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const names = new Map<string, string>()
  for (const { page, line, code } of blocks) {
    const name = `${page.replace(/\W+/g, '-')}-${line}.ts`
    names.set(name, `${page}:${line}`)
    writeFileSync(join(folder, name), `${code}\nexport {}\n`)
  }
  const compilerOptions = {
    target: 'es2023',
    lib: ['es2023', 'dom'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess: true,
    noPropertyAccessFromIndexSignature: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: true,
  }
  const files = [...names.keys(), '../../test/fixtures/docs-globals.d.ts']
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  try {
    execFileSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], { encoding: 'utf8' })
    return []
  } catch (error) {
    const { stdout } = error as { stdout: string }
    return stdout
      .split('\n')
      .filter((line) => /error TS/.test(line))
      .map((line) =>
        line.replace(
          /^.*?([\w-]+\.ts)\((\d+)/,
          (_, name, at) => `${names.get(name) ?? name} +(${at}`,
        ),
      )
  }
}
