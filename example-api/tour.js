// @ts-check
import { machines } from './authorization-server/clients.js'
import { otherResource } from './authorization-server/resources.js'

/**
 * How to get a token and call each route, in an order in which every command answers as told.
 *
 * @param {import('./example.js').Example} example
 * @returns {Tour}
 *
 * @typedef {object} Tour
 * @property {Token[]} tokens - commands that put a token into a variable
 * @property {Call[]} calls
 *
 * @typedef {object} Token
 * @property {string} what
 * @property {string} command - for a POSIX shell
 *
 * @typedef {Token & { status: number }} Call - and the status of its answer
 */
export function tour({ url, issuer }) {
  return {
    tokens: [
      {
        what: 'A JWT for the north shop. The API verifies it by itself.',
        command: token('NORTH', 'north-shop', 'books:read shop:north:orders:write'),
      },
      {
        what: 'An opaque token for the south shop. The API asks the authorization server about it.',
        command: token('SOUTH', 'south-shop', 'books:read shop:south:orders:read'),
      },
      {
        what: 'For a stock scanner: it may write books, but is no manager.',
        command: token('SCANNER', 'scanner', 'books:write'),
      },
      {
        what: 'For the head office: most scopes, and the role of a manager.',
        command: token('HEAD', 'head-office', 'books:write orders:write reports:read'),
      },
      {
        what: 'To buy one book: authorization details say which.',
        command: token('BUYER', 'north-shop', '', url, purchase),
      },
      {
        what: 'A good token too, but for another API.',
        command: token('FOREIGN', 'head-office', 'books:read', otherResource),
      },
    ],
    calls: [
      call(200, 'Open: the state of the API', 'GET /health'),
      call(200, 'Optional authentication: books without stock', 'GET /books'),
      call(200, 'Optional authentication: books with stock', 'GET /books', 'NORTH'),

      call(401, 'Any good token: there is none, so a challenge without error', 'GET /whoami'),
      call(200, 'Any good token: a JWT, verified by the API', 'GET /whoami', 'NORTH'),
      call(200, 'Any good token: an opaque one, introspected', 'GET /whoami', 'SOUTH'),
      call(401, 'Any good token: one for another API is not', 'GET /whoami', 'FOREIGN'),

      call(200, 'One scope: books:read', `GET ${book}`, 'NORTH'),
      call(403, 'One scope: books:write, and it has not', 'POST /books', 'NORTH', newBook),
      call(201, 'One scope: books:write', 'POST /books', 'HEAD', newBook),
      call(200, 'Hierarchy: books:write implies books:read', `GET ${book}`, 'SCANNER'),

      call(200, 'Scope from the path: shop:north:orders:read', `GET ${orders}`, 'NORTH'),
      call(
        403,
        'Scope from the path: shop:south:orders:read, and it has not',
        'GET /shops/south/orders',
        'NORTH',
      ),
      call(200, 'Scope from the path: shop:south:orders:read', 'GET /shops/south/orders', 'SOUTH'),
      call(
        200,
        'Hierarchy: orders:write implies those of all shops',
        'GET /shops/south/orders',
        'HEAD',
      ),
      call(
        201,
        'Scope from the path: shop:north:orders:write',
        `POST ${orders}`,
        'NORTH',
        newOrder,
      ),
      call(400, 'Input: an order of nothing', `POST ${orders}`, 'NORTH', badOrder),

      call(403, 'Check: cancels only its own orders', `DELETE ${orders}/2`, 'NORTH'),
      call(204, 'Check: cancels its own order', `DELETE ${orders}/1`, 'NORTH'),

      call(200, 'Any of two scopes', 'GET /reports/stock', 'SCANNER'),
      call(200, 'All of two scopes', 'GET /reports/orders', 'HEAD'),
      call(200, 'One scope, or both of two others', 'GET /reports/sales', 'HEAD'),
      call(403, 'One scope, or both of two others', 'GET /reports/sales', 'NORTH'),

      call(200, 'Clients only', `PUT ${book}/stock`, 'SCANNER', '{"stock":5}'),
      call(403, 'Users only: the head office is a client', `POST ${book}/reviews`, 'HEAD', review),
      call(403, 'Role: it is no manager', `DELETE ${book}`, 'SCANNER'),
      call(204, 'Role: it is a manager', `DELETE ${book}`, 'HEAD'),

      call(
        401,
        'Step-up: nobody logged in, so nobody with a code',
        `POST ${orders}/2/refund`,
        'HEAD',
      ),
      call(403, 'Authorization details: there are none', `POST ${book}/purchases`, 'NORTH'),
      call(201, 'Authorization details: to buy this book', `POST ${otherBook}/purchases`, 'BUYER'),
      call(401, 'DPoP: a token that is bound to no key', 'GET /reports/accounts', 'HEAD'),

      call(404, 'No such route', 'GET /magazines'),
      call(200, 'The metadata that challenges point to', `GET ${metadata}`),
    ],
  }

  /**
   * @param {string} name - of the shell variable
   * @param {string} clientId
   * @param {string} scope
   * @param {string} [resource]
   * @param {string} [details] - of the authorization, as JSON
   * @returns {string}
   */
  function token(name, clientId, scope, resource = url, details) {
    const secret = machines.find(({ id }) => id === clientId)?.secret
    const request = [
      `curl -s -u ${clientId}:${secret} ${issuer}/token -d grant_type=client_credentials`,
      `-d resource=${resource}`,
      ...(scope ? [`-d 'scope=${scope}'`] : []),
      ...(details ? [`-d 'authorization_details=${details}'`] : []),
    ].join(' ')
    return `${name}=$(${request} | node -pe 'JSON.parse(fs.readFileSync(0)).access_token')`
  }

  /**
   * @param {number} status
   * @param {string} what
   * @param {string} route - method and path
   * @param {string} [name] - of the variable that holds the token
   * @param {string} [body]
   * @returns {Call}
   */
  function call(status, what, route, name, body) {
    const [method, path] = route.split(' ')
    const command = [
      'curl -i',
      ...(method === 'GET' ? [] : [`-X ${method}`]),
      ...(name ? [`-H "Authorization: Bearer $${name}"`] : []),
      ...(body ? [`-H 'Content-Type: application/json' -d '${body}'`] : []),
      `${url}${path}`,
    ].join(' ')
    return { status, what, command }
  }
}

const book = '/books/9780156027328'
const otherBook = '/books/9780441478125'
const orders = '/shops/north/orders'
const metadata = '/.well-known/oauth-protected-resource'
const purchase = '[{"type":"purchase","actions":["buy"],"identifier":"9780441478125"}]'
const newBook = '{"isbn":"9780679723165","title":"Pale Fire","priceCents":1400,"stock":2}'
const newOrder = '{"isbn":"9780441478125","quantity":1}'
const badOrder = '{"isbn":"9780441478125","quantity":0}'
const review = '{"text":"Cities, and none."}'
