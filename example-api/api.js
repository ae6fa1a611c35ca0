// @ts-check
import express from 'express'
import helmet from 'helmet'
import { answerErrors, answerNotFound } from './problems.js'
import { booksRouter } from './routes/books.js'
import { healthRouter } from './routes/health.js'
import { ordersRouter } from './routes/orders.js'
import { reportsRouter } from './routes/reports.js'
import { whoamiRouter } from './routes/whoami.js'

/**
 * @param {import('scopegate').ResourceServer} api
 * @param {import('./bookshop.js').Bookshop} shop
 */
export function bookshopApi(api, shop) {
  const app = express()
  app.use(helmet())
  app.use(api.resourceMetadata({ resource_name: 'The bookshop of the scopegate example' }))

  app.use('/health', healthRouter(api))
  app.use('/whoami', whoamiRouter(api))
  app.use('/books', booksRouter(api, shop))
  app.use('/shops/:shop/orders', ordersRouter(api, shop))
  // This router does not hold `api`: it relies on somebody having authenticated before.
  app.use('/reports', api.authenticate(), reportsRouter(shop))

  app.use(answerNotFound)
  app.use(answerErrors)
  return app
}
