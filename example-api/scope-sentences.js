// @ts-check
import { shops } from './bookshop.js'

/**
 * What a person is asked to allow, one plain sentence a scope.
 *
 * @type {Readonly<Record<string, string>>}
 */
export const scopeSentences = {
  'books:read': 'Look up single books.',
  'books:write': 'Add, change and remove books.',
  'orders:read': 'See the orders of all shops.',
  'orders:write': 'Place and cancel orders in all shops.',
  ...Object.fromEntries(
    shops.flatMap((shop) => [
      [`shop:${shop}:orders:read`, `See the orders of the ${shop} shop.`],
      [`shop:${shop}:orders:write`, `Place and cancel orders in the ${shop} shop.`],
    ]),
  ),
  'reports:read': 'Read the reports on stock and sales.',
  offline_access: 'Keep this access while you are away (a refresh token).',
}
