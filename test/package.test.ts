import { execFile, execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'

jest.setTimeout(60_000)

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '..')
const modules = join(root, 'node_modules')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

let home: string
let installed: string
let packed: string[]

/** The tarball that would be published, unpacked into a directory of projects that use it. */
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'scopegate-package-'))
  installed = join(home, 'node_modules', 'scopegate')
  const [{ filename, files }] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', home], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: withoutJest(),
    }),
  )
  packed = files.map(({ path }: { path: string }) => path)
  mkdirSync(installed, { recursive: true })
  execFileSync('tar', ['-xzf', join(home, filename), '--strip-components=1', '-C', installed])
  // No registry is asked: what npm would install beside it is here already.
  const beside = [
    ...Object.keys(manifest.dependencies),
    'express',
    'supertest',
    '@types',
    '@opentelemetry',
  ]
  for (const name of beside) {
    symlinkSync(join(modules, name), join(home, 'node_modules', name))
  }
  cpSync(join(import.meta.dirname, 'packages'), home, { recursive: true })
}, 60_000)

afterAll(() => {
  if (home) rmSync(home, { recursive: true, force: true })
})

describe('the tarball', () => {
  it('holds the two builds with their types, and what a reader needs', () => {
    expect(packed).toEqual(
      expect.arrayContaining(['README.md', 'LICENSE', 'CHANGELOG.md', 'package.json']),
    )
    for (const build of ['dist/esm', 'dist/cjs']) {
      for (const entry of [
        'index',
        'augment',
        'testing/index',
        'opentelemetry/index',
        'redis/index',
        'signals/index',
      ]) {
        expect(packed).toEqual(
          expect.arrayContaining([`${build}/${entry}.js`, `${build}/${entry}.d.ts`]),
        )
      }
    }
    expect(packed).toContain('dist/cjs/package.json')
  })

  it('holds nothing else: no sources, tests, maps or settings', () => {
    const others = packed.filter(
      (path) => !/^dist\/(?:esm|cjs)\/[a-z0-9/-]+(?:\.d)?\.[jt]s$/.test(path),
    )
    expect(others.sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist/cjs/package.json',
      'package.json',
    ])
    expect(packed.filter((path) => /(?<!\.d)\.ts$|test\.|\.map$/.test(path))).toEqual([])
  })

  it('names no machine and no registry', () => {
    for (const path of packed) {
      const text = readFileSync(join(installed, path), 'utf8')
      expect(text).not.toContain(root)
      expect(text).not.toMatch(
        /(?<!["'`])\/(?:home|root|Users|tmp)\/\w|sourceMappingURL|npmjs\.org/,
      )
    }
  })

  it('depends on four packages, and on the express of the application', () => {
    const shipped = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
    expect(Object.keys(shipped.dependencies).sort()).toEqual([
      'jose',
      'lru-cache',
      'undici',
      'valibot',
    ])
    expect(shipped.peerDependencies.express).toBe('^4.21.0 || ^5.0.0')
    expect(shipped.sideEffects).toBe(false)
  })

  it('has the files that its exports name', () => {
    const targets = (value: unknown): string[] =>
      typeof value === 'string' ? [value] : Object.values(value as object).flatMap(targets)
    for (const target of targets([manifest.exports, manifest.main, manifest.types])) {
      expect(existsSync(join(installed, target))).toBe(true)
    }
  })
})

describe('the lock file', () => {
  it('names no registry host', () => {
    expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toContain('"resolved"')
    expect(readFileSync(join(root, '.npmrc'), 'utf8')).not.toMatch(/:\/\//)
  })

  it('names the packages of every platform, without which npm ci of npm 11 gives up', () => {
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
    type Locked = [at: string, { optionalDependencies?: Record<string, string> }]
    const missing = (Object.entries(lock.packages) as Locked[]).flatMap(([at, one]) =>
      Object.keys(one.optionalDependencies ?? {}).filter(
        (name) =>
          !(`${at}/node_modules/${name}` in lock.packages) &&
          !(`node_modules/${name}` in lock.packages),
      ),
    )
    expect(missing).toEqual([])
  })
})

describe('the package', () => {
  const answers = {
    jwt: [200, { subject: 'alice', source: 'jwt' }],
    opaque: [200, { subject: 'alice', source: 'introspection' }],
    lacking: 403,
    missing: 401,
    classes: ['function', 'function', 'function', 'function', 'function'],
  }

  it.each(['esm', 'cjs'])('works in an %s project', async (project) => {
    const { stdout, stderr } = await node(project, ['main.js'])
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual(answers)
  })

  it('works in a CommonJS Jest project without flags, with the testing kit and supertest', async () => {
    const { stderr } = await node('jest', [
      join(modules, 'jest', 'bin', 'jest.js'),
      '--rootDir=.',
      '--ci',
      '--cacheDirectory=cache',
    ])
    expect(stderr).toMatch(/^Tests: +4 passed, 4 total$/m)
    expect(stderr).not.toMatch(/did not exit|open handle/i)
  })

  async function node(
    project: string,
    args: string[],
  ): Promise<{ stdout: string; stderr: string }> {
    return run(process.execPath, args, { cwd: join(home, project), env: withoutJest() })
  }
})

describe('the types', () => {
  const typescript7 = join(modules, 'typescript', 'bin', 'tsc')
  const typescript57 = join(modules, 'typescript-5.7', 'bin', 'tsc')

  const both = ['module', 'commonjs']
  const rows = [
    { name: 'nodenext with TypeScript 7', tsc: typescript7, module: 'nodenext', packages: both },
    { name: 'bundler with TypeScript 7', tsc: typescript7, module: 'esnext', packages: ['module'] },
    { name: 'node16 with TypeScript 5.7', tsc: typescript57, module: 'node16', packages: both },
  ]

  describe.each(rows)('under $name', ({ name, tsc, module, packages }) => {
    let project: string

    beforeAll(() => {
      project = join(home, `types-${name.replace(/\W+/g, '-')}`)
      for (const type of packages) {
        cpSync(join(home, 'types'), join(project, type), { recursive: true })
        const manifest = JSON.stringify({ private: true, type })
        writeFileSync(join(project, type, 'package.json'), manifest)
      }
    })

    // Together, since most of the time goes into what packages of both types have in common.
    it(`check in a package of type ${packages.join(' and ')}`, async () => {
      const files = packages.flatMap((type) => [`${type}/consumer.ts`, `${type}/plain.ts`])
      expect(await errorsIn(files, { skipLibCheck: false })).toBe('')
    }, 60_000)

    it.each(packages)(
      'check with the augmentation in a package of type %s',
      async (type) => {
        // The old compiler takes its time, and has looked at all but the augmentation by now.
        const skipLibCheck = tsc === typescript57
        expect(await errorsIn([`${type}/augmented.ts`], { skipLibCheck })).toBe('')
      },
      60_000,
    )

    function errorsIn(files: readonly string[], more: object): Promise<string> {
      const compilerOptions = {
        module,
        moduleResolution: module === 'esnext' ? 'bundler' : module,
        target: 'es2022',
        lib: ['es2023', 'dom', 'dom.iterable'],
        types: ['node'],
        strict: true,
        exactOptionalPropertyTypes: true,
        esModuleInterop: true,
        noEmit: true,
        // What TypeScript itself brings is not in question.
        skipDefaultLibCheck: true,
        ...more,
      }
      writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
      return errorsOf(tsc, project)
    }
  })

  it('are free of any', () => {
    for (const file of declarations(join(installed, 'dist', 'esm'))) {
      const types = readFileSync(file, 'utf8').replace(/\/\*.*?\*\//gs, '')
      expect([file, types.match(/(?<=[:<|,] ?)any\b/g)]).toEqual([file, null])
    }
  })

  function declarations(folder: string): string[] {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.d.ts'))
      .map((file) => join(folder, file))
  }

  async function errorsOf(tsc: string, project: string): Promise<string> {
    try {
      const { stdout } = await run(process.execPath, [tsc, '-p', '.'], { cwd: project })
      return stdout
    } catch (error) {
      const { stdout, message } = error as { stdout?: string; message: string }
      return stdout || message
    }
  }
})

/** The environment of a user: without the flags that this run of Jest was started with. */
function withoutJest(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, JEST_WORKER_ID: __, NODE_ENV: ___, ...env } = process.env
  return { ...env, PATH: `${dirname(process.execPath)}:${env['PATH'] ?? ''}` }
}
