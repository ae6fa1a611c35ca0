// Writes docs/conformance.md from the titles of the tests that passed in the last whole run.
// With --check it writes nothing, and fails when the document is not what it would write.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { sections } from './rows.js'

const root = resolve(import.meta.dirname, '..', '..')
const results = resolve(root, '.test-results', 'tests.json')
const target = resolve(root, 'docs', 'conformance.md')
const shown = 3

if (!existsSync(results)) {
  fail('There are no results: run the whole of `npm test` first.')
}
const { tests, failed } = JSON.parse(readFileSync(results, 'utf8'))
const passed = tests.filter(({ status }) => status === 'passed')
if (failed > 0) {
  fail(`${failed} tests failed in the last run: nothing is proved by it.`)
}

const ids = new Set(sections.flatMap(({ rows }) => rows.map(([id]) => id)))
const unknown = passed.flatMap(({ file, title }) =>
  idsIn(title)
    .filter((id) => !ids.has(id))
    .map((id) => `${file}: no row ${id}: ${title}`),
)
const bare = sections
  .flatMap(({ rows }) => rows)
  .filter(([id, , , , { reason } = {}]) => testsOf(id).length === 0 && !reason)
  .map(([id, , asks]) => `${id} (${asks}) has neither a test nor a stated reason`)
if (unknown.length + bare.length > 0) {
  fail([...unknown, ...bare].join('\n'))
}

const text = document()
if (!process.argv.includes('--check')) {
  writeFileSync(target, text)
} else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
  fail('docs/conformance.md is not current: run `npm run conformance` and commit it.')
}

function document() {
  return `# Conformance

What the specifications ask of a resource server, and the tests that prove it. This page is made
by \`npm run conformance\` from the titles of the tests; CI fails when it is not current, or when a
row has neither a test nor a reason. OAuth 2.1, RFC 8725bis and rfc7523bis are drafts.

${sections.map(section).join('\n')}`
}

function section({ title, rows }) {
  return `## ${title}

| id | level | the resource server | clause | proved by |
|---|---|---|---|---|
${rows.map(row).join('\n')}
`
}

function row([id, level, asks, clause, { reason } = {}]) {
  return `| ${id} | ${level} | ${asks} | ${clause} | ${proof(testsOf(id), reason)} |`
}

function proof(found, reason) {
  if (found.length === 0) return reason
  const titles = found.slice(0, shown).map((title) => cell(title))
  const more = found.length - titles.length
  return [...titles, ...(more > 0 ? [`and ${more} more`] : [])].join('<br>')
}

/** Titles with the id; what is tested with both majors of Express is told once. */
function testsOf(id) {
  const found = passed.filter(({ title }) => idsIn(title).includes(id))
  return [...new Set(found.map(({ title }) => title.replace(/^with Express \d /, '')))]
}

function idsIn(title) {
  return title.match(/(?<![\w-])(?:BX|ER|JT|IN|PR|B|DP|MT|SU|RAR|F)-\d+(?!\d)/g) ?? []
}

/** A title as the cell of a table, shown letter by letter. */
function cell(title) {
  const plain = title.replace(/[^\x20-\x7e]/g, '?')
  return plain.replace(/[\\|<>`*_[\]]/g, (character) => `\\${character}`)
}

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
