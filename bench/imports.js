// What importing costs: the time in a process of its own, and what comes with it.
//   npm run build && node bench/imports.js
import { execFileSync } from 'node:child_process'
import { print } from './rounds.js'

const rounds = Number(process.argv[2] ?? 11)

const subjects = {
  'nothing (the floor of the measurement)': 'node:crypto',
  scopegate: 'scopegate',
  'scopegate, by require()': 'require:scopegate',
  'scopegate/testing': 'scopegate/testing',
  'express-oauth2-jwt-bearer': 'express-oauth2-jwt-bearer',
  'fast-jwt': 'fast-jwt',
  jose: 'jose',
  undici: 'undici',
  express: 'express',
}

/** Runs in a fresh process; what it needs itself is loaded before the clock starts. */
const timed = `
  import { createRequire } from 'node:module'
  const require = createRequire(process.argv[2])
  const [way, name] = process.argv[1].startsWith('require:')
    ? [require, process.argv[1].slice(8)]
    : [(one) => import(one), process.argv[1]]
  const before = process.cpuUsage()
  await way(name)
  const { user, system } = process.cpuUsage(before)
  console.log((user + system) / 1000)
`

/** Writes the name of every file that a fresh process loads for it, of either module system. */
const listed = `
  import { createRequire, register } from 'node:module'
  const hooks = \`
    import { writeSync } from 'node:fs'
    export async function load(url, context, next) {
      writeSync(1, url + '\\\\n')
      return next(url, context)
    }
  \`
  register('data:text/javascript,' + encodeURIComponent(hooks))
  await import(process.argv[1])
  console.log(Object.keys(createRequire(process.argv[2]).cache).join('\\n'))
`

function inFreshProcess(code, subject) {
  const options = { cwd: import.meta.dirname, encoding: 'utf8' }
  const given = ['--input-type=module', '--eval', code, subject, import.meta.filename]
  return execFileSync(process.execPath, given, options)
}

/** @type {Record<string, number[]>} */
const times = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]))
for (let round = -1; round < rounds; round += 1) {
  for (const [name, subject] of Object.entries(subjects)) {
    const time = Number(inFreshProcess(timed, subject))
    if (round >= 0) {
      times[name].push(time)
    }
  }
}
print('imports, CPU time in a process of its own', times, 'ms')

let missed = false
for (const subject of ['scopegate', 'scopegate/testing']) {
  const files = inFreshProcess(listed, subject).split('\n')
  const packages = files.map((file) => file.split('/node_modules/')[1]?.split('/')[0])
  const came = new Set(packages.filter((name) => name !== undefined))
  const early = ['undici', 'jose', 'express'].filter((name) => came.has(name))
  // Nothing listed at all would be a failure of the list.
  missed ||= early.length > 0 || !files.some((file) => file.includes('/dist/esm/'))
  console.log(`${subject} brings ${[...came].sort().join(', ') || 'no package'}`)
  console.log(
    early.length > 0
      ? `  too early: ${early.join(', ')}`
      : '  neither undici, nor jose, nor express',
  )
}
process.exitCode = missed ? 1 : 0
