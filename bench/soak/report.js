import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { figures } from './growth.js'
import { lanes, plot } from './plot.js'

const style = readFileSync(join(import.meta.dirname, 'report.css'), 'utf8')
const workerColours = ['var(--one)', 'var(--other)']
const places = {
  keys: { name: 'Keys', colour: 'var(--keys)' },
  introspection: { name: 'Introspection', colour: 'var(--introspection)' },
  store: { name: 'Store', colour: 'var(--store)' },
  harmless: { name: 'Harmless', colour: 'var(--harmless)' },
  machine: { name: 'Machine', colour: 'var(--machine)' },
}

/** Writes the page, which needs nothing but itself, and returns its path. */
export function report(path, of) {
  const file = resolve(path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, page(of))
  return file
}

function page({ plan, rate, redis, workers, heldBack, seen, windows, grown, problems }) {
  const { asked, wrong, swaps, unavailable, p50, p99 } = seen.summary()
  const { seconds } = plan
  const faults = windows.map(({ from, to, ...window }) => ({
    ...window,
    from: from / 1000,
    to: Math.min(to / 1000, seconds),
  }))
  const bands = faults
    .filter(({ where }) => where !== 'machine')
    .flatMap((fault) => placesOf(fault).map((place) => ({ ...fault, ...places[place] })))
  const series = seen.series()
  const overTime = (values) =>
    values
      .map((value, index) => ({ at: (index + 0.5) * seen.bucketSeconds, value }))
      .filter(({ value }) => value !== undefined)
  const figure = (title, note, legend, drawing) =>
    `<section><h2>${title}</h2><p class="note">${note}</p>${legendOf(legend)}${drawing}</section>`
  const ofSeries = (names) =>
    names.map(([key, name]) => ({ name, colour: `var(--${key})`, points: overTime(series[key]) }))
  const draw = (title, note, lines, more) =>
    figure(title, note, lines, plot({ title, seconds, series: lines, bands, ...more }))

  const ofWorkers = (key) =>
    Array.from({ length: workers }, (_, worker) => ({
      name: `worker ${worker}`,
      colour: workerColours[worker],
      points: seen.samples
        .filter((one) => one.worker === worker && one[key] !== undefined)
        .map((one) => ({ at: one.at / 1000, value: one[key] / figures[key].unit })),
    })).filter(({ points }) => points.length > 0)
  const drawWorkers = (key, note, write) => {
    const lines = ofWorkers(key)
    const { title } = figures[key]
    return lines.length > 0 ? draw(upper(title), note, lines, { write }) : ''
  }
  const mebibytes = (value) => `${Number(value.toFixed(1))} MiB`
  const plain = (value) => String(Number(value.toFixed(1)))

  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>scopegate: soak</title>
<style>${style}</style>
<main>
<header>
<p class="verdict ${problems.length === 0 ? 'good' : 'bad'}">${problems.length === 0 ? 'Nothing is wrong' : 'Something is wrong'}</p>
<h1>Soak of scopegate</h1>
<p>${workers} ${workers === 1 ? 'process' : 'processes'} of Express and scopegate, ${redis ? 'a shared store on Redis' : 'a store in memory'},
${rate} requests a second for ${lasting(seconds)}, 15 % of them hostile. A key set changed every ${lasting(plan.rotateEverySeconds)}.
${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, Node ${process.version}, ${process.platform} ${process.arch}.</p>
</header>
${problems.length > 0 ? `<section class="problems"><h2>What is wrong</h2><ul>${problems.map((one) => `<li>${escaped(one)}</li>`).join('')}</ul></section>` : ''}
<dl class="tiles">
${tile('requests', grouped(asked), heldBack > 0 ? `${grouped(heldBack)} more were held back` : 'none held back')}
${tile('wrong verdicts', grouped(wrong), 'must be none', wrong > 0)}
${tile('identity swaps', grouped(swaps), 'must be none', swaps > 0)}
${tile('unavailable', grouped(unavailable), 'each while something failed')}
${tile('latency', `${p50.toFixed(1)} ms`, `median; p99 ${p99.toFixed(0)} ms`)}
</dl>
${figure(
  'What was made to fail',
  'Point at a block to see how. Harmless is what is within all deadlines, or over at once: it excuses no 503. That the machine gave a process no time is no fault that was injected, and excuses like one of everything. The other plots show as bands what was injected.',
  [],
  lanes(
    seconds,
    Object.entries(places).map(([place, look]) => ({
      ...look,
      spans: faults
        .filter((fault) => placesOf(fault).includes(place))
        .map(({ from, to, where, fault }) => ({
          from,
          to,
          says: `${where}: ${fault}, ${from.toFixed(0)} to ${to.toFixed(0)} s`,
        })),
    })),
  ),
)}
${draw(
  'Verdicts',
  'A second, by what became of the request.',
  ofSeries([
    ['accepted', 'accepted'],
    ['refused', 'refused'],
    ['unavailable', 'unavailable'],
    ['wrong', 'wrong'],
  ]),
  { kind: 'stacked', write: plain },
)}
${draw(
  'Latency',
  'As the client sees it, on a logarithmic scale. What hangs is waited for up to the deadline; client, authorization server and API share the machine.',
  ofSeries([
    ['p50', 'median'],
    ['p99', 'p99'],
  ]),
  { isLogarithmic: true, write: (value) => `${Number(value.toPrecision(2))} ms` },
)}
${drawWorkers('heapUsed', 'After a full collection of garbage.', mebibytes)}
${drawWorkers('rss', 'Of the whole process. Node gives memory back late, if at all.', mebibytes)}
${drawWorkers('handles', 'Timers and sockets that keep the process from ending, those of requests under way included.', plain)}
${drawWorkers('files', 'Those included that keep no process from ending.', plain)}
<section><h2>Verdicts by kind</h2>
${table(['kind', 'asked', 'accepted', 'refused', 'unavailable', 'wrong'], kindRows(seen.kinds))}</section>
<section><h2>Growth</h2><p class="note">The median of the second fifth of the time, when caches are full, and of the last. ${plan.isLong ? '' : 'So short a soak judges handles and files alone.'}</p>
${table(['worker', 'figure', 'second fifth', 'last fifth', 'at most', ''], grown.toSorted((a, b) => a.worker - b.worker).map(growthRow))}</section>
<section><h2>Excuses</h2><p class="note">A 503 is right only while something fails that its verdict needs, or so long after.</p>
${table(
  ['what fails', 'excuses 503 for', 'and so long after'],
  [
    [
      'key set or metadata',
      'a JWT whose key this worker was not seen to have',
      lasting(plan.recoveryMs.keys / 1000),
    ],
    [
      'introspection',
      'an opaque token without a verdict that must be held',
      lasting(plan.recoveryMs.introspection / 1000),
    ],
    [
      'store',
      'a DPoP proof that was not spent in this worker',
      lasting(plan.recoveryMs.store / 1000),
    ],
  ],
)}</section>
</main>
</html>
`
}

function placesOf({ where, concerns }) {
  if (where === 'machine') return ['machine']
  return concerns.length === 0 ? ['harmless'] : concerns
}

function kindRows(kinds) {
  const rows = Object.entries(kinds).toSorted(([a], [b]) => rank(a).localeCompare(rank(b)))
  return rows.map(([kind, { asked, accepted, refused, unavailable, wrong }]) => [
    escaped(kind),
    ...[asked, accepted, refused, unavailable].map(grouped),
    wrong > 0 ? `<b class="bad">${grouped(wrong)}</b>` : '0',
  ])
}

const rank = (kind) => (kind.startsWith('good') ? ` ${kind}` : kind)

function growthRow({ worker, title, unit, before, after, most, decides, grew }) {
  const write = (value) => `${(value / unit).toFixed(1)}${unit > 1 ? ' MiB' : ''}`
  const verdict = grew ? '<b class="bad">grew</b>' : 'flat'
  return [
    String(worker),
    title,
    write(before),
    write(after),
    write(most),
    decides ? verdict : 'not judged',
  ]
}

function legendOf(series) {
  if (series.length < 2) return ''
  const items = series.map(
    ({ name, colour }) => `<li><i style="background:${colour}"></i>${name}</li>`,
  )
  return `<ul class="legend">${items.join('')}</ul>`
}

function tile(name, value, note, isBad = false) {
  return `<div${isBad ? ' class="bad"' : ''}><dt>${name}</dt><dd>${value}</dd><dd class="note">${note}</dd></div>`
}

function table(heads, rows) {
  const cells = (row) => row.map((cell) => `<td>${cell}</td>`).join('')
  return `<table><thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join('')}</tr></thead>
<tbody>${rows.map((row) => `<tr>${cells(row)}</tr>`).join('\n')}</tbody></table>`
}

function lasting(seconds) {
  return seconds >= 120
    ? `${Number((seconds / 60).toFixed(1))} minutes`
    : `${Number(seconds.toFixed(1))} seconds`
}

const grouped = (value) => value.toLocaleString('en')
const upper = (text) => text[0].toUpperCase() + text.slice(1)

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
