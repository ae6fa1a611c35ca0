// @ts-check
import { shops } from './bookshop.js'

/** @param {'read' | 'write'} action */
const everyShop = (action) => shops.map((shop) => `shop:${shop}:orders:${action}`)

/** Every scope of the API, as its metadata publishes them and the authorization server grants them. */
export const scopes = [
  'books:read',
  'books:write',
  'orders:read',
  'orders:write',
  ...everyShop('read'),
  ...everyShop('write'),
  'reports:read',
]

/** Which scope implies which others, so that routes ask for exactly what they need. */
export const scopeHierarchy = {
  'books:write': ['books:read'],
  'orders:write': ['orders:read', ...everyShop('write')],
  'orders:read': everyShop('read'),
  ...Object.fromEntries(
    shops.map((shop) => [`shop:${shop}:orders:write`, [`shop:${shop}:orders:read`]]),
  ),
}
