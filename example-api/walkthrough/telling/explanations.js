// @ts-check
import { locationOf, param } from './exchange.js'

/**
 * @typedef {import('./exchange.js').Exchange} Exchange
 * @typedef {string | ((exchange: Exchange) => string)} Sentence
 *
 * What each exchange is for, told from what is in it: what the path begins with, and a sentence.
 *
 * @type {readonly [method: string, path: RegExp, sentence: Sentence][]}
 */
const sentences = [
  ['GET', /^\/\.well-known\//, 'The client looks up where the endpoints are (RFC 8414).'],
  [
    'GET',
    /^\/auth$/,
    'The browser brings the request: who asks, for what, and where to return to.',
  ],
  ['GET', /^\/(?:auth|device)\/./, resumed],
  ['GET', /^\/interaction\//, shownPage],
  [
    'POST',
    /^\/interaction\/.*\/login$/,
    (exchange) =>
      param(exchange, 'otp')
        ? 'Ada logs in with the code that her telephone shows besides.'
        : 'Ada logs in, here and nowhere else: no client sees this.',
  ],
  ['POST', /^\/interaction\/.*\/consent$/, decision],
  ['POST', /^\/device\/auth$/, 'The device gets a code to show, and a secret one to ask with.'],
  ['GET', /^\/device$/, 'Ada opens the address that the device shows, on her phone.'],
  ['POST', /^\/device$/, enteredCode],
  ['POST', /^\/token$/, tokenRequest],
  [
    'POST',
    /^\/token\/revocation$/,
    'The client has the authorization server revoke it (RFC 7009).',
  ],
  ['GET', /^\/callback$/, 'The browser comes back, to a port on which only the app listens.'],
]

/**
 * @param {Exchange} exchange
 * @returns {string}
 */
export function explanationOf(exchange) {
  const { method, url } = exchange
  const [, , sentence = ''] =
    sentences.find(([of, path]) => of === method && path.test(url.pathname)) ?? []
  return typeof sentence === 'string' ? sentence : sentence(exchange)
}

/** @param {Exchange} exchange */
function shownPage({ text }) {
  if (text.includes('name="otp"')) {
    return 'It shows its login page once more, and asks for a code besides.'
  }
  if (text.includes('name="detail"')) {
    return 'It asks Ada in words what the authorization details say.'
  }
  return text.includes('name="password"')
    ? 'It shows a login page of its own.'
    : 'It asks Ada what the client may do, with a box to tick for each scope.'
}

/** @param {Exchange} exchange */
function decision(exchange) {
  return param(exchange, 'answer') === 'deny' ? 'Ada says no.' : 'Ada allows what she left ticked.'
}

/** @param {Exchange} exchange */
function resumed(exchange) {
  const next = locationOf(exchange)
  if (next?.pathname.startsWith('/interaction/')) {
    return 'The server knows now who she is, and goes on.'
  }
  if (next?.searchParams.has('code')) {
    return 'It sends the browser back to the client, with a code: good once, for a minute.'
  }
  if (next?.searchParams.has('error')) {
    return 'It sends the browser back to the client, with an error and no code.'
  }
  return 'It keeps what she decided, for the device to ask.'
}

/** @param {Exchange} exchange */
function enteredCode(exchange) {
  return param(exchange, 'confirm')
    ? 'She has compared the codes, and says that the device is hers.'
    : 'She enters the code.'
}

/** @param {Exchange} exchange */
function tokenRequest(exchange) {
  const { json, headers } = exchange
  switch (param(exchange, 'grant_type')) {
    case 'authorization_code':
      if (headers.has('dpop')) {
        return 'The client trades the code for tokens, with a proof of the key to bind them to.'
      }
      return headers.has('authorization')
        ? 'The client trades the code for tokens: its secret and the verifier prove who it is.'
        : 'The client trades the code for tokens: the verifier proves that it is who began.'
    case 'refresh_token':
      return (
        refreshing[json?.error] ??
        'Without Ada, the client gets new tokens. The old refresh token is used up.'
      )
    case 'client_credentials':
      return 'The machine asks for a token: its id and secret, and the scopes that it needs.'
    default:
      return devicePoll[json?.error] ?? 'The device asks once more, and gets its tokens.'
  }
}

/** @type {Record<string, string>} */
const refreshing = {
  invalid_scope: 'The client tries to get with the refresh token what Ada did not allow.',
  invalid_grant: 'The client shows a refresh token that is not good any more.',
}

/** @type {Record<string, string>} */
const devicePoll = {
  authorization_pending: 'The device asks every second whether Ada has decided: not yet.',
  access_denied: 'The device asks once more: she said no.',
}
