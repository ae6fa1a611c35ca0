// @ts-check
import { STATUS_CODES } from 'node:http'
import { headingOf } from '../forms.js'
import { locationOf } from './exchange.js'
import { shortened, shortenedCredentials, shortenedValue } from './shortened.js'
import { wrapped } from './style.js'

const requestHeaders = ['origin', 'access-control-request-method', 'access-control-request-headers']
const answerHeaders = [
  'access-control-allow-origin',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-expose-headers',
  'www-authenticate',
  'retry-after',
]
/** Of the metadata, what this story uses. Of all else, everything. */
const interesting = {
  token_endpoint: [
    'issuer',
    'authorization_endpoint',
    'device_authorization_endpoint',
    'token_endpoint',
    'revocation_endpoint',
    'code_challenge_methods_supported',
  ],
  // A problem detail repeats what the challenge and the status line say.
  type: ['detail'],
}

/**
 * What was sent and answered, without what is secret.
 *
 * @param {import('./exchange.js').Exchange} exchange
 * @returns {{ request: string, sent: Pair[], answer: string, got: Pair[] }}
 *
 * @typedef {[name: string, value: string]} Pair
 */
export function exchangeParts(exchange) {
  const { method, url, headers, params, status } = exchange
  const credentials = headers.get('authorization')
  return {
    request: `${method} ${shortened(url.origin + url.pathname)}`,
    sent: [
      ...(credentials ? [pair('authorization', shortenedCredentials(credentials))] : []),
      ...fields(headers, requestHeaders),
      ...params.filter(([, value]) => value !== '').map(shown),
    ],
    answer: `${status} ${STATUS_CODES[status] ?? ''}`,
    got: [...location(exchange), ...fields(exchange.answered, answerHeaders), ...body(exchange)],
  }
}

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

/** @param {import('./exchange.js').Exchange} exchange */
function location(exchange) {
  const to = locationOf(exchange)
  return to
    ? [pair('location', shortened(to.origin + to.pathname)), ...[...to.searchParams].map(shown)]
    : []
}

/**
 * @param {import('./exchange.js').Exchange} exchange
 * @returns {Pair[]}
 */
function body({ json, text, status }) {
  if (json === undefined) {
    const heading = status < 300 || status >= 400 ? headingOf(text) : ''
    return heading ? [pair('page', heading)] : []
  }
  if (Array.isArray(json)) {
    return [pair('body', shortened(JSON.stringify(json)))]
  }
  const [, only] = Object.entries(interesting).find(([member]) => member in json) ?? []
  return Object.entries(json)
    .filter(([name]) => only?.includes(name) ?? true)
    .map(([name, value]) => shown([name, typeof value === 'string' ? value : listed(value)]))
}

/** @param {unknown} value */
function listed(value) {
  return Array.isArray(value) ? value.join(' ') || '(none)' : JSON.stringify(value)
}

/**
 * @param {Headers} headers
 * @param {readonly string[]} names
 */
function fields(headers, names) {
  return names.flatMap((name) => {
    const value = headers.get(name)
    return value === null ? [] : [pair(name, shortened(value))]
  })
}

/** @param {Pair} of */
function shown([name, value]) {
  return pair(name, shortenedValue(name, value))
}

/**
 * @param {string} name
 * @param {string} value
 * @returns {Pair}
 */
function pair(name, value) {
  return [name, value]
}
