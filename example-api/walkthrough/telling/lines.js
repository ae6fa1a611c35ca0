// @ts-check

/** @typedef {import('./exchange-parts.js').Pair} Pair */

/** What is worth a second look. */
const essential = [
  ...['client_id', 'scope', 'resource', 'answer', 'user_code', 'grant_type', 'error', 'page'],
  ...['code', 'access_token', 'refresh_token', 'token', 'redirect_uri'],
]

/**
 * A name and a value a line, the values below each other.
 *
 * @param {readonly Pair[]} pairs
 * @param {number} width
 */
export function table(pairs, width) {
  const column = Math.max(0, ...pairs.map(([name]) => name.length)) + 2
  return pairs.flatMap(([name, value]) =>
    wrapped(value, width - column).map(
      (line, index) => (index === 0 ? name : '').padEnd(column) + line,
    ),
  )
}

/**
 * The essential names and values, one after the other.
 *
 * @param {readonly Pair[]} pairs
 * @param {number} width
 */
export function brief(pairs, width) {
  const words = pairs
    .map(([name, value]) => [name.trim(), value.replace(/ \(.*\)$/, '')])
    .filter(([name = '']) => essential.includes(name))
    .map(([name, value = '']) => `${name}=${value.includes(' ') ? `"${value}"` : value}`)
  return words.length > 0 ? wrapped(words.join(' '), width) : []
}

/**
 * Lines no wider than told.
 *
 * @param {string} text
 * @param {number} width
 * @returns {string[]}
 */
export function wrapped(text, width) {
  /** @type {string[]} */
  const lines = []
  let line = ''
  for (const word of text.split(' ').flatMap((one) => broken(one, width))) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else {
      line = line ? `${line} ${word}` : word
    }
  }
  return [...lines, line]
}

/**
 * A word in parts that fit, ended where a reader would.
 *
 * @param {string} word
 * @param {number} width
 * @returns {string[]}
 */
function broken(word, width) {
  if (word.length <= width) {
    return [word]
  }
  const end = Math.max(...[...'/,&'].map((end) => word.lastIndexOf(end, width - 1))) + 1 || width
  return [word.slice(0, end), ...broken(word.slice(end), width)]
}
