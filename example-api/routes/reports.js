// @ts-check
import { Router } from 'express'
import { allOf, anyOf, requirePolicy, requireScope } from 'scopegate'

/**
 * These routes use the guards as scopegate exports them, which ask the resource server that
 * authenticated the request. Had none done so, they would not let anybody through.
 *
 * @param {import('../bookshop.js').Bookshop} shop
 */
export function reportsRouter({ books, orders }) {
  const router = Router()

  // Any of these.
  router.get('/stock', requireScope(anyOf('reports:read', 'books:write')), (_req, res) => {
    res.json([...books.values()].map(({ isbn, stock }) => ({ isbn, stock })))
  })

  // All of these.
  router.get('/orders', requireScope('reports:read', 'orders:read'), (_req, res) => {
    res.json([...orders.values()])
  })

  // The one, or both of the others.
  const sales = anyOf('reports:read', allOf('books:read', 'orders:read'))
  router.get('/sales', requireScope(sales), (_req, res) => {
    const cents = [...orders.values()].map(
      ({ isbn, quantity }) => (books.get(isbn)?.priceCents ?? 0) * quantity,
    )
    res.json({ orders: orders.size, cents: cents.reduce((sum, one) => sum + one, 0) })
  })

  // A scope, and a DPoP proof: a token that anybody could use who finds it is not enough.
  const proved = requirePolicy({ scope: 'reports:read', proof: 'dpop' })
  router.get('/accounts', proved, (_req, res) => {
    res.json([
      { shop: 'north', account: 'NB-4711' },
      { shop: 'south', account: 'SB-0815' },
    ])
  })

  return router
}
