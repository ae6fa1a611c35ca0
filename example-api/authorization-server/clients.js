// @ts-check
import { scopes } from '../scopes.js'

/**
 * Who may ask for a token, and which one it gets. The secrets are no secrets: this server serves
 * its own machine only.
 *
 * @typedef {object} Registration
 * @property {string} id
 * @property {'jwt' | 'opaque'} tokens - verified by the API itself, or asked about
 * @property {readonly string[]} scopes - what it may ask for
 *
 * @typedef {Registration & { secret: string, roles: readonly string[] }} Machine
 *
 * @typedef {'browser' | 'dpop' | 'web' | 'native' | 'device'} Kind
 *
 * @typedef {Registration & { kind: Kind, name: string, secret?: string }} UserClient
 */

/**
 * Those that act on their own behalf (client credentials).
 *
 * @type {readonly Machine[]}
 */
export const machines = [
  {
    id: 'north-shop',
    secret: 'north-secret',
    tokens: 'jwt',
    scopes: ['books:read', 'shop:north:orders:read', 'shop:north:orders:write'],
    roles: [],
  },
  {
    id: 'south-shop',
    secret: 'south-secret',
    tokens: 'opaque',
    scopes: ['books:read', 'shop:south:orders:read', 'shop:south:orders:write'],
    roles: [],
  },
  {
    id: 'scanner',
    secret: 'scanner-secret',
    tokens: 'opaque',
    scopes: ['books:write'],
    roles: [],
  },
  {
    id: 'head-office',
    secret: 'head-secret',
    tokens: 'jwt',
    scopes: ['books:read', 'books:write', 'orders:read', 'orders:write', 'reports:read'],
    roles: ['manager'],
  },
]

const everything = [...scopes, 'openid', 'offline_access']

/**
 * Those that act for a person who lets them. Each is registered twice, to get JWTs and opaque tokens.
 *
 * @type {readonly UserClient[]}
 */
export const userClients = [
  ...pair({ kind: 'browser', name: 'Bookshop in the browser', scopes: everything }),
  ...pair({ kind: 'dpop', name: 'Bookshop with a key', scopes: everything }),
  ...pair({ kind: 'web', name: 'Bookshop website', scopes: everything, secret: 'web-secret' }),
  ...pair({ kind: 'native', name: 'Bookshop app', scopes: everything }),
  // A screen on the wall shows things; it changes none.
  ...pair({
    kind: 'device',
    name: 'Bookshop screen',
    scopes: everything.filter((scope) => !scope.endsWith(':write')),
  }),
]

/** The API itself, as a client that may only ask about tokens. */
export const introspectionClientId = 'bookshop-api'

/** @param {string} id */
export function registrationOf(id) {
  return [...machines, ...userClients].find((client) => client.id === id)
}

/**
 * @param {Omit<UserClient, 'id' | 'tokens'>} client
 * @returns {UserClient[]}
 */
function pair(client) {
  return [
    { ...client, id: client.kind, tokens: 'jwt' },
    { ...client, id: `${client.kind}-opaque`, tokens: 'opaque' },
  ]
}
