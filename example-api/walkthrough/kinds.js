// @ts-check

/**
 * The kinds of client that the story can be played with.
 *
 * @typedef {'browser' | 'dpop' | 'web' | 'native' | 'device' | 'machine'} Kind
 *
 * @typedef {object} KindOfClient
 * @property {string} what
 * @property {string} proof - how it shows who it is
 * @property {string} jwt - the id of the client that gets JWTs
 * @property {string} opaque - the id of the one that gets opaque tokens
 */

/** @type {Readonly<Record<Kind, KindOfClient>>} */
export const kindsOfClient = {
  web: {
    what: 'an application on a web server',
    proof: 'a secret, which stays on the server; PKCE besides',
    jwt: 'web',
    opaque: 'web-opaque',
  },
  browser: {
    what: 'an application in a web page',
    proof: 'no secret, since whoever looks could read it; PKCE instead',
    jwt: 'browser',
    opaque: 'browser-opaque',
  },
  dpop: {
    what: 'an application in a web page that has a key',
    proof: 'no secret; PKCE, and a key that its tokens are bound to (DPoP)',
    jwt: 'dpop',
    opaque: 'dpop-opaque',
  },
  native: {
    what: 'an application on a phone or a desktop',
    proof: 'no secret, since every copy would have the same; PKCE instead',
    jwt: 'native',
    opaque: 'native-opaque',
  },
  device: {
    what: 'a screen without a keyboard',
    proof: 'no secret; only it knows the device code that it asks with',
    jwt: 'device',
    opaque: 'device-opaque',
  },
  machine: {
    what: 'a program that acts on its own behalf',
    proof: 'a secret',
    jwt: 'north-shop',
    opaque: 'south-shop',
  },
}

/**
 * Whether a browser carries the request, and brings the answer back.
 *
 * @param {Kind} kind
 */
export function isByBrowser(kind) {
  return kind !== 'device' && kind !== 'machine'
}

/**
 * Whether it lives in a page of another origin than the API.
 *
 * @param {Kind} kind
 */
export function isInPage(kind) {
  return kind === 'browser' || kind === 'dpop'
}

export const defaultKind = 'web'

/**
 * @param {string} name
 * @returns {name is Kind}
 */
export function isKind(name) {
  return Object.hasOwn(kindsOfClient, name)
}

export const allKinds = /** @type {Kind[]} */ (Object.keys(kindsOfClient))
