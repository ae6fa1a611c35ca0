// @ts-check
import { json, Router } from 'express'
import { callerOf } from '../caller.js'
import { newOrder } from '../input.js'
import { Problem } from '../problems.js'

/**
 * Mounted below `/shops/:shop`: the path decides which scope is needed.
 *
 * @param {import('scopegate').ResourceServer} api
 * @param {import('../bookshop.js').Bookshop} shop
 */
export function ordersRouter(api, { books, orders, place }) {
  const router = Router({ mergeParams: true })

  router.get('/', api.requireScope(ordersOfShop('read')), (req, res) => {
    res.json([...orders.values()].filter((order) => order.shop === shopOf(req)))
  })

  router.post('/', api.requireScope(ordersOfShop('write')), json(), (req, res) => {
    const order = newOrder(req.body)
    const book = books.get(order.isbn)
    if (!book || book.stock < order.quantity) {
      throw new Problem(409, 'There are not that many copies.')
    }
    book.stock -= order.quantity
    const placedBy = callerOf(api.auth(req))
    res.status(201).json(place({ shop: shopOf(req), ...order, placedBy }))
  })

  // The scope lets a client cancel orders of the shop, the check only those it placed itself.
  router.delete(
    '/:id',
    api.requirePolicy({
      scope: ordersOfShop('write'),
      check: (auth, req) => orderOf(req)?.placedBy === callerOf(auth),
    }),
    (req, res) => {
      orders.delete(idOf(req))
      res.status(204).end()
    },
  )

  // Step-up (RFC 9470): money goes back only to who has logged in with a code besides the password,
  // and within five minutes. The challenge tells the client what to ask for.
  router.post(
    '/:id/refund',
    api.requirePolicy({
      scope: ordersOfShop('write'),
      acrValues: 'mfa',
      maxAuthenticationAgeSeconds: 300,
    }),
    (req, res) => {
      const order = orderOf(req)
      if (!order) {
        throw new Problem(404, 'There is no such order.')
      }
      res.json(Object.assign(order, { refunded: true }))
    },
  )

  /**
   * An order of another shop counts as none, and so does none at all as not the caller's.
   *
   * @param {import('express').Request} req
   */
  function orderOf(req) {
    const order = orders.get(idOf(req))
    return order?.shop === shopOf(req) ? order : undefined
  }

  return router
}

/**
 * A scope that only the request can tell.
 *
 * @param {'read' | 'write'} action
 * @returns {(req: import('express').Request) => string}
 */
function ordersOfShop(action) {
  return (req) => `shop:${shopOf(req)}:orders:${action}`
}

/** @param {import('express').Request} req */
function shopOf(req) {
  return String(req.params['shop'])
}

/** @param {import('express').Request} req */
function idOf(req) {
  return String(req.params['id'])
}
