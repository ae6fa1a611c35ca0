const width = 920
const left = 92
const right = 8
const top = 8
const bottom = 22

/**
 * A plot over time, as SVG that takes its colours from the page.
 *
 * @param {object} of
 * @param {string} of.title - what is read aloud
 * @param {number} of.seconds - the whole of the time
 * @param {readonly { name: string, colour: string, points: readonly { at: number, value: number }[] }[]} of.series
 * @param {readonly { from: number, to: number, colour: string }[]} of.bands - in seconds
 * @param {'lines' | 'stacked'} [of.kind]
 * @param {boolean} [of.isLogarithmic]
 * @param {(value: number) => string} of.write
 */
export function plot({ title, seconds, series, bands, kind = 'lines', isLogarithmic, write }) {
  const height = 190
  const x = (second) => left + (second / seconds) * (width - left - right)
  const shown = kind === 'stacked' ? stacked(series) : series
  const values = shown.flatMap(({ points }) => points.map(({ value }) => value))
  const { ticks, part } = (isLogarithmic ? logarithmic : linear)(values)
  const y = (value) => height - bottom - part(value) * (height - top - bottom)

  const drawn = shown.map(({ colour, points }, index) => {
    const line = points.map(({ at, value }) => `${round(x(at))},${round(y(value))}`)
    if (kind === 'lines')
      return `<polyline class="line" style="stroke:${colour}" points="${line.join(' ')}"/>`
    const under = shown[index - 1]?.points ?? points.map(({ at }) => ({ at, value: 0 }))
    const back = under.map(({ at, value }) => `${round(x(at))},${round(y(value))}`).reverse()
    return `<polygon class="area" style="fill:${colour}" points="${[...line, ...back].join(' ')}"/>`
  })
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
${bands.map((band) => bandOf(band, x, top, height - top - bottom)).join('\n')}
${ticks.map((tick) => `<line class="grid" x1="${left}" x2="${width - right}" y1="${round(y(tick))}" y2="${round(y(tick))}"/><text x="${left - 8}" y="${round(y(tick) + 4)}" text-anchor="end">${write(tick)}</text>`).join('\n')}
${drawn.join('\n')}
${timeAxis(seconds, x, height)}
${looks(series, seconds, x, height, write)}
</svg>`
}

/**
 * What was the matter when, a lane each.
 *
 * @param {number} seconds
 * @param {readonly { name: string, colour: string, spans: readonly { from: number, to: number, says: string }[] }[]} lanes
 */
export function lanes(seconds, lanes) {
  const each = 26
  const height = top + lanes.length * each + bottom
  const x = (second) => left + (second / seconds) * (width - left - right)
  const drawn = lanes.map(({ name, colour, spans }, index) => {
    const y = top + index * each
    const blocks = spans.map(
      ({ from, to, says }) =>
        `<rect x="${round(x(from))}" y="${y + 4}" width="${round(Math.max(2, x(to) - x(from)))}" height="${each - 8}" rx="3" style="fill:${colour}"><title>${says}</title></rect>`,
    )
    return `<text x="${left - 8}" y="${y + 17}" text-anchor="end">${name}</text>
<line class="grid" x1="${left}" x2="${width - right}" y1="${y + each / 2}" y2="${y + each / 2}"/>${blocks.join('')}`
  })
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="What was made to fail, and when">
${drawn.join('\n')}
${timeAxis(seconds, x, height)}
</svg>`
}

function bandOf({ from, to, colour }, x, y, height) {
  return `<rect class="band" x="${round(x(from))}" y="${y}" width="${round(x(to) - x(from))}" height="${height}" style="fill:${colour}"/>`
}

function timeAxis(seconds, x, height) {
  const steps = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600]
  const step = steps.find((each) => seconds / each <= 10) ?? 7200
  const marks = Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => index * step)
  const clock = (second) => `${Math.floor(second / 60)}:${String(second % 60).padStart(2, '0')}`
  const label = (second) => (seconds < 120 ? `${second} s` : clock(second))
  return marks
    .map((second) => {
      const anchor = second === 0 ? 'start' : second === seconds ? 'end' : 'middle'
      return `<text x="${round(x(second))}" y="${height - 5}" text-anchor="${anchor}">${label(second)}</text>`
    })
    .join('')
}

/** What the pointer is told, wherever it is. */
function looks([first, ...others], seconds, x, height, write) {
  const { points } = first
  return points
    .map(({ at }, index) => {
      const from = index === 0 ? 0 : (points[index - 1].at + at) / 2
      const to = index === points.length - 1 ? seconds : (at + points[index + 1].at) / 2
      const says = [first, ...others]
        .filter(({ points }) => points[index] !== undefined)
        .map(({ name, points }) => `${name}: ${write(points[index].value)}`)
      return `<rect class="look" x="${round(x(from))}" y="${top}" width="${round(x(to) - x(from))}" height="${height - top - bottom}"><title>${round(at)} s\n${says.join('\n')}</title></rect>`
    })
    .join('')
}

function stacked(series) {
  let under = []
  return series.map(({ points, ...one }) => {
    under = points.map(({ at, value }, index) => ({
      at,
      value: value + (under[index]?.value ?? 0),
    }))
    return { ...one, points: under }
  })
}

/** From nothing to a round number above all of them. */
function linear(values) {
  const highest = Math.max(...values, 1e-9)
  const power = 10 ** Math.floor(Math.log10(highest / 4))
  const step = [1, 2, 2.5, 5, 10].map((part) => part * power).find((each) => highest / each <= 4.5)
  const ticks = Array.from({ length: Math.ceil(highest / step) + 1 }, (_, index) => index * step)
  return { ticks, part: (value) => value / ticks.at(-1) }
}

/** Powers of ten around all of them. */
function logarithmic(values) {
  const above = values.filter((value) => value > 0)
  const lowest = Math.floor(Math.log10(Math.min(...above, 1)))
  const highest = Math.max(lowest + 1, Math.ceil(Math.log10(Math.max(...above, 1))))
  const ticks = Array.from({ length: highest - lowest + 1 }, (_, index) => 10 ** (lowest + index))
  const part = (value) =>
    Math.max(0, (Math.log10(Math.max(value, 10 ** lowest)) - lowest) / (highest - lowest))
  return { ticks, part }
}

function round(value) {
  return Math.round(value * 10) / 10
}
