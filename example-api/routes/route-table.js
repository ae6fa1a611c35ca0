// @ts-check

/**
 * Every route of the API, as a person chooses one: what it does, what it requires, and a request
 * to begin with. The routers themselves enforce what is told here; a test compares the two.
 *
 * @typedef {object} RouteEntry
 * @property {string} method
 * @property {string} route - with names for the parts that vary
 * @property {string} path - with samples in their places
 * @property {string} what
 * @property {'nothing' | 'optional' | 'token' | 'scope'} needs - optional: a bad token is refused
 * @property {string} requires - in words
 * @property {string} [scope] - what a client that lacks it is told to ask for
 * @property {'client' | 'user' | 'manager' | 'own' | 'login' | 'details' | 'dpop'} [also] - what no
 * scope can grant
 * @property {Record<string, unknown>} [body]
 */

/** @type {readonly RouteEntry[]} */
export const routeTable = [
  open('GET', '/health', 'The state of the API'),
  open('GET', '/ready', 'Whether to send requests here'),
  {
    method: 'GET',
    route: '/books',
    path: '/books',
    what: 'All books',
    needs: 'optional',
    requires: 'nothing; a good token shows the stock',
  },
  {
    method: 'GET',
    route: '/whoami',
    path: '/whoami',
    what: 'What the API knows of the caller',
    needs: 'token',
    requires: 'any good token',
  },
  scoped('GET', '/books/{isbn}', 'One book', 'books:read'),
  {
    ...scoped('POST', '/books', 'Adds a book', 'books:write'),
    body: { isbn: '9780679723165', title: 'Pale Fire', priceCents: 1400, stock: 2 },
  },
  {
    ...scoped('PUT', '/books/{isbn}/stock', 'Counts the copies', 'books:write'),
    requires: 'books:write, and a client on its own behalf',
    also: 'client',
    body: { stock: 5 },
  },
  {
    ...scoped('POST', '/books/{isbn}/reviews', 'Reviews a book', 'books:read'),
    requires: 'books:read, and a user',
    also: 'user',
    body: { text: 'Cities, and none.' },
  },
  {
    method: 'POST',
    route: '/books/{isbn}/purchases',
    path: '/books/9780156027328/purchases',
    what: 'Buys one copy',
    needs: 'token',
    requires: 'authorization details: to buy this book',
    also: 'details',
  },
  {
    ...scoped('DELETE', '/books/{isbn}', 'Removes a book', 'books:write'),
    path: '/books/9780141439518',
    requires: 'books:write, and the role of a manager',
    also: 'manager',
  },
  scoped('GET', '/shops/{shop}/orders', 'The orders of a shop', 'shop:north:orders:read'),
  {
    ...scoped('POST', '/shops/{shop}/orders', 'Orders a book', 'shop:north:orders:write'),
    body: { isbn: '9780441478125', quantity: 1 },
  },
  {
    ...scoped('DELETE', '/shops/{shop}/orders/{id}', 'Cancels an order', 'shop:north:orders:write'),
    requires: 'shop:{shop}:orders:write, and an order of one’s own',
    also: 'own',
  },
  {
    ...scoped(
      'POST',
      '/shops/{shop}/orders/{id}/refund',
      'Pays an order back',
      'shop:north:orders:write',
    ),
    requires: 'shop:{shop}:orders:write, and a login with a code within 5 minutes',
    also: 'login',
  },
  {
    ...scoped('GET', '/reports/stock', 'Copies of each book', 'reports:read'),
    requires: 'reports:read or books:write',
  },
  scoped('GET', '/reports/orders', 'The orders of all shops', 'reports:read orders:read'),
  {
    ...scoped('GET', '/reports/sales', 'What was sold', 'reports:read'),
    requires: 'reports:read, or both books:read and orders:read',
  },
  {
    ...scoped('GET', '/reports/accounts', 'Where the money goes', 'reports:read'),
    requires: 'reports:read, and a DPoP proof',
    also: 'dpop',
  },
  open('GET', '/.well-known/oauth-protected-resource', 'The metadata that challenges point to'),
]

/**
 * @param {string} method
 * @param {string} route
 * @param {string} what
 * @returns {RouteEntry}
 */
function open(method, route, what) {
  return { method, route, path: route, what, needs: 'nothing', requires: 'nothing' }
}

/**
 * @param {string} method
 * @param {string} route
 * @param {string} what
 * @param {string} scope
 * @returns {RouteEntry}
 */
function scoped(method, route, what, scope) {
  const path = route
    .replace('{isbn}', '9780156027328')
    .replace('{shop}', 'north')
    .replace('{id}', '1')
  const requires = scope.replace(' ', ' and ').replace(':north:', ':{shop}:')
  return { method, route, path, what, needs: 'scope', requires, scope }
}
