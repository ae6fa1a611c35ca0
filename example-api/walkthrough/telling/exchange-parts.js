// @ts-check
import { STATUS_CODES } from 'node:http'
import { parseChallenges } from '../../playground/page/parse-challenge.js'
import { headingOf } from '../forms.js'
import { locationOf } from './exchange.js'
import { proofInWords } from './proof-in-words.js'
import { shortened, shortenedCredentials, shortenedValue } from './shortened.js'

const requestHeaders = ['origin', 'access-control-request-method', 'access-control-request-headers']
const corsHeaders = [
  'access-control-allow-origin',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-expose-headers',
]

/** Of some answers only what this story uses: by a member that tells them from others. */
const interesting = {
  token_endpoint: [
    'issuer',
    'authorization_endpoint',
    'device_authorization_endpoint',
    'token_endpoint',
    'revocation_endpoint',
    'code_challenge_methods_supported',
  ],
  // The rest of a problem detail repeats what the status and the challenge say.
  type: ['detail'],
}

/**
 * What was sent and answered, as far as it is interesting, and nothing of what is secret.
 *
 * @param {import('./exchange.js').Exchange} exchange
 * @returns {{ request: string, sent: Pair[], answer: string, got: Pair[] }}
 *
 * @typedef {[name: string, value: string]} Pair
 */
export function exchangeParts(exchange) {
  const { method, url, headers, params, status, answered } = exchange
  const credentials = headers.get('authorization')
  const proof = headers.get('dpop')
  const nonce = answered.get('dpop-nonce')
  return {
    request: `${method} ${shortened(url.origin + url.pathname)}`,
    sent: [
      ...(credentials ? [pair('authorization', shortenedCredentials(credentials))] : []),
      ...(proof ? [pair('dpop', proofInWords(proof))] : []),
      ...fields(headers, requestHeaders),
      ...params.filter(([, value]) => value !== '').map(shown),
    ],
    answer: `${status} ${STATUS_CODES[status] ?? ''}`,
    got: [
      ...location(exchange),
      ...(headers.has('origin') ? fields(answered, corsHeaders) : []),
      ...challenges(answered.get('www-authenticate') ?? ''),
      ...(nonce ? [pair('dpop-nonce', shortenedValue('nonce', nonce))] : []),
      ...fields(answered, ['retry-after']),
      ...body(exchange),
    ],
  }
}

/** @param {import('./exchange.js').Exchange} exchange */
function location(exchange) {
  const to = locationOf(exchange)
  return to
    ? [
        pair('location', shortened(to.origin + to.pathname)),
        ...within([...to.searchParams].map(shown)),
      ]
    : []
}

/** @param {string} field */
function challenges(field) {
  return parseChallenges(field).flatMap(({ scheme, params }) => [
    pair('www-authenticate', scheme),
    ...within(params.map(shown)),
  ])
}

/**
 * @param {import('./exchange.js').Exchange} exchange
 * @returns {Pair[]}
 */
function body({ json, text, status }) {
  if (json === undefined) {
    const heading = status >= 300 && status < 400 ? '' : headingOf(text)
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

/** @param {readonly Pair[]} pairs */
function within(pairs) {
  return pairs.map(([name, value]) => pair(`  ${name}`, value))
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
