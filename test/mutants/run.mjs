/**
 * Plants one fault at a time into a copy of the library, and runs the tests that should notice.
 *
 *   npm run mutants                      all faults
 *   npm run mutants -- --only policy     those whose id contains "policy"
 *
 * Ends with 1 when a fault survives that is not explained, when the text to replace is not found
 * exactly once, or when a fault proves nothing (no valid program, or tests that fail without it).
 * The work tree is only read: every worker has a copy of its own in the temporary directory.
 */
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { parse } from '@swc/core'

const root = resolve(import.meta.dirname, '..', '..')
/** A fault may make a test wait for ever: then somebody would have noticed. */
const deadlineMs = 90_000

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [''] },
    workers: { type: 'string', default: String(Math.min(2, availableParallelism())) },
  },
})

const faults = (await allFaults()).filter(({ id }) =>
  options.only.some((part) => id.includes(part)),
)
const temporary = await mkdtemp(join(tmpdir(), 'scopegate-mutants-'))
const running = new Set()
process.once('exit', () => {
  for (const child of running) stop(child)
  rmSync(temporary, { recursive: true, force: true, maxRetries: 5 })
})
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))
process.exitCode = await main()

async function main() {
  const begun = Date.now()
  const copies = await Promise.all(
    Array.from({ length: Number(options.workers) }, (_, index) => copyOfTheProject(index)),
  )
  const broken = (await Promise.all(faults.map((fault) => faultOfFault(copies[0], fault)))).flat()
  const sound = faults.filter(({ id }) => !broken.some((line) => line.startsWith(`${id}: `)))

  // Without a fault every test passes, or its failure would prove nothing.
  const names = [...new Set(sound.flatMap(({ tests }) => tests))]
  const baseline = await inTurn(copies, names, async (copy, name) => ({
    name,
    ...(await runTests(copy, [name], [])),
  }))
  const failing = baseline.filter(({ outcome }) => outcome !== 'passed')
  for (const { name, says } of failing) {
    console.log(`test/${name}.test.ts fails without any fault:\n${says}`)
  }
  const unusable = new Set(failing.map(({ name }) => name))
  const plantable = sound.filter(({ tests }) => !tests.some((name) => unusable.has(name)))

  let done = 0
  const results = await inTurn(copies, plantable, async (copy, fault) => {
    const result = await plant(copy, fault)
    done++
    const line = `${String(done).padStart(4)}/${plantable.length} ${result.outcome.padEnd(8)} ${fault.id}`
    if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${line}`)
    else console.log(`${line} (${(result.tookMs / 1000).toFixed(1)} s)`)
    return result
  })
  if (process.stdout.isTTY) process.stdout.write('\r\x1b[K')
  const blocked = sound
    .filter((fault) => !plantable.includes(fault))
    .map(({ id }) => `${id}: its tests fail without it`)
  return report(results, [...broken, ...blocked], begun)
}

/** All faults of the data files beside this one. */
async function allFaults() {
  const names = (await readdir(import.meta.dirname)).filter((name) => name.endsWith('.js')).sort()
  const modules = await Promise.all(names.map((name) => import(`./${name}`)))
  return modules.flatMap(({ faults }) => faults)
}

async function copyOfTheProject(index) {
  const copy = join(temporary, String(index))
  await mkdir(copy)
  for (const name of ['lib', 'test', 'package.json', 'jest.config.json', 'tsconfig.json']) {
    await cp(join(root, name), join(copy, name), { recursive: true })
  }
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'), 'dir')
  return copy
}

/** What is wrong with the fault itself, as a list of lines. */
async function faultOfFault(copy, { id, file, find, replace, tests }) {
  const same = faults.filter((other) => other.id === id).length
  if (same > 1) return [`${id}: there are ${same} faults of this name`]
  if (!tests?.length) return [`${id}: names no tests`]
  const text = await readFile(join(copy, file), 'utf8').catch(() => undefined)
  if (text === undefined) return [`${id}: there is no ${file}`]
  const found = text.split(find).length - 1
  if (found !== 1) return [`${id}: its text is in ${file} ${found} times, not once`]
  try {
    await parse(withFault(text, { find, replace }), { syntax: 'typescript', target: 'es2022' })
  } catch {
    return [`${id}: with it ${file} is no program`]
  }
  return []
}

function withFault(text, { find, replace }) {
  return text.replace(find, () => replace)
}

async function plant(copy, fault) {
  const path = join(copy, fault.file)
  const sound = await readFile(path, 'utf8')
  const begun = Date.now()
  try {
    await writeFile(path, withFault(sound, fault))
    const { outcome, says } = await runTests(copy, fault.tests, [
      '--bail',
      `--testEnvironment=${join(copy, 'test', 'mutants', 'first-failure.cjs')}`,
    ])
    const named = { passed: 'survived', failed: 'killed', late: 'killed', broken: 'broken' }[
      outcome
    ]
    return { fault, outcome: named, says, tookMs: Date.now() - begun }
  } finally {
    await writeFile(path, sound)
  }
}

/** `passed`, `failed` by a test, `late`, or `broken` when a test file could not even be loaded. */
async function runTests(copy, names, more) {
  const output = join(copy, 'results.json')
  await rm(output, { force: true })
  const child = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      ...names.map((name) => `test/${name}.test.ts`),
      '--runTestsByPath',
      '--runInBand',
      // A busy machine is no failure.
      '--testTimeout=20000',
      '--silent',
      '--json',
      `--outputFile=${output}`,
      ...more,
    ],
    // A group of its own, so that nothing it started outlives it.
    { cwd: copy, stdio: 'ignore', detached: true },
  )
  running.add(child)
  let late = false
  const timer = setTimeout(() => {
    late = true
    stop(child)
  }, deadlineMs * names.length)
  const code = await new Promise((resolve) => child.once('close', resolve))
  clearTimeout(timer)
  running.delete(child)
  if (late) return { outcome: 'late' }
  if (code === 77) return { outcome: 'failed' }
  const results = await readFile(output, 'utf8').then(JSON.parse, () => undefined)
  // A fault that ends the process, as an unhandled rejection does, was noticed.
  if (results === undefined) return { outcome: 'failed', says: 'The process ended.' }
  if (results.success) return { outcome: 'passed' }
  const says = results.testResults.map(({ message }) => message).join('\n')
  return { outcome: results.numRuntimeErrorTestSuites > 0 ? 'broken' : 'failed', says }
}

/** The results of the work, in the order of the items: each worker takes the next one. */
async function inTurn(workers, items, work) {
  const results = []
  let next = 0
  await Promise.all(
    workers.map(async (worker) => {
      while (next < items.length) {
        const index = next++
        results[index] = await work(worker, items[index])
      }
    }),
  )
  return results
}

function report(results, broken, begun) {
  const of = (outcome) => results.filter((result) => result.outcome === outcome)
  const survivors = of('survived')
  const unexplained = survivors.filter(({ fault }) => fault.why === undefined)
  const explained = survivors.filter(({ fault }) => fault.why !== undefined)
  // A test that ends nothing but its own loading proves nothing.
  const faulty = [
    ...broken,
    ...of('broken').map(({ fault, says }) => `${fault.id}: its tests cannot be loaded\n${says}`),
    ...of('killed')
      .filter(({ fault }) => fault.why !== undefined)
      .map(({ fault }) => `${fault.id}: is noticed, so its explanation is out of date`),
  ]
  list('Survived, for a reason', explained, ({ fault }) => `${fault.id}: ${fault.why}`)
  list('Survived', unexplained, ({ fault }) => `${fault.id} (${fault.file}; ${fault.tests})`)
  list('Prove nothing', faulty, (line) => line)
  const minutes = ((Date.now() - begun) / 60_000).toFixed(1)
  console.log(
    `${results.length} faults in ${minutes} min: ${of('killed').length} killed, ${survivors.length} survived (${explained.length} explained).`,
  )
  return unexplained.length + faulty.length > 0 ? 1 : 0
}

function list(title, items, lineOf) {
  if (items.length === 0) return
  console.log(`${title}:`)
  for (const item of items) console.log(`  ${lineOf(item)}`)
}

function stop(child) {
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
