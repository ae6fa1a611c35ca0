// @ts-check
import cors from 'cors'
import express from 'express'
import helmet from 'helmet'
import { answerErrors, answerNotFound } from './problems.js'
import { booksRouter } from './routes/books.js'
import { healthRouter } from './routes/health.js'
import { ordersRouter } from './routes/orders.js'
import { reportsRouter } from './routes/reports.js'
import { whoamiRouter } from './routes/whoami.js'

const allowedHeaders = ['Authorization', 'Content-Type', 'DPoP', 'X-Playground-Request']

/**
 * @param {import('scopegate').ResourceServer} api
 * @param {import('./bookshop.js').Bookshop} shop
 * @param {object} page
 * @param {string} page.playground - origin of the only page that may call from a browser
 * @param {import('./playground/observer.js').Observer} page.observer
 */
export function bookshopApi(api, shop, { playground, observer }) {
  const app = express()
  app.use(helmet())
  app.use(observer.middleware)
  app.use(api.resourceMetadata({ resource_name: 'The bookshop of the scopegate example' }))
  // Before all that demands a token: a preflight carries none. The challenge, nonces and
  // Retry-After are exposed by scopegate itself.
  app.use(cors({ origin: playground, allowedHeaders, maxAge: 60 }))

  // Open to everybody: whether to send requests to this process, and what its state is.
  app.get('/ready', api.readiness())
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
