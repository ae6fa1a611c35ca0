// @ts-check
import { fileURLToPath } from 'node:url'
import cors from 'cors'
import express from 'express'
import { interactionsRouter } from './interactions/interactions-router.js'
import { homePage } from './pages/home-page.js'
import { securityHeaders } from './security-headers.js'

const files = fileURLToPath(new URL('pages/public', import.meta.url))

/**
 * All that stands in front of the protocol itself: the pages that people see, and the rules for
 * browsers.
 *
 * @param {{ provider: () => any, playground: string }} settings
 */
export function website({ provider, playground }) {
  const app = express()
  app.use(securityHeaders())
  app.use(express.static(files, { index: false }))
  app.get('/', (_req, res) => {
    res.send(homePage({ playground }))
  })
  app.use('/interaction', interactionsRouter({ provider, playground }))
  // One page of another origin may read answers. Where this has spoken, oidc-provider is silent.
  app.use(
    cors({ origin: playground, methods: ['GET', 'POST'], exposedHeaders: 'WWW-Authenticate' }),
  )
  return app
}
