// @ts-check

/**
 * Who may ask for a token, and which one it gets. All of them are machines, acting on their own
 * behalf (client credentials). The secrets are no secrets: this server serves its own machine only.
 *
 * @type {readonly Machine[]}
 *
 * @typedef {object} Machine
 * @property {string} id
 * @property {string} secret
 * @property {'jwt' | 'opaque'} tokens - verified by the API itself, or asked about
 * @property {readonly string[]} scopes - what it may ask for
 * @property {readonly string[]} roles
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

/** The API itself, as a client that may only ask about tokens. */
export const introspectionClientId = 'bookshop-api'
